"""The outcomes' app."""

from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    """Register the app under its short label."""

    name = "partners.outcomes"
    label = "outcomes"

"""The screening's app."""

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """Register the app under its short label."""

    name = "registry.screening"
    label = "screening"

"""The canaries' app."""

from django.apps import AppConfig


class CanariesConfig(AppConfig):
    """Register the app under its short label."""

    name = "partners.canaries"
    label = "canaries"

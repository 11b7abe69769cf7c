"""The sandbox's app."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    """Register the app under its short label."""

    name = "partners.sandbox"
    label = "sandbox"

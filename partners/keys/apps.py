"""The keys' app."""

from django.apps import AppConfig


class KeysConfig(AppConfig):
    """Register the app under its short label."""

    name = "partners.keys"
    label = "keys"

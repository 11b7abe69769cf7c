"""The entries' app."""

from django.apps import AppConfig


class EntriesConfig(AppConfig):
    """Register the app under its short label."""

    name = "registry.entries"
    label = "entries"

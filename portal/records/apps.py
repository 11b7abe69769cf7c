"""The records app."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Register the app under its short label."""

    name = "portal.records"
    label = "records"

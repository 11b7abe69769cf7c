"""The staff app."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    """Register the app under its short label."""

    name = "portal.staff"
    label = "staff"

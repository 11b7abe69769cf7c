"""The alarms' app."""

from django.apps import AppConfig


class AlarmsConfig(AppConfig):
    """Register the app under its short label."""

    name = "partners.alarms"
    label = "alarms"

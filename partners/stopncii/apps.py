"""The StopNCII dialect's app."""

from django.apps import AppConfig


class StopnciiConfig(AppConfig):
    """Register the app under its short label."""

    name = "partners.stopncii"
    label = "stopncii"

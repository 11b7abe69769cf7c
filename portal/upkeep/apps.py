"""The upkeep app."""

from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    """Register the app under its short label."""

    name = "portal.upkeep"
    label = "upkeep"

"""The guidance app."""

from django.apps import AppConfig


class GuidanceConfig(AppConfig):
    """Register the app under its short label."""

    name = "portal.guidance"
    label = "guidance"

"""The figures app."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    """Register the app under its short label."""

    name = "portal.figures"
    label = "figures"

"""The feed's app."""

from django.apps import AppConfig


class FeedConfig(AppConfig):
    """Register the app under its short label."""

    name = "partners.feed"
    label = "feed"

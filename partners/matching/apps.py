"""The matching's app."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """Register the app under its short label."""

    name = "partners.matching"
    label = "matching"

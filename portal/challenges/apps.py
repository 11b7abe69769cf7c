"""The challenges app."""

from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    """Register the app under its short label."""

    name = "portal.challenges"
    label = "challenges"

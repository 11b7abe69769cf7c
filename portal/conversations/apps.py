"""The conversations app."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Register the app under its short label."""

    name = "portal.conversations"
    label = "conversations"

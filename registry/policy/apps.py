"""The policy app."""

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    """Register the app under its short label."""

    name = "registry.policy"
    label = "policy"

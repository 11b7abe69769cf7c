"""The proposals app."""

from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    """Register the app under its short label."""

    name = "portal.proposals"
    label = "proposals"

"""The reports' app."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Register the app under its short label."""

    name = "portal.reports"
    label = "reports"

"""The dashboard's app."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """Register the app under its short label."""

    name = "partners.dashboard"
    label = "dashboard"

"""The bundles' app."""

from django.apps import AppConfig


class BundlesConfig(AppConfig):
    """Register the app under its short label."""

    name = "partners.bundles"
    label = "bundles"

"""The reference's app."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """Register the app under its short label."""

    name = "partners.reference"
    label = "reference"

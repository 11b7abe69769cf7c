"""The organisations' app."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """Register the app under its short label."""

    name = "partners.organisations"
    label = "organisations"

"""The NCMEC dialect's app."""

from django.apps import AppConfig


class NcmecConfig(AppConfig):
    """Register the app under its short label."""

    name = "partners.ncmec"
    label = "ncmec"

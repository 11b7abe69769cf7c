"""The site's app."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Register the app under its short label."""

    name = "portal.site"
    label = "portal_site"

"""The webhooks' app."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Register the app under its short label."""

    name = "partners.webhooks"
    label = "webhooks"

"""The accounts' app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Register the app under its short label."""

    name = "registry.accounts"
    label = "accounts"

"""The log's app."""

from django.apps import AppConfig


class LogConfig(AppConfig):
    """Register the log under its short label."""

    name = "registry.log"
    label = "log"

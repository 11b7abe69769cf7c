"""The reviews' app."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Register the app under its short label."""

    name = "portal.reviews"
    label = "reviews"

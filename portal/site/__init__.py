"""Settings, addresses and middleware: the only place that sees every room."""

from portal.site.celery import app as celery_app

__all__ = ["celery_app"]

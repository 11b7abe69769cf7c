"""Run Celery's beat, which sends the tasks that are due by the clock. Only one may run."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.site.celery import app


class Command(BaseCommand):
    """Send what is due until told to stop."""

    help = __doc__ or ""
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Hand over to Celery."""
        app.Beat(loglevel="WARNING", quiet=True).run()

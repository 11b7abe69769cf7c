"""Run one Celery worker, as `celery worker` would, without the command line's own imports."""

import warnings
from typing import Any

from celery.platforms import SecurityWarning
from django.core.management.base import BaseCommand, CommandParser

from portal.site.celery import app


class Command(BaseCommand):
    """Work off tasks until told to stop; then finish the ones in hand."""

    help = __doc__ or ""
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many tasks may run at a time."""
        parser.add_argument("--concurrency", type=int, default=2)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Hand over to Celery, which takes over the signals."""
        warnings.simplefilter("ignore", SecurityWarning)  # a container's only user may be root
        worker = app.Worker(concurrency=options["concurrency"], loglevel="WARNING", quiet=True)
        worker.start()
        raise SystemExit(worker.exitcode)

"""Rebuild both logs from their records and compare them with everything that was signed or derived."""

import time
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from registry.log import signing, verification
from registry.log.publication import Publication
from registry.log.states import LogName


class Command(BaseCommand):
    """Print size, root and speed of each log; end with an error that names the first wrong leaf when there is one."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Verify, then say."""
        path = settings.LOG_SIGNING_KEY_FILE
        publication = Publication(settings.PUBLISHED_DIR, settings.LOG_ORIGIN, listed=signing.listed_keys(path))
        parameters = connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}
        faults = []
        with psycopg.connect(**parameters, autocommit=True) as own:
            for log in LogName:
                begun = time.perf_counter()
                verdict = verification.verify(own, publication, log)
                rate = verdict.size / (time.perf_counter() - begun)
                self.stdout.write(f"{log}: {verdict.size} leaves, root {verdict.root.hex()}, {rate:,.0f} leaves/s")
                faults += verdict.faults
        if faults:
            raise CommandError("\n".join(["The log is not what was signed:", *map(str, faults)]))
        self.stdout.write("Every leaf, column, inner hash and checkpoint is as it was signed.")

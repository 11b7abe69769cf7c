"""Run the sequencer: the one process that gives list and audit changes their place."""

import os
import signal
import threading
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand

from registry.log import signing
from registry.log.publication import Publication
from registry.log.sequencer import Sequencer
from registry.log.states import LogName


class Command(BaseCommand):
    """Sequence until told to stop; a second one started waits for the first to end."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Hold the lock, check what was published, then work."""
        stopping = threading.Event()
        publication = Publication(settings.PUBLISHED_DIR, settings.LOG_ORIGIN)
        with psycopg.connect(settings.SEQUENCER_DATABASE_URL, autocommit=True) as connection:
            sequencer = Sequencer(connection, publication, settings.LOG_WINDOW_SECONDS)
            keys_read = _take_keys(publication, 0)
            sequencer.wait_for_lock()
            for number in (signal.SIGTERM, signal.SIGINT):  # one that still waits has nothing to finish, and just ends
                signal.signal(number, lambda *_: stopping.set())
            sequencer.resume()
            sequencer.listen()
            if path := os.environ.get("READY_FILE"):
                Path(path).touch()
            while not stopping.is_set():
                keys_read = _take_keys(publication, keys_read)
                if not sequencer.step():
                    sequencer.nap()


def _take_keys(publication: Publication, keys_read: int) -> int:
    """Read the signing keys when their file is newer than what was read; give its time."""
    path = settings.LOG_SIGNING_KEY_FILE
    changed = path.stat().st_mtime_ns
    if changed != keys_read:
        publication.take_keys(signing.load_keys(path), signing.listed_keys(path))
        for log in LogName.values:
            publication.publish_keys(log)
    return changed

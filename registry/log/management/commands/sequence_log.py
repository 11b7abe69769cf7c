"""Run the sequencer: the one process that gives list and audit changes their place."""

import logging
import os
import signal
import threading
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand

from registry.log.publication import Publication, load_key
from registry.log.sequencer import Sequencer

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.1


class Command(BaseCommand):
    """Sequence until told to stop; a second one started waits for the first to end."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Hold the lock, check what was published, then work."""
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        publication = Publication(settings.PUBLISHED_DIR, settings.LOG_ORIGIN, load_key(settings.LOG_SIGNING_KEY_FILE))
        with psycopg.connect(settings.SEQUENCER_DATABASE_URL, autocommit=True) as connection:
            sequencer = Sequencer(connection, publication, settings.LOG_WINDOW_SECONDS)
            sequencer.wait_for_lock()
            sequencer.resume()
            if path := os.environ.get("READY_FILE"):
                Path(path).touch()
            while not stopping.is_set():
                if not sequencer.step():
                    stopping.wait(POLL_SECONDS)

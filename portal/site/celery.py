"""Celery for all work that may happen after the answer: reviews, mail, retention, statistics."""

import os
import warnings
from pathlib import Path
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import beat_init, worker_process_init, worker_ready

from portal.site.processes import kinship

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.site.settings")

_STARTED = os.getpid()  # the worker's, in the pool processes too, which are forked from it

warnings.simplefilter("ignore", SecurityWarning)  # the only user of a container may be root; no task is a pickle

app = Celery("takeitdown")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
@beat_init.connect
def say_ready(**_: Any) -> None:
    """Touch READY_FILE, by which the supervisor knows that this process serves."""
    if path := os.environ.get("READY_FILE"):
        Path(path).touch()


@worker_process_init.connect
def end_with_worker(**_: Any) -> None:
    """Leave no pool process behind a worker that was killed, even one killed before this is reached."""
    kinship.end_with_parent(_STARTED)

"""Celery for all work that may happen after the answer: reviews, mail, retention, statistics."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.site.settings")

app = Celery("takeitdown")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
@beat_init.connect
def say_ready(**_: Any) -> None:
    """Touch READY_FILE, by which the supervisor knows that this process serves."""
    if path := os.environ.get("READY_FILE"):
        Path(path).touch()

"""What is watched by itself."""

from celery import shared_task

from partners.alarms import actions
from registry.access.actors import system


@shared_task(name="partners.alarms.tasks.watch", ignore_result=True)
def watch() -> None:
    """Look at the newest downloads."""
    actions.watch(actor=system("watch"))

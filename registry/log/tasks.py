"""What the clock does to the log."""

from celery import shared_task

from registry.access.actors import system
from registry.log import actions


@shared_task(ignore_result=True)
def commit_state() -> None:
    """Commit to the set of live entries, when the list has grown enough since the last time."""
    actions.commit_state(actor=system("clock"))

"""What the clock does to entries."""

from celery import shared_task

from registry.access.actors import system
from registry.entries import actions

BATCH = 500


@shared_task(ignore_result=True)
def expire_claims() -> None:
    """End every claim whose day has come."""
    while actions.expire_claims(BATCH, actor=system("clock")) == BATCH:
        pass

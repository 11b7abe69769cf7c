"""What the sandbox does by itself."""

from celery import shared_task

from partners.sandbox import actions
from registry.access.actors import system


@shared_task(name="partners.sandbox.tasks.keep_sandbox", ignore_result=True)
def keep_sandbox() -> None:
    """Keep the sandbox full, and look at every platform under test."""
    actions.look_at_all(actor=system("certification"))
    actions.fill(actor=system("clock"))

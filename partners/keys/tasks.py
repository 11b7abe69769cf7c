"""What keys do by themselves."""

from celery import shared_task

from partners.keys import actions
from registry.access.actors import system


@shared_task(name="partners.keys.tasks.warn_of_expiry", ignore_result=True)
def warn_of_expiry() -> None:
    """Tell people of the keys that end soon."""
    actions.warn_of_expiry(actor=system("clock"))

"""What the clock does about pictures that everybody has."""

from celery import shared_task

from registry.access.actors import system
from registry.screening import actions


@shared_task(ignore_result=True)
def screen() -> None:
    """Screen what is new, then what is old for what was newly put on the benign list."""
    while actions.screen_new(actor=system("screening")):
        pass
    actions.screen_listed(actor=system("screening"))

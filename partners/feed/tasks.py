"""What the feed does by itself."""

from celery import shared_task

from partners.feed import actions
from registry.access.actors import system
from registry.log.states import LogName


@shared_task(name="partners.feed.tasks.keep_snapshots", ignore_result=True)
def keep_snapshots() -> None:
    """Make a snapshot of each list that has changed, when the newest is an hour old or had to be destroyed."""
    for list_name in (LogName.LIST, LogName.SANDBOX):
        actions.make_snapshots(list_name, actor=system("clock"))


@shared_task(name="partners.feed.tasks.forget_snapshots", ignore_result=True)
def forget_snapshots() -> None:
    """Destroy the snapshots that were replaced a day ago, and soon those with an entry that was withdrawn since."""
    for list_name in (LogName.LIST, LogName.SANDBOX):
        actions.remove_snapshots(list_name, actor=system("clock"))
    actions.remove_strays()


@shared_task(name="partners.feed.tasks.plant_canaries", ignore_result=True)
def plant_canaries() -> None:
    """See that every platform has its canaries."""
    actions.plant_canaries(actor=system("clock"))

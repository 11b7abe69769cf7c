"""What the feed does by itself."""

from celery import shared_task

from partners.feed import actions
from registry.access.actors import system
from registry.log.states import LogName


@shared_task(name="partners.feed.tasks.keep_snapshots", ignore_result=True)
def keep_snapshots() -> None:
    """Make a snapshot when a list has changed, and destroy those that were replaced a day ago."""
    for list_name in (LogName.LIST, LogName.SANDBOX):
        actions.make_snapshot(list_name, actor=system("clock"))
        actions.remove_snapshots(list_name, actor=system("clock"))

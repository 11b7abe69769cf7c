"""What the feed does by itself."""

from celery import shared_task

from partners.feed import actions
from registry.access.actors import system


@shared_task(name="partners.feed.tasks.keep_snapshots", ignore_result=True)
def keep_snapshots() -> None:
    """Make a snapshot when the list has changed, and destroy those that were replaced a day ago."""
    actions.make_snapshot(actor=system("clock"))
    actions.remove_snapshots(actor=system("clock"))

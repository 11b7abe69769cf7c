"""What happens to the figures by the clock."""

from celery import shared_task

from portal.figures import actions


@shared_task(name="portal.figures.tasks.publish_year", ignore_result=True)
def publish_year() -> None:
    """Publish last month's figures, once they are complete."""
    actions.publish_year()

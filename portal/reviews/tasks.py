"""What the queue does by itself."""

from celery import shared_task

from portal.reviews import actions


@shared_task(name="portal.reviews.tasks.open_reviews", ignore_result=True)
def open_reviews() -> None:
    """Open a review for every outcome that has none."""
    actions.open_reviews()

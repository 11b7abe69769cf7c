"""What the queue does by itself."""

from celery import shared_task

from portal.reviews import actions


@shared_task(name="portal.reviews.tasks.open_reviews", ignore_result=True)
def open_reviews() -> None:
    """Open a review for everything that needs one, put back what was abandoned, wake what has rested."""
    actions.open_reviews()
    actions.tidy_queue()


@shared_task(name="portal.reviews.tasks.open_conversations", ignore_result=True)
def open_conversations() -> None:
    """Open a review for every conversation that waits for an answer."""
    actions.open_conversations()

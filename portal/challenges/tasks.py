"""What happens to challenges by the clock."""

from celery import shared_task

from portal.challenges import actions


@shared_task(name="portal.challenges.tasks.forget_spent", ignore_result=True)
def forget_spent() -> None:
    """Forget the challenges that have run out."""
    actions.forget_spent()

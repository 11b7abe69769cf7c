"""What happens to conversations by the clock."""

from celery import shared_task

from portal.conversations import actions


@shared_task(name="portal.conversations.tasks.forget_old_messages", ignore_result=True)
def forget_old_messages() -> None:
    """Forget messages of more than 90 days ago."""
    actions.forget_old_messages()

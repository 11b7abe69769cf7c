"""What the outbox does by itself."""

from celery import shared_task

from partners.webhooks import actions, queries


@shared_task(name="partners.webhooks.tasks.tell_news", ignore_result=True)
def tell_news() -> None:
    """Put what is new in the outbox and send what is due, each address by itself: a slow one holds up no other."""
    actions.queue_news()
    for name in queries.with_due():
        send_due.delay(name)


@shared_task(name="partners.webhooks.tasks.send_due", ignore_result=True, soft_time_limit=300)
def send_due(endpoint_name: str) -> None:
    """Send what is due to one address."""
    actions.send_due(endpoint_name)


@shared_task(name="partners.webhooks.tasks.forget_old", ignore_result=True)
def forget_old() -> None:
    """Destroy messages that were made long ago."""
    actions.forget_old()

"""What happens to reports by the clock."""

from celery import shared_task

from portal.reports import actions, queries

RELEASED_AT_ONCE = 200


@shared_task(name="portal.reports.tasks.forget_told", ignore_result=True)
def forget_told() -> None:
    """Delete mail addresses nobody has used for 30 days, links settled 90 days ago, and answers of what has ended."""
    actions.forget_old_mail()
    actions.forget_old_links()
    actions.forget_ended()


@shared_task(name="portal.reports.tasks.tell_news", ignore_result=True)
def tell_news() -> None:
    """Once a day, write to those who asked and for whom there is news."""
    for address in queries.mail_addresses():
        actions.tell_news(address)


@shared_task(name="portal.reports.tasks.release_held", ignore_result=True)
def release_held() -> None:
    """List some of what a flood held back: the flood reaches platforms at this pace, and no report is refused."""
    actions.release_held(RELEASED_AT_ONCE)

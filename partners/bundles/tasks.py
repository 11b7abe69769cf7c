"""What happens to bundles by itself."""

from celery import shared_task

from partners.bundles import actions


@shared_task(name="partners.bundles.tasks.forget_old", ignore_result=True)
def forget_old() -> None:
    """Destroy bundles that were made long ago."""
    actions.forget_old()

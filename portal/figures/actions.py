"""Publish a year's figures."""

from django.db import transaction
from django.utils import timezone

from portal.figures import queries, rules
from portal.figures.models import PublicYear
from registry.access.actors import Actor, system
from registry.log import actions as log
from registry.log.events import Event

CLOCK = system("clock")


@transaction.atomic
def publish_year(*, actor: Actor = CLOCK) -> bool:
    """Publish the figures of the year up to the end of last month, coarsely; tell whether they were not out already."""
    until = rules.told_until(timezone.now().date())
    if PublicYear.objects.filter(year=until.year, until__gte=until).exists():
        return False
    exact = queries.exact_year(until.year, until)
    figures = {
        name: rules.coarse(count) if whole is None else rules.coarse_share(count, whole)
        for name, (count, whole) in exact.items()
    }
    PublicYear.objects.update_or_create(year=until.year, defaults={"until": until, "figures": figures})
    data = {"until": until.isoformat()}
    log.record(Event.FIGURES_PUBLISH, actor=actor, subject=f"figures:{until.year}", data=data)
    return True

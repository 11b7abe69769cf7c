"""List canaries, and give each platform its own."""

import random

from django.db import transaction

from partners.canaries import queries, rules
from partners.canaries.models import Canary
from partners.organisations.models import Organisation
from registry.access.actors import Actor
from registry.entries import actions as entries
from registry.log import actions as log
from registry.log.events import Event


@transaction.atomic
def plant(organisation: Organisation, each: int, *, is_new: bool, actor: Actor) -> int:
    """See that a platform has `each` canaries; give how many it got now.

    `is_new`: it has not read the list yet, so it can be given some that were listed long ago. To one that has read,
    only what is listed from now on would ever be shown.
    """
    queries.lock_organisation(organisation.pk)
    missing = each - queries.count_of(organisation.pk)
    if missing <= 0:
        return 0
    pooled = list(queries.pool().select_for_update(skip_locked=True)) if is_new else []
    chosen = random.SystemRandom().sample(pooled, min(missing, len(pooled)))
    Canary.objects.filter(pk__in=[canary.pk for canary in chosen]).update(organisation=organisation)
    _list(missing - len(chosen), organisation, actor)
    data: log.Data = {"organisation": str(organisation.reference), "count": missing}
    log.record(Event.CANARY_PLANT, actor=actor, subject="canary", data=data)
    return missing


@transaction.atomic
def fill_pool(*, actor: Actor) -> int:
    """List a few canaries that are nobody's yet; give how many."""
    count = rules.to_add(queries.pool().count())
    _list(count, None, actor)
    return count


def _list(count: int, organisation: Organisation | None, actor: Actor) -> None:
    if not count:
        return
    listed = entries.accept_items([rules.new_item() for _ in range(count)], holder=rules.HOLDER, actor=actor)
    Canary.objects.bulk_create(Canary(entry_reference=entry.reference, organisation=organisation) for entry in listed)

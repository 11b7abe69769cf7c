"""Read a platform's own rows for its bundle, and the proof that it is signed."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, DateTimeField, F, Func, OuterRef, QuerySet, Subquery, Sum

from partners.bundles import rules
from partners.bundles.models import Bundle
from partners.feed.models import Download
from partners.outcomes.models import Erasure, Feedback, Match, Outcome, Receipt
from registry.access.refusals import NotFound
from registry.log import queries as log
from registry.log.events import GONE, Event
from registry.log.models import Leaf
from registry.log.states import LogName

Row = dict[str, Any]
_TOMBSTONES = (
    Leaf.objects.filter(log=LogName.LIST, subject=OuterRef("entry_reference"), event__in=GONE)
    .annotate(at=Func("published", function="to_timestamp", output_field=DateTimeField()))
    .order_by("-leaf_index")
)


def bundles_of(organisation_id: int) -> QuerySet[Bundle]:
    """Give a platform's bundles, newest first."""
    return Bundle.objects.filter(organisation=organisation_id).order_by("-pk")


def bundle_of(organisation_id: int, reference: str) -> Bundle:
    """Give one of a platform's own bundles. Raises NotFound, also for another's."""
    found = bundles_of(organisation_id).filter(reference=reference).first()
    if found is None:
        raise NotFound("You have no bundle of this name. Bundles are kept for 30 days.")
    return found


def rows(organisation_id: int, since: date, until: date) -> Iterator[Row]:
    """Give what a platform read and said on these days, each row with what it is; nothing of anybody else."""
    own, days = {"organisation": organisation_id}, {"recorded_on__range": (since, until)}
    reads = Download.objects.filter(**own, day__range=(since, until)).values("day", "key_name", "dialect")
    counted = reads.annotate(reads=Count("pk"), leaves=Sum("rows")).order_by("day", "key_name", "dialect")
    yield from _named("download", counted)
    yield from _named("receipt", _ordered(Receipt.objects.filter(**own, **days)))
    matched = Match.objects.filter(**own, matched_at__date__range=(since, until))
    yield from _named("match", _ordered(matched))
    outcomes = Outcome.objects.filter(**own, **days).annotate(replaces=F("corrects__reference"))
    yield from _named("outcome", _ordered(outcomes))
    yield from _named("feedback", _ordered(Feedback.objects.filter(**own, **days)))
    erasures = Erasure.objects.filter(**own, **days).annotate(withdrawn_at=Subquery(_TOMBSTONES.values("at")[:1]))
    yield from _named("erasure", _ordered(erasures))


_ACTS = """
SELECT leaf_index, event, record FROM log_leaf
WHERE log = 'audit' AND subject = ANY(%s) AND event = ANY(%s) ORDER BY leaf_index
"""


def proof(bundle: Bundle, outcomes: Iterable[str]) -> list[Row]:
    """Give the audit log's lines about outcomes, by their references, and about the bundle; then what proves them all.

    Nothing is given until the log has signed for the bundle, the newest of them.
    """
    subjects = [*(f"outcome:{reference}" for reference in outcomes), f"bundle:{bundle.reference}"]
    events = [Event.OUTCOME_REPORT.value, Event.BUNDLE_MAKE.value]
    with connection.cursor() as cursor:
        cursor.execute(_ACTS, [subjects, events])
        acts = cursor.fetchall()
    size = log.signed_size(LogName.AUDIT)
    if not acts or acts[-1][1] != Event.BUNDLE_MAKE or acts[-1][0] >= size:
        return []
    hashes = log.joint_proof(LogName.AUDIT, [index for index, _, _ in acts], size)
    return [
        *({"what": "act", "index": index, "record": record} for index, _, record in acts),
        {
            "what": "proof",
            "hashes": [each.hex() for each in hashes],
            "checkpoint": log.checkpoint(LogName.AUDIT, size),
        },
    ]


_HIDDEN = {"id", "organisation_id", "corrects_id", "has_review", "is_current"}


def _ordered(found: QuerySet[Any]) -> Any:
    return found.order_by("pk").values()[: rules.MOST_LINES + 1].iterator(2000)


def _named(what: str, found: Any) -> Iterator[Row]:
    for row in found:
        yield {"what": what, **{name: value for name, value in row.items() if name not in _HIDDEN}}

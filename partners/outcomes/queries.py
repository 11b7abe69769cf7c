"""Read what platforms answered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from partners.outcomes import rules
from partners.outcomes.models import AnsweredRequest, Erasure, Feedback, Match, Outcome
from partners.outcomes.rules import Tally
from partners.outcomes.states import REASONS, SAYS, Decision, Reason, Vote
from registry.access.refusals import NotFound
from registry.policy import queries as policy
from registry.policy.states import ReasonList

PAGE_SIZE = 500
BEGUN = Coalesce("matched_at", "decided_at")
"""`Outcome.begun_at`, for the database."""


@dataclass(frozen=True, slots=True)
class ConfirmedOutcome:
    """What a reporter may know: which platform did what about which entry."""

    entry_reference: str
    organisation_name: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Running:
    """The clock of one match: when it began, and when it was decided or the copy removed (None: not yet)."""

    entry_reference: str
    matched_at: datetime
    ended_at: datetime | None

    @property
    def due_at(self) -> datetime:
        """When the clock ends."""
        return self.matched_at + rules.CLOCK

    def is_late(self, now: datetime) -> bool:
        """Tell whether the end came, or still comes, too late."""
        return (self.ended_at or now) > self.due_at


def confirmed_for(since: Mapping[str, date]) -> list[ConfirmedOutcome]:
    """Give the outcomes of the named entries that staff confirmed on each one's day or later and that still stand.

    In the order they came.
    """
    rows = (
        Outcome.objects.filter(entry_reference__in=since, corrected_by=None)
        .order_by("pk")
        .values_list("entry_reference", "confirmed_on", "organisation__name", "decision")
    )
    return [
        ConfirmedOutcome(entry, name, Decision(decision))
        for entry, day, name, decision in rows
        if day and day >= since[entry]
    ]


def offered_reasons() -> list[Reason]:
    """Give the reasons a platform may vote against a fingerprint with; a retired one is still taken, not offered."""
    gone = policy.retired(ReasonList.FEEDBACK)
    return [reason for reason in REASONS.values() if reason.guid not in gone]


def unreviewed() -> QuerySet[Outcome]:
    """Give the outcomes no review was opened for, oldest first."""
    return Outcome.objects.filter(has_review=False).order_by("pk")


def own_outcomes_page(organisation_id: int, after: str) -> tuple[list[Outcome], str | None]:
    """Give a platform's own outcomes after the one named (from the first when empty), and where the next page starts.

    Raises NotFound when the platform has no outcome of that name.
    """
    own = Outcome.objects.filter(organisation=organisation_id).select_related("corrects").order_by("pk")
    if after:
        last_seen = own.filter(reference=after).first()
        if last_seen is None:
            raise NotFound("after: You have no outcome of this reference.")
        own = own.filter(pk__gt=last_seen.pk)
    found = list(own[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1].reference if len(found) > PAGE_SIZE else None


def lock(outcome: Outcome) -> Outcome:
    """Give the outcome as it is now, locked until the transaction ends."""
    return Outcome.objects.select_for_update(of=("self",)).get(pk=outcome.pk)


def is_corrected(outcome: Outcome) -> bool:
    """Tell whether the platform has replaced this outcome by another."""
    return Outcome.objects.filter(corrects=outcome).exists()


def lock_standing(organisation_id: int, reference: str) -> Outcome | None:
    """Give one of the platform's outcomes that nothing corrects yet, locked until the transaction ends."""
    found = Outcome.objects.select_for_update().filter(organisation=organisation_id, reference=reference).first()
    return None if found is None or is_corrected(found) else found


def current_vote(organisation_id: int, entry_reference: str, signal_type: str) -> Feedback | None:
    """Give the vote that counts now, locked until the transaction ends."""
    votes = Feedback.objects.select_for_update().filter(is_current=True, organisation=organisation_id)
    return votes.filter(entry_reference=entry_reference, signal_type=signal_type).first()


_TALLIES = """
SELECT entry_reference, count(*) FILTER (WHERE affirms), count(*) FILTER (WHERE NOT affirms) FROM (
    SELECT entry_reference, organisation_id, vote = 'affirm' AS affirms FROM outcomes_feedback
    WHERE is_current AND entry_reference = ANY(%(entries)s)
    UNION SELECT entry_reference, organisation_id, decision = ANY(%(affirming)s) FROM outcomes_outcome AS outcome
    WHERE entry_reference = ANY(%(entries)s) AND decision = ANY(%(saying)s)
    AND NOT EXISTS (SELECT FROM outcomes_outcome AS later WHERE later.corrects_id = outcome.id)
) AS said GROUP BY entry_reference
"""


def tallies(entry_references: Collection[str]) -> dict[str, Tally]:
    """Give how many platforms now speak for and against each of the entries, by their votes and their outcomes."""
    if not entry_references:
        return {}
    affirming = [decision.value for decision, vote in SAYS.items() if vote is Vote.AFFIRM]
    said = {"entries": list(entry_references), "affirming": affirming, "saying": [decision.value for decision in SAYS]}
    with connection.cursor() as cursor:
        cursor.execute(_TALLIES, said)
        counted = {entry: Tally(affirm, negative) for entry, affirm, negative in cursor.fetchall()}
    return {entry: counted.get(entry, Tally(0, 0)) for entry in entry_references}


def take_turn(*names: str) -> bool:
    """Be the only transaction that handles these names until it ends; False when another one is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock_number(names)])
        row = cursor.fetchone()
    return bool(row and row[0])


def lock_number(names: tuple[str, ...]) -> int:
    """Give the number of the advisory lock these names share."""
    return int.from_bytes(sha256("\0".join(names).encode()).digest()[:8], signed=True)


def answered(organisation_id: int, key: str) -> AnsweredRequest | None:
    """Give the request this platform sent before under this key."""
    return AnsweredRequest.objects.filter(organisation=organisation_id, key=key).first()


def matched_among(organisation_id: int, entry_references: Collection[str]) -> frozenset[str]:
    """Give those of the entries that the platform is known to have matched."""
    known = Match.objects.filter(organisation=organisation_id, entry_reference__in=entry_references)
    return frozenset(known.values_list("entry_reference", flat=True))


def newest_erasure(organisation_id: int, entry_reference: str) -> Erasure | None:
    """Give the platform's newest word on its copy of an entry."""
    said = Erasure.objects.filter(organisation=organisation_id, entry_reference=entry_reference)
    return said.order_by("-pk").first()


_CLOCK = """
WITH begun AS (
    SELECT entry_reference, min(at) AS at FROM (
        SELECT entry_reference, matched_at AS at FROM outcomes_match WHERE organisation_id = %(organisation)s
        UNION ALL SELECT entry_reference, coalesce(matched_at, decided_at) FROM outcomes_outcome
        WHERE organisation_id = %(organisation)s
    ) AS said GROUP BY entry_reference
), ended AS (
    SELECT entry_reference, min(coalesce(removed_at, decided_at)) AS at FROM outcomes_outcome AS outcome
    WHERE organisation_id = %(organisation)s AND decision <> 'error'
    AND NOT EXISTS (SELECT FROM outcomes_outcome AS later WHERE later.corrects_id = outcome.id)
    GROUP BY entry_reference
)
SELECT entry_reference, begun.at, ended.at FROM begun LEFT JOIN ended USING (entry_reference)
WHERE (ended.at IS NULL OR ended.at > begun.at + %(limit)s) AND (begun.at, entry_reference) > (%(since)s, %(after)s)
ORDER BY begun.at, entry_reference LIMIT %(rows)s
"""


def clock(organisation_id: int, after: str) -> tuple[list[Running], str | None]:
    """Give a platform's matches that have no decision yet or got it late, oldest first, and where the next page starts.

    `after` is the entry that the page before ended with. Raises NotFound when the platform never matched it.
    """
    bounds: dict[str, Any] = {
        "organisation": organisation_id,
        "limit": rules.CLOCK,
        "rows": PAGE_SIZE + 1,
        "after": after,
    }
    with connection.cursor() as cursor:
        bounds["since"] = _begun(organisation_id, after) if after else datetime.fromtimestamp(0, UTC)
        cursor.execute(_CLOCK, bounds)
        found = [Running(*row) for row in cursor.fetchall()]
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1].entry_reference if len(found) > PAGE_SIZE else None


def _begun(organisation_id: int, entry_reference: str) -> datetime:
    of_entry = {"organisation": organisation_id, "entry_reference": entry_reference}
    times = [*Match.objects.filter(**of_entry).values_list("matched_at", flat=True)]
    times += Outcome.objects.filter(**of_entry).annotate(begun=BEGUN).values_list("begun", flat=True)
    if not times:
        raise NotFound("after: You have no match of this entry.")
    return min(times)

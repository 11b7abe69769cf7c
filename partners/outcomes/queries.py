"""Read what platforms answered."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.db import connection
from django.db.models import QuerySet

from partners.outcomes.models import AnsweredRequest, Feedback, Outcome
from partners.outcomes.rules import Tally
from partners.outcomes.states import REASONS, SAYS, Decision, Reason, Vote
from registry.access.refusals import NotFound
from registry.policy import queries as policy
from registry.policy.states import ReasonList

PAGE_SIZE = 500


@dataclass(frozen=True, slots=True)
class ConfirmedOutcome:
    """What a reporter may know: which platform did what about which entry."""

    entry_reference: str
    organisation_name: str
    decision: Decision


def confirmed_for(entry_references: Collection[str], since: date) -> list[ConfirmedOutcome]:
    """Give the outcomes that staff confirmed on `since` or later and that still stand, in the order they came."""
    rows = (
        Outcome.objects.filter(entry_reference__in=entry_references, confirmed_on__gte=since, corrected_by=None)
        .order_by("pk")
        .values_list("entry_reference", "organisation__name", "decision")
    )
    return [ConfirmedOutcome(entry, name, Decision(decision)) for entry, name, decision in rows]


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


def tallies(entry_references: Collection[str]) -> dict[str, Tally]:
    """Give how many platforms now speak for and against each of the entries, by their votes and their outcomes."""
    votes = Feedback.objects.filter(is_current=True, entry_reference__in=entry_references)
    outcomes = Outcome.objects.filter(decision__in=SAYS, corrected_by=None, entry_reference__in=entry_references)
    said = {*votes.values_list("entry_reference", "organisation", "vote")}
    for entry, organisation, decision in outcomes.values_list("entry_reference", "organisation", "decision"):
        said.add((entry, organisation, SAYS[Decision(decision)].value))
    counts = Counter((entry, word) for entry, _, word in said)
    return {entry: Tally(counts[entry, Vote.AFFIRM], counts[entry, Vote.NEGATIVE]) for entry in entry_references}


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

"""Which answers of a platform make sense. Takes values, raises Refused."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Protocol, TypeVar

from partners.outcomes.states import REASONS, Appeal, Decision, ErasureState, Vote
from registry.access.refusals import Impossible, Invalid, NotFound, Refused
from registry.entries.rules import confidence

CLOCK_TOLERANCE = timedelta(minutes=5)
LONGEST_KEY = 128
CLOCK = timedelta(hours=48)
"""From a match to its decision, or its removal."""


@dataclass(frozen=True, slots=True)
class ReportedOutcome:
    """What a platform says it did. Times are the platform's own; a count or a correction not stated is empty."""

    entry_reference: str
    decision: Decision
    decided_at: datetime
    removed_at: datetime | None
    count_band: str
    corrects: str = ""
    matched_at: datetime | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    """Further closed words, as `DetailsSerializer` takes them."""


def digest_of(said: ReportedOutcome) -> str:
    """Give the SHA-256 of all that a platform said, as JSON with its names in order: what the audit log keeps of it."""
    parts = {
        "entry": said.entry_reference,
        "decision": said.decision,
        "matched_at": said.matched_at,
        "decided_at": said.decided_at,
        "removed_at": said.removed_at,
        "count_band": said.count_band,
        "corrects": said.corrects,
        "details": said.details,
    }
    return sha256(json.dumps(parts, sort_keys=True, separators=(",", ":"), default=_written).encode()).hexdigest()


def _written(time: datetime) -> str:
    """Give a time as the details are stored: in UTC, to the millisecond where there is one."""
    span = "milliseconds" if time.microsecond else "seconds"
    return time.astimezone(UTC).isoformat(timespec=span).replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many platforms speak for an entry and how many against it."""

    affirming: int
    negative: int


def check_outcome(reported: ReportedOutcome, now: datetime) -> None:
    """Refuse times that cannot be, and a removal without its time."""
    if (reported.removed_at is not None) is not (reported.decision is Decision.REMOVED):
        raise Impossible("removed_at: Send it when the decision is 'removed', and only then.")
    for name in ("matched_at", "decided_at", "removed_at"):
        check_past(name, getattr(reported, name), now)
    reinstated_at = reported.details.get("reinstated_at")
    if reinstated_at is not None and reported.details.get("appeal") != Appeal.OVERTURNED:
        raise Impossible("details.reinstated_at: Send it when the appeal is 'overturned', and only then.")
    check_past("details.reinstated_at", reinstated_at, now)
    if reported.details.get("reason") and reported.decision is not Decision.NOT_VIOLATING:
        raise Impossible("details.reason: Send it when the decision is 'not_violating', and only then.")


def check_past(name: str, time: datetime | None, now: datetime) -> None:
    """Refuse a time that has not come yet."""
    if time is not None and time > now + CLOCK_TOLERANCE:
        ours = f"{now:%Y-%m-%dT%H:%M:%SZ}"
        raise Impossible(f"{name}: This time is in the future. Send UTC and check your clock; ours says {ours}.")


def check_leaf(leaf: int, published_at: datetime | None, ingested_at: datetime, now: datetime) -> None:
    """Refuse to have taken in a leaf that is not there, or before it was."""
    check_past("ingested_at", ingested_at, now)
    if published_at is None:
        raise NotFound(f"leaf: There is no leaf {leaf} on the list yet.")
    if ingested_at < published_at - CLOCK_TOLERANCE:
        raise Impossible("ingested_at: That is before the leaf was published. Send UTC and check your clock.")


def check_erasure(state: str, basis: str, is_withdrawn: bool) -> None:
    """Refuse to speak of an entry that is on the list, and to keep fingerprints without saying on what basis."""
    if not is_withdrawn:
        raise Impossible("entry: This entry has not left the list. Report an outcome instead.")
    if (state == ErasureState.KEPT) is not bool(basis):
        raise Impossible("basis: Send it when the state is 'kept', and only then.")


def check_published(is_published: bool, entry_reference: str) -> None:
    """Refuse a word on an entry that no partner can have seen."""
    if not is_published:
        raise NotFound(f"There is no entry {entry_reference[:64]!r} on the list, and never was.")


class Standing(Protocol):
    """An outcome that nothing corrects yet."""

    entry_reference: str


AnOutcome = TypeVar("AnOutcome", bound=Standing)


def check_correctable(standing: AnOutcome | None, reported: ReportedOutcome) -> AnOutcome:
    """Give the standing outcome that a report corrects; refuse where there is none, or it is about another entry."""
    if standing is None:
        raise NotFound("corrects: You have no standing outcome of this reference. A correction names the newest one.")
    if reported.entry_reference != standing.entry_reference:
        raise Impossible("corrects: That outcome is about another entry.")
    return standing


def check_corrected_once(is_corrected: bool) -> None:
    """Refuse two corrections of one outcome in one batch."""
    if is_corrected:
        raise Impossible("corrects: This batch corrects that outcome already.")


def check_confirmable(is_corrected: bool) -> None:
    """Refuse to confirm what the platform has since taken back."""
    if is_corrected:
        raise Refused("The platform has corrected this outcome since. Look at the newer one.")


def check_feedback(signal_type: str, held: Collection[str], vote: Vote, reason: str) -> None:
    """Refuse a vote on a fingerprint the entry does not hold, and one against it without a known reason."""
    if not held:
        raise Refused("This entry has been withdrawn. Delete it; its fingerprints need no more feedback.")
    if signal_type not in held:
        has = ", ".join(sorted(held)).upper()
        raise NotFound(f"This entry has no {signal_type[:16].upper()} fingerprint; it has {has}.")
    if vote is Vote.NEGATIVE and reason not in REASONS:
        raise Invalid("Negative feedback needs the guid of one reason; read them at /feedback/{type}/reasons.")
    if vote is Vote.AFFIRM and reason:
        raise Invalid("Affirmative feedback takes no reason.")


def weighs(before: Tally, after: Tally) -> bool:
    """Tell whether what was said changes what the entry is worth. A platform that says no again does not."""
    is_worth = [confidence(tally.affirming, tally.negative) for tally in (before, after)]
    return after.negative > before.negative or is_worth[0] != is_worth[1]


def check_key(key: str) -> None:
    """Refuse a request that could not be told from its own retry."""
    if not key:
        raise Invalid("Send an Idempotency-Key header: a new random value for each request, the same for its retries.")
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Invalid(f"An Idempotency-Key has at most {LONGEST_KEY} printable ASCII characters.")

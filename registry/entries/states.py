"""The states of an entry and of a claim, and every arrow between them."""

from dataclasses import dataclass

from django.db import models

from registry.log.events import Change, Event


class Kind(models.TextChoices):
    """What the entry was made from."""

    IMAGE = "image", "Image"
    VIDEO = "video", "Video"


class EntryState(models.TextChoices):
    """Where an entry stands. Partners see `listed` as live and everything else as removed."""

    PENDING = "pending", "Pending"
    LISTED = "listed", "Listed"
    PAUSED = "paused", "Paused"
    QUARANTINED = "quarantined", "Quarantined"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Expired"


class ClaimState(models.TextChoices):
    """Whether a report still holds the entry. A paused claim holds it too, off the list."""

    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Expired"


class Confidence(models.TextChoices):
    """What platforms said of the entry's fingerprints so far."""

    SELF_REPORTED = "self-reported", "Self-reported"
    CORROBORATED = "corroborated", "Corroborated"
    DISPUTED = "disputed", "Disputed"


class Reason(models.TextChoices):
    """Why staff or the machine moved an entry. Closed: the log that keeps it can never be redacted."""

    FEEDBACK = "feedback", "Platforms dispute it"
    UNUSUAL_VOLUME = "unusual volume", "It matches far more than one person's picture would"
    BENIGN = "benign", "It shows something everybody has, such as a logo"
    NOT_INTIMATE = "not intimate", "A platform saw it and it is not what it was reported as"
    REVIEWED = "reviewed", "Looked at again"
    MISTAKE = "mistake", "An earlier decision was wrong"


class FlagKind(models.TextChoices):
    """What there is to look at."""

    BENIGN = "benign", "Looks like something everybody has"
    DISPUTED = "disputed", "Platforms say it is not what it was reported as"
    REPORTED_AGAIN = "reported again", "Reported again after it was rejected"


class HoldState(models.TextChoices):
    """Where a decision that needs two people stands."""

    PROPOSED = "proposed", "Proposed"
    AGREED = "agreed", "Agreed"
    DECLINED = "declined", "Declined"


@dataclass(frozen=True, slots=True)
class Transition:
    """One verb: from any of `sources` to `target`, recorded as `event`, published as `change` if that was visible.

    `erases`: fingerprints and nonce are destroyed.
    """

    sources: frozenset[str]
    target: str
    event: Event
    change: Change
    erases: bool = False


_HELD = frozenset(
    {EntryState.PENDING, EntryState.LISTED, EntryState.PAUSED, EntryState.QUARANTINED, EntryState.REJECTED}
)

TRANSITIONS = {
    "list": Transition(frozenset({EntryState.PENDING}), EntryState.LISTED, Event.ENTRY_LIST, Change.LIST),
    "pause": Transition(frozenset({EntryState.LISTED}), EntryState.PAUSED, Event.ENTRY_PAUSE, Change.PAUSE),
    "resume": Transition(frozenset({EntryState.PAUSED}), EntryState.LISTED, Event.ENTRY_RESUME, Change.RESUME),
    "quarantine": Transition(
        frozenset({EntryState.LISTED, EntryState.PAUSED}),
        EntryState.QUARANTINED,
        Event.ENTRY_QUARANTINE,
        Change.QUARANTINE,
    ),
    "restore": Transition(frozenset({EntryState.QUARANTINED}), EntryState.LISTED, Event.ENTRY_RESTORE, Change.RESTORE),
    "reject": Transition(
        frozenset({EntryState.PENDING, EntryState.QUARANTINED}),
        EntryState.REJECTED,
        Event.ENTRY_REJECT,
        Change.REJECT,
    ),
    "reopen": Transition(
        frozenset({EntryState.REJECTED}), EntryState.QUARANTINED, Event.ENTRY_REOPEN, Change.QUARANTINE
    ),
    "withdraw": Transition(_HELD, EntryState.WITHDRAWN, Event.ENTRY_WITHDRAW, Change.WITHDRAW, erases=True),
    "expire": Transition(_HELD, EntryState.EXPIRED, Event.ENTRY_EXPIRE, Change.EXPIRE, erases=True),
}
START = EntryState.PENDING
ERASED = frozenset({EntryState.WITHDRAWN, EntryState.EXPIRED})
ENDS = ERASED
HOLDING = frozenset({ClaimState.ACTIVE, ClaimState.PAUSED})
HELD_VERBS = frozenset({"quarantine", "restore", "reject", "reopen"})
"""What staff may propose to a second person, for one entry or for many."""

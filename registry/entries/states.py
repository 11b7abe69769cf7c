"""The states of an entry and of a claim, and every arrow between them."""

from dataclasses import dataclass

from django.db import models


class Kind(models.TextChoices):
    """What the entry was made from."""

    IMAGE = "image", "Image"
    VIDEO = "video", "Video"


class EntryState(models.TextChoices):
    """Where an entry stands. Partners see `listed` as live and everything else as removed."""

    PENDING = "pending", "Pending"
    LISTED = "listed", "Listed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ClaimState(models.TextChoices):
    """Whether a report still holds the entry."""

    ACTIVE = "active", "Active"
    WITHDRAWN = "withdrawn", "Withdrawn"


@dataclass(frozen=True, slots=True)
class Transition:
    """One verb: from any of `sources` to `target`."""

    sources: frozenset[str]
    target: str


TRANSITIONS = {
    "list": Transition(frozenset({EntryState.PENDING}), EntryState.LISTED),
    "withdraw": Transition(frozenset({EntryState.PENDING, EntryState.LISTED}), EntryState.WITHDRAWN),
}
START = EntryState.PENDING
ENDS = frozenset({EntryState.WITHDRAWN})

"""Read what can be set, beside what is set."""

from dataclasses import dataclass
from typing import Any

from partners.outcomes.states import REASONS
from portal.proposals.states import Ground
from portal.reviews.states import SnoozeReason
from registry.access.refusals import NotFound
from registry.accounts import queries as accounts
from registry.entries.states import Reason
from registry.policy import queries as policy
from registry.policy.states import BOUNDS, Bounds, ReasonList, Window
from registry.screening.models import BenignPicture
from registry.screening.states import BenignReason

LISTS: dict[ReasonList, list[tuple[str, Any]]] = {
    ReasonList.ENTRY: [(str(word), str(label)) for word, label in Reason.choices],
    ReasonList.BENIGN: [(str(word), str(label)) for word, label in BenignReason.choices],
    ReasonList.SNOOZE: [(str(word), label) for word, label in SnoozeReason.choices],
    ReasonList.GROUND: [(str(word), label) for word, label in Ground.choices],
    ReasonList.FEEDBACK: [(reason.guid, reason.name) for reason in REASONS.values()],
}
"""Every list's (word, label), in order."""


@dataclass(frozen=True, slots=True)
class SetWindow:
    """A window: what it is of, its hours now, and its bounds."""

    name: Window
    hours: int
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class SetReason:
    """A reason of a list, and whether it is offered."""

    word: str
    label: Any
    is_offered: bool


def windows() -> list[SetWindow]:
    """Give every window."""
    return [SetWindow(name, hours, BOUNDS[name]) for name, hours in policy.windows().items()]


def lists() -> list[tuple[ReasonList, list[SetReason]]]:
    """Give every list of reasons."""
    found = []
    for reasons, choices in LISTS.items():
        gone = policy.retired(reasons)
        found.append((reasons, [SetReason(word, label, word not in gone) for word, label in choices]))
    return found


def benign() -> list[tuple[BenignPicture, str]]:
    """Give the pictures that everybody has, the newest first, each with who added it."""
    pictures = list(BenignPicture.objects.order_by("-pk"))
    names = accounts.addresses_of([picture.added_by.partition(":")[2] for picture in pictures])
    return [(picture, names.get(picture.added_by.partition(":")[2], picture.added_by)) for picture in pictures]


def benign_numbered(number: int) -> BenignPicture:
    """Give a picture that everybody has, by its number. Raises NotFound."""
    picture = BenignPicture.objects.filter(pk=number).first()
    if picture is None:
        raise NotFound("There is no such picture on the list.")
    return picture

"""What this dialect's clients can be told, and when they must start afresh. Takes values, raises Refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from partners.outcomes.states import NOT_STATED, Vote
from registry.access.refusals import Invalid, NotFound, Refused

DEFAULT_START = 10
"""The timestamp this dialect's clients begin from when they have nothing."""
LARGEST_PAGE = 1000
REFETCH_AFTER = timedelta(days=7)

VOTES = {"Blocked": (Vote.AFFIRM, ""), "NotBlocked": (Vote.NEGATIVE, NOT_STATED.guid)}
FEEDBACK_VALUES = (
    "Unknown", "None", "QualityUnknown", "PendingReview", "Blocked", "NotBlocked", "Withdrawn", "Deleted",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Query:
    """A FetchHashes request: from a second (since 1970) on, or after a leaf when it is a later page of that."""

    start: int
    page_size: int
    after: int | None = None

    @property
    def is_full(self) -> bool:
        """Whether this reads the list from its beginning."""
        return self.start <= DEFAULT_START


def parse_number(parameters: Mapping[str, str], name: str, default: int) -> int:
    """Read a whole number that is not negative."""
    text = parameters.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Invalid(f"{name}: Send a whole number.")
    return int(text)


def is_fresh(last_full: date | None, today: date) -> bool:
    """Tell whether a copy that was last fetched whole on this day may be gone on from, whatever was withdrawn since."""
    return last_full is not None and today - last_full <= REFETCH_AFTER


def check_none_removed(removed_since: bool) -> None:
    """Refuse to go on from an old copy that holds hashes which are off the list.

    A withdrawal destroys the fingerprint, so nobody can name it afterwards, and this dialect knows no other name.
    What is only paused or quarantined has its hash still, but this dialect's clients delete nothing by name.
    """
    if removed_since:
        raise Refused(
            "Hashes you hold have left the list, and this interface cannot make you delete them one by one. "
            "Clear what you fetched and fetch again from the beginning (startTimestamp=10; with the tx tool: "
            f"'tx fetch --clear'), at least every {REFETCH_AFTER.days} days. "
            "The native and NCMEC interfaces name the entries to delete."
        )


def check_known(is_known: bool, position: int) -> None:
    """Refuse feedback on a hash that is not on the list. The hash itself is never repeated."""
    if not is_known:
        raise NotFound(
            f"hashFeedbacks[{position}]: This hash is not on the list; it may have been withdrawn. Delete it. "
            "Nothing of this request was recorded."
        )

"""What the sandbox holds, and what a platform's software has shown there. Takes values, raises Refused; no Django."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from hashing import pdq
from hashing.signal_types import SignalType
from registry.access.refusals import Invalid
from registry.entries.rules import SubmittedFingerprint, SubmittedItem

SIZE = 3_200
"""Live entries: more than a page of any dialect, so that a client that overlooks the next page shows it."""
EVERY_VIDEO = 20
"""One entry in so many is a video."""
CLOCK_BEHIND = timedelta(minutes=15)
"""How old the time of an outcome may be when it arrives. No time zone is so close to UTC that it would pass for it."""
LONGEST_NAME = 64


def made_up_item(draw: random.Random) -> SubmittedItem:
    """Give an image or a video nobody has, as entries of the real list look."""
    exact = SubmittedFingerprint(SignalType.MD5, draw.randbytes(16).hex())
    if draw.randrange(EVERY_VIDEO) == 0:
        return SubmittedItem("video", (exact,))
    return SubmittedItem("image", (SubmittedFingerprint(SignalType.PDQ, pdq.made_up(draw), quality=100), exact))


def read_up_to(reads: Iterable[tuple[int, int]]) -> int:
    """Give the last leaf up to which nothing was left out, from reads (after, reached]; -1 when the first is missing."""
    reached = -1
    for after, last in sorted(reads):
        if after > reached:
            break
        reached = max(reached, last)
    return reached


def has_noticed(is_served: bool, is_whole: bool, is_named: bool) -> bool:
    """Tell whether a platform noticed a tombstone that it was served.

    Its people name the entry that their software let go. Only a copy fetched whole and anew shows it without a name.
    """
    return is_served and (is_named or is_whole)


def is_clock_right(outcomes: Sequence[tuple[datetime, datetime]], window_ages: Sequence[int]) -> bool:
    """Tell whether a platform's clock and time zone are right.

    `outcomes`: when each was decided, by the platform, and when it arrived. `window_ages`: how many seconds old the
    ends of its NCMEC windows were. One fresh word of each kind is enough: old ones may be about old matters.
    """
    decided = any(arrived - decided <= CLOCK_BEHIND for decided, arrived in outcomes)
    asked = not window_ages or min(window_ages) <= CLOCK_BEHIND.total_seconds()
    return decided and asked


def check_named(name: str, planted: str | None) -> None:
    """Refuse a name that is not that of the entry which was withdrawn."""
    if planted is None:
        raise Invalid("Nothing was withdrawn for you yet. That happens once your software has fetched the whole list.")
    if name.strip() != planted:
        raise Invalid("This is not the entry that was withdrawn. Let your software fetch, and see which one it let go.")

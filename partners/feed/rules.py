"""How far a partner can have read, and how long a snapshot is kept. Takes values, raises Refused."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from registry.access.refusals import Impossible, TooMany

SNAPSHOT_KEPT = timedelta(hours=24)
"""How long a snapshot is kept after the next one was made: time to finish a download."""
PAUSE_SECONDS = 600
"""How long a client waits before it asks again whether a pause was lifted."""
SNAPSHOT_EVERY = timedelta(hours=1)
LONGEST_PAUSE = timedelta(minutes=1)
"""How long a snapshot that is being written may lie untouched."""


def check_cursor(after: int, size: int) -> None:
    """Refuse a cursor beyond the list: its holder has read another list, or this one has lost leaves."""
    if after >= size:
        raise Impossible(
            f"after: The signed list has {size} leaves, so leaf {after} is not one of them. If you have read it here, "
            "keep your last checkpoint and tell us: a list that has grown shorter is a list that was changed."
        )


def check_whole_reads(is_paused: bool) -> None:
    """Refuse to begin the list anew while that is paused."""
    if is_paused:
        raise TooMany(
            "Reading the whole list again is paused: it was begun anew on more days than a client that keeps its place "
            "needs to. Go on from your last cursor, window or checkpoint; that works as ever and misses nothing. "
            "Our staff lift the pause once they have spoken with you; your owners have a mail about it.",
            PAUSE_SECONDS,
        )


def outdated(newest_first: Sequence[tuple[int, datetime]], erased_at: int, now: datetime) -> set[int]:
    """Give the sizes of the (size, made at) snapshots that were replaced too long ago, or hold what is erased now.

    `erased_at` is the newest leaf with which an entry was erased: a snapshot of all leaves before it holds that entry.
    """
    pairs = pairwise(newest_first)
    replaced = {size for (_, replaced_at), (size, _) in pairs if now - replaced_at > SNAPSHOT_KEPT}
    return replaced | {size for size, _ in newest_first if size <= erased_at}


def is_due(newest: datetime | None, now: datetime) -> bool:
    """Tell whether a snapshot should be made, when the newest there is was made then."""
    return newest is None or now - newest >= SNAPSHOT_EVERY


def is_stray(written: float, now: datetime) -> bool:
    """Tell whether a file that is no snapshot, last written to then (in seconds since 1970), is no draft of one either."""
    return now.timestamp() - written > LONGEST_PAUSE.total_seconds()

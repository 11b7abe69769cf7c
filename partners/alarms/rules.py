"""What is unusual. Takes values; no Django."""

from collections.abc import Sequence
from datetime import timedelta
from statistics import fmean, pstdev

from registry.access.doors import Dialect

BACKWARD = 3
"""Times in a day that a key goes on before the place it read last. Once may be a lost answer."""
POSITION_WATCHED = timedelta(days=1)
WHOLE_WATCHED = timedelta(days=30)
WHOLE_DAYS = {Dialect.NATIVE: 2, Dialect.NCMEC: 2, Dialect.STOPNCII: 6}
"""Days on which the list may be begun anew: the first time, and once more. StopNCII's clients must, every week."""


VOLUME_WATCHED = timedelta(days=30)
VOLUME_DAYS = 7
"""Earlier days with reads without which nothing is known of what is usual."""
VOLUME_LEAST = 1_000
"""Rows in a day that are never too many: a short list doubles within a day."""
DEVIATIONS = 3


def reads_from_two_places(backward: int) -> bool:
    """Tell whether a key that went back so many times is held by two programs."""
    return backward >= BACKWARD


def reads_whole_too_often(dialect: str, days: int) -> bool:
    """Tell whether the list was begun anew on too many days."""
    return days > WHOLE_DAYS[Dialect(dialect)]


def reads_far_more(rows: int, earlier: Sequence[int]) -> bool:
    """Tell whether so many rows in a day lie more than three standard deviations above those of earlier days."""
    if rows <= VOLUME_LEAST or len(earlier) < VOLUME_DAYS:
        return False
    return rows > fmean(earlier) + DEVIATIONS * pstdev(earlier)

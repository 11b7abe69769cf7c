"""What is unusual. Takes values; no Django."""

from datetime import timedelta

from registry.access.doors import Dialect

BACKWARD = 3
"""Times in a day that a key goes on before the place it read last. Once may be a lost answer."""
POSITION_WATCHED = timedelta(days=1)
WHOLE_WATCHED = timedelta(days=30)
WHOLE_DAYS = {Dialect.NATIVE: 2, Dialect.NCMEC: 2, Dialect.STOPNCII: 6}
"""Days on which the list may be begun anew: the first time, and once more. StopNCII's clients must, every week."""


def reads_from_two_places(backward: int) -> bool:
    """Tell whether a key that went back so many times is held by two programs."""
    return backward >= BACKWARD


def reads_whole_too_often(dialect: str, days: int) -> bool:
    """Tell whether the list was begun anew on too many days."""
    return days > WHOLE_DAYS[Dialect(dialect)]

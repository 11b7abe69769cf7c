"""Which numbers may be told, and of which time. Plain Python: takes values."""

from datetime import date, timedelta

SMALLEST = 10
"""A number below this could tell of one person: it is not told, and no other is told more exactly than to ten."""


def coarse(count: int) -> int | None:
    """Give a number the public may know: none, or tens, rounded down; None for a few, which are not told."""
    if count == 0:
        return 0
    return None if count < SMALLEST else count - count % SMALLEST


def share(part: int, whole: int) -> int | None:
    """Give a part in per cent; None of nothing."""
    return round(100 * part / whole) if whole else None


def coarse_share(part: int, whole: int) -> int | None:
    """Give a part in per cent, as the public may know it; None where the whole, or what is left of it, is only a few."""
    if whole < SMALLEST or 0 < part < SMALLEST or 0 < whole - part < SMALLEST:
        return None
    return share(part, whole)


def told_until(today: date) -> date:
    """Give the last day the public is told of: that of the month before, so that no single day can be worked out."""
    return today.replace(day=1) - timedelta(days=1)


def days_of(since: date, until: date) -> list[date]:
    """Give every day from `since` to `until`, both included."""
    return [since + timedelta(days=number) for number in range((until - since).days + 1)]

"""What a dashboard can be asked for, and when a match is late. Takes values; no Django."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

LATE = timedelta(hours=48)
"""How long the law gives a platform from a valid notice to the removal; counted here from the match."""
CLOCK_BEHIND = timedelta(minutes=15)
PERIODS = (7, 30, 90)
LONGEST_DAYS = 366
SPANS = ((1, "under 1 hour"), (6, "1 to 6 hours"), (24, "6 to 24 hours"), (48, "24 to 48 hours"))
"""Upper ends in hours of the spans that removals are counted in; what is beyond the last was late."""
OPEN = frozenset({"restricted", "error"})
"""Decisions that leave a match unsettled: its clock runs until a correction says how it ended."""
FALSE = "not_violating"
NO_VERDICT = frozenset({"not_found", "cannot_scan", "error"})
"""Decisions that say nothing of whether a match was right."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks for: days `since` to `until`, both included; one key's reads, or all; from which list."""

    since: date
    until: date
    key: str = ""
    is_sandbox: bool = False

    @property
    def days(self) -> list[date]:
        """The days asked for, in order."""
        return [self.since + timedelta(days=number) for number in range((self.until - self.since).days + 1)]


class Standing(StrEnum):
    """How a match stands against the clock."""

    RUNNING = "running"
    OVERDUE = "overdue"
    IN_TIME = "in time"
    LATE = "late"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Clock:
    """A match's clock: how it stands, and the hours from its beginning to the removal, or to now while it runs."""

    standing: Standing
    hours: float | None


def clock(decision: str, begun_at: datetime, removed_at: datetime | None, now: datetime) -> Clock:
    """Give the clock of a match. What was neither removed nor left open has none: it is settled."""
    if removed_at is None and decision not in OPEN:
        return Clock(Standing.SETTLED, None)
    taken = (removed_at or now) - begun_at
    is_late = taken > LATE
    if removed_at is None:
        standing = Standing.OVERDUE if is_late else Standing.RUNNING
    else:
        standing = Standing.LATE if is_late else Standing.IN_TIME
    return Clock(standing, taken.total_seconds() / 3600)


def share(part: int, whole: int) -> float | None:
    """Give a part in percent; None of nothing."""
    return 100 * part / whole if whole else None


def is_clock_behind(window_ages: Iterable[int]) -> bool:
    """Tell whether a platform's NCMEC client asks for the past: all its windows ended too long before they came."""
    youngest = min(window_ages, default=0)
    return youngest > CLOCK_BEHIND.total_seconds()

"""Which windows and names this dialect takes. Takes values, raises Refused."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from registry.access.refusals import Invalid, NotFound

CLOCK_TOLERANCE = timedelta(minutes=5)
SIGNAL_TYPES = {"MD5": "md5", "PDQ": "pdq", "TMK_PDQF": "tmk_pdqf"}
"""The fingerprints served in this dialect, by the names it gives them in addresses."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


@dataclass(frozen=True, slots=True)
class Window:
    """Publication times from `begin` up to but not including `end`, in whole seconds since 1970.

    `after` is the leaf a later page goes on at; None on the first page.
    """

    begin: int
    end: int
    after: int | None = None


def parse_time(name: str, text: str) -> int:
    """Read a time such as 2026-11-23T22:15:00Z, with or without a fraction, into seconds since 1970."""
    refusal = Invalid(f"{name}: Send a UTC time such as 2026-11-23T22:15:00Z.")
    if not _TIME.fullmatch(text):
        raise refusal
    try:
        return int(datetime.fromisoformat(text).timestamp())
    except ValueError:
        raise refusal from None


def check_window(window: Window, now: datetime) -> None:
    """Refuse a window that ends before it begins, and one whose end shows a clock that is not in UTC."""
    if window.end < window.begin:
        raise Invalid("'to' lies before 'from'.")
    ahead = datetime.fromtimestamp(window.end, UTC) - now
    if ahead > CLOCK_TOLERANCE:
        raise Invalid(
            f"'to' lies {int(ahead.total_seconds())} seconds in the future; here it is {now:%Y-%m-%dT%H:%M:%SZ}. "
            "Nothing was served, for a client that goes on from there would miss rows. "
            "Set your client's clock, and its time zone to UTC (TZ=UTC)."
        )


def signal_type(name: str) -> str:
    """Give the fingerprint a name in an address stands for."""
    if name not in SIGNAL_TYPES:
        raise NotFound(f"There are no {name[:16]} fingerprints here; there are {', '.join(SIGNAL_TYPES)}.")
    return SIGNAL_TYPES[name]


def check_member(member_id: int, registry_member_id: int) -> None:
    """Refuse a member who has no entries: every entry here is the registry's own."""
    if member_id != registry_member_id:
        raise NotFound(f"Member {member_id} has no entries here; all are member {registry_member_id}'s.")

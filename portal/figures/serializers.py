"""How figures are drawn and written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.dashboard.serializers import csv_text
from portal.figures.models import PublicYear
from portal.figures.queries import Day, Platform

WIDTH, HEIGHT = 720, 140
SERIES = (
    ("reports", _("Reports")),
    ("listed", _("Put on the list")),
    ("matched", _("Matched")),
    ("removed", _("Removed")),
)
HOURS = (
    ("median_hours", _("Median hours to removal")),
    ("p90_hours", _("Hours within which 9 of 10 are removed")),
)
COLUMNS = {
    "days": ("day", *(name for name, _label in SERIES)),
    "platforms": ("name", "answers", "removals", "late", "median_hours", "p90_hours", "behind"),
    "disputes": ("opened", "listed", "upheld", "dismissed", "rate", "upheld_rate"),
    "health": ("pending", "unsigned", "last_leaf_at", "tasks", "waiting", "late", "for_a_second", "oldest_due"),
}
"""The tables that are given as CSV, and what of each line."""
NAMES = {
    "reports": _("Reports"),
    "listed": _("Photos and videos put on the list"),
    "withdrawn": _("Taken off the list again by the people who reported them"),
    "matched": _("Copies that platforms found"),
    "removed": _("Copies that platforms removed"),
    "removed_in_time": _("Removed within 48 hours of the match, in per cent"),
    "disputed": _("Disputes by platforms"),
    "upheld": _("Disputes that staff found to be right, in per cent"),
}
SHARES = {"removed_in_time", "upheld"}
"""The figures that are in per cent."""


@dataclass(frozen=True, slots=True)
class Chart:
    """One series as bars, in the chart's own units: (x, y, width, height, title) each.

    `first`, `last`: the words under the first and the last bar. `total`: of what can be added up.
    """

    name: str
    total: int | None
    bars: list[tuple[float, float, float, float, str]]
    first: str
    last: str


def charts(days: Sequence[Day]) -> list[Chart]:
    """Lay out each series as bars of one scale of its own."""
    labels = [date_format(day.day, "j M") for day in days]
    drawn = []
    for name, label in SERIES:
        values = [getattr(day, name) for day in days]
        drawn.append(_chart(str(label), list(zip(labels, values, strict=True)), sum(values)))
    return drawn


def platform_charts(platforms: Iterable[Platform]) -> list[Chart]:
    """Lay out the hours to removal of the platforms that removed something, a bar each."""
    removing = [platform for platform in platforms if platform.median_hours is not None]
    if not removing:
        return []
    return [
        _chart(str(label), [(platform.name, round(getattr(platform, name), 1)) for platform in removing])
        for name, label in HOURS
    ]


def table_csv(name: str, rows: Iterable[object]) -> str:
    """Write one of the tables as CSV."""
    lines = [tuple(_cell(getattr(row, column)) for column in COLUMNS[name]) for row in rows]
    return csv_text([COLUMNS[name], *lines])


def public_rows(published: PublicYear) -> list[tuple[str, str]]:
    """Give what the public is told of a year: (what, number in words) each."""
    told = [_told(published.figures.get(key), is_share=key in SHARES) for key in NAMES]
    return [(str(name), number) for name, number in zip(NAMES.values(), told, strict=True)]


def public_csv(published: PublicYear) -> str:
    """Write what the public is told of a year as CSV; a number that is not told is left empty."""
    rows = [(key, _cell(published.figures.get(key))) for key in NAMES]
    return csv_text([("figure", "number"), ("year", str(published.year)), ("until", str(published.until)), *rows])


def _chart(name: str, values: Sequence[tuple[str, float]], total: int | None = None) -> Chart:
    tallest, step = max(1, *(value for _label, value in values)), WIDTH / len(values)
    bars = []
    for number, (label, value) in enumerate(values):
        height = round(HEIGHT * value / tallest, 1)
        bars.append((round(number * step, 1), HEIGHT - height, round(step * 0.8, 1), height, f"{label}: {value}"))
    return Chart(name, total, bars, values[0][0], values[-1][0])


def _told(number: int | None, *, is_share: bool) -> str:
    if number is None:
        return gettext("too few to tell") if is_share else gettext("fewer than 10")
    return f"{number} %" if is_share else gettext("%s or a few more") % f"{number:,}" if number else "0"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return f"{value:.1f}" if isinstance(value, float) else str(value)

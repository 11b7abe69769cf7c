"""How figures are drawn and written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
    """One series as bars, in the chart's own units: (x, y, width, height, title) each."""

    name: str
    total: int
    bars: list[tuple[float, float, float, float, str]]


def charts(days: Sequence[Day]) -> list[Chart]:
    """Lay out each series as bars of one scale of its own."""
    return [
        _chart(str(label), [(day.day.strftime("%-d %b"), getattr(day, name)) for day in days]) for name, label in SERIES
    ]


def days_csv(days: Iterable[Day]) -> str:
    """Write the days as CSV."""
    rows = [(d.day.isoformat(), *(str(getattr(d, name)) for name, _label in SERIES)) for d in days]
    return csv_text([("day", *(name for name, _label in SERIES)), *rows])


def platforms_csv(platforms: Iterable[Platform]) -> str:
    """Write the platforms as CSV."""
    columns = ("name", "answers", "removals", "late", "median_hours", "p90_hours", "behind")
    rows = [tuple(_cell(getattr(platform, column)) for column in columns) for platform in platforms]
    return csv_text([columns, *rows])


def public_rows(published: PublicYear) -> list[tuple[str, str]]:
    """Give what the public is told of a year: (what, number in words) each."""
    told = [_told(published.figures.get(key), is_share=key in SHARES) for key in NAMES]
    return [(str(name), number) for name, number in zip(NAMES.values(), told, strict=True)]


def public_csv(published: PublicYear) -> str:
    """Write what the public is told of a year as CSV; a number that is not told is left empty."""
    rows = [(key, _cell(published.figures.get(key))) for key in NAMES]
    return csv_text([("figure", "number"), ("year", str(published.year)), ("until", str(published.until)), *rows])


def _chart(name: str, values: Sequence[tuple[str, int]]) -> Chart:
    tallest, step = max(1, *(value for _label, value in values)), WIDTH / len(values)
    bars = []
    for number, (label, value) in enumerate(values):
        height = round(HEIGHT * value / tallest, 1)
        bars.append((round(number * step, 1), HEIGHT - height, round(step * 0.8, 1), height, f"{label}: {value}"))
    return Chart(name, sum(value for _label, value in values), bars)


def _told(number: int | None, *, is_share: bool) -> str:
    if number is None:
        return gettext("too few to tell") if is_share else gettext("fewer than 10")
    return f"{number} %" if is_share else gettext("%s or a few more") % f"{number:,}" if number else "0"


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.1f}" if isinstance(value, float) else str(value)

"""How figures are drawn and written: bars for a page, CSV for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from partners.dashboard.queries import Day

WIDTH, HEIGHT, HEAD, FOOT = 720, 180, 18, 20
SERIES = 4
"""Colours a chart has; further series share the last."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, or part of one, in the chart's own units. `series` chooses its colour, from 1."""

    x: float
    y: float
    width: float
    height: float
    series: int
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of stacked bars: the highest one's value, the words under the first and last, and what colours mean."""

    bars: list[Bar]
    top: int
    first: str
    last: str
    legend: list[tuple[int, str]]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see."""
        return not any(bar.height for bar in self.bars)


@dataclass(frozen=True, slots=True)
class Column:
    """What one bar shows: its label, and (series, value, words) from the bottom up."""

    label: str
    parts: Sequence[tuple[int, int, str]]


def chart(columns: Sequence[Column], legend: Sequence[tuple[int, str]] = ()) -> Chart:
    """Lay columns out side by side; an empty one has nothing to see."""
    top = max([sum(value for _, value, _ in column.parts) for column in columns] + [1])
    step = WIDTH / max(len(columns), 1)
    bars = []
    for number, column in enumerate(columns):
        y: float = HEIGHT - FOOT
        for series, value, words in column.parts:
            height = (HEIGHT - FOOT - HEAD) * value / top
            y -= height
            left, width = round(number * step, 1), round(step * 0.8, 1)
            bars.append(
                Bar(left, round(y, 1), width, round(height, 1), min(series, SERIES), f"{column.label}: {words}")
            )
    return Chart(bars, top, columns[0].label, columns[-1].label, list(legend))


def reads_chart(days: Sequence[Day]) -> Chart:
    """Draw the rows read each day, one colour a key."""
    names = sorted({name for day in days for name in day.by_key})
    series = {name: min(number, SERIES) for number, name in enumerate(names, 1)}
    columns = [
        Column(
            _day(day.day),
            [(series[name], rows, f"{name}, {rows} rows") for name, (_, rows) in sorted(day.by_key.items())],
        )
        for day in days
    ]
    return chart(columns, [(number, name) for name, number in series.items()])


def counts_chart(counts: Sequence[tuple[date, int]]) -> Chart:
    """Draw a number each day."""
    return chart([Column(_day(day), [(1, count, str(count))]) for day, count in counts])


def spans_chart(spans: Sequence[tuple[str, int]]) -> Chart:
    """Draw how many removals took how long; the last span, which was late, in another colour."""
    last = len(spans) - 1
    columns = [
        Column(words, [(2 if number == last else 1, count, str(count))]) for number, (words, count) in enumerate(spans)
    ]
    return chart(columns)


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Write rows as CSV; a cell that a spreadsheet would run as a formula is defused."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([[f"'{cell}" if cell[:1] in "=+-@" and cell else cell for cell in row] for row in rows])
    return text.getvalue()


def _day(day: date) -> str:
    return f"{day:%-d %b}"

"""How figures are drawn and written: bars for a page, CSV for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from partners.dashboard.queries import Day

WIDTH, HEIGHT, FOOT = 720, 160, 20


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart, in the chart's own units."""

    x: float
    y: float
    width: float
    height: float
    title: str


def bars(days: Sequence[Day]) -> list[Bar]:
    """Lay out the rows read each day as bars; an empty day has none to see."""
    tallest = max([day.rows for day in days] + [1])
    step = WIDTH / len(days)
    drawn = []
    for number, day in enumerate(days):
        height = round((HEIGHT - FOOT) * day.rows / tallest, 1)
        title = f"{day.day:%-d %b}: {day.rows} rows, {day.reads} reads"
        drawn.append(Bar(round(number * step, 1), HEIGHT - FOOT - height, round(step * 0.8, 1), height, title))
    return drawn


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Write rows as CSV; a cell that a spreadsheet would run as a formula is defused."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([[f"'{cell}" if cell[:1] in "=+-@" and cell else cell for cell in row] for row in rows])
    return text.getvalue()

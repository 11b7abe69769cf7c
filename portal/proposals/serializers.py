"""How records are handed out."""

from collections.abc import Iterator

from partners.dashboard.serializers import csv_text


def csv_lines(rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    """Write rows as CSV, one at a time, so that a year of them never stands in memory."""
    return (csv_text([row]) for row in rows)

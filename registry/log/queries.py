"""Read the logs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry.log.events import Event
from registry.log.models import Leaf
from registry.log.states import LogName


@dataclass(frozen=True, slots=True)
class Line:
    """One act in the audit log. A reporter's act has a day and no time (`at` is None)."""

    event: Event
    actor: str
    day: date
    at: datetime | None
    data: Mapping[str, Any]


def acts_on(subject: str) -> list[Line]:
    """Give what the audit log holds about a subject, such as `entry:…`, in the order it was done."""
    leaves = Leaf.objects.filter(log=LogName.AUDIT, subject=subject).order_by("leaf_index")
    return [_line(json.loads(record)) for record in leaves.values_list("record", flat=True)]


def _line(record: Mapping[str, Any]) -> Line:
    at = datetime.fromisoformat(record["at"]) if "at" in record else None
    day = at.date() if at else date.fromisoformat(record["day"])
    return Line(Event(record["event"]), record["actor"], day, at, record["data"])

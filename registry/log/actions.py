"""Write to the logs: only from other rooms' actions, inside their transaction."""

from collections.abc import Mapping
from datetime import UTC, datetime

from django.db import transaction

from registry.access.actors import Actor, ActorKind
from registry.log.events import Change, Event
from registry.log.models import PendingChange
from registry.log.states import LogName

Data = Mapping[str, str | int | list[str]]


def record(event: Event, *, actor: Actor, subject: str, data: Data | None = None) -> None:
    """Record an act in the audit log. The last line of every action.

    `data` must carry exactly the keys the event declares. A reporter's act keeps the day alone.
    """
    data = data or {}
    if set(data) != event.keys:
        raise ValueError(f"{event.value} carries {sorted(event.keys)}, not {sorted(data)}")
    _require_transaction()
    line = {"actor": str(actor), "data": dict(data), "event": event.value, "subject": subject}
    now = datetime.now(UTC)
    if actor.kind is ActorKind.REPORTER:
        line["day"] = now.date().isoformat()
    else:
        line["at"] = now.isoformat(timespec="seconds")
    PendingChange.objects.create(log=LogName.AUDIT, record=line)


def publish(change: Change, *, subject: str, commit: bytes) -> None:
    """Put a change of the list in line for a leaf. `commit` is the entry's 32-byte commitment."""
    _require_transaction()
    line = {"commit": commit.hex(), "event": change.value, "subject": subject}
    PendingChange.objects.create(log=LogName.LIST, record=line)


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("the log is written inside the change's own transaction")

"""Write to the logs: only from other rooms' actions, inside their transaction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from django.db import connection, transaction

from registry.access.actors import Actor, ActorKind
from registry.log import queries
from registry.log.events import Change, Event
from registry.log.states import LogName

Data = Mapping[str, str | int | list[str]]
Line = dict[str, object]
Waiting = tuple[LogName, Line]

STATE_EVERY = 1000
"""Leaves of the list between two commitments to its state; more on a long list, so that a leaf costs the same."""


def record(event: Event, *, actor: Actor, subject: str, data: Data | None = None) -> None:
    """Record an act in the audit log. The last line of every action.

    `data` must carry exactly the keys the event declares. A reporter's act keeps the day alone.
    """
    record_all(event, [(subject, data or {})], actor=actor)


def record_all(event: Event, acts: Iterable[tuple[str, Data]], *, actor: Actor) -> None:
    """Record the same act on many subjects, each with its own data."""
    write(acts_of(event, acts, actor=actor))


def publish(change: Change, *, subject: str, commit: bytes, data: Mapping[str, str] | None = None) -> None:
    """Put a change of the list in line for a leaf. `commit` is the entry's 32-byte commitment."""
    publish_all(change, [(subject, commit)], data=data)


def publish_all(
    change: Change,
    entries: Iterable[tuple[str, bytes]],
    *,
    data: Mapping[str, str] | None = None,
    log: LogName = LogName.LIST,
) -> None:
    """Put the same change of many entries, (subject, commitment) each, in line for the list or the sandbox's."""
    write(changes_of(change, entries, data=data, log=log))


def acts_of(event: Event, acts: Iterable[tuple[str, Data]], *, actor: Actor) -> list[Waiting]:
    """Give what `record_all` writes, for verbs that write several things at once."""
    now = datetime.now(UTC)
    is_reporter = actor.kind is ActorKind.REPORTER
    when = {"day": now.date().isoformat()} if is_reporter else {"at": now.isoformat(timespec="seconds")}
    lines: list[Waiting] = []
    for subject, data in acts:
        if set(data) != event.keys:
            raise ValueError(f"{event.value} carries {sorted(event.keys)}, not {sorted(data)}")
        line: Line = {"actor": str(actor), "data": dict(data), "event": event.value, "subject": subject, **when}
        lines.append((LogName.AUDIT, line))
    return lines


def changes_of(
    change: Change,
    entries: Iterable[tuple[str, bytes]],
    *,
    data: Mapping[str, str] | None = None,
    log: LogName = LogName.LIST,
) -> list[Waiting]:
    """Give what `publish_all` writes, for verbs that write several things at once."""
    same: Line = {"event": change.value, **(data or {})}
    return [(log, {"commit": commit.hex(), "subject": subject, **same}) for subject, commit in entries]


def write(lines: Sequence[Waiting]) -> None:
    """Put lines in line, in their order, with one statement."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("the log is written inside the change's own transaction")
    with connection.cursor() as cursor:
        # One text for all lines: an array of texts would be escaped line by line.
        cursor.execute(
            "INSERT INTO log_pending (log, record) "
            "SELECT value ->> 0, value -> 1 FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY ORDER BY ordinality",
            [json.dumps(lines)],
        )


@transaction.atomic
def commit_state(*, actor: Actor) -> bool:
    """Put a commitment to the set of live entries in line, if the list has grown enough since the last; tell whether.

    The leaf says: after the list's first `after` leaves `count` entries were live, and `digest` is the SHA-256 over
    their commitments, sorted and joined. So nothing can be kept on the list, or off it, unseen.
    """
    state = queries.live_state(STATE_EVERY)
    if state is None:
        return False
    write([(LogName.LIST, {"event": Change.STATE.value, "subject": Change.STATE.value, **state})])
    record(Event.LOG_COMMIT_STATE, actor=actor, subject="log:list", data={"after": int(state["after"])})
    return True

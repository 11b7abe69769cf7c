"""Read the logs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from registry.access.refusals import Invalid, NotFound
from registry.log import merkle, notes, tiles
from registry.log.events import Change, Event
from registry.log.models import Leaf, Node, PendingChange, SignedCheckpoint
from registry.log.states import LogName

LARGEST_LEVEL = 7
"""256^8 leaves are more than any log of ours will have."""


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


def checkpoint(log: LogName, size: int | None = None) -> str:
    """Give the newest signed checkpoint, or the one of `size` leaves. Raises NotFound."""
    signed = SignedCheckpoint.objects.filter(log=log)
    note = (
        (signed if size is None else signed.filter(size=size)).order_by("-size").values_list("note", flat=True).first()
    )
    if note is None:
        raise NotFound("There is no such checkpoint; sizes that were signed are those of published checkpoints.")
    return note


def signed_size(log: LogName) -> int:
    """Give how many leaves the newest signed checkpoint covers; 0 before the first."""
    return SignedCheckpoint.objects.filter(log=log).order_by("-size").values_list("size", flat=True).first() or 0


def tile(log: LogName, level: int, index: int, width: int = tiles.WIDTH) -> bytes:
    """Give `width` hashes of a tile, 32 bytes each, as c2sp.org/tlog-tiles lays them out. They never change.

    Raises NotFound while the signed tree does not reach that far, Invalid for a tile no tree can have.
    """
    if not (0 <= level <= LARGEST_LEVEL and index >= 0 and 0 < width <= tiles.WIDTH):
        raise Invalid("A tile has a level from 0 to 7, an index from 0, and from 1 to 256 hashes.")
    if tiles.width_at(level, index, signed_size(log)) < width:
        raise NotFound("The signed tree does not reach this tile yet.")
    first = index * tiles.WIDTH
    return b"".join(_hashes(log, level, first, first + width))


def inclusion_proof(log: LogName, index: int, size: int) -> list[bytes]:
    """Prove that leaf `index` is in the tree of `size` leaves (RFC 9162 §2.1.3.1). Raises NotFound, Invalid."""
    _check_signed(log, size)
    try:
        return merkle.inclusion_proof(_tiles(log).hashes, index, size)
    except ValueError as error:
        raise Invalid(f"There is no such proof: {error}.") from error


def consistency_proof(log: LogName, old: int, new: int) -> list[bytes]:
    """Prove that the tree of `old` leaves is the beginning of that of `new` (RFC 9162 §2.1.4.1)."""
    _check_signed(log, new)
    try:
        return merkle.consistency_proof(_tiles(log).hashes, old, new)
    except ValueError as error:
        raise Invalid(f"There is no such proof: {error}.") from error


def root(log: LogName, size: int) -> bytes:
    """Give the root of the first `size` leaves. Raises NotFound."""
    _check_signed(log, size)
    return _tiles(log).frontier(size).root()


def signed_head(log: LogName) -> notes.Checkpoint:
    """Give the newest signed checkpoint, read. Raises NotFound."""
    return notes.parse(checkpoint(log))


def live_state(every: int) -> dict[str, str | int] | None:
    """Give size (`after`), count and digest of the list's state at one moment; None while a commitment is not due.

    Due: `every` leaves, and an eighth of the live entries, since the last one; none is waiting for its place.
    """
    is_waiting = PendingChange.objects.filter(log=LogName.LIST, record__event=Change.STATE.value).exists()
    if is_waiting:
        return None
    state = Leaf.objects.filter(log=LogName.LIST, subject=Change.STATE.value)
    last = state.order_by("-leaf_index").values_list("leaf_index", flat=True).first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT size FROM log_head WHERE log = %s", [LogName.LIST.value])
        size = (cursor.fetchone() or (0,))[0]
        grown = size if last is None else size - last - 1
        cursor.execute("SELECT count(*) FROM log_live")
        if grown < max(every, cursor.fetchone()[0] // 8):
            return None
        # One statement sees one moment: the size and the set belong together.
        cursor.execute(
            "SELECT (SELECT size FROM log_head WHERE log = %s), count(*), "
            "encode(sha256(coalesce(string_agg(commit, ''::bytea ORDER BY commit), ''::bytea)), 'hex') FROM log_live",
            [LogName.LIST.value],
        )
        size, count, digest = cursor.fetchone()
    return {"after": size, "count": count, "digest": digest}


def _check_signed(log: LogName, size: int) -> None:
    if size > signed_size(log):
        raise NotFound(f"The log has no signed checkpoint of {size} leaves or more yet.")


def _tiles(log: LogName) -> tiles.Tiles:
    return tiles.Tiles(lambda level, begin, end: _hashes(log, level, begin, end))


def _hashes(log: LogName, level: int, begin: int, end: int) -> list[bytes]:
    if level == 0:
        leaves = Leaf.objects.filter(log=log, leaf_index__gte=begin, leaf_index__lt=end).order_by("leaf_index")
        return [bytes(hashed) for hashed in leaves.values_list("leaf_hash", flat=True)]
    nodes = Node.objects.filter(log=log, level=level, place__gte=begin, place__lt=end).order_by("place")
    return [bytes(hashed) for hashed in nodes.values_list("hash", flat=True)]


def _line(record: Mapping[str, Any]) -> Line:
    at = datetime.fromisoformat(record["at"]) if "at" in record else None
    day = at.date() if at else date.fromisoformat(record["day"])
    return Line(Event(record["event"]), record["actor"], day, at, record["data"])

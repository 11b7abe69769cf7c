"""Read the logs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from registry.access.refusals import Invalid, NotFound
from registry.log import merkle, notes, tiles
from registry.log.events import CHANGES, Change, Event
from registry.log.models import Leaf, Node, PendingChange, SignedCheckpoint
from registry.log.states import LogName

BATCH = 1000
LARGEST_LEVEL = 7
"""256^8 leaves are more than any log of ours will have."""
SAID = {"event", "subject", "published", "commit"}
"""What of a list's record is no more than the line itself, and its commitment."""


@dataclass(frozen=True, slots=True)
class Line:
    """One act in the audit log, or one change of a list, which has no actor.

    A reporter's act has a day and no time (`at` is None).
    """

    index: int
    event: Event | Change
    actor: str
    subject: str
    day: date
    at: datetime | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sought:
    """Which lines of a log somebody looks for; empty means any. The days are both included."""

    event: str = ""
    actor: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None


def acts_on(subject: str) -> list[Line]:
    """Give what the audit log holds about a subject, such as `entry:…`, in the order it was done."""
    leaves = Leaf.objects.filter(log=LogName.AUDIT, subject=subject).order_by("leaf_index")
    return _lines(leaves)


def lines(log: LogName, sought: Sought, *, before: int | None = None, limit: int) -> list[Line]:
    """Give up to `limit` lines of a log, the newest first; those with an index below `before` if it is given."""
    leaves = _sought(log, sought).order_by("-leaf_index")
    return _lines((leaves if before is None else leaves.filter(leaf_index__lt=before))[:limit])


def every_audit_line(sought: Sought) -> Iterator[Line]:
    """Give all lines of the audit log that are looked for, in the order they were done, a batch at a time."""
    leaves, after = _sought(LogName.AUDIT, sought).order_by("leaf_index"), -1
    while batch := _lines(leaves.filter(leaf_index__gt=after)[:BATCH]):
        yield from batch
        after = batch[-1].index


def line(log: LogName, index: int) -> tuple[Line, str, bytes]:
    """Give a line of a log, the record as it was hashed, and its leaf hash. Raises NotFound."""
    leaf = Leaf.objects.filter(log=log, leaf_index=index).first()
    if leaf is None:
        raise NotFound("The log has no such line.")
    return _line(index, json.loads(leaf.record)), leaf.record, bytes(leaf.leaf_hash)


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


def joint_proof(log: LogName, indices: Sequence[int], size: int) -> list[bytes]:
    """Prove that many leaves, by their indices in order, are in the tree of `size` leaves. Raises NotFound, Invalid."""
    _check_signed(log, size)
    try:
        return merkle.joint_proof(_tiles(log).hashes, indices, size)
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

    Due: `every` leaves, and an eighth of the entries that were live then, since the last; none is waiting for its place.
    """
    is_waiting = PendingChange.objects.filter(log=LogName.LIST, record__event=Change.STATE.value).exists()
    if is_waiting:
        return None
    states = Leaf.objects.filter(log=LogName.LIST, subject=Change.STATE.value).order_by("-leaf_index")
    last, record = states.values_list("leaf_index", "record").first() or (-1, '{"count":0}')
    with connection.cursor() as cursor:
        cursor.execute("SELECT size FROM log_head WHERE log = %s", [LogName.LIST.value])
        size = (cursor.fetchone() or (0,))[0]
        if size - last - 1 < max(every, json.loads(record)["count"] // 8):
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


def _sought(log: LogName, sought: Sought) -> QuerySet[Leaf]:
    leaves = Leaf.objects.filter(log=log)
    if sought.event:
        leaves = leaves.filter(event=sought.event)
    if sought.subject:
        leaves = leaves.filter(subject=sought.subject)
    if sought.actor:  # RFC 8785 sorts a record's names, and this one is the first
        leaves = leaves.filter(record__startswith=f'{{"actor":{json.dumps(sought.actor)},')
    if sought.since:
        leaves = leaves.filter(leaf_index__gte=_first_of(log, sought.since))
    if sought.until:
        leaves = leaves.filter(leaf_index__lt=_first_of(log, sought.until + timedelta(days=1)))
    return leaves


def _first_of(log: LogName, day: date) -> int:
    """Give the index of a log's first line that was published on this day or later."""
    begin = int(datetime.combine(day, time.min, UTC).timestamp())
    later = Leaf.objects.filter(log=log, published__gte=begin)
    first = later.order_by("published", "leaf_index").values_list("leaf_index", flat=True).first()
    return signed_size(log) if first is None else first


def _lines(leaves: QuerySet[Leaf]) -> list[Line]:
    return [_line(index, json.loads(record)) for index, record in leaves.values_list("leaf_index", "record")]


def _line(index: int, record: Mapping[str, Any]) -> Line:
    if "actor" not in record:
        published = datetime.fromtimestamp(record["published"], UTC)
        data = {name: value for name, value in record.items() if name not in SAID}
        return Line(index, CHANGES[record["event"]], "", record["subject"], published.date(), published, data)
    at = datetime.fromisoformat(record["at"]) if "at" in record else None
    day = at.date() if at else date.fromisoformat(record["day"])
    return Line(index, Event(record["event"]), record["actor"], record["subject"], day, at, record["data"])

"""Read the list as partners see it: straight from the log, joined to what is still known of each entry.

There are two lists in the same form, each with a log and tables of its own: the real one, and the sandbox's. Every
query is told which by its `log`; a caller gets it from `list_of`.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, Max, Min, OuterRef

from partners.feed import rules
from partners.feed.models import Download, Snapshot
from partners.organisations import queries as organisations
from partners.organisations.models import Organisation
from registry.access.actors import Actor
from registry.access.refusals import NotFound
from registry.log.events import ERASING, GONE, Change
from registry.log.models import Head, Leaf, SignedCheckpoint
from registry.log.states import LogName

BEFORE_THE_FIRST = -1
"""The cursor of a reader who has read nothing."""
TABLES = {
    LogName.LIST: {"entry": "entries_entry", "fingerprint": "entries_fingerprint"},
    LogName.SANDBOX: {"entry": "sandbox_entry", "fingerprint": "sandbox_fingerprint"},
}
"""Where the entries of each list are kept. What a test key asks never names the tables of people's entries."""


class Row(NamedTuple):
    """An entry at its newest leaf. `published` is in seconds since 1970; the digests are None unless it is live."""

    leaf_index: int
    published: int
    reference: str
    kind: str
    is_live: bool
    pdq: str | None
    md5: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in leaf order; every leaf up to `reached` has been looked at, and nothing is left when `is_last`."""

    rows: list[Row]
    reached: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class Unfetched:
    """A removal that a platform has not fetched: the oldest such leaf, and when it was published."""

    organisation: Organisation
    leaf_index: int
    published: datetime

    @property
    def subject(self) -> str:
        """Give the name under which it is reviewed."""
        return f"{self.organisation.member_id}:{self.leaf_index}"


def cursors() -> dict[int, int]:
    """Give how far each platform that ever read the list has read: organisation id to leaf index."""
    members = Download.objects.filter(organisation__in=organisations.members())
    return dict(members.values_list("organisation").annotate(furthest=Max("reached")).order_by())


def unfetched(before: datetime) -> list[Unfetched]:
    """Give for each platform the oldest removal published until `before` that it has not fetched."""
    reached = cursors()
    found = []
    for organisation in Organisation.objects.filter(pk__in=reached).order_by("pk"):
        removals = Leaf.objects.filter(log=LogName.LIST, event__in=GONE, leaf_index__gt=reached[organisation.pk])
        leaf = removals.order_by("leaf_index").values_list("leaf_index", "published").first()
        if leaf and leaf[1] <= int(before.timestamp()):
            found.append(Unfetched(organisation, leaf[0], datetime.fromtimestamp(leaf[1], UTC)))
    return found


def list_of(actor: Actor) -> LogName:
    """Give the list that a key reads: a test key the sandbox's, a live key the real one; neither ever the other's."""
    return LogName.SANDBOX if actor.is_test else LogName.LIST


def is_published(log: LogName, entry_reference: str) -> bool:
    """Tell whether the list ever had a leaf of this entry, live or withdrawn."""
    return bool(published_among(log, [entry_reference]))


def published_among(log: LogName, entry_references: Collection[str]) -> frozenset[str]:
    """Give those of the entries that the list ever had a leaf of."""
    leaves = Leaf.objects.filter(log=log, subject__in=entry_references).exclude(event=Change.STATE.value)
    return frozenset(leaves.values_list("subject", flat=True))


_HELD_TYPES = """
SELECT DISTINCT signal_type FROM {fingerprint} JOIN {entry} ON {entry}.id = entry_id WHERE reference = %(reference)s
"""


def held_signal_types(log: LogName, entry_reference: str) -> frozenset[str]:
    """Give the signal types of the entry's fingerprints; none when it has been withdrawn."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD_TYPES.format(**TABLES[log]), {"reference": entry_reference})
        return frozenset(signal_type for (signal_type,) in cursor.fetchall())


_LISTED_WITH = """
SELECT reference FROM {entry} JOIN {fingerprint} ON {entry}.id = entry_id
WHERE kind = %(kind)s AND state = 'listed'
    AND digest = %(digest)s AND signal_type = %(signal_type)s AND form = 'original'
ORDER BY {entry}.id
"""


def listed_with(log: LogName, kind: str, signal_type: str, digest: str) -> list[str]:
    """Give the reference of every published entry on the list with this very digest."""
    with connection.cursor() as cursor:
        values = {"kind": kind, "signal_type": signal_type, "digest": digest}
        cursor.execute(_LISTED_WITH.format(**TABLES[log]), values)
        found = [reference for (reference,) in cursor.fetchall()]
    published = published_among(log, found)
    return [reference for reference in found if reference in published]


_LAST_BEFORE = """
SELECT coalesce(
    (SELECT leaf_index FROM log_leaf WHERE log = %(log)s AND published >= %(second)s
        ORDER BY published, leaf_index LIMIT 1),
    (SELECT size FROM log_head WHERE log = %(log)s),
    0
) - 1
"""


def last_before(log: LogName, second: int) -> int:
    """Give the last leaf published before this second (since 1970); -1 when there is none.

    Publication times never decrease along the log, so every leaf up to there is in, and none after it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LAST_BEFORE, {"log": log.value, "second": second})
        return int(cursor.fetchall()[0][0])


def last_leaf(log: LogName) -> int:
    """Give the index of the list's last leaf; -1 when there is none."""
    head = Head.objects.filter(log=log).first()
    return BEFORE_THE_FIRST if head is None else head.size - 1


def readers_beyond(second: int, today: date) -> frozenset[int]:
    """Give the platforms that, before `today`, read every leaf published until this second (since 1970)."""
    last = last_before(LogName.LIST, second)
    read = Download.objects.filter(organisation=OuterRef("pk"), reached__gte=last, day__lt=today)
    return frozenset(Organisation.objects.filter(Exists(read)).values_list("pk", flat=True))


def reached_at(organisation_id: int, window_end: int) -> int | None:
    """Give the leaf up to which windows closing at `window_end` served this platform; None when none closed there."""
    closed = Download.objects.filter(organisation=organisation_id, window_end=window_end)
    lowest: int | None = closed.aggregate(lowest=Min("reached"))["lowest"]
    return lowest


_HELD = """
WITH page AS MATERIALIZED (
    SELECT leaf_index, published, subject, record FROM log_leaf
    WHERE log = %(log)s AND leaf_index > %(after)s AND leaf_index <= %(last)s
), newest AS MATERIALIZED (
    SELECT subject, max(leaf_index) AS leaf_index FROM log_leaf
    WHERE log = %(log)s AND subject = ANY(ARRAY(SELECT subject FROM page)) GROUP BY subject
), entry AS MATERIALIZED (
    SELECT id, reference, kind, nonce, state = 'listed' AS is_live FROM {entry}
    WHERE reference = ANY(ARRAY(SELECT subject FROM page))
), held AS MATERIALIZED (
    SELECT entry_id, {fingerprints} FROM {fingerprint}
    WHERE entry_id = ANY(ARRAY(SELECT id FROM entry WHERE is_live)) GROUP BY entry_id
)
"""
"""What is known of a range of leaves. Whole arrays are looked up at once: each index is walked once, in its order."""

_PAGE_FINGERPRINTS = """
    min(digest) FILTER (WHERE signal_type = 'pdq' AND form = 'original') AS pdq,
    min(digest) FILTER (WHERE signal_type = 'md5' AND form = 'original') AS md5
"""
_PAGE_ROWS = """
SELECT page.leaf_index, published, subject, kind, is_live, pdq, md5
FROM page JOIN newest USING (subject, leaf_index) JOIN entry ON reference = subject LEFT JOIN held ON entry_id = id
ORDER BY page.leaf_index
"""
_PAGE = {log: _HELD.format(fingerprints=_PAGE_FINGERPRINTS, **tables) + _PAGE_ROWS for log, tables in TABLES.items()}


def page(log: LogName, after: int, last: int, limit: int) -> Page:
    """Give the entries whose newest leaf is among the next `limit` leaves up to `last`; empty only at the end.

    An entry whose state changes between two pages moves to a later leaf: it may be seen twice, never missed.
    """
    reached = after
    rows: list[Row] = []
    while reached < last and not rows:
        bounds = {"after": reached, "last": min(reached + limit, last)}
        rows = [Row(*row) for row in _looked_up(_PAGE[log], log, bounds)]
        reached = bounds["last"]
    return Page(rows, max(after, reached), is_last=reached >= last)


_CHANGES_FINGERPRINTS = """
    string_agg(
        '{"digest":' || to_json(digest) || ',"form":' || to_json(form) || coalesce(',"quality":' || quality, '')
            || ',"type":"' || signal_type || '"}',
        ',' ORDER BY signal_type COLLATE "C", form COLLATE "C", digest COLLATE "C"
    ) AS fingerprints
"""
_CHANGES_LINES = """
SELECT string_agg(
    '{"index":' || page.leaf_index || ',"record":' || to_json(record) || CASE
        WHEN page.leaf_index < newest.leaf_index THEN ',"state":"superseded"}'
        WHEN is_live THEN ',"state":"live","kind":"' || kind || '","nonce":"' || encode(nonce, 'hex')
            || '","fingerprints":[' || fingerprints || ']}'
        WHEN is_live IS NULL THEN ',"state":"statement"}'
        ELSE ',"state":"removed"}'
    END || E'\n', '' ORDER BY page.leaf_index
)
FROM page JOIN newest USING (subject) LEFT JOIN entry ON reference = subject LEFT JOIN held ON entry_id = id
"""
_CHANGES = {
    log: _HELD.format(fingerprints=_CHANGES_FINGERPRINTS, **tables) + _CHANGES_LINES for log, tables in TABLES.items()
}
CHUNK = 4000
"""Leaves read at once: enough to walk indexes in order, few enough for memory to stay flat."""


def changes(log: LogName, after: int, last: int) -> Iterator[bytes]:
    """Give the leaves in (after, last] as lines of JSON, in chunks of whole lines; memory stays flat.

    Every index is there. `record` is the leaf's text, over which its hash is made. A leaf is `live` (with the entry's
    kind, nonce and fingerprints, in the order the commitment is made over), `removed`, `superseded` by a later one,
    or a `statement` about the whole list. No transaction is left open while a slow reader takes its time.
    """
    for before in range(after, last, CHUNK):
        [(lines,)] = _looked_up(_CHANGES[log], log, {"after": before, "last": min(before + CHUNK, last)})
        yield lines.encode()


def _looked_up(query: str, log: LogName, bounds: dict[str, int]) -> list[Any]:
    with transaction.atomic(), connection.cursor() as cursor:
        # How long an array is, the planner cannot know; it would walk one for each row of another.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(query, {"log": log.value, **bounds})
        rows: list[Any] = cursor.fetchall()
    return rows


def latest_checkpoint(log: str) -> SignedCheckpoint:
    """Give a log's newest signed head. Raises NotFound while nothing has been published."""
    newest = SignedCheckpoint.objects.filter(log=log).order_by("-size").first()
    if newest is None:
        raise NotFound(f"The {log} log has not published anything yet.")
    return newest


def newest_checkpoint(log: LogName) -> SignedCheckpoint | None:
    """Give the list's newest signed head; None while nothing is published."""
    return SignedCheckpoint.objects.filter(log=log).order_by("-size").first()


def snapshots(log: LogName) -> list[Snapshot]:
    """Give the list's snapshots that can be fetched, newest first."""
    return list(Snapshot.objects.filter(log=log).order_by("-size"))


def erased_at(log: LogName, since: int) -> int:
    """Give the newest leaf from `since` on with which an entry was erased; -1 when there is none."""
    leaves = Leaf.objects.filter(log=log, leaf_index__gte=since, event__in=ERASING)
    newest: int | None = leaves.aggregate(newest=Max("leaf_index"))["newest"]
    return BEFORE_THE_FIRST if newest is None else newest


def snapshot_of(log: LogName, size: int) -> Snapshot:
    """Give the list's snapshot of this many leaves. Raises NotFound."""
    found = Snapshot.objects.filter(log=log, size=size).first()
    if found is None or not snapshot_path(found).exists():
        raise NotFound("There is no snapshot of this size any more. Read /api/v1/snapshots for those there are.")
    return found


def snapshot_path(snapshot: Snapshot) -> Path:
    """Give where a snapshot's file lies."""
    path: Path = settings.SNAPSHOT_DIR / snapshot.file_name
    return path


def checkpoint_beyond(log: LogName, after: int) -> SignedCheckpoint:
    """Give the list's newest signed head, which must cover the leaf `after`: nothing unsigned is served."""
    newest = latest_checkpoint(log)
    rules.check_cursor(after, newest.size)
    return newest


def verifier_key(log: str) -> str:
    """Give the public key that the log's checkpoints are signed with, as the sequencer published it."""
    path: Path = settings.PUBLISHED_DIR / log / "key"
    if not path.exists():
        raise NotFound(f"The {log} log has not published its key yet.")
    return path.read_text()


def log_named(name: str) -> LogName:
    """Give the log of this name. Raises NotFound."""
    if name not in LogName.values:
        raise NotFound(f"There is no log of this name; there are {' and '.join(LogName.values)}.")
    return LogName(name)

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
from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery

from partners.canaries import queries as canaries
from partners.feed import rules
from partners.feed.models import Download, Snapshot
from partners.keys import queries as keys
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
    has_features: bool | None = None


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
    """Give how far each platform that ever read the list has read: organisation id to leaf index.

    One step down an index a platform, however much was ever downloaded: it is asked every other second.
    """
    furthest = Download.objects.filter(organisation=OuterRef("pk")).order_by("-reached").values("reached")[:1]
    found = organisations.members().annotate(furthest=Subquery(furthest)).exclude(furthest=None)
    return dict(found.values_list("pk", "furthest"))


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


_PUBLISHED = """
SELECT DISTINCT subject FROM log_leaf
WHERE log = %s AND subject = ANY(%s) AND event IS DISTINCT FROM %s
"""


def published_among(log: LogName, entry_references: Collection[str]) -> frozenset[str]:
    """Give those of the entries that the list ever had a leaf of."""
    # They come by the thousand: one array costs less to send than a thousand values.
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISHED, [log.value, list(entry_references), Change.STATE.value])
        return frozenset(subject for (subject,) in cursor.fetchall())


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
    (SELECT leaf_index FROM log_leaf WHERE log = %(log)s AND published >= {second}
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
        cursor.execute(_LAST_BEFORE.format(second="%(second)s"), {"log": log.value, "second": second})
        return int(cursor.fetchall()[0][0])


def has_read(organisation_id: int) -> bool:
    """Tell whether a platform has ever read the list."""
    return Download.objects.filter(organisation=organisation_id).exists()


def published_at(log: LogName, leaf: int) -> datetime | None:
    """Give when a leaf of the list was published; None when there is no such leaf."""
    seconds = Leaf.objects.filter(log=log, leaf_index=leaf).values_list("published", flat=True).first()
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def is_withdrawn(log: LogName, entry_reference: str) -> bool:
    """Tell whether the list's newest leaf of this entry takes it off."""
    leaves = Leaf.objects.filter(log=log, subject=entry_reference)
    newest = leaves.order_by("-leaf_index").values_list("event", flat=True).first()
    return newest in GONE


def last_leaf(log: LogName) -> int:
    """Give the index of the list's last leaf; -1 when there is none."""
    head = Head.objects.filter(log=log).first()
    return BEFORE_THE_FIRST if head is None else head.size - 1


def readers_beyond(second: int, today: date) -> frozenset[int]:
    """Give the platforms that, before `today`, read every leaf published until this second (since 1970)."""
    last = last_before(LogName.LIST, second)
    read = Download.objects.filter(organisation=OuterRef("pk"), reached__gte=last, day__lt=today)
    return frozenset(Organisation.objects.filter(Exists(read)).values_list("pk", flat=True))


_WINDOW = """
SELECT coalesce(
    (SELECT min(reached) FROM feed_download WHERE organisation_id = %(reader)s AND window_end = %(begin)s), ({begin})
), ({end})
"""
# A first sync in windows asks for this 52 times and more: one statement, and written out.
_LEAVES_OF_WINDOW = _WINDOW.format(
    begin=_LAST_BEFORE.format(second="%(begin)s"), end=_LAST_BEFORE.format(second="%(end)s")
)


def leaves_of_window(log: LogName, reader: int, begin: int, end: int) -> tuple[int, int]:
    """Give the leaf after which a window of `reader`, an organisation, starts, and the last leaf in it.

    It starts where an earlier window that ended at `begin` left off: at the lowest leaf, when several ended there.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LEAVES_OF_WINDOW, {"log": log.value, "reader": reader, "begin": begin, "end": end})
        [(after, last)] = cursor.fetchall()
    return int(after), int(last)


_HELD = """
WITH page AS MATERIALIZED (
    SELECT leaf_index, published, subject, record FROM log_leaf
    WHERE log = %(log)s AND leaf_index > %(after)s AND leaf_index <= %(last)s
), live AS MATERIALIZED (
    SELECT leaf_index, subject FROM log_live
    WHERE %(log)s = 'list' AND leaf_index > %(after)s AND leaf_index <= %(last)s
), rest AS MATERIALIZED (
    SELECT leaf_index, subject FROM page
    WHERE NOT EXISTS (SELECT FROM live WHERE live.leaf_index = page.leaf_index)
), ended AS MATERIALIZED (
    SELECT subject, max(leaf_index) AS leaf_index FROM log_leaf
    WHERE log = %(log)s AND subject = ANY(ARRAY(SELECT subject FROM rest)) GROUP BY subject
), newest AS MATERIALIZED (
    SELECT leaf_index, subject FROM live
    UNION ALL SELECT leaf_index, subject FROM rest JOIN ended USING (subject, leaf_index)
), hidden AS MATERIALIZED (
    SELECT entry_reference FROM canaries_canary WHERE organisation_id IS DISTINCT FROM %(reader)s
), entry AS MATERIALIZED (
    SELECT id, reference, kind, nonce, state = 'listed' AS is_live FROM {entry}
    WHERE reference = ANY(ARRAY(SELECT subject FROM newest EXCEPT ALL SELECT entry_reference FROM hidden))
), held AS MATERIALIZED (
    SELECT entry_id, {fingerprints} FROM {fingerprint}
    WHERE entry_id = ANY(ARRAY(SELECT id FROM entry WHERE is_live)) GROUP BY entry_id
)
"""
"""What is known of a range of leaves. Whole arrays are looked up at once: each index is walked once, in its order.

Nearly every leaf is the newest of a live entry, which the fold of the real list tells by its number; only the rest are
looked up by name. Other platforms' canaries are hidden from the reader.
"""

NOBODY = 0
"""No organisation: a reader from whom every canary is hidden."""

_PAGE_FINGERPRINTS = """
    min(digest) FILTER (WHERE signal_type = 'pdq' AND form = 'original') AS pdq,
    min(digest) FILTER (WHERE signal_type = 'md5' AND form = 'original') AS md5,
    bool_or(signal_type = 'tmk_pdqf') AS has_features
"""
_PAGE_ROWS = """
SELECT leaf_index, published, reference, kind, is_live, pdq, md5, has_features
FROM page JOIN newest USING (leaf_index) JOIN entry ON reference = newest.subject LEFT JOIN held ON entry_id = id
ORDER BY leaf_index
"""
_PAGE = {log: _HELD.format(fingerprints=_PAGE_FINGERPRINTS, **tables) + _PAGE_ROWS for log, tables in TABLES.items()}


def page(log: LogName, after: int, last: int, limit: int, reader: int) -> Page:
    """Give `reader`, an organisation, the entries whose newest leaf is among the next `limit` leaves up to `last`.

    It is empty only at the end. An entry whose state changes between two pages moves to a later leaf: it may be seen
    twice, never missed.
    """
    reached = after
    rows: list[Row] = []
    while reached < last and not rows:
        bounds = {"after": reached, "last": min(reached + limit, last), "reader": reader}
        rows = [Row(*row) for row in _looked_up(_PAGE[log], log, bounds)]
        reached = min(reached + limit, last)
    return Page(rows, max(after, reached), is_last=reached >= last)


_CHANGES_FINGERPRINTS = """
    string_agg(
        '{"digest":' || CASE signal_type WHEN 'vpdq' THEN to_json(digest)::text ELSE '"' || digest || '"' END
            || ',"form":"' || form || '"' || coalesce(',"quality":' || quality, '')
            || ',"type":"' || signal_type || '"}',
        ',' ORDER BY signal_type COLLATE "C", form COLLATE "C", digest COLLATE "C"
    ) AS fingerprints
"""
_CHANGES_LINES = """
SELECT string_agg(
    '{"index":' || page.leaf_index || ',"record":' || to_json(record) || CASE
        WHEN entry_reference IS NOT NULL THEN ',"state":"withheld"}'
        WHEN newest.subject IS NULL THEN ',"state":"superseded"}'
        WHEN is_live THEN ',"state":"live","kind":"' || kind || '","nonce":"' || encode(nonce, 'hex')
            || '","fingerprints":[' || fingerprints || ']}'
        WHEN is_live IS NULL THEN ',"state":"statement"}'
        ELSE ',"state":"removed"}'
    END || E'\n', '' ORDER BY page.leaf_index
)
FROM page LEFT JOIN newest USING (leaf_index) LEFT JOIN hidden ON entry_reference = page.subject
LEFT JOIN entry ON reference = newest.subject LEFT JOIN held ON entry_id = id
"""
_CHANGES = {
    log: _HELD.format(fingerprints=_CHANGES_FINGERPRINTS, **tables) + _CHANGES_LINES for log, tables in TABLES.items()
}
CHUNK = 4000
"""Leaves read at once: enough to walk indexes in order, few enough for memory to stay flat."""


def changes(log: LogName, after: int, last: int, reader: int) -> Iterator[bytes]:
    """Give `reader`, an organisation, the leaves in (after, last] as lines of JSON, in chunks of whole lines.

    Every index is there. `record` is the leaf's text, over which its hash is made. A leaf is `live` (with the entry's
    kind, nonce and fingerprints, in the order the commitment is made over), `removed`, `superseded` by a later one,
    a `statement` about the whole list, or `withheld` from this reader.
    Memory stays flat, and no transaction is left open while a slow reader takes its time.
    """
    for before in range(after, last, CHUNK):
        bounds = {"after": before, "last": min(before + CHUNK, last), "reader": reader}
        [(lines,)] = _looked_up(_CHANGES[log], log, bounds)
        yield lines.encode()


def _looked_up(query: str, log: LogName, bounds: dict[str, int]) -> list[Any]:
    with transaction.atomic(), connection.cursor() as cursor:
        # How long an array is, the planner cannot know; it would walk one for each row of another.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(query, {"log": log.value, **bounds})
        rows: list[Any] = cursor.fetchall()
    return rows


_NEWEST_CHECKPOINT = "SELECT size, note FROM log_checkpoint WHERE log = %s ORDER BY size DESC LIMIT 1"


def latest_checkpoint(log: str) -> SignedCheckpoint:
    """Give a log's newest signed head. Raises NotFound while nothing has been published."""
    newest = _newest_checkpoint(log)
    if newest is None:
        raise NotFound(f"The {log} log has not published anything yet.")
    return newest


def newest_checkpoint(log: LogName) -> SignedCheckpoint | None:
    """Give the list's newest signed head; None while nothing is published."""
    return _newest_checkpoint(log)


def _newest_checkpoint(log: str) -> SignedCheckpoint | None:
    # Every poll asks for this. The statement is written out: to have it composed costs more than to run it.
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST_CHECKPOINT, [log])
        row = cursor.fetchone()
    return None if row is None else SignedCheckpoint(log=log, size=row[0], note=row[1])


def erased_at(log: LogName, since: int) -> int:
    """Give the newest leaf from `since` on with which an entry was erased; -1 when there is none."""
    leaves = Leaf.objects.filter(log=log, leaf_index__gte=since, event__in=ERASING)
    newest: int | None = leaves.aggregate(newest=Max("leaf_index"))["newest"]
    return BEFORE_THE_FIRST if newest is None else newest


def snapshots(log: LogName, organisation_id: int) -> list[Snapshot]:
    """Give the list's snapshots that a platform can fetch, newest first."""
    return list(_snapshots_for(log, organisation_id))


def snapshot_of(log: LogName, size: int, organisation_id: int) -> Snapshot:
    """Give a platform the list's snapshot of this many leaves. Raises NotFound."""
    found = _snapshots_for(log, organisation_id).filter(size=size).first()
    if found is None or not snapshot_path(found).exists():
        raise NotFound("There is no snapshot of this size any more. Read /api/v1/snapshots for those there are.")
    return found


def _snapshots_for(log: LogName, organisation_id: int) -> QuerySet[Snapshot]:
    owner = organisation_id if _is_each_readers_own(log) else None
    return Snapshot.objects.filter(log=log, organisation=owner).order_by("-size")


def snapshot_names() -> frozenset[str]:
    """Give the names of all snapshots' files."""
    return frozenset(snapshot.file_name for snapshot in Snapshot.objects.all())


def snapshots_to_make(log: LogName, size: int) -> list[Snapshot]:
    """Give the snapshots of this size that are missing, unsaved: one for all, or, where there are canaries, one each."""
    readers: list[int | None] = [None]
    if _is_each_readers_own(log):
        readers = [*sorted({key.organisation_id for key in keys.readers()})]
    there = set(Snapshot.objects.filter(log=log, size=size).values_list("organisation_id", flat=True))
    return [Snapshot(log=log, size=size, organisation_id=reader) for reader in readers if reader not in there]


def snapshot_made_at(snapshot: Snapshot) -> datetime | None:
    """Give when the newest snapshot of the same list for the same reader was made; None when there is none."""
    made = Snapshot.objects.filter(log=snapshot.log, organisation=snapshot.organisation_id)
    return made.order_by("-size").values_list("made_at", flat=True).first()


def _is_each_readers_own(log: LogName) -> bool:
    return log == LogName.LIST and canaries.there_are_any()


_OWNERS = """
SELECT DISTINCT organisation_id FROM canaries_canary JOIN log_leaf ON subject = entry_reference
WHERE log = 'list' AND leaf_index > %s AND leaf_index <= %s
"""


def canary_owners(after: int, last: int) -> frozenset[int | None]:
    """Give the organisations that have a canary among the leaves in (after, last]."""
    with connection.cursor() as cursor:
        cursor.execute(_OWNERS, [after, last])
        return frozenset(owner for (owner,) in cursor.fetchall())


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

"""Read the list as partners see it: straight from the log, joined to what is still known of each entry."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Min

from partners.feed import rules
from partners.feed.models import Download
from registry.access.refusals import NotFound
from registry.log.models import Head, Leaf, SignedCheckpoint
from registry.log.states import LogName

BEFORE_THE_FIRST = -1
"""The cursor of a reader who has read nothing."""


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


def is_published(entry_reference: str) -> bool:
    """Tell whether the list ever had a leaf of this entry, live or withdrawn."""
    return Leaf.objects.filter(log=LogName.LIST, subject=entry_reference).exists()


_LAST_BEFORE = """
SELECT coalesce(
    (SELECT leaf_index FROM log_leaf WHERE log = 'list' AND published >= %s ORDER BY published, leaf_index LIMIT 1),
    (SELECT size FROM log_head WHERE log = 'list'),
    0
) - 1
"""


def last_before(second: int) -> int:
    """Give the last leaf published before this second (since 1970); -1 when there is none.

    Publication times never decrease along the log, so every leaf up to there is in, and none after it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LAST_BEFORE, [second])
        return int(cursor.fetchall()[0][0])


def last_leaf() -> int:
    """Give the index of the list's last leaf; -1 when there is none."""
    head = Head.objects.filter(log=LogName.LIST).first()
    return BEFORE_THE_FIRST if head is None else head.size - 1


def reached_at(organisation_id: int, window_end: int) -> int | None:
    """Give the leaf up to which windows closing at `window_end` served this platform; None when none closed there."""
    closed = Download.objects.filter(organisation=organisation_id, window_end=window_end)
    lowest: int | None = closed.aggregate(lowest=Min("reached"))["lowest"]
    return lowest


_PAGE = """
WITH page AS MATERIALIZED (
    SELECT leaf_index, published, subject FROM log_leaf AS leaf
    WHERE log = 'list' AND leaf_index > %(after)s AND leaf_index <= %(last)s AND NOT EXISTS (
        SELECT FROM log_leaf AS later
        WHERE later.log = 'list' AND later.subject = leaf.subject AND later.leaf_index > leaf.leaf_index
    )
    ORDER BY leaf_index LIMIT %(limit)s
)
SELECT page.leaf_index, page.published, page.subject, entry.kind, entry.state = 'listed', pdq.digest, md5.digest
FROM page
JOIN entries_entry AS entry ON entry.reference = page.subject
LEFT JOIN LATERAL (
    SELECT min(digest) AS digest FROM entries_fingerprint
    WHERE entry_id = entry.id AND form = 'original' AND signal_type = 'pdq' AND entry.state = 'listed'
) AS pdq ON true
LEFT JOIN LATERAL (
    SELECT min(digest) AS digest FROM entries_fingerprint
    WHERE entry_id = entry.id AND form = 'original' AND signal_type = 'md5' AND entry.state = 'listed'
) AS md5 ON true
ORDER BY page.leaf_index
"""


def page(after: int, last: int, limit: int) -> Page:
    """Give up to `limit` entries whose newest leaf lies in (after, last].

    An entry whose state changes between two pages moves to a later leaf: it may be seen twice, never missed.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, {"after": after, "last": last, "limit": limit + 1})
        rows = [Row(*row) for row in cursor.fetchall()]
    if len(rows) <= limit:
        return Page(rows, max(after, last), is_last=True)
    return Page(rows[:limit], rows[limit - 1].leaf_index, is_last=False)


_CHANGES = """
COPY (
    SELECT '{"index":' || leaf.leaf_index || ',"record":' || to_json(leaf.record)::text || CASE
        WHEN later.is_there THEN ',"state":"superseded"}'
        WHEN entry.state = 'listed' THEN ',"state":"live","kind":"' || entry.kind
            || '","nonce":"' || encode(entry.nonce, 'hex') || '","fingerprints":[' || held.fingerprints || ']}'
        ELSE ',"state":"removed"}'
    END
    FROM log_leaf AS leaf
    LEFT JOIN entries_entry AS entry ON entry.reference = leaf.subject
    CROSS JOIN LATERAL (SELECT EXISTS (
        SELECT FROM log_leaf AS later
        WHERE later.log = 'list' AND later.subject = leaf.subject AND later.leaf_index > leaf.leaf_index
    ) AS is_there) AS later
    LEFT JOIN LATERAL (
        SELECT string_agg(
            '{"digest":' || to_json(digest)::text || ',"form":' || to_json(form)::text
                || coalesce(',"quality":' || quality, '') || ',"type":"' || signal_type || '"}',
            ',' ORDER BY signal_type COLLATE "C", form COLLATE "C", digest COLLATE "C"
        ) AS fingerprints
        FROM entries_fingerprint WHERE entry_id = entry.id AND entry.state = 'listed' AND NOT later.is_there
    ) AS held ON true
    WHERE leaf.log = 'list' AND leaf.leaf_index > %s AND leaf.leaf_index <= %s
    ORDER BY leaf.leaf_index
) TO STDOUT
"""


def changes(after: int, last: int) -> Iterator[bytes]:
    """Give the leaves in (after, last] as lines of JSON, in chunks of whole lines; memory stays flat.

    Every index is there. `record` is the leaf's text, over which its hash is made. A leaf is `live` (with the entry's
    kind, nonce and fingerprints, in the order the commitment is made over), `removed`, or `superseded` by a later one.
    """
    connection.ensure_connection()
    with closing(connection.connection.cursor()) as cursor, cursor.copy(_CHANGES, [after, last]) as copy:
        for chunk in copy:
            # COPY doubles backslashes, and escapes nothing else that JSON text can hold.
            yield bytes(chunk).replace(b"\\\\", b"\\")


def latest_checkpoint(log: str) -> SignedCheckpoint:
    """Give a log's newest signed head. Raises NotFound while nothing has been published."""
    newest = SignedCheckpoint.objects.filter(log=log).order_by("-size").first()
    if newest is None:
        raise NotFound(f"The {log} log has not published anything yet.")
    return newest


def checkpoint_beyond(after: int) -> SignedCheckpoint:
    """Give the list's newest signed head, which must cover the leaf `after`: nothing unsigned is served."""
    newest = latest_checkpoint(LogName.LIST)
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

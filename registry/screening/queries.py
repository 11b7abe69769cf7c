"""Search what is listed by likeness. The index is made at the first search, follows the log, lives in memory."""

import logging
import threading
import time
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from django.db import connection

from hashing.pdq import MATCH_DISTANCE
from registry.log.events import LIVE
from registry.screening.models import BenignPicture, Cursor

if TYPE_CHECKING:
    from hashing.index import PdqIndex

logger = logging.getLogger(__name__)

FRESH = 1.0
"""Seconds that an answer may be behind the log."""
KEPT = 5.0
"""Seconds that memory may be behind the log, though nobody searches: then what was withdrawn is gone from it too."""

LIST_SIZE = "SELECT coalesce((SELECT size FROM log_head WHERE log = 'list'), 0)"
LISTED = """
SELECT entry.reference, fingerprint.digest FROM log_live AS live
JOIN entries_entry AS entry ON entry.reference = live.subject
JOIN entries_fingerprint AS fingerprint ON fingerprint.entry_id = entry.id
WHERE fingerprint.signal_type = 'pdq'
"""
MADE_LIVE = """
AND entry.reference IN (
    SELECT subject FROM log_leaf WHERE log = 'list' AND event = ANY(%s) AND leaf_index >= %s AND leaf_index < %s
)
"""
CHANGED = """
SELECT DISTINCT ON (subject) subject, event = ANY(%(live)s) FROM log_leaf
WHERE log = 'list' AND event <> 'state' AND leaf_index >= %(begin)s AND leaf_index < %(end)s
ORDER BY subject, leaf_index DESC
"""


class Listed:
    """An index over the PDQ digests of all live entries, as of a leaf of the list."""

    def __init__(self) -> None:
        """Read everything that is live now."""
        with connection.cursor() as cursor:
            # The size first: what changes after it is read again by `refresh`, and to read it twice does no harm.
            cursor.execute(LIST_SIZE)
            self.reached = int(cursor.fetchone()[0])
            cursor.execute(LISTED)
            rows = cursor.fetchall()
        self.index = _index([row[0] for row in rows], [row[1] for row in rows])
        self.looked = time.monotonic()

    def refresh(self) -> None:
        """Take in what the log got since."""
        with connection.cursor() as cursor:
            cursor.execute(LIST_SIZE)
            size = int(cursor.fetchone()[0])
            cursor.execute(CHANGED, {"live": LIVE, "begin": self.reached, "end": size})
            changed = dict(cursor.fetchall())
            cursor.execute(LISTED + "AND entry.reference = ANY(%s)", [[name for name, live in changed.items() if live]])
            digests: dict[str, list[str]] = {}
            for reference, digest in cursor.fetchall():
                digests.setdefault(reference, []).append(digest)
        self.index.remove(changed)
        for reference, found in digests.items():
            self.index.add(reference, found)
        self.reached, self.looked = size, time.monotonic()


_lock = threading.Lock()
_listed: list[Listed] = []


def near(digest: str, distance: int = MATCH_DISTANCE) -> list[tuple[str, int]]:
    """Give (entry reference, bits) of live entries with a PDQ digest at most `distance` bits from this one.

    The nearest digest of an entry counts; nearest entries first. At most `FRESH` seconds behind the log.
    """
    with _lock:
        if not _listed:
            _listed.append(Listed())
            threading.Thread(target=_follow, args=[_listed[0]], daemon=True).start()
        elif time.monotonic() - _listed[0].looked >= FRESH:
            _listed[0].refresh()
        found = _listed[0].index.within(digest, distance)
    nearest: dict[str, int] = {}
    for reference, bits in found:
        nearest.setdefault(str(reference), bits)
    return list(nearest.items())


def related(reference: str) -> list[tuple[str, int]]:
    """Give other live entries that look like this one, with the distance in bits, nearest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT digest FROM entries_fingerprint AS fingerprint JOIN entries_entry AS entry ON entry.id = entry_id "
            "WHERE reference = %s AND signal_type = 'pdq'",
            [reference],
        )
        digests = [row[0] for row in cursor.fetchall()]
    best: dict[str, int] = {}
    for digest in digests:
        for name, bits in near(digest):
            best[name] = min(bits, best.get(name, bits))
    best.pop(reference, None)
    return sorted(best.items(), key=lambda pair: pair[1])


def forget() -> None:
    """Drop the index from memory; the next search makes it anew."""
    with _lock:
        _listed.clear()


def _follow(listed: Listed) -> None:
    """Keep an index up to the log while it is the one in use. If that fails it is forgotten: it may hold what is gone."""
    try:
        while _is_kept_up(listed):
            pass
    except Exception as error:  # noqa: BLE001 - whatever it is, an index that does not follow must not stay
        forget()
        logger.warning("The index of near-duplicates was forgotten: %s.", type(error).__name__)


def _is_kept_up(listed: Listed) -> bool:
    time.sleep(KEPT)
    with _lock:
        if listed not in _listed:
            return False
        try:
            listed.refresh()
        finally:
            connection.close()
        return True


def benign_index() -> "PdqIndex":
    """Give an index over the benign list; its keys are the pictures' numbers."""
    pictures = list(BenignPicture.objects.values_list("pk", "digest"))
    return _index([pk for pk, _ in pictures], [digest for _, digest in pictures])


def lock_cursor() -> Cursor:
    """Give the cursor, made when there is none, locked until the transaction ends."""
    Cursor.objects.get_or_create(pk=1)
    return Cursor.objects.select_for_update().get(pk=1)


def newly_listed(begin: int, limit: int) -> tuple[int, list[tuple[str, str]]]:
    """Give the next leaf, and (reference, PDQ digest) of what became live in up to `limit` leaves from `begin`."""
    with connection.cursor() as cursor:
        cursor.execute(LIST_SIZE)
        end = min(int(cursor.fetchone()[0]), begin + limit)
        cursor.execute(LISTED + MADE_LIVE, [LIVE, begin, end])
        return end, cursor.fetchall()


def _index(keys: Sequence[Hashable], digests: Sequence[str]) -> "PdqIndex":
    # The library under it is large and slow to load: only a process that searches has it.
    from hashing.index import PdqIndex, codes_of  # noqa: PLC0415

    return PdqIndex(keys, codes_of(list(digests)))

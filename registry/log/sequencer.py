"""The single writer that gives every committed change its leaf index and signs the head."""

import json
import logging
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import rfc8785

from registry.log import merkle
from registry.log.publication import Publication
from registry.log.states import LogName

logger = logging.getLogger(__name__)

ADVISORY_LOCK = 0x7D_1157
BATCH = 1000

Change = tuple[int, dict[str, Any]]


class Forked(RuntimeError):
    """The database is not a continuation of what was published, or another writer moved the head."""


class Sequencer:
    """Sequence both logs over one connection of its own, which holds the advisory lock.

    `window` is the number of seconds between two publications of the list; inside one, changes of different
    entries are put in random order.
    """

    def __init__(self, connection: psycopg.Connection[Any], publication: Publication, window: float = 0.0) -> None:
        """Take an autocommit connection that nobody else uses."""
        self.connection = connection
        self.publication = publication
        self.window = window
        self._list_due = 0.0

    def wait_for_lock(self) -> None:
        """Wait until this process is the only sequencer."""
        self.connection.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])

    def resume(self) -> None:
        """Check the heads against what was published outside the database; publish what a crash left unsigned."""
        for log in LogName.values:
            self._head_row(log)
            self.publication.publish_key(log)
            published = self.publication.latest(log)
            size, frontier, _ = self._head(log)
            if published is not None and published.size > size:
                raise Forked(f"The {log} log was published with {published.size} leaves; the database has {size}. Restore a newer backup.")
            if published is not None and self._root_at(log, published.size) != published.root:
                raise Forked(f"The {log} log's first {published.size} leaves are not those that were published.")
            if size and (published is None or published.size < size):
                self._sign(log, size, frontier.root())

    def step(self) -> int:
        """Sequence what is pending now; give the number of changes that got a leaf."""
        done = self._drain(LogName.AUDIT)
        if time.monotonic() >= self._list_due:
            listed = self._drain(LogName.LIST)
            if listed:
                self._list_due = time.monotonic() + self.window
            done += listed
        return done

    def _drain(self, log: str) -> int:
        total = 0
        while count := self._sequence_batch(log):
            total += count
        return total

    def _sequence_batch(self, log: str) -> int:
        """Give one batch its indices in one transaction, then sign. Nothing uncommitted is ever signed."""
        with self._transaction():
            changes = self._pending(log)
            if not changes:
                return 0
            size, frontier, published = self._head(log)
            published = max(published, int(time.time()))
            if log == LogName.LIST:
                changes = shuffled(changes)
            rows = [leaf_row(change, log, size + i, published) for i, change in enumerate(changes)]
            for row in rows:
                frontier.append(row[3])
            self._write(log, size, frontier, published, rows, [change[0] for change in changes])
        self._sign(log, frontier.size, frontier.root())
        return len(changes)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self.connection.transaction():
            # A late commit would show rows older than a reader's clock allows; better none than late.
            self.connection.execute("SET LOCAL statement_timeout = '3s'")
            yield

    def _pending(self, log: str) -> list[Change]:
        query = "SELECT id, record::text FROM log_pending WHERE log = %s ORDER BY id LIMIT %s"
        return [(row[0], json.loads(row[1])) for row in self.connection.execute(query, [log, BATCH])]

    def _head_row(self, log: str) -> None:
        self.connection.execute(
            "INSERT INTO log_head (log, size, frontier, published) VALUES (%s, 0, '', 0) ON CONFLICT DO NOTHING", [log]
        )

    def _head(self, log: str) -> tuple[int, merkle.Frontier, int]:
        row = self.connection.execute("SELECT size, frontier, published FROM log_head WHERE log = %s", [log]).fetchone()
        assert row is not None
        return row[0], merkle.Frontier.unpack(row[0], bytes(row[1])), row[2]

    def _write(
        self, log: str, size: int, frontier: merkle.Frontier, published: int, rows: Sequence[Sequence[Any]], ids: list[int]
    ) -> None:
        cursor = self.connection.cursor()
        with cursor.copy("COPY log_leaf (log, leaf_index, record, leaf_hash) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("DELETE FROM log_pending WHERE id = ANY(%s)", [ids])
        cursor.execute(
            "UPDATE log_head SET size = %s, frontier = %s, published = %s WHERE log = %s AND size = %s",
            [frontier.size, frontier.pack(), published, log, size],
        )
        if cursor.rowcount != 1:
            raise Forked(f"Another writer moved the head of the {log} log.")

    def _sign(self, log: str, size: int, root: bytes) -> None:
        note = self.publication.sign(log, size, root)
        self.connection.execute(
            "INSERT INTO log_checkpoint (log, size, note) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", [log, size, note]
        )
        self.publication.publish(log, note)

    def _root_at(self, log: str, size: int) -> bytes:
        frontier = merkle.Frontier()
        query = "SELECT leaf_hash FROM log_leaf WHERE log = %s AND leaf_index < %s ORDER BY leaf_index"
        with self.connection.transaction(), self.connection.cursor(name="root_at") as cursor:
            for (hashed,) in cursor.execute(query, [log, size]):
                frontier.append(bytes(hashed))
        return frontier.root()


def shuffled(changes: list[Change]) -> list[Change]:
    """Put entries in random order, each entry's own changes still in theirs."""
    draw = random.SystemRandom()
    place = {change[1]["subject"]: draw.random() for change in changes}
    return sorted(changes, key=lambda change: (place[change[1]["subject"]], change[0]))


def leaf_row(change: Change, log: str, index: int, published: int) -> tuple[str, int, str, bytes]:
    """Make a leaf: the canonical record with its publication time, and its hash."""
    line = change[1]
    if "day" not in line:
        line["published"] = published
    record = rfc8785.dumps(line)
    return log, index, record.decode(), merkle.leaf_hash(record)



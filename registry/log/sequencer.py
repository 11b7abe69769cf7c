"""The single writer that gives every committed change its leaf index and signs the head."""

import json
import logging
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import rfc8785
from psycopg.pq import TransactionStatus

from registry.log import merkle
from registry.log.events import LIVE, Change
from registry.log.publication import Publication
from registry.log.states import LogName
from registry.log.tiles import Tiles

logger = logging.getLogger(__name__)

ADVISORY_LOCK = 0x7D_1157
BATCH = 1000
AT_ONCE = (LogName.AUDIT, LogName.SANDBOX)
"""The logs that no window holds back: the audit log's neighbours and made-up entries reveal nobody."""
CHANNEL = "log_pending"
LONGEST_NAP = 0.2
"""Seconds. A writer that committed while the sequencer lay down wakes nobody; this is how long it waits at most."""

LEAF_HASHES = """SELECT leaf_hash FROM log_leaf WHERE log = %s AND leaf_index >= %s AND leaf_index < %s
    ORDER BY leaf_index"""
SAY_ASLEEP = """BEGIN; SET LOCAL synchronous_commit = off; INSERT INTO log_sleep (id, asleep) VALUES (1, {asleep})
    ON CONFLICT (id) DO UPDATE SET asleep = {asleep}; COMMIT"""
LIE_DOWN, GET_UP = SAY_ASLEEP.format(asleep="true"), SAY_ASLEEP.format(asleep="false")
NODE_HASHES = "SELECT hash FROM log_node WHERE log = %s AND level = %s AND place >= %s AND place < %s ORDER BY place"

Pending = tuple[int, dict[str, Any]]
LeafRow = tuple[str, int, str, bytes]


class Forked(RuntimeError):
    """The database is not a continuation of what was published, or another writer moved the head."""


class Sequencer:
    """Sequence the logs over one connection of its own, which holds the advisory lock.

    `window` is the number of seconds between two publications of the list; inside one, changes of different
    entries are put in random order.
    """

    def __init__(self, connection: psycopg.Connection[Any], publication: Publication, window: float = 0.0) -> None:
        """Take an autocommit connection that nobody else uses."""
        self.connection = connection
        self.publication = publication
        self.window = window
        self._list_due = 0.0
        self._is_asleep = False

    def wait_for_lock(self) -> None:
        """Wait until this process is the only sequencer."""
        self.connection.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])

    def resume(self) -> None:
        """Check the heads against what was published outside the database; publish what a crash left unpublished."""
        for log in LogName.values:
            self.publication.publish_keys(log)
            self._head_row(log)
            size, frontier, _ = self._head(log)
            self._check_head(log, size, frontier)
            kept = self.publication.journal_size(log)
            if kept > size:
                raise Forked(
                    f"The {log} log was published with {kept} leaves; the database has {size}. "
                    "It was restored from a backup: run 'manage.py recover_log', which adds what is missing."
                )
            self._keep_from(log, kept)
            published = self.publication.latest(log)
            if published is None or published.size < size:  # an empty log is signed too: its first reader is answered
                self._sign(log, size, frontier.root())

    def step(self) -> int:
        """Sequence what is pending now; give the number of changes that got a leaf."""
        done = sum(self._drain(log) for log in AT_ONCE)
        if time.monotonic() >= self._list_due:
            done += self._drain(LogName.LIST)
            self._list_due = time.monotonic() + self.window
        if done and self._is_asleep:
            self._say_asleep(False)
        return done

    def nap(self) -> None:
        """Sleep until a writer rings, the list is due or a moment has passed.

        Writers ring only while they see that the sequencer sleeps: PostgreSQL lets one transaction at a time commit a
        notification, so ringing always would make writers queue for each other. It gets up in `step`, when there is work.
        """
        if not self._is_asleep:
            self._say_asleep(True)
        if not self._has_work():
            until_due = self._list_due - time.monotonic()
            nap = min(LONGEST_NAP, until_due) if until_due > 0 else LONGEST_NAP
            for _ in self.connection.notifies(timeout=nap, stop_after=1):
                pass

    def listen(self) -> None:
        """Let writers wake this connection, and forget whether another sequencer slept."""
        self.connection.execute(f"LISTEN {CHANNEL}")
        self._say_asleep(False)

    def _has_work(self) -> bool:
        logs = [*AT_ONCE, LogName.LIST] if time.monotonic() >= self._list_due else AT_ONCE
        query = "SELECT EXISTS (SELECT FROM log_pending WHERE log = ANY(%s))"
        row = self.connection.execute(query, [[log.value for log in logs]]).fetchone()
        return bool(row and row[0])

    def _say_asleep(self, asleep: bool) -> None:
        # Losing this in a crash costs nothing, so nobody waits for the disk.
        self.connection.execute(LIE_DOWN if asleep else GET_UP)
        self._is_asleep = asleep

    def _drain(self, log: str) -> int:
        total = 0
        while count := self._sequence_batch(log):
            total += count
            if count < BATCH:
                break
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
            self._extend(log, size, frontier, published, rows)
            self.connection.execute("DELETE FROM log_pending WHERE id = ANY(%s)", [[change[0] for change in changes]])
        self.publication.keep(log, size, [row[2] for row in rows])
        self._sign(log, frontier.size, frontier.root())
        return len(changes)

    def recover(self, log: str) -> list[str]:
        """Add the leaves that were published but are missing here, inside the caller's transaction; give their records.

        Raises Forked when they do not continue what the database holds, or do not lead to what was signed.
        """
        self._head_row(log)
        size, frontier, published = self._head(log)
        records = list(self.publication.kept(log, size))
        for begin in range(0, len(records), BATCH):
            part = records[begin : begin + BATCH]
            rows = [(log, size + i, record, merkle.leaf_hash(record.encode())) for i, record in enumerate(part)]
            published = max(published, *(json.loads(record).get("published", 0) for record in part))
            self._extend(log, size, frontier, published, rows)
            size = frontier.size
        self._check_head(log, size, frontier)
        self._drop_placed(log, records)
        return records

    def _drop_placed(self, log: str, records: Sequence[str]) -> None:
        """Take out of the waiting line what the backup still holds there and what got its leaf since."""
        placed = Counter(_unplaced(json.loads(record)) for record in records)
        query = "SELECT id, record::text FROM log_pending WHERE log = %s ORDER BY id"
        for number, text in self.connection.execute(query, [log]).fetchall():
            line = _unplaced(json.loads(text))
            if placed[line]:
                placed[line] -= 1
                self.connection.execute("DELETE FROM log_pending WHERE id = %s", [number])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        is_own = self.connection.info.transaction_status is TransactionStatus.IDLE
        with self.connection.transaction():
            if is_own:
                # A late commit would show rows older than a reader's clock allows; better none than late.
                late = "transaction_timeout" if self.connection.info.server_version >= 170_000 else "statement_timeout"
                self.connection.execute(f"SET LOCAL {late} = '3s'")
            yield

    def _pending(self, log: str) -> list[Pending]:
        query = "SELECT id, record::text FROM log_pending WHERE log = %s ORDER BY id LIMIT %s"
        return [(row[0], json.loads(row[1])) for row in self.connection.execute(query, [log, BATCH])]

    def _head_row(self, log: str) -> None:
        self.connection.execute(
            "INSERT INTO log_head (log, size, frontier, published) VALUES (%s, 0, '', 0) ON CONFLICT DO NOTHING", [log]
        )

    def _head(self, log: str) -> tuple[int, merkle.Frontier, int]:
        row = self.connection.execute("SELECT size, frontier, published FROM log_head WHERE log = %s", [log]).fetchone()
        if row is None:
            raise Forked(f"The {log} log has no head: 'resume' comes first.")
        return row[0], merkle.Frontier.unpack(row[0], bytes(row[1])), row[2]

    def _check_head(self, log: str, size: int, frontier: merkle.Frontier) -> None:
        """Raise Forked when the head is not that of the leaves, or the leaves are not those that were published."""
        tiles = Tiles(lambda level, begin, end: self._hashes(log, level, begin, end))
        if tiles.frontier(size).hashes != frontier.hashes:
            raise Forked(f"The {log} log's head does not fit its leaves: run 'manage.py verify_log'.")
        published = self.publication.latest(log)
        if published is None:
            return
        if published.size > size:
            raise Forked(
                f"The {log} log was published with {published.size} leaves; the database has {size}. "
                "It was restored from a backup: run 'manage.py recover_log', which adds what is missing."
            )
        if tiles.frontier(published.size).root() != published.root:
            raise Forked(f"The {log} log's first {published.size} leaves are not those that were published.")

    def _hashes(self, log: str, level: int, begin: int, end: int) -> list[bytes]:
        query, values = (NODE_HASHES, [log, level, begin, end]) if level else (LEAF_HASHES, [log, begin, end])
        return [bytes(row[0]) for row in self.connection.execute(query, values)]

    def _extend(self, log: str, size: int, frontier: merkle.Frontier, published: int, rows: Sequence[LeafRow]) -> None:
        """Write leaves, the inner hashes they complete, the fold, and the head if nobody else moved it."""
        for row in rows:
            frontier.append(row[3])
        cursor = self.connection.cursor()
        with cursor.copy("COPY log_leaf (log, leaf_index, record, leaf_hash) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        if frontier.completed:
            with cursor.copy("COPY log_node (log, level, place, hash) FROM STDIN") as copy:
                for node in frontier.completed:
                    copy.write_row((log, *node))
            frontier.completed = []
        if log == LogName.LIST:
            self._fold(rows)
        cursor.execute(
            "UPDATE log_head SET size = %s, frontier = %s, published = %s WHERE log = %s AND size = %s",
            [frontier.size, frontier.pack(), published, log, size],
        )
        if cursor.rowcount != 1:
            raise Forked(f"Another writer moved the head of the {log} log.")

    def _fold(self, rows: Sequence[LeafRow]) -> None:
        """Bring the table of live entries up to these leaves."""
        last = {}
        for _, index, record, _ in rows:
            line = json.loads(record)
            if line["event"] != Change.STATE:
                last[line["subject"]] = (line["event"], line["commit"], index)
        live = [
            (subject, bytes.fromhex(commit), index) for subject, (event, commit, index) in last.items() if event in LIVE
        ]
        ended = [subject for subject, (event, _, _) in last.items() if event not in LIVE]
        if live:
            self.connection.execute(
                "INSERT INTO log_live (subject, commit, leaf_index) "
                "SELECT * FROM unnest(%s::text[], %s::bytea[], %s::bigint[]) "
                "ON CONFLICT (subject) DO UPDATE SET commit = EXCLUDED.commit, leaf_index = EXCLUDED.leaf_index",
                [list(column) for column in zip(*live, strict=True)],
            )
        if ended:
            self.connection.execute("DELETE FROM log_live WHERE subject = ANY(%s)", [ended])

    def _keep_from(self, log: str, begin: int) -> None:
        """Bring the journal up to the database, after a crash between commit and publication."""
        query = (
            "SELECT record FROM log_leaf WHERE log = %s AND leaf_index >= %s AND leaf_index < %s ORDER BY leaf_index"
        )
        while records := [row[0] for row in self.connection.execute(query, [log, begin, begin + BATCH])]:
            self.publication.keep(log, begin, records)
            begin += len(records)

    def _sign(self, log: str, size: int, root: bytes) -> None:
        note = self.publication.sign(log, size, root)
        self.connection.execute(
            "INSERT INTO log_checkpoint (log, size, note) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", [log, size, note]
        )
        self.publication.publish(log, note)


def shuffled(changes: list[Pending]) -> list[Pending]:
    """Put entries in random order, each entry's own changes still in theirs."""
    draw = random.SystemRandom()
    place = {change[1]["subject"]: draw.random() for change in changes}
    return sorted(changes, key=lambda change: (place[change[1]["subject"]], change[0]))


def leaf_row(change: Pending, log: str, index: int, published: int) -> LeafRow:
    """Make a leaf: the canonical record with its publication time, and its hash."""
    line = change[1]
    if "day" not in line:
        line["published"] = published
    record = rfc8785.dumps(line)
    return log, index, record.decode(), merkle.leaf_hash(record)


def _unplaced(line: dict[str, Any]) -> bytes:
    """Give a record as it was before it got its place."""
    return rfc8785.dumps({key: value for key, value in line.items() if key != "published"})

"""Rebuild a log from its records and say what is wrong. Trusts the keys and what lies outside the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

import psycopg

from registry.log import merkle, notes, tiles
from registry.log.events import LIVE
from registry.log.publication import Publication
from registry.log.states import LogName

CHUNK = 4096

# Every record ends with event, published (a reporter's act has none) and subject. The columns are generated from it,
# which an owner of the table can undo, so each row is compared with its columns. Rows come joined, thousands at a time:
# taking them one by one would cost more than hashing them.
ROWS = """
SELECT leaf_index, convert_to(record, 'UTF8') AS record, leaf_hash, coalesce(published, 0) AS published,
    convert_to(concat('"event":"', event, '"', ',"published":' || published, ',"subject":"', subject, '"}'), 'UTF8')
    AS tail
FROM log_leaf WHERE log = %(log)s AND leaf_index >= %(begin)s AND leaf_index < least(%(begin)s + %(chunk)s, %(size)s)
ORDER BY leaf_index
"""
CHUNKS = (
    "SELECT part.* FROM generate_series(0, %(size)s - 1, %(chunk)s) AS first CROSS JOIN LATERAL ("
    "SELECT first, string_agg(record, '\n'::bytea), string_agg(leaf_hash, ''::bytea), string_agg(tail, '\n'::bytea), "
    "array_agg(published) FROM (" + ROWS.replace("%(begin)s", "first") + "OFFSET 0) AS leaf) AS part"
)
EXTENT = "SELECT count(*), min(leaf_index), max(leaf_index) FROM log_leaf WHERE log = %s"
INDICES = "SELECT leaf_index FROM log_leaf WHERE log = %s ORDER BY leaf_index"
NOT_THE_FOLD = """
WITH folded AS (
    SELECT DISTINCT ON (subject) subject, event, leaf_index, decode(record::jsonb ->> 'commit', 'hex') AS commit
    FROM log_leaf WHERE log = 'list' AND event <> 'state' ORDER BY subject, leaf_index DESC
)
SELECT coalesce(folded.subject, log_live.subject)
FROM (SELECT * FROM folded WHERE event = ANY(%s)) AS folded FULL JOIN log_live USING (subject)
WHERE (folded.commit, folded.leaf_index) IS DISTINCT FROM (log_live.commit, log_live.leaf_index) LIMIT 1
"""
STATE_AT = """
SELECT count(*), encode(sha256(coalesce(string_agg(commit, ''::bytea ORDER BY commit), ''::bytea)), 'hex') FROM (
    SELECT DISTINCT ON (subject) event, decode(record::jsonb ->> 'commit', 'hex') AS commit FROM log_leaf
    WHERE log = 'list' AND event <> 'state' AND leaf_index < %s ORDER BY subject, leaf_index DESC
) AS last WHERE event = ANY(%s)
"""
NEWEST_STATE = """
SELECT leaf_index, line ->> 'after', line ->> 'count', line ->> 'digest' FROM (
    SELECT leaf_index, record::jsonb AS line FROM log_leaf WHERE log = 'list' AND subject = 'state'
    ORDER BY leaf_index DESC LIMIT 1
) AS leaf
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong; `leaf` is the first leaf it is seen at, where it is about leaves."""

    log: str
    leaf: int | None
    words: str

    def __str__(self) -> str:
        """Give the fault as a line for a person."""
        place = "" if self.leaf is None else f" at leaf {self.leaf}"
        return f"{self.log}{place}: {self.words}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in one log."""

    log: str
    size: int
    root: bytes
    faults: list[Fault]


class Tree:
    """Builds a tree fast: 256 leaves at a time, with roots at any size on the way."""

    def __init__(self) -> None:
        """Begin with no leaf."""
        self.blocks = merkle.Frontier()
        self.tail: list[bytes] = []
        self.nodes: list[tuple[int, int, bytes]] = []

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self.blocks.size * tiles.WIDTH + len(self.tail)

    def extend(self, hashed: list[bytes]) -> None:
        """Add leaf hashes at the right."""
        self.tail += hashed
        begin = 0
        while len(self.tail) - begin >= tiles.WIDTH:
            self._block(self.tail[begin : begin + tiles.WIDTH])
            begin += tiles.WIDTH
        if begin:
            self.tail = self.tail[begin:]

    def frontier(self) -> merkle.Frontier:
        """Give the right edge."""
        edge = merkle.Frontier()
        for hashed in self.tail:
            edge.append(hashed)
        return merkle.Frontier(self.size, [*self.blocks.hashes, *edge.hashes])

    def _block(self, row: list[bytes]) -> None:
        digest = sha256
        while len(row) > 1:
            row = [digest(b"\x01" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=True)]
        self.nodes.append((1, self.blocks.size, row[0]))
        self.blocks.append(row[0])
        self.nodes += [(level + 1, place, hashed) for level, place, hashed in self.blocks.completed]
        self.blocks.completed = []


def verify(connection: psycopg.Connection[Any], publication: Publication, log: LogName) -> Verdict:
    """Check one log whole, all at one moment of the database. The caller gives a connection in autocommit."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return Verification(connection, publication, log).run()


class Verification:
    """One pass over one log."""

    def __init__(self, connection: psycopg.Connection[Any], publication: Publication, log: LogName) -> None:
        """Nothing is read yet."""
        self.connection = connection
        self.publication = publication
        self.log = log
        self.tree = Tree()
        self.faults: list[Fault] = []
        self.roots: dict[int, notes.Checkpoint] = {}
        self.good = 0
        self.suspect: int | None = None

    def run(self) -> Verdict:
        """Look at everything; the first wrong leaf ends the reading of leaves."""
        self._read_checkpoints()
        if self._read_leaves():
            self._check_head()
            self._check_nodes()
            if self.log == LogName.LIST and not self.faults:
                self._check_fold()
                self._check_newest_state()
        self.faults.sort(key=lambda fault: -1 if fault.leaf is None else fault.leaf)
        return Verdict(self.log, self.tree.size, self.tree.frontier().root(), self.faults)

    def _fault(self, words: str, leaf: int | None = None) -> None:
        self.faults.append(Fault(self.log, leaf, words))

    def _read_checkpoints(self) -> None:
        """Check every signature; remember which root each size must have."""
        query = "SELECT size, note FROM log_checkpoint WHERE log = %s ORDER BY size"
        for size, note in self.connection.execute(query, [self.log]):
            self._expect(note, size, "checkpoint")
        path = self.publication.directory / self.log / "checkpoint"
        if path.exists():
            self._expect(path.read_text(), None, "checkpoint published outside the database")
        elif self.roots:
            self._fault("nothing is published outside the database")

    def _expect(self, note: str, size: int | None, what: str) -> None:
        name = what if size is None else f"{what} of {size} leaves"
        try:
            checkpoint = self.publication.verify(self.log, note)
        except notes.BadNote as error:
            self._fault(f"the {name}: {error}")
            return
        if size not in (None, checkpoint.size):
            self._fault(f"the {name} is of {checkpoint.size} leaves")
        elif self.roots.setdefault(checkpoint.size, checkpoint).root != checkpoint.root:
            self._fault(f"two signed checkpoints of {checkpoint.size} leaves differ: the log forked")

    def _read_leaves(self) -> bool:
        """Rebuild the tree; False when a leaf is wrong."""
        size = self._extent()
        stops = iter([*sorted(self.roots), None])
        stop = next(stops)
        if stop == 0:  # signed before there was a leaf
            self._root_holds(stop)
            stop = next(stops)
        for begin, records, hashed in self._sound_chunks(size):
            done = 0
            while stop is not None and stop <= begin + len(records):
                self.tree.extend(hashed[done : stop - begin])
                done = stop - begin
                if not self._root_holds(stop):
                    return False
                stop = next(stops)
            self.tree.extend(hashed[done:])
        if stop is not None and not self.faults:
            self._fault(f"a checkpoint of {stop} leaves was signed, {self.tree.size} are there", self.tree.size)
        return not self.faults

    def _extent(self) -> int:
        """Give how many leaves there are up to the first that is missing."""
        count, first, last = self.connection.execute(EXTENT, [self.log]).fetchone() or (0, None, None)
        if count == 0 or (first, last) == (0, count - 1):
            return int(count)
        with self.connection.cursor(name="verify_indices") as cursor:
            for expected, (index,) in enumerate(cursor.execute(INDICES, [self.log])):
                if index != expected:
                    self._fault(f"missing; leaf {index} is there instead", expected)
                    return expected
        raise AssertionError("a gap that no index has")

    def _sound_chunks(self, size: int) -> Iterator[tuple[int, list[bytes], list[bytes]]]:
        """Give first index, records and hashes of each chunk, up to the first in which a leaf is wrong."""
        kept, newest = self._kept(), 0
        values = {"log": self.log, "size": size, "chunk": CHUNK}
        # A fault ends the reading early, which cancels the statement, and with it the transaction that it runs in.
        with self.connection.transaction(force_rollback=True), psycopg.Cursor(self.connection) as cursor:
            for begin, joined, stored, tails, times in cursor.stream(CHUNKS, values, binary=True):
                records = joined.split(b"\n")
                hashed = [sha256(b"\x00" + record).digest() for record in records]
                moments = [newest, *filter(None, times)]
                outside = b"\n".join(islice(kept, len(records)))
                if (
                    b"".join(hashed) != stored
                    or not all(map(bytes.endswith, records, tails.split(b"\n")))
                    or moments != sorted(moments)
                    or joined[: len(outside)] != outside
                ):
                    self.suspect = begin
                    break
                newest = moments[-1]
                yield begin, records, hashed
        if self.suspect is not None:
            self._name_wrong(self.suspect, size, newest)
        elif not self.faults and next(kept, None) is not None:
            self._fault("more records are kept outside the database than are in it", size)

    def _name_wrong(self, begin: int, size: int, newest: int) -> None:
        """Say what is wrong with the first wrong leaf from `begin` on."""
        kept = islice(self._kept(), begin, None)
        values = {"log": self.log, "begin": begin, "chunk": CHUNK, "size": size}
        rows = psycopg.Cursor(self.connection).execute(ROWS, values, binary=True)
        for index, record, stored, published, tail in rows:
            if stored != sha256(b"\x00" + record).digest():
                return self._fault("the hash is not that of the record", index)
            if not record.endswith(tail):
                return self._fault("a column differs from the record", index)
            if next(kept, record) != record:
                return self._fault("the record is not the one kept outside the database", index)
            if published and published < newest:
                return self._fault("published before a leaf that it follows", index)
            newest = max(newest, published)
        raise AssertionError("a fault that no leaf has")

    def _root_holds(self, size: int) -> bool:
        if self.tree.frontier().root() == self.roots[size].root:
            self.good = size
            return True
        self._fault(f"a leaf from {self.good} to {size - 1} is not the one that was signed", self.good)
        return False

    def _kept(self) -> Iterator[bytes]:
        for path in sorted((self.publication.directory / self.log / "leaves").glob("*.jsonl")):
            with path.open("rb") as file:
                for line in file:
                    yield line[:-1]

    def _check_head(self) -> None:
        query = "SELECT size, frontier FROM log_head WHERE log = %s"
        row = self.connection.execute(query, [self.log]).fetchone() or (0, b"")
        if row[0] != self.tree.size or bytes(row[1]) != self.tree.frontier().pack():
            self._fault(f"the head says {row[0]} leaves and does not fit the {self.tree.size} that are there")

    def _check_nodes(self) -> None:
        query = "SELECT level, place, hash FROM log_node WHERE log = %s ORDER BY level, place"
        stored = [(level, place, bytes(hashed)) for level, place, hashed in self.connection.execute(query, [self.log])]
        if stored != sorted(self.tree.nodes):
            self._fault("an inner hash is not that of the leaves under it")

    def _check_fold(self) -> None:
        row = self.connection.execute(NOT_THE_FOLD, [LIVE]).fetchone()
        if row:
            self._fault(f"the table of live entries is not what the leaves say of {row[0]}")

    def _check_newest_state(self) -> None:
        row = self.connection.execute(NEWEST_STATE).fetchone()
        if row is None:
            return
        leaf, size, count, digest = row[0], int(row[1]), int(row[2]), row[3]
        found = self.connection.execute(STATE_AT, [size, LIVE]).fetchone()
        if size > leaf or found != (count, digest):
            self._fault(
                f"it commits to {count} live entries after {size} leaves, which are not those of the leaves", leaf
            )

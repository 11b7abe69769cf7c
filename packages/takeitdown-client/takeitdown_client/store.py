"""The local copy: one SQLite file. What is not verified yet is never matched against."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from takeitdown_client.tree import NotHeld, Tree, signed_head

TABLES = """
CREATE TABLE IF NOT EXISTS known (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS entry (
    reference TEXT PRIMARY KEY, kind TEXT NOT NULL, leaf INTEGER NOT NULL, proof TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS gone (reference TEXT PRIMARY KEY, leaf INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS print (reference TEXT NOT NULL, type TEXT NOT NULL, digest TEXT NOT NULL, form TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS print_of_entry ON print (reference);
CREATE INDEX IF NOT EXISTS print_by_digest ON print (type, digest);
"""
PDQ_DISTANCE = 31


@dataclass(frozen=True)
class Match:
    """An entry on the list that is like what was asked, and how far from it. A lead, never a verdict."""

    entry: str
    type: str
    distance: int


class Store:
    """A copy of the list in a file."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it."""
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute("PRAGMA secure_delete = ON")  # a withdrawn digest does not stay on the disk
        self.database.executescript(TABLES)

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def get(self, name: str) -> str:
        """Give what is known under a name; empty when nothing is."""
        row = self.database.execute("SELECT value FROM known WHERE name = ?", [name]).fetchone()
        return str(row[0]) if row else ""

    def put(self, name: str, value: str) -> None:
        """Know something under a name."""
        self.database.execute("INSERT OR REPLACE INTO known VALUES (?, ?)", [name, value])

    def tree(self) -> Tree:
        """Give the tree over the leaves read so far."""
        held = json.loads(self.get("tree") or '{"size": 0, "edge": []}')
        return Tree(held["size"], [bytes.fromhex(each) for each in held["edge"]])

    def keep(self, lines: list[dict[str, Any]], tree: Tree) -> None:
        """Apply lines of the list and the tree that includes them, all or none. Raises NotHeld."""
        with self.transaction():
            self.put("is_verified", "")
            for line in lines:
                self._apply(line)
            self.put("tree", json.dumps({"size": tree.size, "edge": [each.hex() for each in tree.edge]}))

    def seal(self, note: str) -> int:
        """Check the copy against a signed checkpoint and open it for matching. Gives the size. Raises NotHeld."""
        size, root = signed_head(note, self.get("key"))
        tree = self.tree()
        if (tree.size, tree.root()) != (size, root):
            raise NotHeld(f"The {tree.size} leaves read are not those of the signed checkpoint of {size}.")
        with self.transaction():
            self.put("checkpoint", note)
            self.put("is_verified", "yes")
        return size

    def verify(self) -> int:
        """Check signature, root and every commitment again. Gives the number of live entries. Raises NotHeld."""
        if not self.get("checkpoint"):
            raise NotHeld("There is nothing to verify in this store yet; run sync until it ends well.")
        self.seal(self.get("checkpoint"))
        count = 0
        for reference, proof in self.database.execute("SELECT reference, proof FROM entry").fetchall():
            line = json.loads(proof)
            check_commitment(line)
            held = sorted(
                self.database.execute("SELECT type, form, digest FROM print WHERE reference = ?", [reference])
            )
            if held != sorted((each["type"], each["form"], each["digest"]) for each in line["fingerprints"]):
                raise NotHeld(f"The fingerprints of entry {reference} were changed in this store.")
            count += 1
        return count

    def matches(self, pdq: str = "", md5: str = "") -> Iterator[Match]:
        """Give the entries like these digests, nearest first. Raises NotHeld while the copy is not verified."""
        if not self.get("is_verified"):
            raise NotHeld("This copy is not verified; run sync until it ends well.")
        found = []
        if md5:
            rows = self.database.execute("SELECT reference FROM print WHERE type = 'md5' AND digest = ?", [md5.lower()])
            found += [Match(reference, "md5", 0) for (reference,) in rows]
        if pdq:
            asked = int(pdq, 16)
            for reference, digest in self.database.execute("SELECT reference, digest FROM print WHERE type = 'pdq'"):
                distance = (int(digest, 16) ^ asked).bit_count()
                if distance <= PDQ_DISTANCE:
                    found.append(Match(reference, "pdq", distance))
        yield from sorted(found, key=lambda match: match.distance)

    def digests(self, type_name: str) -> Iterator[str]:
        """Give every digest of a type."""
        for (digest,) in self.database.execute("SELECT DISTINCT digest FROM print WHERE type = ?", [type_name]):
            yield digest

    def gone(self, after: int) -> Iterator[tuple[int, str]]:
        """Give (leaf, entry) of every entry that this copy held and let go, with a leaf after `after`, oldest first."""
        yield from self.database.execute("SELECT leaf, reference FROM gone WHERE leaf > ? ORDER BY leaf", [after])

    def transaction(self) -> "_Transaction":
        """Give a block whose changes are kept all or not at all."""
        return _Transaction(self.database)

    def _apply(self, line: dict[str, Any]) -> None:
        reference = json.loads(line["record"])["subject"]
        if line["state"] not in {"live", "removed"}:
            return
        self.database.execute("DELETE FROM print WHERE reference = ?", [reference])
        was_held = self.database.execute("DELETE FROM entry WHERE reference = ?", [reference]).rowcount
        if line["state"] == "removed" and was_held:
            self.database.execute("INSERT OR REPLACE INTO gone VALUES (?, ?)", [reference, line["index"]])
        if line["state"] == "live":
            check_commitment(line)
            self.database.execute("DELETE FROM gone WHERE reference = ?", [reference])
            row = [reference, line["kind"], line["index"], json.dumps(line)]
            self.database.execute("INSERT INTO entry VALUES (?, ?, ?, ?)", row)
            prints = [(reference, each["type"], each["digest"], each["form"]) for each in line["fingerprints"]]
            self.database.executemany("INSERT INTO print VALUES (?, ?, ?, ?)", prints)


class _Transaction:
    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database

    def __enter__(self) -> None:
        self.database.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *_: object) -> None:
        self.database.execute("COMMIT" if kind is None else "ROLLBACK")


def check_commitment(line: dict[str, Any]) -> None:
    """Check that a live line's fingerprints are those its record commits to. Raises NotHeld."""
    canonical = json.dumps(line["fingerprints"], separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
    if sha256(bytes.fromhex(line["nonce"]) + canonical).hexdigest() != json.loads(line["record"])["commit"]:
        raise NotHeld(f"The fingerprints of leaf {line['index']} are not those that were committed to.")

"""The log's Merkle tree (RFC 9162) and signed checkpoints (C2SP), as far as a reader needs them."""

import json
from base64 import b64decode
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class NotHeld(Exception):
    """What was fetched does not agree with what was signed."""


@dataclass
class Tree:
    """The right edge of the tree over the leaves read so far: enough to add leaves and to give the root."""

    size: int = 0
    edge: list[bytes] = field(default_factory=list)

    def add(self, record: bytes) -> None:
        """Add a leaf by its record."""
        hashed, rest = sha256(b"\x00" + record).digest(), self.size
        while rest & 1:
            hashed, rest = sha256(b"\x01" + self.edge.pop() + hashed).digest(), rest >> 1
        self.edge.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        """Give the root; of no leaves it is the hash of nothing."""
        if not self.edge:
            return sha256(b"").digest()
        root = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            root = sha256(b"\x01" + left + root).digest()
        return root


def signed_head(note: str, keys: str) -> tuple[int, bytes]:
    """Give (size, root) of a checkpoint that one of the verifier keys, a line each, has signed. Raises NotHeld."""
    text, _, signatures = note.partition("\n\n")
    try:
        origin, size, root = text.split("\n")[:3]
        head = int(size), b64decode(root)
    except ValueError as error:
        raise NotHeld("This is no checkpoint, or it was cut off.") from error
    for key in keys.split():
        name, named, encoded = key.split("+", 2)
        public = Ed25519PublicKey.from_public_bytes(b64decode(encoded)[1:])
        for line in signatures.splitlines():
            signer, _, blob = line.removeprefix("— ").rpartition(" ")
            raw = b64decode(blob)
            if name == origin and signer == name and raw[:4].hex() == named and _is_signed(public, raw[4:], text):
                return head
    raise NotHeld("The checkpoint is not signed by the key this store trusts.")


def _is_signed(public: Ed25519PublicKey, signature: bytes, text: str) -> bool:
    try:
        public.verify(signature, text.encode() + b"\n")
    except InvalidSignature:
        return False
    return True


def check_bundle(bundle: bytes, keys: str) -> dict[str, Any]:
    """Check a bundle, and each outcome in it, against the signed audit log. Gives its first line. Raises NotHeld."""
    try:
        *lines, last = bundle.splitlines(keepends=True)
        about: dict[str, Any] = json.loads(lines[0])
        made = json.loads(json.loads(lines[-1])["record"])
        count, digest = made["data"]["lines"], made["data"]["digest"]
        acts = [json.loads(line) for line in lines[count:]]
        records = [(int(act["index"]), act["record"].encode()) for act in acts]
        proof = json.loads(last)
        hashes, note = [bytes.fromhex(each) for each in proof["hashes"]], str(proof["checkpoint"])
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise NotHeld("This is no bundle, or it was cut off.") from error
    if made["event"] != "bundle:make" or sha256(b"".join(lines[:count])).hexdigest() != digest:
        raise NotHeld("The bundle's lines are not those that were signed.")
    _check_logged(records, hashes, *signed_head(note, keys))
    _check_outcomes([json.loads(line) for line in lines[:count]], [json.loads(record) for _, record in records[:-1]])
    return about


def _check_outcomes(rows: list[dict[str, Any]], acts: list[dict[str, Any]]) -> None:
    """Check that the outcomes are those that the log has lines about, and say what was said then."""
    logged = {act["subject"]: act["data"]["digest"] for act in acts if act["event"] == "outcome:report"}
    for row in rows:
        if row["what"] == "outcome" and logged.pop(f"outcome:{row['reference']}", "") != _digest_of(row):
            raise NotHeld(f"Outcome {row['reference']} is not the one that the signed audit log holds.")
    if logged:
        raise NotHeld("The bundle leaves out outcomes that it has the signed log's lines about.")


def _digest_of(outcome: dict[str, Any]) -> str:
    """Give the digest that the log keeps of what a platform said: of JSON with its names in order."""
    names = ("decision", "matched_at", "decided_at", "removed_at", "count_band", "details")
    said = {"entry": outcome["entry_reference"], "corrects": outcome["replaces"] or ""}
    said |= {name: outcome[name] for name in names}
    return sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _check_logged(records: list[tuple[int, bytes]], hashes: list[bytes], size: int, root: bytes) -> None:
    """Check that a log of this size and root holds these records at their places: other hashes, in order, lead there."""
    leaves = [(index, sha256(b"\x00" + record).digest()) for index, record in records]
    rest = iter(hashes)
    in_order = all(before < after for (before, _), (after, _) in pairwise([(-1, b""), *leaves, (size, b"")]))
    if not in_order or _root_over(leaves, 0, size, rest) != root or next(rest, None) is not None:
        raise NotHeld("The signed audit log does not hold the bundle's lines.")


def _root_over(leaves: list[tuple[int, bytes]], begin: int, end: int, rest: Iterator[bytes]) -> bytes:
    """Give the root over the leaves [begin, end), taking that of a part without known leaves from the rest."""
    if not leaves:
        return next(rest, b"")
    if end - begin == 1:
        return leaves[0][1]
    middle = begin + (1 << (end - begin - 1).bit_length() - 1)
    cut = bisect_left(leaves, (middle, b""))
    left = _root_over(leaves[:cut], begin, middle, rest)
    return sha256(b"\x01" + left + _root_over(leaves[cut:], middle, end, rest)).digest()

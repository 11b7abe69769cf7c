"""The log's Merkle tree (RFC 9162) and signed checkpoints (C2SP), as far as a reader needs them."""

import json
from base64 import b64decode
from dataclasses import dataclass, field
from hashlib import sha256
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
    """Check a bundle's lines against the audit log's signed head in its last line. Gives its first. Raises NotHeld."""
    *lines, last = bundle.splitlines(keepends=True)
    try:
        proof = json.loads(last)
        about: dict[str, Any] = json.loads(lines[0])
        said = json.loads(proof["record"])["data"]["digest"]
        path = [bytes.fromhex(step) for step in proof["path"]]
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise NotHeld("This is no bundle, or it was cut off.") from error
    if sha256(b"".join(lines)).hexdigest() != said:
        raise NotHeld("The bundle's lines are not those that were signed.")
    size, root = signed_head(proof["checkpoint"], keys)
    leaf = sha256(b"\x00" + proof["record"].encode()).digest()
    if _root_above(leaf, proof["index"], size, path) != root:
        raise NotHeld("The signed audit log does not name this bundle.")
    return about


def _root_above(hashed: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Climb from a leaf to the root (RFC 9162 §2.1.3.2); nothing that could be a root where the path does not fit."""
    place, last = index, size - 1
    for step in path:
        if last == 0:
            return b""
        if place & 1 or place == last:
            hashed = sha256(b"\x01" + step + hashed).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hashed = sha256(b"\x01" + hashed + step).digest()
        place, last = place >> 1, last >> 1
    return hashed if last == 0 else b""

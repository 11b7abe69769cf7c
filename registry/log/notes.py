"""C2SP signed notes and checkpoints (c2sp.org/signed-note, c2sp.org/tlog-checkpoint). Plain Python."""

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
PREFIX = "— "  # em dash and space begin a signature line


class BadNote(ValueError):
    """A note that cannot be read, or whose signature does not hold."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: its name, how many leaves, and the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Give the note's text: origin, size, base64 root, a line each."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def key_id(name: str, public: bytes) -> bytes:
    """Give the four bytes that name a key in a signature line."""
    return sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> str:
    """Give the public key in the form other tools read: name+id+base64."""
    return f"{name}+{key_id(name, public).hex()}+{b64encode(ED25519 + public).decode()}"


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """Sign a checkpoint with the log's own key, whose name is the origin."""
    public = key.public_key().public_bytes_raw()
    blob = key_id(checkpoint.origin, public) + key.sign(checkpoint.text().encode())
    return f"{checkpoint.text()}\n{PREFIX}{checkpoint.origin} {b64encode(blob).decode()}\n"


def parse(note: str) -> Checkpoint:
    """Read a note's checkpoint without looking at signatures. Raises BadNote."""
    lines = note.partition("\n\n")[0].split("\n")
    try:
        origin, size, root = lines[0], int(lines[1]), b64decode(lines[2], validate=True)
    except (IndexError, ValueError, binascii.Error) as error:
        raise BadNote("the note is not a checkpoint") from error
    if not origin or size < 0 or len(root) != 32 or str(size) != lines[1]:
        raise BadNote("the note is not a checkpoint")
    return Checkpoint(origin, size, root)


def verify(note: str, name: str, public: bytes) -> Checkpoint:
    """Read a note and check that `public` signed it under `name`. Raises BadNote."""
    text, gap, signatures = note.partition("\n\n")
    checkpoint = parse(note)
    wanted = key_id(name, public)
    for line in signatures.splitlines() if gap else ():
        signer, _, blob = line.removeprefix(PREFIX).rpartition(" ")
        raw = b64decode(blob)
        if signer == name and raw[:4] == wanted:
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], text.encode() + b"\n")
            except InvalidSignature as error:
                raise BadNote("the signature does not hold") from error
            return checkpoint
    raise BadNote(f"there is no signature by {name}")

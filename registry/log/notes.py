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


def sign(checkpoint: Checkpoint, *keys: Ed25519PrivateKey) -> str:
    """Sign a checkpoint with the log's own keys, all under the origin as name, newest key first."""
    signed = checkpoint.text().encode()
    lines = []
    for key in keys:
        blob = key_id(checkpoint.origin, key.public_key().public_bytes_raw()) + key.sign(signed)
        lines.append(f"{PREFIX}{checkpoint.origin} {b64encode(blob).decode()}\n")
    return f"{checkpoint.text()}\n{''.join(lines)}"


def parse(note: str) -> Checkpoint:
    """Read a note's checkpoint without looking at signatures. Raises BadNote."""
    lines = note.partition("\n\n")[0].split("\n")
    try:
        origin, size, root = lines[0], int(lines[1]), b64decode(lines[2], validate=True)
    except (IndexError, ValueError, binascii.Error) as error:
        raise BadNote("the note is not a checkpoint") from error
    if not origin or size < 0 or len(root) != 32 or str(size) != lines[1] or b64encode(root).decode() != lines[2]:
        raise BadNote("the note is not a checkpoint")
    return Checkpoint(origin, size, root)


def verify(note: str, name: str, *publics: bytes) -> Checkpoint:
    """Read a note and check that one of these keys signed it under `name`. Raises BadNote.

    Signatures by unknown keys are passed over, as the format asks; one by a known key must hold.
    """
    text, gap, signatures = note.partition("\n\n")
    checkpoint = parse(note)
    if checkpoint.origin != name:
        raise BadNote(f"the note is of {checkpoint.origin}, not of {name}")
    if not gap or not signatures.endswith("\n"):
        raise BadNote("the note is not signed")
    known = {key_id(name, public): public for public in publics}
    holds = False
    for line in signatures[:-1].split("\n"):
        signer, raw = _signature(line)
        if signer == name and raw[:4] in known:
            _check(known[raw[:4]], raw[4:], text.encode() + b"\n")
            holds = True
    if not holds:
        raise BadNote(f"there is no signature by {name}")
    return checkpoint


def _signature(line: str) -> tuple[str, bytes]:
    """Read one signature line: the signer's name, then key id and signature."""
    signer, _, blob = line.removeprefix(PREFIX).rpartition(" ")
    try:
        raw = b64decode(blob, validate=True)
    except (ValueError, binascii.Error) as error:
        raise BadNote("a signature line cannot be read") from error
    if not line.startswith(PREFIX) or not signer or len(raw) < 5 or b64encode(raw).decode() != blob:
        raise BadNote("a signature line cannot be read")
    return signer, raw


def _check(public: bytes, signature: bytes, signed: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
    except InvalidSignature as error:
        raise BadNote("the signature does not hold") from error

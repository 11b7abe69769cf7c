"""What the log has published, kept outside the database: the newest signed checkpoint of each log."""

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.log import notes


class Publication:
    """Sign heads and keep the newest one on disk, where a restored database cannot take it back."""

    def __init__(self, directory: Path, origin: str, key: Ed25519PrivateKey) -> None:
        """Publish into `directory`, under names that begin with `origin`."""
        self.directory = directory
        self.origin = origin
        self.key = key

    def sign(self, log: str, size: int, root: bytes) -> str:
        """Give the signed note for a head."""
        return notes.sign(notes.Checkpoint(f"{self.origin}/{log}", size, root), self.key)

    def latest(self, log: str) -> notes.Checkpoint | None:
        """Give the newest published checkpoint; its signature must be ours. Raises BadNote."""
        path = self._path(log)
        if not path.exists():
            return None
        return notes.verify(path.read_text(), f"{self.origin}/{log}", self.key.public_key().public_bytes_raw())

    def publish(self, log: str, note: str) -> None:
        """Replace the newest checkpoint."""
        self._replace(self._path(log), note)

    def publish_key(self, log: str) -> None:
        """Put the public key where readers of the log find it."""
        verifier = notes.verifier_key(f"{self.origin}/{log}", self.key.public_key().public_bytes_raw())
        self._replace(self.directory / log / "key", verifier + "\n")

    def _path(self, log: str) -> Path:
        return self.directory / log / "checkpoint"

    @staticmethod
    def _replace(path: Path, text: str) -> None:
        """Replace a file, durably and at once."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        with draft.open("w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)


def ensure_key(path: Path) -> None:
    """Make the signing key, once, readable by its owner alone."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)


def load_key(path: Path) -> Ed25519PrivateKey:
    """Read the signing key. Raises ValueError when the file holds something else."""
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path} does not hold an Ed25519 key")
    return key

"""What the log has published, kept outside the database: the newest signed checkpoint and every record."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.log import notes
from registry.log.signing import replace_file, sync_folder

SEGMENT = 65_536
"""Records in one file of the journal."""


class Publication:
    """Sign heads, and keep them and the records under them on disk, where a restored database cannot take them back."""

    def __init__(self, directory: Path, origin: str, *keys: Ed25519PrivateKey, listed: Sequence[bytes] = ()) -> None:
        """Publish into `directory`, under names that begin with `origin`; sign with `keys`, newest first.

        `listed` are public keys that signed before and are still believed.
        """
        self.directory = directory
        self.origin = origin
        self.take_keys(keys, listed)

    def take_keys(self, keys: Sequence[Ed25519PrivateKey], listed: Sequence[bytes]) -> None:
        """Sign with these keys from now on."""
        self.keys = tuple(keys)
        own = [key.public_key().public_bytes_raw() for key in keys]
        self.publics = tuple(dict.fromkeys([*own, *listed]))

    def name(self, log: str) -> str:
        """Give a log's name, which is its origin line and its keys' name."""
        return f"{self.origin}/{log}"

    def sign(self, log: str, size: int, root: bytes) -> str:
        """Give the signed note for a head."""
        return notes.sign(notes.Checkpoint(self.name(log), size, root), *self.keys)

    def verify(self, log: str, note: str) -> notes.Checkpoint:
        """Give what a note of ours says. Raises BadNote."""
        return notes.verify(note, self.name(log), *self.publics)

    def latest(self, log: str) -> notes.Checkpoint | None:
        """Give the newest published checkpoint; its signature must be ours. Raises BadNote."""
        path = self.directory / log / "checkpoint"
        return self.verify(log, path.read_text()) if path.exists() else None

    def publish(self, log: str, note: str) -> None:
        """Replace the newest checkpoint, durably and at once."""
        replace_file(self.directory / log / "checkpoint", note.encode())

    def publish_keys(self, log: str) -> None:
        """Put the verifier keys beside the checkpoint, newest first."""
        (self.directory / log / "leaves").mkdir(parents=True, exist_ok=True)
        lines = [notes.verifier_key(self.name(log), public) + "\n" for public in self.publics]
        replace_file(self.directory / log / "key", "".join(lines).encode())

    def journal_size(self, log: str) -> int:
        """Give how many records are kept on disk; a line that a crash cut off is removed."""
        segments = sorted((self.directory / log / "leaves").glob("*.jsonl"))
        if not segments:
            return 0
        content = segments[-1].read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole != len(content):
            os.truncate(segments[-1], whole)
        return (len(segments) - 1) * SEGMENT + content.count(b"\n", 0, whole)

    def keep(self, log: str, begin: int, records: Sequence[str]) -> None:
        """Add records from index `begin` on, which must be where the journal ends, and make them durable."""
        while records:
            number, offset = divmod(begin, SEGMENT)
            part, records = records[: SEGMENT - offset], records[SEGMENT - offset :]
            path = self._segment(log, number)
            with path.open("ab") as file:
                file.write("".join(f"{record}\n" for record in part).encode())
                file.flush()
                os.fsync(file.fileno())
            if offset == 0:
                sync_folder(path.parent)
            begin += len(part)

    def kept(self, log: str, begin: int) -> Iterator[str]:
        """Give the records from index `begin` on."""
        number, offset = divmod(begin, SEGMENT)
        while (path := self._segment(log, number)).exists():
            with path.open(encoding="utf-8", newline="\n") as file:
                for place, line in enumerate(file):
                    if place >= offset:
                        yield line.removesuffix("\n")
            number, offset = number + 1, 0

    def _segment(self, log: str, number: int) -> Path:
        return self.directory / log / "leaves" / f"{number:06d}.jsonl"

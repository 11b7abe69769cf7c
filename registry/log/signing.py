"""The log's signing keys on disk: the newest signs, the one before it too until it is retired, all stay listed."""

import os
import re
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

BLOCK = re.compile(rb"-----BEGIN PRIVATE KEY-----.+?-----END PRIVATE KEY-----\n", re.DOTALL)


def ensure_key(path: Path) -> None:
    """Make the signing key, once, readable by its owner alone."""
    if not path.exists():
        _write(path, [Ed25519PrivateKey.generate()], [])


def load_keys(path: Path) -> list[Ed25519PrivateKey]:
    """Read the keys that sign now, newest first. Raises ValueError when the file holds something else."""
    blocks = BLOCK.findall(path.read_bytes())
    keys = [serialization.load_pem_private_key(block, password=None) for block in blocks]
    ours = [key for key in keys if isinstance(key, Ed25519PrivateKey)]
    if not ours or len(ours) != len(keys):
        raise ValueError(f"{path} does not hold Ed25519 keys")
    return ours


def listed_keys(path: Path) -> list[bytes]:
    """Give every public key that ever signed, newest first: old checkpoints stay verifiable."""
    signing = [key.public_key().public_bytes_raw() for key in load_keys(path)]
    listed = _list_of(path)
    earlier = [bytes.fromhex(line) for line in listed.read_text().split()] if listed.exists() else []
    return list(dict.fromkeys(signing + earlier))


def rotate_key(path: Path) -> None:
    """Make a new key that signs first; the present one goes on signing beside it, so that no verifier is cut off."""
    _write(path, [Ed25519PrivateKey.generate(), *load_keys(path)], listed_keys(path))


def retire_keys(path: Path) -> None:
    """Let only the newest key sign. The others' public halves stay listed; their private halves are destroyed."""
    _write(path, load_keys(path)[:1], listed_keys(path))


def _write(path: Path, keys: list[Ed25519PrivateKey], listed: list[bytes]) -> None:
    """Replace key file and list; the list first, so that no key ever signs unlisted."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    publics = [key.public_key().public_bytes_raw() for key in keys]
    lines = [public.hex() for public in dict.fromkeys(publics + listed)]
    replace_file(_list_of(path), "".join(f"{line}\n" for line in lines).encode(), mode=0o644)
    pems = [
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        for key in keys
    ]
    replace_file(path, b"".join(pems), mode=0o600)


def replace_file(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Give a file new content, whole or not at all, and safe from a power cut once this returns."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make new names in a folder safe from a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _list_of(path: Path) -> Path:
    return path.with_suffix(".public")

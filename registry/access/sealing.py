"""Keep a secret closed at rest, under keys that are neither in the database nor used for anything else."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Broken(Exception):
    """The sealed bytes were changed, moved to another owner, or closed under a key that is gone."""


def seal(secret: bytes, *, owner: bytes, keys: Sequence[str]) -> bytes:
    """Close `secret` under the first key. It opens only for the same `owner`, so rows cannot be exchanged."""
    return _box(keys).encrypt(len(owner).to_bytes(2) + owner + secret)


def unseal(sealed: bytes, *, owner: bytes, keys: Sequence[str]) -> bytes:
    """Open what was closed under any of the keys. Raises `Broken`."""
    try:
        opened = _box(keys).decrypt(sealed)
    except InvalidToken as error:
        raise Broken from error
    prefix = len(owner).to_bytes(2) + owner
    if not opened.startswith(prefix):
        raise Broken
    return opened[len(prefix) :]


def _box(keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])

"""DATA_DIR: one copy of the service at a time, and the secrets it made for itself."""

import fcntl
import json
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from portal.site.processes import postgres

PASSWORDS = dict.fromkeys((postgres.SUPERUSER, *postgres.ROLES), 48)
SECRET_BYTES = {"SECRET_KEY": 48, "FIELD_ENCRYPTION_KEYS": 32} | PASSWORDS
"""How long they are: the keys of the site, and the passwords of the embedded database's roles."""


class Occupied(Exception):
    """Another copy of the service works on this DATA_DIR."""


def claim(folder: Path) -> IO[str]:
    """Make the folder and hold it for as long as the returned file stays open.

    Raises Occupied, naming the folder and the process that holds it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = (folder / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        holder = lock.read().strip() or "unknown"
        lock.close()
        raise Occupied(
            f"DATA_DIR {folder} is in use by process {holder}; stop that one, or name another DATA_DIR"
        ) from None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def own_secrets(folder: Path) -> dict[str, str]:
    """The secrets in `secrets.json`, by name; those not there yet are made first."""
    file = folder / "secrets.json"
    held: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    missing = [name for name in SECRET_BYTES if name not in held]
    if missing:
        held |= {name: urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES[name])).decode() for name in missing}
        write_private(file, held)
    return held


def write_private(file: Path, content: Mapping[str, Any]) -> None:
    """Write JSON that only we may read; whole or not at all, whenever the power fails."""
    draft = file.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        json.dump(content, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)

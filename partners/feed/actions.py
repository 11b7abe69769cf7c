"""Keep what each platform has been served; make whole-list snapshots, and take them away in time."""

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import zstandard
from django.db import transaction
from django.utils import timezone

from partners.feed import queries, rules
from partners.feed.models import Download, Snapshot
from partners.feed.serializers import ZSTD_LEVEL, checkpoint_line
from registry.access.actors import Actor
from registry.access.doors import Dialect
from registry.log import actions as log
from registry.log.events import Event
from registry.log.states import LogName


def record_download(
    dialect: Dialect,
    after: int,
    reached: int,
    rows: int,
    *,
    is_whole: bool,
    window_end: int | None = None,
    actor: Actor,
) -> None:
    """Record that leaves after `after` up to `reached` were served. One row an answer, written before it is given."""
    now = timezone.now()
    Download.objects.create(
        organisation_id=actor.platform_id,
        key_name=actor.reference,
        dialect=dialect.value,
        day=now.date(),
        after=after,
        reached=reached,
        rows=rows,
        is_whole=is_whole,
        window_end=window_end,
        window_age=None if window_end is None else int(now.timestamp()) - window_end,
    )


def make_snapshot(list_name: LogName = LogName.LIST, *, actor: Actor) -> Snapshot | None:
    """Write the whole signed list to a file, unless there is a recent one, or one of this size, or nothing to write."""
    newest = next((snapshot.made_at for snapshot in queries.snapshots(list_name)), None)
    if not rules.is_due(newest, timezone.now()):
        return None
    checkpoint = queries.newest_checkpoint(list_name)
    if checkpoint is None or Snapshot.objects.filter(log=list_name, size=checkpoint.size).exists():
        return None
    snapshot = Snapshot(log=list_name, size=checkpoint.size, made_at=timezone.now())
    path = queries.snapshot_path(snapshot)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    snapshot.bytes, snapshot.digest = _write(draft, whole_list(list_name, checkpoint.size, checkpoint.note))
    draft.replace(path)
    with transaction.atomic():
        snapshot.save()
        data = {"bytes": snapshot.bytes}
        log.record(Event.SNAPSHOT_MAKE, actor=actor, subject=_subject(snapshot), data=data)
    return snapshot


def remove_snapshots(list_name: LogName = LogName.LIST, *, actor: Actor) -> int:
    """Destroy the snapshots that were replaced long ago, or hold an entry that was erased since; tell how many.

    A download under way goes on.
    """
    newest_first = queries.snapshots(list_name)
    if not newest_first:
        return 0
    erased_at = queries.erased_at(list_name, newest_first[-1].size)
    sizes = [(snapshot.size, snapshot.made_at) for snapshot in newest_first]
    outdated = rules.outdated(sizes, erased_at, timezone.now())
    for snapshot in newest_first:
        if snapshot.size in outdated:
            queries.snapshot_path(snapshot).unlink(missing_ok=True)
            with transaction.atomic():
                subject = _subject(snapshot)
                snapshot.delete()
                log.record(Event.SNAPSHOT_REMOVE, actor=actor, subject=subject)
    return len(outdated)


def whole_list(list_name: LogName, size: int, note: str) -> Iterator[bytes]:
    """Give the lines of the whole list and, last, the signed checkpoint that covers them."""
    yield from queries.changes(list_name, queries.BEFORE_THE_FIRST, size - 1)
    yield checkpoint_line(note)


def _subject(snapshot: Snapshot) -> str:
    return f"snapshot:{snapshot.size}" if snapshot.log == LogName.LIST else f"snapshot:{snapshot.log}:{snapshot.size}"


def _write(path: Path, chunks: Iterator[bytes]) -> tuple[int, str]:
    """Pack the chunks into a private file, durably; give its size in bytes and its SHA-256."""
    packer, digest, written = zstandard.ZstdCompressor(ZSTD_LEVEL).compressobj(), sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:

        def put(part: bytes) -> int:
            digest.update(part)
            return file.write(part)

        for chunk in chunks:
            written += put(packer.compress(chunk))
        written += put(packer.flush())
        file.flush()
        os.fsync(file.fileno())
    return written, digest.hexdigest()

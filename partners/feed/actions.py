"""Keep what each platform has been served; make whole-list snapshots, and take them away in time."""

import os
from collections.abc import Sequence
from hashlib import sha256

import zstandard
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from partners.canaries import actions as canaries
from partners.canaries import queries as canary_queries
from partners.feed import queries, rules
from partners.feed.models import Snapshot
from partners.feed.serializers import ZSTD_LEVEL, checkpoint_line
from partners.organisations import queries as organisations
from registry.access.actors import Actor
from registry.access.doors import Dialect
from registry.access.refusals import NotFound
from registry.entries import queries as entries
from registry.log import actions as log
from registry.log.events import Event
from registry.log.states import LogName

# Every answer writes one. The statement is written out: to have it composed costs more than to run it.
_RECORD = """
INSERT INTO feed_download (
    organisation_id, key_name, dialect, day, after, reached, rows, is_whole, window_end, window_age, network
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


@transaction.atomic
def fetch_features(entry_reference: str, *, actor: Actor) -> bytes:
    """Give the TMK+PDQF features of an entry on the list, and record who fetched them: they show more than a digest."""
    content = entries.listed_features(entry_reference)
    if content is None or not queries.is_published(LogName.LIST, entry_reference):
        raise NotFound("This entry has no TMK+PDQF features on the list; it may have been withdrawn.")
    log.record(Event.ENTRY_FETCH_FEATURES, actor=actor, subject=f"entry:{entry_reference}")
    return content


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
    """Record that leaves after `after` up to `reached` were served. One row an answer, written before it is given.

    Refuses to begin the list anew for a platform whose whole reads are paused.
    """
    if is_whole:
        rules.check_whole_reads(organisations.has_whole_reads_paused(actor.platform_id))
    now = timezone.now()
    window_age = None if window_end is None else int(now.timestamp()) - window_end
    by = (actor.platform_id, actor.reference, dialect.value, now.date())
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, (*by, after, reached, rows, is_whole, window_end, window_age, actor.network))


def make_snapshots(list_name: LogName = LogName.LIST, *, actor: Actor) -> list[Snapshot]:
    """Write the whole signed list to files, unless there are recent ones, or ones of this size, or nothing to write."""
    checkpoint = queries.newest_checkpoint(list_name)
    if checkpoint is None or not checkpoint.size:
        return []
    now, wanted = timezone.now(), queries.snapshots_to_make(list_name, checkpoint.size)
    drafts = [_Draft(each) for each in wanted if rules.is_due(queries.snapshot_made_at(each), now)]
    if drafts:
        _write_list(list_name, drafts, checkpoint.size, checkpoint.note)
    return [_keep(draft, actor) for draft in drafts]


def remove_snapshots(list_name: LogName = LogName.LIST, *, actor: Actor) -> int:
    """Destroy the snapshots that were replaced long ago, or hold an entry that was erased since; tell how many.

    A download under way goes on.
    """
    of_list, removed, now = Snapshot.objects.filter(log=list_name), 0, timezone.now()
    for reader in of_list.order_by().values_list("organisation_id", flat=True).distinct():
        newest_first = list(of_list.filter(organisation_id=reader).order_by("-size"))
        erased_at = queries.erased_at(list_name, newest_first[-1].size)
        sizes = [(snapshot.size, snapshot.made_at) for snapshot in newest_first]
        outdated = rules.outdated(sizes, erased_at, now)
        for snapshot in newest_first:
            if snapshot.size in outdated:
                _remove(snapshot, actor)
                removed += 1
    return removed


def remove_strays() -> int:
    """Destroy files that a crash left without a name on the record: nothing else would ever look into them. Tell how many."""
    known, removed = queries.snapshot_names(), 0
    for path in settings.SNAPSHOT_DIR.glob("*"):
        if path.name not in known and rules.is_stray(path.stat().st_mtime, timezone.now()):
            path.unlink(missing_ok=True)
            removed += 1
    return removed


class _Draft:
    """A snapshot that is being written, packed as it comes."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Open a private file beside where the snapshot will be."""
        self.snapshot, self.path = snapshot, queries.snapshot_path(snapshot)
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.draft = self.path.with_suffix(f".{os.getpid()}")
        self.file = os.fdopen(os.open(self.draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        self.packer, self.digest, self.written = zstandard.ZstdCompressor(ZSTD_LEVEL).compressobj(), sha256(), 0

    def add(self, lines: bytes) -> None:
        """Add lines."""
        self._put(self.packer.compress(lines))

    def end(self) -> Snapshot:
        """Make the file durable and give it its name; give the snapshot, unsaved."""
        self._put(self.packer.flush())
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        self.draft.replace(self.path)
        self.snapshot.bytes, self.snapshot.digest = self.written, self.digest.hexdigest()
        self.snapshot.made_at = timezone.now()
        return self.snapshot

    def _put(self, part: bytes) -> None:
        self.digest.update(part)
        self.written += self.file.write(part)


def _write_list(list_name: LogName, drafts: Sequence[_Draft], size: int, note: str) -> None:
    """Write the whole list to each draft. Lines are made once for all, but where a reader's own canaries are."""
    for after in range(queries.BEFORE_THE_FIRST, size - 1, queries.CHUNK):
        last = min(after + queries.CHUNK, size - 1)
        owners = queries.canary_owners(after, last)
        shared = b"".join(queries.changes(list_name, after, last, queries.NOBODY))
        for draft in drafts:
            reader = draft.snapshot.organisation_id
            if reader is not None and reader in owners:
                draft.add(b"".join(queries.changes(list_name, after, last, reader)))
            else:
                draft.add(shared)
    for draft in drafts:
        draft.add(checkpoint_line(note))


@transaction.atomic
def _keep(draft: _Draft, actor: Actor) -> Snapshot:
    snapshot = draft.end()
    snapshot.save()
    data = {"bytes": snapshot.bytes}
    log.record(Event.SNAPSHOT_MAKE, actor=actor, subject=_subject(snapshot), data=data)
    return snapshot


@transaction.atomic
def _remove(snapshot: Snapshot, actor: Actor) -> None:
    queries.snapshot_path(snapshot).unlink(missing_ok=True)
    subject = _subject(snapshot)
    snapshot.delete()
    log.record(Event.SNAPSHOT_REMOVE, actor=actor, subject=subject)


def _subject(snapshot: Snapshot) -> str:
    return f"snapshot:{snapshot.size}" if snapshot.log == LogName.LIST else f"snapshot:{snapshot.log}:{snapshot.size}"


def plant_canaries(*, actor: Actor) -> int:
    """See that every platform has its canaries, and that some are kept ready; give how many were planted."""
    each = settings.CANARIES_EACH
    if not each:
        return 0
    canaries.fill_pool(actor=actor)
    return sum(
        canaries.plant(organisation, each, is_new=not queries.has_read(organisation.pk), actor=actor)
        for organisation in canary_queries.without(each)
    )

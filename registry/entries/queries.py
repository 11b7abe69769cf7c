"""Read entries."""

from collections.abc import Sequence
from hashlib import sha256

from django.db import connection
from django.db.models import QuerySet

from hashing.signal_types import SignalType
from registry.entries.models import Claim, Entry
from registry.entries.states import ClaimState, EntryState


def lock(entry: Entry) -> Entry:
    """Give the entry as it is now, locked until the transaction ends."""
    return Entry.objects.select_for_update().get(pk=entry.pk)


def lock_digests(digests: Sequence[tuple[SignalType, str]]) -> None:
    """Hold these digests until the transaction ends, so that two reports of one file cannot both make an entry."""
    keys = sorted({int.from_bytes(sha256(f"{t.value}:{d}".encode()).digest()[:8], signed=True) for t, d in digests})
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def same_file(kind: str, digests: Sequence[tuple[SignalType, str]]) -> Entry | None:
    """Give the live entry made from the same file, by MD5 first, locked.

    The lock makes PostgreSQL look at the state again: an entry that is being withdrawn meanwhile is not given.
    """
    live = Entry.objects.select_for_update(of=("self",)).filter(kind=kind).exclude(state=EntryState.WITHDRAWN)
    for signal_type, digest in sorted(digests, key=lambda pair: pair[0] is not SignalType.MD5):
        found = live.filter(fingerprints__signal_type=signal_type.value, fingerprints__digest=digest, fingerprints__form="original").first()
        if found is not None:
            return found
    return None


def claims_of(holder: str) -> QuerySet[Claim]:
    """Give a report's claims with their entries, in the order they were made."""
    return Claim.objects.filter(holder=holder).select_related("entry").order_by("pk")


def is_claimed(entry: Entry) -> bool:
    """Tell whether any report still holds the entry."""
    return Claim.objects.filter(entry=entry, state=ClaimState.ACTIVE).exists()

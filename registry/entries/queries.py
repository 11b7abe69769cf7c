"""Read entries."""

from collections.abc import Sequence
from hashlib import sha256

from django.db import connection
from django.db.models import QuerySet

from hashing.signal_types import SignalType
from registry.entries import rules
from registry.entries.models import Claim, Entry, Fingerprint
from registry.entries.rules import SubmittedItem
from registry.entries.states import ClaimState, EntryState


SharedDigest = tuple[str, tuple[SignalType, str]]
"""(kind, (signal type, digest)): what two reports of one file have in common."""


def lock(entry: Entry) -> Entry:
    """Give the entry as it is now, locked until the transaction ends."""
    return Entry.objects.select_for_update().get(pk=entry.pk)


def lock_digests(digests: Sequence[tuple[SignalType, str]]) -> None:
    """Hold these digests until the transaction ends, so that two reports of one file cannot both make an entry."""
    keys = sorted({int.from_bytes(sha256(f"{t.value}:{d}".encode()).digest()[:8], signed=True) for t, d in digests})
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def same_files(items: Sequence[SubmittedItem]) -> dict[SharedDigest, Entry]:
    """Give the live entries made from the same files, by the digest that says so, locked in one order.

    The lock makes PostgreSQL look at the state again: an entry that is being withdrawn meanwhile is not given.
    """
    wanted = {(item.kind, digest) for item in items for digest in rules.shared_digests(item)}
    matches = Fingerprint.objects.filter(digest__in=[digest for _, (_, digest) in wanted], form="original")
    found: dict[SharedDigest, int] = {}
    for kind, signal_type, digest, entry_id in matches.values_list("entry__kind", "signal_type", "digest", "entry_id"):
        if (kind, (SignalType(signal_type), digest)) in wanted:
            found[kind, (SignalType(signal_type), digest)] = entry_id
    locked = (
        Entry.objects.select_for_update()
        .filter(pk__in=found.values())
        .exclude(state=EntryState.WITHDRAWN)
        .order_by("pk")
    )
    entries = {entry.pk: entry for entry in locked}
    return {shared: entries[pk] for shared, pk in found.items() if pk in entries}


def lock_claimed_by(holder: str) -> QuerySet[Entry]:
    """Give the entries a holder has active claims on, locked in one order."""
    mine = Claim.objects.filter(holder=holder, state=ClaimState.ACTIVE).values("entry")
    return Entry.objects.select_for_update().filter(pk__in=mine).order_by("pk")


def claims_of(holder: str) -> QuerySet[Claim]:
    """Give a report's claims with their entries, in the order they were made."""
    return Claim.objects.filter(holder=holder).select_related("entry").order_by("pk")


def is_claimed(entry: Entry) -> bool:
    """Tell whether any report still holds the entry."""
    return Claim.objects.filter(entry=entry, state=ClaimState.ACTIVE).exists()

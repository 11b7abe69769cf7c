"""Read entries."""

from collections.abc import Collection, Sequence
from datetime import date
from hashlib import sha256

from django.db import connection
from django.db.models import QuerySet

from hashing.signal_types import SignalType
from registry.access.refusals import NotFound
from registry.entries import rules
from registry.entries.models import Claim, Entry, Features, Flag, HeldChange
from registry.entries.rules import SubmittedItem
from registry.entries.states import ERASED, HOLDING, EntryState, FlagKind, HoldState, Kind
from registry.log import queries as log
from registry.log.events import Event

SharedDigest = tuple[str, tuple[SignalType, str]]
"""(kind, (signal type, digest)): what two reports of one file have in common."""


def lock(entry: Entry) -> Entry:
    """Give the entry as it is now, locked until the transaction ends."""
    return Entry.objects.select_for_update().get(pk=entry.pk)


def lock_digests(digests: Sequence[tuple[SignalType, str]]) -> None:
    """Hold these digests until the transaction ends, so that two reports of one file cannot both make an entry."""
    keys = sorted({int.from_bytes(sha256(f"{t.value}:{d}".encode()).digest()[:8], signed=True) for t, d in digests})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys])


def same_files(items: Sequence[SubmittedItem]) -> dict[SharedDigest, Entry]:
    """Give the live entries made from the same files, by the digest that says so, locked in one order.

    The lock makes PostgreSQL look at the state again: an entry that is being withdrawn meanwhile is not given.
    Every report asks this: as SQL, for to build it each time takes far longer than to run it.
    """
    wanted = {(item.kind, digest) for item in items for digest in rules.shared_digests(item)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, signal_type, digest, entry_id FROM entries_fingerprint "
            "JOIN entries_entry ON entries_entry.id = entry_id WHERE digest = ANY(%s::text[]) AND form = 'original'",
            [[digest for _, (_, digest) in wanted]],
        )
        matches = cursor.fetchall()
    found: dict[SharedDigest, int] = {}
    for kind, signal_type, digest, entry_id in matches:
        if (kind, (SignalType(signal_type), digest)) in wanted:
            found[kind, (SignalType(signal_type), digest)] = entry_id
    if not found:
        return {}
    locked = Entry.objects.select_for_update().filter(pk__in=found.values()).exclude(state__in=ERASED).order_by("pk")
    entries = {entry.pk: entry for entry in locked}
    return {shared: entries[pk] for shared, pk in found.items() if pk in entries}


def lock_claimed_by(holder: str, references: Collection[str] | None = None) -> QuerySet[Entry]:
    """Give the entries a holder has claims on that have not ended, locked in one order; only the named ones if any."""
    mine = Claim.objects.filter(holder=holder, state__in=HOLDING)
    if references is not None:
        mine = mine.filter(entry__reference__in=references)
    return Entry.objects.select_for_update().filter(pk__in=mine.values("entry")).order_by("pk")


def lock_named(references: Collection[str]) -> list[Entry]:
    """Give the entries of these references, locked in one order. Raises NotFound when one is missing."""
    entries = list(Entry.objects.select_for_update().filter(reference__in=references).order_by("pk"))
    if missing := set(references) - {entry.reference for entry in entries}:
        raise NotFound(f"There is no entry {min(missing)}.")
    return entries


def lock_held(references: Collection[str]) -> list[Entry]:
    """Give those entries of these references that have not ended, locked in one order."""
    held = Entry.objects.select_for_update().filter(reference__in=references).exclude(state__in=ERASED)
    return list(held.order_by("pk"))


def claims_of(holder: str) -> QuerySet[Claim]:
    """Give a report's claims with their entries, in the order they were made."""
    return Claim.objects.filter(holder=holder).select_related("entry").order_by("pk")


def holding_states(entry: Entry) -> set[str]:
    """Give the states of the claims that still hold the entry; empty when none does."""
    return set(Claim.objects.filter(entry=entry, state__in=HOLDING).values_list("state", flat=True))


def due_claims(today: date, limit: int) -> list[Claim]:
    """Give claims that end today or before, oldest entries first."""
    due = Claim.objects.filter(state__in=HOLDING, expires_on__lte=today)
    return list(due.order_by("entry_id", "pk")[:limit])


def entry_named(reference: str) -> Entry:
    """Give the entry of this reference. Raises NotFound."""
    entry = Entry.objects.filter(reference=reference).first()
    if entry is None:
        raise NotFound("There is no entry of this reference.")
    return entry


def accepted_kind(reference: str) -> Kind:
    """Give an entry's kind as the audit log has it. An image, should the log have been cut off just there."""
    kinds = (line.data["kind"] for line in log.acts_on(f"entry:{reference}") if line.event is Event.ENTRY_ACCEPT)
    return Kind(next(kinds, Kind.IMAGE))


def listed_features(reference: str) -> bytes | None:
    """Give the TMK+PDQF features of an entry on the list; None when it has none, or is not on the list."""
    held = Features.objects.filter(entry__reference=reference, entry__state=EntryState.LISTED)
    content = held.values_list("content", flat=True).first()
    return None if content is None else bytes(content)


def change_named(reference: str) -> HeldChange:
    """Give the held decision of this reference. Raises NotFound."""
    hold = HeldChange.objects.filter(reference=reference).first()
    if hold is None:
        raise NotFound("There is no such proposal.")
    return hold


def lock_hold(reference: str) -> HeldChange:
    """Give the held decision of this reference, locked until the transaction ends. Raises NotFound."""
    hold = HeldChange.objects.select_for_update().filter(reference=reference).first()
    if hold is None:
        raise NotFound("There is no such proposal.")
    return hold


def held() -> QuerySet[HeldChange]:
    """Give the decisions that wait for a second person, oldest first."""
    return HeldChange.objects.filter(state=HoldState.PROPOSED).order_by("pk")


def flagged(kind: FlagKind | None = None) -> QuerySet[Flag]:
    """Give the open flags with their entries, oldest first."""
    flags = Flag.objects.filter(is_open=True).select_related("entry").order_by("pk")
    return flags if kind is None else flags.filter(kind=kind)


def pending() -> QuerySet[Entry]:
    """Give the entries that were taken and not listed yet, oldest first."""
    return Entry.objects.filter(state=EntryState.PENDING).order_by("pk")

"""Change entries: one atomic verb each."""

import secrets
from collections.abc import Sequence
from hashlib import sha256

import rfc8785
from django.db import transaction

from registry.access.actors import Actor
from registry.entries import queries, rules
from registry.entries.models import Claim, Entry, Fingerprint
from registry.entries.rules import SubmittedItem
from registry.entries.states import TRANSITIONS, ClaimState
from registry.log import actions as log
from registry.log.events import Change, Event

NONCE_SIZE = 32


@transaction.atomic
def accept_items(items: Sequence[SubmittedItem], *, holder: str, actor: Actor) -> list[Entry]:
    """Give the holder a claim on each item's entry, which is made and listed when there is none of the same file."""
    items = [rules.canonical_item(item) for item in items]
    queries.lock_digests([digest for item in items for digest in rules.shared_digests(item)])
    known = queries.same_files(items)
    entries = []
    for item in items:
        digests = rules.shared_digests(item)
        entry = next((known[item.kind, digest] for digest in digests if (item.kind, digest) in known), None)
        if entry is None:
            entry = list_entry(_make_entry(item, actor), actor=actor)
            known.update({(item.kind, digest): entry for digest in digests})
        _make_claim(entry, holder, actor)
        entries.append(entry)
    return entries


@transaction.atomic
def list_entry(entry: Entry, *, actor: Actor) -> Entry:
    """Put an entry on the list."""
    entry = _move(entry, "list")
    log.publish(Change.LIST, subject=entry.reference, commit=bytes(entry.commit))
    log.record(Event.ENTRY_LIST, actor=actor, subject=f"entry:{entry.reference}")
    return entry


@transaction.atomic
def withdraw_claims(holder: str, *, actor: Actor) -> None:
    """End all claims of a holder; an entry leaves the list when its last claim ends."""
    for entry in queries.lock_claimed_by(holder):
        Claim.objects.filter(entry=entry, holder=holder).update(state=ClaimState.WITHDRAWN)
        log.record(Event.CLAIM_WITHDRAW, actor=actor, subject=f"entry:{entry.reference}")
        if not queries.is_claimed(entry):
            withdraw_entry(entry, actor=actor)


@transaction.atomic
def withdraw_entry(entry: Entry, *, actor: Actor) -> Entry:
    """Take an entry off the list: its fingerprints and nonce are destroyed, a tombstone is published."""
    entry = _move(entry, "withdraw")
    Fingerprint.objects.filter(entry=entry).delete()
    log.publish(Change.WITHDRAW, subject=entry.reference, commit=bytes(entry.commit))
    log.record(Event.ENTRY_WITHDRAW, actor=actor, subject=f"entry:{entry.reference}")
    return entry


def _make_claim(entry: Entry, holder: str, actor: Actor) -> None:
    _, is_new = Claim.objects.get_or_create(entry=entry, holder=holder)
    if is_new:
        log.record(Event.CLAIM_MAKE, actor=actor, subject=f"entry:{entry.reference}")


def _make_entry(item: SubmittedItem, actor: Actor) -> Entry:
    nonce = secrets.token_bytes(NONCE_SIZE)
    commit = sha256(nonce + rfc8785.dumps(rules.canonical_fingerprints(item.fingerprints))).digest()  # type: ignore[arg-type]
    entry = Entry.objects.create(kind=item.kind, nonce=nonce, commit=commit)
    Fingerprint.objects.bulk_create(
        Fingerprint(entry=entry, signal_type=f.signal_type.value, digest=f.digest, form=f.form, quality=f.quality)
        for f in item.fingerprints
    )
    log.record(Event.ENTRY_ACCEPT, actor=actor, subject=f"entry:{entry.reference}", data={"kind": item.kind})
    return entry


def _move(entry: Entry, verb: str) -> Entry:
    """Lock, check and save the state a verb leads to."""
    step = TRANSITIONS[verb]
    entry = queries.lock(entry)
    rules.check_transition(verb, entry.state, step.sources)
    entry.state = step.target
    if verb == "withdraw":
        entry.nonce = None
    entry.save(update_fields=["state", "nonce"])
    return entry

"""Fill the sandbox, set platforms something to notice, and find out what they have shown: one atomic verb each."""

import random
import secrets
from collections.abc import Iterable, Sequence
from hashlib import sha256

import rfc8785
from django.db import transaction
from django.utils import timezone

from partners.feed import queries as feed
from partners.organisations import actions as organisations
from partners.organisations import queries as organisation_queries
from partners.organisations.models import Organisation
from partners.sandbox import queries, rules
from partners.sandbox.models import Entry, Fingerprint, Trial
from registry.access.actors import Actor
from registry.entries.rules import SubmittedItem, canonical_fingerprints
from registry.entries.states import EntryState, Kind
from registry.log import actions as log
from registry.log.events import Change, Event
from registry.log.states import LogName

NONCE_SIZE = 32


@transaction.atomic
def fill(*, actor: Actor) -> int:
    """List as many made-up entries as the sandbox lacks; tell how many."""
    if not queries.take_turn():
        return 0
    missing = rules.SIZE - queries.listed().count()
    if missing > 0:
        draw = random.SystemRandom()
        _add([rules.made_up_item(draw) for _ in range(missing)])
        log.record(Event.SANDBOX_FILL, actor=actor, subject="sandbox", data={"count": missing})
    return max(missing, 0)


@transaction.atomic
def plant_tombstone(sandbox: Organisation, *, actor: Actor) -> Trial | None:
    """Withdraw an entry that a platform holds, once it has fetched the whole sandbox; None before, and the second time.

    The platform is not told which: its software must notice.
    """
    last = feed.last_leaf(LogName.SANDBOX)
    if queries.trial_of(sandbox) is not None or last < 0 or queries.read_up_to(sandbox) < last:
        return None
    entry = queries.lock_any_listed()
    _withdraw(entry)
    log.publish_all(Change.WITHDRAW, [(entry.reference, bytes(entry.commit))], log=LogName.SANDBOX)
    trial = Trial.objects.create(organisation=sandbox, planted=entry)
    log.record(Event.SANDBOX_PLANT, actor=actor, subject=f"organisation:{sandbox.reference}")
    return trial


@transaction.atomic
def name_withdrawn(sandbox: Organisation, name: str, *, actor: Actor) -> None:
    """Take a person's word on which entry their software let go. Refuses a wrong one; again changes nothing."""
    trial = queries.lock_trial(sandbox)
    rules.check_named(name, None if trial is None else trial.planted.reference)
    if trial is not None and trial.named_on is None:
        trial.named_on = timezone.now().date()
        trial.save(update_fields=["named_on"])
        log.record(Event.SANDBOX_NAME, actor=actor, subject=f"organisation:{sandbox.reference}")


def look_at_all(*, actor: Actor) -> int:
    """Look at every platform that applies and is under test; tell how many there are."""
    applications = list(organisation_queries.under_test())
    for application in applications:
        assert application.organisation_id is not None
        look_at(application.organisation_id, actor=actor)
    return len(applications)


@transaction.atomic
def look_at(organisation_id: int, *, actor: Actor) -> None:
    """Set a platform what comes next in its sandbox, and record what its software has shown by now."""
    sandbox = organisation_queries.sandbox_of(organisation_id)
    plant_tombstone(sandbox, actor=actor)
    application = organisation_queries.application_of(organisation_id)
    if application is not None:
        organisations.record_tests(application, queries.passed(sandbox), actor=actor)


@transaction.atomic
def follow_log(lines: Iterable[log.Line]) -> None:
    """After a restored backup: put the sandbox's entries where its log says that they went since; `fill` makes new ones.

    One that the backup does not hold keeps a row, without which platforms would not be told that it is gone.
    """
    newest = {str(line["subject"]): line for line in lines}
    held = Entry.objects.in_bulk(list(newest), field_name="reference")
    for reference, line in newest.items():
        commit, is_live = bytes.fromhex(str(line["commit"])), line["event"] == Change.LIST
        if reference in held:
            if not is_live:
                _withdraw(held[reference])
            continue
        Entry.objects.create(reference=reference, kind=Kind.IMAGE, state=EntryState.WITHDRAWN, commit=commit)
        if is_live:
            log.publish_all(Change.WITHDRAW, [(reference, commit)], log=LogName.SANDBOX)


def _withdraw(entry: Entry) -> None:
    Fingerprint.objects.filter(entry=entry).delete()
    entry.state, entry.nonce = EntryState.WITHDRAWN, None
    entry.save(update_fields=["state", "nonce"])


def _add(items: Sequence[SubmittedItem]) -> None:
    entries = [_new_entry(item) for item in items]
    Entry.objects.bulk_create(entries)
    Fingerprint.objects.bulk_create(
        Fingerprint(entry=entry, signal_type=f.signal_type.value, digest=f.digest, form=f.form, quality=f.quality)
        for entry, item in zip(entries, items, strict=True)
        for f in item.fingerprints
    )
    listed = [(entry.reference, bytes(entry.commit)) for entry in entries]
    log.publish_all(Change.LIST, listed, log=LogName.SANDBOX)


def _new_entry(item: SubmittedItem) -> Entry:
    nonce = secrets.token_bytes(NONCE_SIZE)
    commit = sha256(nonce + rfc8785.dumps(canonical_fingerprints(item.fingerprints))).digest()
    return Entry(kind=item.kind, nonce=nonce, commit=commit)

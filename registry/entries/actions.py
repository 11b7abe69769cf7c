"""Change entries: one atomic verb each."""

import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from hashlib import sha256

import rfc8785
from django.db import connection, transaction
from django.utils import timezone

from registry.access.actors import Actor
from registry.entries import queries, rules
from registry.entries.models import Claim, Entry, Features, Fingerprint, Flag, HeldChange
from registry.entries.rules import SubmittedItem
from registry.entries.states import (
    ERASED,
    HELD_VERBS,
    HOLDING,
    TRANSITIONS,
    ClaimState,
    Confidence,
    EntryState,
    FlagKind,
    HoldState,
    Reason,
)
from registry.log import actions as log
from registry.log.events import CHANGES, Change, Event

NONCE_SIZE = 32


def accept_items(
    items: Sequence[SubmittedItem],
    *,
    holder: str,
    actor: Actor,
    expires_on: date | None = None,
    is_held: bool = False,
    last: Sequence[log.Waiting] = (),
) -> list[Entry]:
    """Give the holder a claim on each item's entry, which is made when there is none of the same file, and listed.

    `is_held`: new entries stay pending until `list_entry`. `last`: what the caller has to say to the logs after this.
    """
    items = [rules.canonical_item(item) for item in items]
    today = timezone.now().date()
    expires_on = expires_on or rules.default_expiry(today)
    rules.check_expiry(expires_on, today)
    with transaction.atomic(savepoint=False):  # nothing is refused from here on
        queries.lock_digests([digest for item in items for digest in rules.shared_digests(item)])
        entries, there, new = _entries_of(items)
        lines = _add(new, is_listed=not is_held, actor=actor)
        _claim(list(dict.fromkeys(entries)), holder, expires_on, actor, there=there, first=lines, last=last)
    return entries


@transaction.atomic
def list_entry(entry: Entry, *, actor: Actor) -> Entry:
    """Put a pending entry on the list."""
    entry = _move(queries.lock(entry), "list", actor)
    return _settle(entry, actor)


@transaction.atomic
def withdraw_claims(holder: str, *, actor: Actor, references: Collection[str] | None = None) -> None:
    """End claims of a holder, all or those on the named entries; an entry leaves the list when its last claim ends."""
    _change_claims(holder, ClaimState.WITHDRAWN, Event.CLAIM_WITHDRAW, actor, references)


@transaction.atomic
def pause_claims(holder: str, *, actor: Actor, references: Collection[str] | None = None) -> None:
    """Pause claims of a holder; an entry is off the list while all its claims are paused."""
    _change_claims(holder, ClaimState.PAUSED, Event.CLAIM_PAUSE, actor, references)


@transaction.atomic
def resume_claims(holder: str, *, actor: Actor, references: Collection[str] | None = None) -> None:
    """Resume paused claims of a holder; their entries go back on the list."""
    _change_claims(holder, ClaimState.ACTIVE, Event.CLAIM_RESUME, actor, references)


@transaction.atomic
def set_expiry(holder: str, expires_on: date, *, actor: Actor, references: Collection[str] | None = None) -> None:
    """Choose the day on which claims of a holder end by themselves."""
    rules.check_expiry(expires_on, timezone.now().date())
    for entry in queries.lock_claimed_by(holder, references):
        if (
            Claim.objects.filter(entry=entry, holder=holder)
            .exclude(expires_on=expires_on)
            .update(expires_on=expires_on)
        ):
            log.record(Event.CLAIM_SET_EXPIRY, actor=actor, subject=f"entry:{entry.reference}")


@transaction.atomic
def expire_claims(limit: int, *, actor: Actor) -> int:
    """End up to `limit` claims whose day has come; give how many. An entry expires with its last claim."""
    due = queries.due_claims(timezone.now().date(), limit)
    references = {claim.entry_id for claim in due}
    entries = {entry.pk: entry for entry in Entry.objects.select_for_update().filter(pk__in=references).order_by("pk")}
    for claim in due:
        Claim.objects.filter(pk=claim.pk).update(state=ClaimState.EXPIRED)
        log.record(Event.CLAIM_EXPIRE, actor=actor, subject=f"entry:{entries[claim.entry_id].reference}")
    for entry in entries.values():
        _settle(entry, actor, end="expire")
    return len(due)


@transaction.atomic
def quarantine_entry(entry: Entry, *, reason: Reason, actor: Actor) -> Entry:
    """Take an entry off the list until somebody has looked."""
    return _move(queries.lock(entry), "quarantine", actor, reason)


@transaction.atomic
def restore_entry(entry: Entry, *, reason: Reason, actor: Actor) -> Entry:
    """Put a quarantined entry back."""
    return _decide(queries.lock(entry), "restore", actor, reason)


@transaction.atomic
def reject_entry(entry: Entry, *, reason: Reason, actor: Actor) -> Entry:
    """Keep an entry off the list. One that platforms corroborated takes two people: see `propose_change`."""
    entry = queries.lock(entry)
    rules.check_alone("reject", entry.confidence)
    return _decide(entry, "reject", actor, reason)


@transaction.atomic
def weigh_feedback(entry: Entry, *, affirming: int, negative: int, actor: Actor) -> Entry:
    """Take in how many organisations affirm the entry's fingerprints and how many say no. Again changes nothing.

    Two that say no and none that affirms take it off the list until staff have looked.
    """
    entry = queries.lock(entry)
    confidence = Confidence(rules.confidence(affirming, negative))
    if entry.confidence != confidence:
        entry.confidence = confidence
        entry.save(update_fields=["confidence"])
        if entry.state == EntryState.LISTED:
            data = {"confidence": confidence.value}
            log.publish(Change.WEIGH, subject=entry.reference, commit=bytes(entry.commit), data=data)
        log.record(Event.ENTRY_WEIGH, actor=actor, subject=_subject(entry), data={"confidence": confidence.value})
    if rules.is_disputed_away(affirming, negative) and entry.state in TRANSITIONS["quarantine"].sources:
        entry = _move(entry, "quarantine", actor, Reason.FEEDBACK)
        open_flag(entry, FlagKind.DISPUTED, actor=actor)
    return entry


@transaction.atomic
def reveal_fingerprints(entry: Entry, *, actor: Actor) -> list[Fingerprint]:
    """Give an entry's fingerprints to a member of staff. Reading them is an act, and recorded."""
    fingerprints = list(entry.fingerprints.order_by("pk"))
    log.record(Event.ENTRY_REVEAL, actor=actor, subject=_subject(entry))
    return fingerprints


@transaction.atomic
def open_flag(entry: Entry, kind: FlagKind, *, actor: Actor) -> None:
    """Ask staff to look at an entry. Asking twice changes nothing."""
    today = timezone.now().date()
    flag, is_new = Flag.objects.get_or_create(entry=entry, kind=kind, is_open=True, defaults={"opened_on": today})
    if is_new:
        data = {"entry": entry.reference, "kind": kind.value}
        log.record(Event.FLAG_OPEN, actor=actor, subject=f"flag:{flag.pk}", data=data)


@transaction.atomic
def close_flag(flag: Flag, *, actor: Actor) -> None:
    """Say that a flag has been looked at. Closing twice changes nothing."""
    if Flag.objects.filter(pk=flag.pk, is_open=True).update(is_open=False):
        log.record(Event.FLAG_CLOSE, actor=actor, subject=f"flag:{flag.pk}", data={"entry": flag.entry.reference})


@transaction.atomic
def propose_change(verb: str, references: Collection[str], *, reason: Reason, actor: Actor) -> HeldChange:
    """Propose a verb for one or many entries. Nothing changes until a second person agrees."""
    names = sorted(set(references))
    rules.check_proposal(verb, HELD_VERBS, len(names))
    for entry in queries.lock_named(names):
        rules.check_transition(verb, entry.state, TRANSITIONS[verb].sources)
    hold = HeldChange.objects.create(verb=verb, reason=reason, entries=names, proposed_by=actor.reference)
    _record_hold(Event.HOLD_PROPOSE, hold, actor)
    return hold


@transaction.atomic
def agree_to_change(reference: str, *, actor: Actor) -> HeldChange:
    """Be the second person: do what was proposed to all its entries, or, if one cannot any more, to none."""
    hold = _end_hold(reference, HoldState.AGREED, actor)
    for entry in queries.lock_named(hold.entries):
        _decide(entry, hold.verb, actor, Reason(hold.reason))
    _record_hold(Event.HOLD_AGREE, hold, actor)
    return hold


@transaction.atomic
def decline_change(reference: str, *, actor: Actor) -> HeldChange:
    """Be the second person, and say no: nothing changes."""
    hold = _end_hold(reference, HoldState.DECLINED, actor)
    _record_hold(Event.HOLD_DECLINE, hold, actor)
    return hold


@transaction.atomic
def follow_log(listed: Iterable[log.Line], audited: Iterable[log.Line], *, actor: Actor) -> tuple[int, list[str]]:
    """After a restored backup: put entries where the logs say that they went since.

    `listed` and `audited` are the records of the two logs since the backup, in order. Their leaves are there already, so
    what the list says is not published again; an end that only the audit log knows of is. Gives how many entries were
    erased anew, and the references of those that the backup does not hold and that had not ended: nobody has their
    fingerprints any more, so a withdrawal of them is published.
    """
    since: dict[str, list[log.Line]] = {}
    for line in listed:
        if line["event"] != Change.STATE:
            since.setdefault(str(line["subject"]), []).append(line)
    entries = Entry.objects.select_for_update().in_bulk(list(since), field_name="reference")
    known = [reference for reference in sorted(since) if reference in entries]
    erased = sum(_follow(entries[reference], since[reference]) for reference in known)
    lost = [name for name in sorted(set(since) - set(known)) if _keep_tombstone(name, since[name][-1])]
    erased += _end_again(audited, actor)
    data: log.Data = {"changes": len(since), "erased": erased, "lost": len(lost)}
    log.record(Event.LOG_RECOVER, actor=actor, subject="log:list", data=data)
    return erased, lost


def _follow(entry: Entry, lines: Sequence[log.Line]) -> bool:
    """Put an entry and its claims where published changes left them; tell whether that erased it."""
    if entry.state in ERASED:
        return False
    claims = Claim.objects.filter(entry=entry, state__in=HOLDING)
    changes = [CHANGES[str(line["event"])] for line in lines]
    for change in changes:
        if change in (Change.PAUSE, Change.RESUME):
            claims.update(state=ClaimState.PAUSED if change is Change.PAUSE else ClaimState.ACTIVE)
    if changes[-1].is_live and ClaimState.ACTIVE not in queries.holding_states(entry):
        claims.update(state=ClaimState.ACTIVE)  # resumed while the entry was off the list for another reason
    verb = _verb_of(changes[-1])
    _save(entry, verb)
    return TRANSITIONS[verb].erases


def _keep_tombstone(reference: str, newest: log.Line) -> bool:
    """Make the row of an entry that is lost, without which platforms would not be told; tell whether it ended only now."""
    step = TRANSITIONS[_verb_of(CHANGES[str(newest["event"])])]
    commit = bytes.fromhex(str(newest["commit"]))
    state = step.target if step.erases else EntryState.WITHDRAWN
    Entry.objects.create(reference=reference, kind=queries.accepted_kind(reference), state=state, commit=commit)
    if not step.erases:
        log.publish(Change.WITHDRAW, subject=reference, commit=commit)
    return not step.erases


def _end_again(audited: Iterable[log.Line], actor: Actor) -> int:
    """End entries whose end was recorded and has no leaf in the list: it had not been listed, or its window was open."""
    ends = {step.event.value: verb for verb, step in TRANSITIONS.items() if step.erases}
    ended = {str(line["subject"]): ends[str(line["event"])] for line in audited if line["event"] in ends}
    entries = queries.lock_held([subject.removeprefix("entry:") for subject in ended])
    for entry in entries:
        _move(entry, ended[_subject(entry)], actor)
    return len(entries)


def _verb_of(change: Change) -> str:
    return next((verb for verb, step in TRANSITIONS.items() if step.change is change), "list")


def _change_claims(
    holder: str, state: ClaimState, event: Event, actor: Actor, references: Collection[str] | None
) -> None:
    """Move a holder's claims that have not ended to a state, and their entries to where that puts them."""
    for entry in queries.lock_claimed_by(holder, references):
        if Claim.objects.filter(entry=entry, holder=holder).exclude(state=state).update(state=state):
            log.record(event, actor=actor, subject=_subject(entry))
            _settle(entry, actor)


def _settle(entry: Entry, actor: Actor, end: str = "withdraw") -> Entry:
    """Put an entry where its claims say: ended with the last, paused while all are, else back."""
    states = queries.holding_states(entry)
    if not states:
        return _move(entry, end, actor)
    if entry.state == EntryState.LISTED and states == {ClaimState.PAUSED}:
        return _move(entry, "pause", actor)
    if entry.state == EntryState.PAUSED and ClaimState.ACTIVE in states:
        return _move(entry, "resume", actor)
    return entry


def _decide(entry: Entry, verb: str, actor: Actor, reason: Reason) -> Entry:
    entry = _move(entry, verb, actor, reason)
    return _settle(entry, actor) if verb == "restore" else entry


def _move(entry: Entry, verb: str, actor: Actor, reason: Reason | None = None) -> Entry:
    """Check, save, publish and record the state a verb leads to. The entry is locked already."""
    step = TRANSITIONS[verb]
    rules.check_transition(verb, entry.state, step.sources)
    was_published = entry.state != EntryState.PENDING
    _save(entry, verb)
    if was_published or step.change is Change.LIST:
        log.publish(step.change, subject=entry.reference, commit=bytes(entry.commit))
    data = {} if reason is None else {"reason": reason.value}
    log.record(step.event, actor=actor, subject=_subject(entry), data=data)
    return entry


def _save(entry: Entry, verb: str) -> None:
    """Keep the state a verb leads to; with an entry that ends, the claims that still held it end."""
    step = TRANSITIONS[verb]
    entry.state = step.target
    if step.erases:
        entry.nonce = None
        Claim.objects.filter(entry=entry, state__in=HOLDING).update(state=ClaimState(step.target))
        Fingerprint.objects.filter(entry=entry).delete()
        Features.objects.filter(entry=entry).delete()
        Flag.objects.filter(entry=entry).delete()
    entry.save(update_fields=["state", "nonce"])


def _entries_of(
    items: Sequence[SubmittedItem],
) -> tuple[list[Entry], list[Entry], list[tuple[Entry, SubmittedItem]]]:
    """Give each item's entry, those of them that are there already, and those to be added."""
    known = queries.same_files(items)
    there = list(known.values())
    entries, new = [], []
    for item in items:
        digests = rules.shared_digests(item)
        entry = next((known[item.kind, digest] for digest in digests if (item.kind, digest) in known), None)
        if entry is None:
            entry = _new_entry(item)
            new.append((entry, item))
            known.update({(item.kind, digest): entry for digest in digests})
        entries.append(entry)
    return entries, there, new


def _new_entry(item: SubmittedItem) -> Entry:
    nonce = secrets.token_bytes(NONCE_SIZE)
    commit = sha256(nonce + rfc8785.dumps(rules.canonical_fingerprints(item.fingerprints))).digest()
    return Entry(kind=item.kind, nonce=nonce, commit=commit)


def _add(new: Sequence[tuple[Entry, SubmittedItem]], *, is_listed: bool, actor: Actor) -> list[log.Waiting]:
    """Store new entries and, where wanted, list them: the arrow `list` for all at once. Give what the logs are to say."""
    if not new:
        return []
    step = TRANSITIONS["list"]
    for entry, _ in new:
        rules.check_transition("list", entry.state, step.sources)
        entry.state = step.target if is_listed else entry.state
    Entry.objects.bulk_create(entry for entry, _ in new)
    _keep_fingerprints(new)
    Features.objects.bulk_create(
        Features(entry=entry, content=f.content) for entry, item in new for f in item.fingerprints if f.content
    )
    lines = log.acts_of(
        Event.ENTRY_ACCEPT, [(_subject(entry), {"kind": item.kind}) for entry, item in new], actor=actor
    )
    if is_listed:
        lines += log.changes_of(step.change, [(entry.reference, bytes(entry.commit)) for entry, _ in new])
        lines += log.acts_of(step.event, [(_subject(entry), {}) for entry, _ in new], actor=actor)
    return lines


def _keep_fingerprints(new: Sequence[tuple[Entry, SubmittedItem]]) -> None:
    """Store the fingerprints of new entries, in their order: most rows of a report, so as one text and not as models."""
    rows = [
        (entry.pk, f.signal_type.value, f.digest, f.form, f.quality) for entry, item in new for f in item.fingerprints
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO entries_fingerprint (entry_id, signal_type, digest, form, quality) "
            "SELECT (value ->> 0)::bigint, value ->> 1, value ->> 2, value ->> 3, (value ->> 4)::smallint "
            "FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY ORDER BY ordinality",
            [json.dumps(rows)],
        )


def _claim(
    entries: Sequence[Entry],
    holder: str,
    expires_on: date,
    actor: Actor,
    *,
    there: Collection[Entry],
    first: Sequence[log.Waiting],
    last: Sequence[log.Waiting],
) -> None:
    """Give a holder claims on entries, and write what the logs are to say, before it and after it too.

    A claim that had ended begins again; only entries that were `there` can have one.
    """
    earlier = Claim.objects.filter(holder=holder, entry__in=there) if there else ()
    mine = {claim.entry_id: claim for claim in earlier}
    new = [entry for entry in entries if entry.pk not in mine]
    ended = [entry for entry in entries if entry.pk in mine and mine[entry.pk].state not in HOLDING]
    begun: dict[str, date] = {"made_on": timezone.now().date(), "expires_on": expires_on}
    Claim.objects.bulk_create(Claim(entry=entry, holder=holder, **begun) for entry in new)
    if ended:
        Claim.objects.filter(holder=holder, entry__in=ended).update(state=ClaimState.ACTIVE, **begun)
    claimed: list[tuple[str, log.Data]] = [(_subject(entry), {}) for entry in [*new, *ended]]
    log.write([*first, *log.acts_of(Event.CLAIM_MAKE, claimed, actor=actor), *last])
    for entry in [*new, *ended]:
        if entry.state == EntryState.PAUSED:
            _settle(entry, actor)
        elif entry.state == EntryState.REJECTED:
            open_flag(entry, FlagKind.REPORTED_AGAIN, actor=actor)


def _end_hold(reference: str, state: HoldState, actor: Actor) -> HeldChange:
    hold = queries.lock_hold(reference)
    rules.check_second(hold.state, hold.proposed_by, actor.reference)
    hold.state, hold.decided_by = state, actor.reference
    hold.save(update_fields=["state", "decided_by"])
    return hold


def _record_hold(event: Event, hold: HeldChange, actor: Actor) -> None:
    data: log.Data = {"verb": hold.verb, "count": len(hold.entries)}
    log.record(event, actor=actor, subject=f"hold:{hold.reference}", data=data)


def _subject(entry: Entry) -> str:
    return f"entry:{entry.reference}"

"""Record what platforms answered, and staff's word on it."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils import timezone

from partners.alarms import actions as alarms
from partners.feed import queries as feed
from partners.organisations import queries as organisations
from partners.outcomes import queries, rules
from partners.outcomes.models import AnsweredRequest, Erasure, Feedback, Match, Outcome, Receipt
from partners.outcomes.rules import ReportedOutcome
from partners.outcomes.states import SAYS, ErasureState, Method, Vote
from registry.access.actors import Actor, system
from registry.access.refusals import Mismatch, Refused
from registry.entries import actions as entries
from registry.entries import queries as entry_queries
from registry.log import actions as log
from registry.log.events import Event

Answer = dict[str, Any]


@transaction.atomic
def answer_once(key: str, payload: bytes, answer: Callable[[], Answer], *, actor: Actor) -> Answer:
    """Give the answer to a request, or to its retry the answer it got before, without doing anything again.

    `key` is the caller's Idempotency-Key, `payload` what was asked. Refuses the same key with another payload, and
    while the first request under it is still at work (draft-ietf-httpapi-idempotency-key-header).
    """
    rules.check_key(key)
    organisation_id = actor.platform_id
    payload_hash = sha256(payload).digest()
    if not queries.take_turn("answer", str(organisation_id), key):
        raise Refused("A request with this Idempotency-Key is being worked on. Try again in a moment.")
    earlier = queries.answered(organisation_id, key)
    if earlier is None:
        given = answer()
        text = json.dumps(given)
        today = timezone.now().date()
        AnsweredRequest.objects.create(
            organisation_id=organisation_id, key=key, payload_hash=payload_hash, answer=text, recorded_on=today
        )
        return given
    if bytes(earlier.payload_hash) != payload_hash:
        raise Mismatch("This Idempotency-Key was used for a different request. Use a new one.")
    return dict(json.loads(earlier.answer))


def report_outcome(reported: ReportedOutcome, *, actor: Actor) -> Outcome:
    """Record what a platform did about a match."""
    return report_outcomes([reported], actor=actor)[0]


@transaction.atomic
def report_outcomes(batch: Sequence[ReportedOutcome], *, actor: Actor) -> list[Outcome]:
    """Record what a platform did about many matches, all or none. A refusal names the place in the batch."""
    now, organisation_id = timezone.now(), actor.platform_id
    published = feed.published_among(feed.list_of(actor), {reported.entry_reference for reported in batch})
    corrected: dict[str, Outcome] = {}
    for position, reported in enumerate(batch):
        try:
            rules.check_outcome(reported, now)
            rules.check_published(reported.entry_reference in published, reported.entry_reference)
            if reported.corrects:
                rules.check_corrected_once(reported.corrects in corrected)
                standing = queries.lock_standing(organisation_id, reported.corrects)
                corrected |= {reported.corrects: rules.check_correctable(standing, reported)}
        except Refused as refused:
            if len(batch) == 1:
                raise
            raise type(refused)(f"outcomes[{position}]: {refused.reason} Nothing was recorded.") from refused
    speaks_of_canary = alarms.notice_canaries(published, actor=actor)
    with _weighed({reported.entry_reference for reported in batch if reported.decision in SAYS or reported.corrects}):
        outcomes = Outcome.objects.bulk_create(
            Outcome(
                organisation_id=organisation_id,
                entry_reference=reported.entry_reference,
                decision=reported.decision,
                matched_at=reported.matched_at,
                decided_at=reported.decided_at,
                details=reported.details,
                removed_at=reported.removed_at,
                count_band=reported.count_band,
                corrects=corrected.get(reported.corrects),
                recorded_on=now.date(),
                # nobody reviews what is tried in a sandbox, or said of an entry that no picture is behind
                has_review=actor.is_test or reported.entry_reference in speaks_of_canary,
            )
            for reported in batch
        )
        log.record_all(Event.OUTCOME_REPORT, list(map(_act, outcomes, batch)), actor=actor)
    return outcomes


@transaction.atomic
def record_matches(matches: Sequence[tuple[str, datetime, Method]], *, is_hosted: bool, actor: Actor) -> int:
    """Record first matches, (entry reference, time, method) each; give how many are new. A later one changes nothing."""
    now = timezone.now()
    published = feed.published_among(feed.list_of(actor), {reference for reference, _, _ in matches})
    for reference, matched_at, _ in matches:
        rules.check_past("matched_at", matched_at, now)
        rules.check_published(reference in published, reference)
    known = queries.matched_among(actor.platform_id, published)
    first = {reference: (matched_at, method) for reference, matched_at, method in reversed(matches)}
    new = [
        Match(
            organisation_id=actor.platform_id,
            entry_reference=reference,
            matched_at=at,
            method=method,
            is_hosted=is_hosted,
        )
        for reference, (at, method) in first.items()
        if reference not in known
    ]
    Match.objects.bulk_create(new, ignore_conflicts=True)
    acts = [(f"entry:{match.entry_reference}", {"method": str(match.method)}) for match in new]
    log.record_all(Event.MATCH_REPORT, acts, actor=actor)
    return len(new)


@transaction.atomic
def acknowledge(leaf: int, ingested_at: datetime, *, actor: Actor) -> Receipt:
    """Record that a platform has taken in the list up to a leaf. The first word on a leaf counts."""
    published_at = feed.published_at(feed.list_of(actor), leaf)
    rules.check_leaf(leaf, published_at, ingested_at, timezone.now())
    fields = {"published_at": published_at, "ingested_at": ingested_at, "recorded_on": timezone.now().date()}
    receipt, is_new = Receipt.objects.get_or_create(organisation_id=actor.platform_id, leaf=leaf, defaults=fields)
    if is_new:
        log.record(Event.RECEIPT_GIVE, actor=actor, subject=f"leaf:{leaf}")
    return receipt


@transaction.atomic
def report_erasure(entry_reference: str, state: ErasureState, at: datetime, basis: str, *, actor: Actor) -> Erasure:
    """Record what a platform did with its copy of a withdrawn entry. The same again changes nothing."""
    rules.check_past("at", at, timezone.now())
    list_name = feed.list_of(actor)
    rules.check_published(feed.is_published(list_name, entry_reference), entry_reference)
    rules.check_erasure(state, basis, feed.is_withdrawn(list_name, entry_reference))
    organisations.lock_organisation(actor.platform_id)  # two who say the same at once say it once
    current = queries.newest_erasure(actor.platform_id, entry_reference)
    if current is not None and (current.state, current.at, current.basis) == (state, at, basis):
        return current
    erasure = Erasure.objects.create(
        organisation_id=actor.platform_id,
        entry_reference=entry_reference,
        state=state,
        at=at,
        basis=basis,
        recorded_on=timezone.now().date(),
    )
    log.record(Event.ERASURE_REPORT, actor=actor, subject=f"entry:{entry_reference}", data={"state": state.value})
    return erasure


@transaction.atomic
def take_unreviewed(limit: int) -> list[Outcome]:
    """Give up to `limit` outcomes that no review was opened for, and count them as having one.

    The caller opens the reviews in the same transaction and audits that; two callers never get the same outcome.
    """
    taken = list(queries.unreviewed().select_for_update(skip_locked=True)[:limit])
    Outcome.objects.filter(pk__in=[outcome.pk for outcome in taken]).update(has_review=True)
    return taken


@transaction.atomic
def confirm_outcome(outcome: Outcome, *, actor: Actor) -> Outcome:
    """Put staff's word behind an outcome, so that the reporter may read it. Confirming twice changes nothing."""
    outcome = queries.lock(outcome)
    rules.check_confirmable(queries.is_corrected(outcome))
    if outcome.confirmed_on is None:
        outcome.confirmed_on = timezone.now().date()
        outcome.save(update_fields=["confirmed_on"])
        log.record(Event.OUTCOME_CONFIRM, actor=actor, subject=f"outcome:{outcome.reference}")
    return outcome


@transaction.atomic
def ask_again(outcome: Outcome, *, actor: Actor) -> Outcome:
    """Ask the platform to look again: it reads so beside the outcome. Asking twice changes nothing."""
    outcome = queries.lock(outcome)
    rules.check_confirmable(queries.is_corrected(outcome))
    if outcome.asked_again_on is None:
        outcome.asked_again_on = timezone.now().date()
        outcome.save(update_fields=["asked_again_on"])
        log.record(Event.OUTCOME_ASK_AGAIN, actor=actor, subject=f"outcome:{outcome.reference}")
    return outcome


@transaction.atomic
def retract_outcome(outcome: Outcome, *, actor: Actor) -> Outcome:
    """Take staff's word back from behind an outcome. Again changes nothing."""
    outcome = queries.lock(outcome)
    if outcome.confirmed_on is not None:
        outcome.confirmed_on = None
        outcome.save(update_fields=["confirmed_on"])
        log.record(Event.OUTCOME_RETRACT, actor=actor, subject=f"outcome:{outcome.reference}")
    return outcome


@transaction.atomic
def submit_feedback(entry_reference: str, signal_type: str, vote: Vote, reason: str = "", *, actor: Actor) -> Feedback:
    """Record a platform's vote on a fingerprint. The last one counts; the same one again changes nothing."""
    list_name = feed.list_of(actor)
    rules.check_published(feed.is_published(list_name, entry_reference), entry_reference)
    alarms.notice_canaries([entry_reference], actor=actor)
    rules.check_feedback(signal_type, feed.held_signal_types(list_name, entry_reference), vote, reason)
    organisation_id = actor.platform_id
    if actor.is_test:
        organisations.lock_organisation(organisation_id)  # a made-up entry is not locked; the platform's turn is enough
    with _weighed([entry_reference]):
        current = queries.current_vote(organisation_id, entry_reference, signal_type)
        if current is not None and (current.vote, current.reason) == (vote, reason):
            return current
        if current is not None:
            Feedback.objects.filter(pk=current.pk).update(is_current=False)
        feedback = Feedback.objects.create(
            organisation_id=organisation_id,
            entry_reference=entry_reference,
            signal_type=signal_type,
            vote=vote,
            reason=reason,
            recorded_on=timezone.now().date(),
        )
        data = {"entry": entry_reference, "signal_type": signal_type, "value": vote.value}
        log.record(Event.FEEDBACK_SUBMIT, actor=actor, subject=f"entry:{entry_reference}", data=data)
    return feedback


@contextmanager
def _weighed(entry_references: Collection[str]) -> Iterator[None]:
    """Let what is recorded inside count for the entries. They are locked, so that two who speak at once both count."""
    locked = entry_queries.lock_held(entry_references)
    before = queries.tallies(entry_references)
    yield
    after = queries.tallies(entry_references)
    for entry in locked:
        tally = after[entry.reference]
        if rules.weighs(before[entry.reference], tally):
            actor = system("feedback")
            entries.weigh_feedback(entry, affirming=tally.affirming, negative=tally.negative, actor=actor)


def _act(outcome: Outcome, said: ReportedOutcome) -> tuple[str, log.Data]:
    """Give what the audit log keeps of an outcome: nobody, we included, can change what was said and not be seen."""
    data = {"entry": said.entry_reference, "decision": said.decision.value, "digest": rules.digest_of(said)}
    return f"outcome:{outcome.reference}", data

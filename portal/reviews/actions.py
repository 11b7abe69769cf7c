"""Change reviews: one atomic verb each."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from partners.organisations import actions as organisations
from partners.outcomes import actions as outcomes
from partners.outcomes import queries as outcomes_queries
from partners.outcomes.models import Outcome
from portal.conversations import actions as conversations
from portal.proposals import actions as proposals
from portal.reviews import queries, rules
from portal.reviews.models import Decision, Note, Review
from portal.reviews.states import ONCE, DecisionState, ReviewDecision, ReviewKind, ReviewState, Transition
from registry.access.actors import Actor, system
from registry.access.refusals import Refused
from registry.entries import actions as entries
from registry.entries.models import Entry, Fingerprint, Flag
from registry.entries.states import EntryState, FlagKind, Reason
from registry.log import actions as log
from registry.log.events import Event

QUEUE = system("queue")
BATCH = 200


def open_reviews(*, actor: Actor = QUEUE) -> int:
    """Open one review for everything that needs one. Returns how many. Safe to run at any time, by many at once."""
    opened = 0
    while batch := _open_batch(actor):
        opened += batch
    for review in queries.overtaken_flags():
        supersede_review(review, actor=actor)
    return opened + _open_needs(
        actor, queries.needs(), others=[ReviewKind.OUTCOME, ReviewKind.FLAG, ReviewKind.MESSAGE]
    )


def open_conversations(*, actor: Actor = QUEUE) -> int:
    """Open a review for every conversation that waits for an answer; give how many.

    Called by the quarter of an hour, so that no line of the log tells when a person wrote.
    """
    return _open_needs(actor, queries.unanswered(), others=[kind for kind in ReviewKind if kind != ReviewKind.MESSAGE])


def tidy_queue(*, actor: Actor = QUEUE) -> int:
    """Put back what was claimed and abandoned, and wake what has rested. Returns how many."""
    moved = 0
    while batch := _tidy_batch(actor):
        moved += batch
    return moved


@transaction.atomic
def open_review(outcome: Outcome, *, actor: Actor) -> Review:
    """Open the review of one outcome, in place of the one about the answer it corrects."""
    if outcome.corrects is not None and (earlier := queries.undecided_about(outcome.corrects)):
        supersede_review(earlier, actor=actor)
    review = Review.objects.create(
        kind=ReviewKind.OUTCOME,
        subject=outcome.reference,
        entry_reference=outcome.entry_reference,
        organisation_id=outcome.organisation_id,
        due_at=queries.due_at(ReviewKind.OUTCOME, outcome.begun_at),
    )
    log.record(Event.REVIEW_OPEN, actor=actor, subject=_subject(review), data={"kind": review.kind})
    # Two workers may open a correction's review before that of what it corrects.
    return supersede_review(review, actor=actor) if outcomes_queries.is_corrected(outcome) else review


@transaction.atomic
def claim_review(review: Review, *, actor: Actor) -> Review:
    """Claim a review for a while, so that nobody else works on it. Claiming it again only makes the while longer."""
    review = queries.lock(review)
    leased_until = timezone.now() + rules.LEASE
    if review.state == ReviewState.CLAIMED and review.claimed_by == actor.reference:
        return _save(review, leased_until=leased_until)
    if review.leased_until and review.leased_until <= timezone.now():
        review = _return(review, QUEUE)
    step = rules.check_transition("claim", review.state, review.kind, actor)
    rules.check_senior(review.is_escalated, actor)
    rules.check_second(review.proposed_by, actor)
    _save(review, state=step.target, claimed_by=actor.reference, leased_until=leased_until)
    log.record(step.event, actor=actor, subject=_subject(review))
    return review


@transaction.atomic
def claim_next(wanted: queries.Filter, *, actor: Actor) -> Review | None:
    """Claim the most urgent review that is free, or give the one this person has already; None when nothing waits."""
    review = queries.claimed_by(actor) or queries.lock_next(wanted, actor)
    return claim_review(review, actor=actor) if review else None


@transaction.atomic
def release_review(review: Review, *, actor: Actor) -> Review:
    """Put a claimed review back into the queue."""
    review, step = _lock_own(review, "release", actor)
    _free(review, step)
    log.record(step.event, actor=actor, subject=_subject(review))
    return review


@transaction.atomic
def hand_over_review(review: Review, *, to: str, actor: Actor) -> Review:
    """Give a claimed review to a colleague, by their reference, with a new lease."""
    review, step = _lock_own(review, "hand_over", actor)
    rules.check_colleague(to, [reference for reference, _ in queries.colleagues(review, actor)], actor)
    _save(review, claimed_by=to, leased_until=timezone.now() + rules.LEASE)
    log.record(step.event, actor=actor, subject=_subject(review), data={"to": f"staff:{to}"})
    return review


@transaction.atomic
def snooze_review(review: Review, *, days: int, reason: str, actor: Actor) -> Review:
    """Let a claimed review rest for some days, for a reason of the closed list."""
    rules.check_snooze(days, reason)
    review, step = _lock_own(review, "snooze", actor)
    _free(review, step, snooze_reason=reason, wakes_at=timezone.now() + timedelta(days=days))
    log.record(step.event, actor=actor, subject=_subject(review), data={"reason": reason})
    return review


@transaction.atomic
def wake_review(review: Review, *, actor: Actor) -> Review:
    """Put a snoozed review back into the queue before its time, or at it."""
    review = queries.lock(review)
    step = rules.check_transition("wake", review.state, review.kind, actor)
    _free(review, step)
    log.record(step.event, actor=actor, subject=_subject(review))
    return review


@transaction.atomic
def escalate_review(review: Review, *, actor: Actor) -> Review:
    """Put a claimed review back for a senior reviewer."""
    review, step = _lock_own(review, "escalate", actor)
    _free(review, step, is_escalated=True)
    log.record(step.event, actor=actor, subject=_subject(review))
    return review


@transaction.atomic
def add_note(review: Review, *, text: str, actor: Actor) -> Note:
    """Leave a note for whoever looks at the review next."""
    text = rules.check_note(text)
    note = Note.objects.create(review=review, author=actor.reference, text=text, made_at=timezone.now())
    log.record(Event.REVIEW_NOTE, actor=actor, subject=_subject(review))
    return note


@transaction.atomic
def decide_review(review: Review, *, actor: Actor, decision: str) -> Review:
    """End a review, and make it so; or, where it takes two people, hold the decision for the second.

    The same decision sent twice counts once.
    """
    rules.check_decision(review.kind, decision)
    review = queries.lock(review)
    if _is_retry(review, decision, actor):
        return review
    step = rules.check_transition("decide", review.state, review.kind, actor)
    rules.check_holder(review.claimed_by, actor)
    entry = queries.entry_of(review) if review.kind == ReviewKind.FLAG else None
    if entry and rules.needs_two(decision, entry.confidence, entry.state):
        return _hold(review, entry, decision, actor)
    EFFECTS[ReviewDecision(decision)](review, actor)
    Decision.objects.create(review=review, word=decision, made_by=actor.reference, made_at=timezone.now())
    _end(review, step.target, decision)
    log.record(step.event, actor=actor, subject=_subject(review), data={"decision": decision})
    return review


@transaction.atomic
def answer_review(review: Review, *, text: str, actor: Actor) -> Review:
    """Answer the reporter whose message a review is about, and so end the review. Sent twice it counts once."""
    review = queries.lock(review)
    if _is_retry(review, ReviewDecision.ANSWER, actor):
        return review
    rules.check_decision(review.kind, ReviewDecision.ANSWER)
    rules.check_transition("decide", review.state, review.kind, actor)
    rules.check_holder(review.claimed_by, actor)
    conversations.answer_message(UUID(review.subject), text, actor=actor)
    return decide_review(review, decision=ReviewDecision.ANSWER, actor=actor)


@transaction.atomic
def propose_many(verb: str, references: Collection[str], *, reason: Reason, actor: Actor) -> None:
    """Propose a verb for many entries at once; it comes up in the queue of a second person."""
    rules.check_proposes_many(actor)
    entries.propose_change(verb, references, reason=reason, actor=actor)


@transaction.atomic
def agree_review(review: Review, *, actor: Actor) -> Review:
    """Be the second person: the held decision takes effect."""
    review, held, step = _lock_held(review, "agree", actor)
    change = entries.agree_to_change(held.held_change, actor=actor)
    if change.verb == "reopen":  # a dismissal of what was rejected: looked at twice, it goes back on the list
        entries.restore_entry(queries.lock_entry(review), reason=Reason.MISTAKE, actor=actor)
    _close_flag(review, actor)
    _second(held, DecisionState.DONE, actor)
    _end(review, step.target, held.word)
    log.record(step.event, actor=actor, subject=_subject(review), data={"decision": held.word})
    return review


@transaction.atomic
def decline_review(review: Review, *, actor: Actor) -> Review:
    """Be the second person, and say no: the review goes back into the queue."""
    review, held, step = _lock_held(review, "decline", actor)
    entries.decline_change(held.held_change, actor=actor)
    _second(held, DecisionState.DECLINED, actor)
    _free(review, step)
    log.record(step.event, actor=actor, subject=_subject(review), data={"decision": held.word})
    return review


@transaction.atomic
def reopen_review(review: Review, *, actor: Actor) -> Review:
    """Take a decided review up again, for a new decision; a confirmed outcome is no longer told meanwhile."""
    review = queries.lock(review)
    step = rules.check_transition("reopen", review.state, review.kind, actor)
    rules.check_reopen(review.kind, review.decision)
    if review.decision == ReviewDecision.CONFIRM:
        outcomes.retract_outcome(queries.outcome_of(review), actor=actor)
    _free(review, step, decision=None, decided_at=None)
    log.record(step.event, actor=actor, subject=_subject(review))
    return review


@transaction.atomic
def reveal_fingerprints(review: Review, *, actor: Actor) -> list[Fingerprint]:
    """Give the fingerprints of the entry a review is about. The look is recorded on the entry."""
    return entries.reveal_fingerprints(queries.lock_entry(review), actor=actor)


@transaction.atomic
def supersede_review(review: Review, *, actor: Actor) -> Review:
    """End a review that was overtaken: the answer was corrected, or there is nothing left to decide about."""
    review = queries.lock(review)
    step = rules.check_transition("supersede", review.state, review.kind, actor)
    _end(review, step.target, ReviewDecision.SUPERSEDE)
    log.record(step.event, actor=actor, subject=_subject(review))
    return review


@transaction.atomic
def _open_batch(actor: Actor) -> int:
    taken = outcomes.take_unreviewed(BATCH)
    for outcome in taken:
        open_review(outcome, actor=actor)
    flags = queries.unreviewed_flags(BATCH)
    for flag in flags:
        _open_flag(flag, actor)
    return len(taken) + len(flags)


def _open_flag(flag: Flag, actor: Actor) -> None:
    since = datetime.combine(flag.opened_on, time.min, UTC)
    due_at = queries.due_at(ReviewKind.FLAG, since)
    _open(ReviewKind.FLAG, str(flag.pk), actor, due_at, entry_reference=flag.entry.reference)


@transaction.atomic
def _open_needs(actor: Actor, needs: list[queries.Need], *, others: Collection[ReviewKind]) -> int:
    """Open a review for each need that has none, and end those that nothing needs any more, but for `others`."""
    opened = sum(
        _open(
            need.kind,
            need.subject,
            actor,
            queries.due_at(need.kind, need.since, is_urgent=need.is_urgent),
            organisation=need.organisation,
            proposed_by=need.proposed_by,
        )
        for need in needs
    )
    for review in queries.needless(needs, others):
        supersede_review(review, actor=actor)
    return opened


def _open(kind: ReviewKind, subject: str, actor: Actor, due_at: datetime, **about: object) -> bool:
    """Open a review unless there is one of this subject; tell whether."""
    there = Review.objects if kind in ONCE else queries.queue()
    review, is_new = there.get_or_create(kind=kind, subject=subject, defaults={"due_at": due_at, **about})
    if is_new:
        log.record(Event.REVIEW_OPEN, actor=actor, subject=_subject(review), data={"kind": review.kind})
    return is_new


@transaction.atomic
def _tidy_batch(actor: Actor) -> int:
    abandoned, rested = queries.lock_abandoned(BATCH), queries.lock_rested(BATCH)
    for review in abandoned:
        _return(review, actor)
    for review in rested:
        wake_review(review, actor=actor)
    return len(abandoned) + len(rested)


def _return(review: Review, actor: Actor) -> Review:
    step = rules.check_transition("return", review.state, review.kind, actor)
    _free(review, step)
    log.record(step.event, actor=actor, subject=_subject(review))
    return review


def _hold(review: Review, entry: Entry, decision: str, actor: Actor) -> Review:
    """Hold a decision for a second person. A disputed entry is off the list until then."""
    step = rules.check_transition("hold", review.state, review.kind, actor)
    verb = "reopen" if entry.state == EntryState.REJECTED else "reject"
    if verb == "reject":
        _quarantine(entry, review, actor)
    change = entries.propose_change(verb, [entry.reference], reason=_reason(review), actor=actor)
    Decision.objects.create(
        review=review,
        word=decision,
        state=DecisionState.HELD,
        made_by=actor.reference,
        made_at=timezone.now(),
        held_change=change.reference,
    )
    _free(review, step)
    log.record(step.event, actor=actor, subject=_subject(review), data={"decision": decision})
    return review


def _confirm(review: Review, actor: Actor) -> None:
    outcomes.confirm_outcome(queries.outcome_of(review), actor=actor)


def _ask_again(review: Review, actor: Actor) -> None:
    outcomes.ask_again(queries.outcome_of(review), actor=actor)


def _record_violation(review: Review, actor: Actor) -> None:
    if review.organisation is not None:
        log.record(Event.ORGANISATION_BREACH, actor=actor, subject=f"organisation:{review.organisation.reference}")


def _uphold(review: Review, actor: Actor) -> None:
    entry = queries.lock_entry(review)
    if entry.state != EntryState.REJECTED:
        _quarantine(entry, review, actor)
        entries.reject_entry(entry, reason=_reason(review), actor=actor)
    _close_flag(review, actor)


def _dismiss(review: Review, actor: Actor) -> None:
    entry = queries.lock_entry(review)
    if entry.state == EntryState.QUARANTINED:
        entries.restore_entry(entry, reason=Reason.REVIEWED, actor=actor)
    _close_flag(review, actor)


def _close(review: Review, actor: Actor) -> None:  # noqa: ARG001 - an effect like the others
    if any(removal.subject == review.subject for removal in queries.unfetched()):
        raise Refused("The platform has not fetched this removal yet. Wait, snooze it, or record a violation.")


def _answered(review: Review, actor: Actor) -> None:  # noqa: ARG001 - an effect like the others
    if queries.is_unanswered(review):
        raise Refused("Write the answer first. The review ends when it is sent.")


def _set_aside(review: Review, actor: Actor) -> None:
    conversations.set_aside_message(UUID(review.subject), actor=actor)


def _agree(review: Review, actor: Actor) -> None:
    match review.kind:
        case ReviewKind.ACTIVATION:
            organisations.activate_application(queries.application_of(review), actor=actor)
        case ReviewKind.BULK:
            entries.agree_to_change(review.subject, actor=actor)
        case _:
            proposals.agree_to_proposal(queries.proposal_of(review), actor=actor)


def _decline(review: Review, actor: Actor) -> None:
    match review.kind:
        case ReviewKind.ACTIVATION:
            organisations.put_back_activation(queries.application_of(review), actor=actor)
        case ReviewKind.BULK:
            entries.decline_change(review.subject, actor=actor)
        case _:
            proposals.decline_proposal(queries.proposal_of(review), actor=actor)


EFFECTS: dict[ReviewDecision, Callable[[Review, Actor], None]] = {
    ReviewDecision.CONFIRM: _confirm,
    ReviewDecision.ASK_AGAIN: _ask_again,
    ReviewDecision.VIOLATION: _record_violation,
    ReviewDecision.UPHOLD: _uphold,
    ReviewDecision.DISMISS: _dismiss,
    ReviewDecision.CLOSE: _close,
    ReviewDecision.ANSWER: _answered,
    ReviewDecision.SET_ASIDE: _set_aside,
    ReviewDecision.AGREE: _agree,
    ReviewDecision.DECLINE: _decline,
}
"""What each decision does."""


def _quarantine(entry: Entry, review: Review, actor: Actor) -> None:
    if entry.state in (EntryState.LISTED, EntryState.PAUSED):
        entries.quarantine_entry(entry, reason=_reason(review), actor=actor)


def _reason(review: Review) -> Reason:
    flag = queries.flag_of(review)
    if flag and flag.kind == FlagKind.BENIGN:
        return Reason.BENIGN
    return Reason.MISTAKE if flag and flag.kind == FlagKind.REPORTED_AGAIN else Reason.NOT_INTIMATE


def _close_flag(review: Review, actor: Actor) -> None:
    if flag := queries.flag_of(review):
        entries.close_flag(flag, actor=actor)


def _is_retry(review: Review, decision: str, actor: Actor) -> bool:
    last = review.decisions.order_by("-pk").first()
    is_standing = review.state in (ReviewState.DECIDED, ReviewState.HELD)
    return bool(is_standing and last and (last.word, last.made_by) == (decision, actor.reference))


def _lock_own(review: Review, verb: str, actor: Actor) -> tuple[Review, Transition]:
    review = queries.lock(review)
    step = rules.check_transition(verb, review.state, review.kind, actor)
    rules.check_holder(review.claimed_by, actor)
    return review, step


def _lock_held(review: Review, verb: str, actor: Actor) -> tuple[Review, Decision, Transition]:
    review = queries.lock(review)
    step = rules.check_transition(verb, review.state, review.kind, actor)
    held = queries.lock_held_decision(review)
    rules.check_second(held.made_by, actor)
    return review, held, step


def _second(held: Decision, state: DecisionState, actor: Actor) -> None:
    held.state, held.seconded_by = state, actor.reference
    held.save(update_fields=["state", "seconded_by"])


def _free(review: Review, step: Transition, **changes: object) -> None:
    """Move a review to a state in which it is nobody's."""
    rest = {"snooze_reason": "", "wakes_at": None, "leased_until": None, "claimed_by": None}
    _save(review, state=step.target, **(rest | changes))


def _end(review: Review, target: str, decision: str) -> None:
    _save(review, state=target, decision=decision, decided_at=timezone.now(), leased_until=None, wakes_at=None)


def _save(review: Review, **changes: object) -> Review:
    for name, value in changes.items():
        setattr(review, name, value)
    review.save(update_fields=list(changes))
    return review


def _subject(review: Review) -> str:
    return f"review:{review.reference}"

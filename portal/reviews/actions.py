"""Change reviews: one atomic verb each."""

from django.db import transaction
from django.utils import timezone

from partners.outcomes import actions as outcomes
from partners.outcomes import queries as outcomes_queries
from partners.outcomes.models import Outcome
from portal.reviews import queries, rules
from portal.reviews.models import Review
from portal.reviews.states import ReviewDecision, ReviewKind, ReviewState
from registry.access.actors import Actor, system
from registry.log import actions as log
from registry.log.events import Event

QUEUE = system("queue")
BATCH = 200


def open_reviews(*, actor: Actor = QUEUE) -> int:
    """Open one review for every outcome that has none. Returns how many. Safe to run at any time, by many at once."""
    opened = 0
    while batch := _open_batch(actor):
        opened += batch
    return opened


@transaction.atomic
def open_review(outcome: Outcome, *, actor: Actor) -> Review:
    """Open the review of one outcome, in place of the one about the answer it corrects."""
    if outcome.corrects is not None and (earlier := queries.undecided_about(outcome.corrects)):
        supersede_review(earlier, actor=actor)
    review = Review.objects.create(
        kind=ReviewKind.OUTCOME, subject=outcome.reference, due_at=rules.due_at(outcome.decided_at)
    )
    log.record(Event.REVIEW_OPEN, actor=actor, subject=_subject(review), data={"kind": review.kind})
    # Two workers may open a correction's review before that of what it corrects.
    return supersede_review(review, actor=actor) if outcomes_queries.is_corrected(outcome) else review


@transaction.atomic
def claim_review(review: Review, *, actor: Actor) -> Review:
    """Claim a review, so that nobody else works on it. Claiming it again changes nothing."""
    review = queries.lock(review)
    if review.state == ReviewState.CLAIMED and review.claimed_by == actor.reference:
        return review
    step = rules.check_transition("claim", review.state, actor)
    review.state, review.claimed_by = step.target, actor.reference
    review.save(update_fields=["state", "claimed_by"])
    log.record(step.event, actor=actor, subject=_subject(review))
    return review


@transaction.atomic
def release_review(review: Review, *, actor: Actor) -> Review:
    """Put a claimed review back into the queue."""
    review = queries.lock(review)
    step = rules.check_transition("release", review.state, actor)
    rules.check_holder(review.claimed_by, actor)
    review.state, review.claimed_by = step.target, None
    review.save(update_fields=["state", "claimed_by"])
    log.record(step.event, actor=actor, subject=_subject(review))
    return review


@transaction.atomic
def decide_review(review: Review, *, actor: Actor, decision: str) -> Review:
    """End a review. A confirmed outcome is told to the reporter; the same decision sent twice counts once."""
    rules.check_decision(decision)
    review = queries.lock(review)
    if (review.state, review.claimed_by, review.decision) == (ReviewState.DECIDED, actor.reference, decision):
        return review
    step = rules.check_transition("decide", review.state, actor)
    rules.check_holder(review.claimed_by, actor)
    if decision == ReviewDecision.CONFIRM:
        outcomes.confirm_outcome(queries.outcome_of(review), actor=actor)
    _end(review, step.target, decision)
    log.record(step.event, actor=actor, subject=_subject(review), data={"decision": decision})
    return review


@transaction.atomic
def supersede_review(review: Review, *, actor: Actor) -> Review:
    """End a review whose outcome the platform has corrected; the correction has a review of its own."""
    review = queries.lock(review)
    step = rules.check_transition("supersede", review.state, actor)
    _end(review, step.target, ReviewDecision.SUPERSEDE)
    log.record(step.event, actor=actor, subject=_subject(review))
    return review


@transaction.atomic
def _open_batch(actor: Actor) -> int:
    taken = outcomes.take_unreviewed(BATCH)
    for outcome in taken:
        open_review(outcome, actor=actor)
    return len(taken)


def _end(review: Review, target: str, decision: str) -> None:
    review.state, review.decision, review.decided_at = target, decision, timezone.now()
    review.save(update_fields=["state", "decision", "decided_at"])


def _subject(review: Review) -> str:
    return f"review:{review.reference}"

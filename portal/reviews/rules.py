"""Who may do what to a review, and when it is due. Takes values, raises Refused."""

from datetime import datetime, timedelta

from portal.reviews.states import REVIEWER_DECISIONS, TRANSITIONS, ReviewState, Transition, Urgency
from registry.access.actors import Actor, ActorKind
from registry.access.refusals import Invalid, NotAllowed, Refused

TIME_TO_CONFIRM = timedelta(hours=48)
"""From a platform's act to the word about it, as the law some platforms are under has it for the removal itself."""

SOON = timedelta(hours=12)


def check_transition(verb: str, state: str, actor: Actor) -> Transition:
    """Give the step a verb leads to. Refuses a verb this state or this person does not have."""
    step = TRANSITIONS[verb]
    is_system = actor.kind is ActorKind.SYSTEM and not step.roles
    if not is_system and not (actor.kind is ActorKind.STAFF and actor.roles & step.roles):
        raise NotAllowed("Your role does not do this.")
    if state not in step.sources:
        raise Refused(_why_not(state))
    return step


def check_holder(claimed_by: str | None, actor: Actor) -> None:
    """Refuse a verb on a review that somebody else has taken."""
    if claimed_by != actor.reference:
        raise Refused("Somebody else has claimed this review. Go back to the queue and take another one.")


def check_decision(decision: str) -> None:
    """Refuse a word that is not a reviewer's decision."""
    if decision not in REVIEWER_DECISIONS:
        raise Invalid(f"Choose one of: {', '.join(REVIEWER_DECISIONS)}.")


def due_at(decided_at: datetime) -> datetime:
    """Give when a review of a platform's act is due."""
    return decided_at + TIME_TO_CONFIRM


def urgency(due: datetime, now: datetime) -> Urgency:
    """Give how soon a review is due."""
    if due <= now:
        return Urgency.LATE
    return Urgency.SOON if due - now <= SOON else Urgency.LATER


def _why_not(state: str) -> str:
    return {
        ReviewState.OPEN: "Claim this review first.",
        ReviewState.CLAIMED: "Somebody else has claimed this review. Go back to the queue and take another one.",
        ReviewState.DECIDED: "This review is done already. Nothing was changed.",
    }[ReviewState(state)]

"""Who may do what to a review, when it is due, and what does not fit together. Takes values, raises Refused."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from portal.reviews.states import (
    DECISIONS,
    TRANSITIONS,
    UNDOABLE,
    WORKERS,
    ReviewDecision,
    ReviewKind,
    ReviewState,
    SnoozeReason,
    Transition,
    Urgency,
)
from registry.access.actors import Actor, ActorKind, Role
from registry.access.refusals import Invalid, NotAllowed, Refused
from registry.policy.states import Window

WINDOWS = {
    ReviewKind.OUTCOME: Window.OUTCOME,
    ReviewKind.FLAG: Window.FLAG,
    ReviewKind.REMOVAL: Window.REMOVAL,
    ReviewKind.MESSAGE: Window.MESSAGE,
    ReviewKind.APPLICATION: Window.APPLICATION,
    ReviewKind.ACTIVATION: Window.SECOND_PERSON,
    ReviewKind.BULK: Window.SECOND_PERSON,
    ReviewKind.PROPOSAL: Window.SECOND_PERSON,
}
"""Which of the set windows a review of each kind is due within."""
SOON = timedelta(hours=12)
LEASE = timedelta(minutes=30)
LONGEST_SNOOZE_DAYS = 7
LONGEST_NOTE = 1000
BREAK_AFTER = 20
"""Decisions after which a pause is offered."""

_SOMEBODY_ELSE = "Somebody else has claimed this review. Go back to the queue and take another one."


def kinds_seen(roles: frozenset[Role]) -> list[ReviewKind]:
    """Give the kinds of review somebody sees: those they work on, or all for an auditor."""
    return [kind for kind in ReviewKind if Role.AUDITOR in roles or roles & WORKERS[kind]]


def check_sees(kind: str, roles: frozenset[Role]) -> None:
    """Refuse a review to somebody who has no part in its kind."""
    if kind not in kinds_seen(roles):
        raise NotAllowed("Your role does not open this review.")


def check_transition(verb: str, state: str, kind: str, actor: Actor) -> Transition:
    """Give the step a verb leads to. Refuses a verb this state or this person does not have."""
    step = TRANSITIONS[verb]
    is_system = actor.kind is ActorKind.SYSTEM and (not step.roles or verb == "wake")
    if not is_system and not (actor.kind is ActorKind.STAFF and actor.roles & step.roles & WORKERS[ReviewKind(kind)]):
        raise NotAllowed("Your role does not do this.")
    if state not in step.sources:
        raise Refused(_why_not(state))
    return step


def check_proposes_many(actor: Actor) -> None:
    """Refuse to propose a change of many entries to anybody but a senior reviewer."""
    if Role.SENIOR_REVIEWER not in actor.roles:
        raise NotAllowed("Your role does not do this.")


def check_holder(claimed_by: str | None, actor: Actor) -> None:
    """Refuse a verb on a review that somebody else has taken."""
    if claimed_by != actor.reference:
        raise Refused(_SOMEBODY_ELSE)


def check_senior(is_escalated: bool, actor: Actor) -> None:
    """Refuse an escalated review to anybody but a senior reviewer."""
    if is_escalated and Role.SENIOR_REVIEWER not in actor.roles:
        raise NotAllowed("This review was escalated. A senior reviewer takes it; go on with the next one.")


def takers(kind: str, is_escalated: bool) -> frozenset[Role]:
    """Give whose roles open a review to be worked on: those of its kind, or the senior ones alone."""
    roles = WORKERS[ReviewKind(kind)]
    return roles & {Role.SENIOR_REVIEWER} if is_escalated else roles


def check_decision(kind: str, decision: str) -> None:
    """Refuse a word that is not a decision about this kind of review."""
    if decision not in DECISIONS[ReviewKind(kind)]:
        raise Invalid(f"Choose one of: {', '.join(DECISIONS[ReviewKind(kind)])}.")


def check_second(made_by: str, actor: Actor) -> None:
    """Refuse the second word to the person who gave the first."""
    if made_by == actor.reference:
        raise NotAllowed("The second person must be another one than the first. A colleague has to look at this.")


def check_reopen(kind: str, decision: str | None) -> None:
    """Refuse to take up again what was overtaken, or is undone by a new act of its own."""
    if kind not in UNDOABLE:
        raise Refused("This cannot be opened again. To undo it, propose the opposite.")
    if decision == ReviewDecision.SUPERSEDE:
        raise Refused("This review was overtaken. There is nothing left to decide.")


def check_snooze(days: int, reason: str) -> None:
    """Refuse a rest without a reason, or too long a one."""
    if not 1 <= days <= LONGEST_SNOOZE_DAYS:
        raise Invalid(f"Choose from 1 to {LONGEST_SNOOZE_DAYS} days.")
    if reason not in SnoozeReason:
        raise Invalid("Say why it rests: choose one of the reasons.")


def check_note(text: str) -> str:
    """Give the note without space around it. Refuse an empty or endless one."""
    text = text.strip()
    if not 1 <= len(text) <= LONGEST_NOTE:
        raise Invalid(f"Write a note of at most {LONGEST_NOTE} characters.")
    return text


def check_colleague(to: str, reviewers: Iterable[str], actor: Actor) -> None:
    """Refuse to hand a review to oneself, or to somebody who does not review."""
    if to == actor.reference or to not in set(reviewers):
        raise Invalid("Choose a colleague who works on this kind of review.")


def window_of(kind: ReviewKind, *, is_urgent: bool = False) -> Window:
    """Give the window a review is due within; a person who may be in danger from themselves comes first."""
    return Window.URGENT_MESSAGE if is_urgent else WINDOWS[kind]


def urgency(due: datetime, now: datetime) -> Urgency:
    """Give how soon a review is due."""
    if due <= now:
        return Urgency.LATE
    return Urgency.SOON if due - now <= SOON else Urgency.LATER


def needs_two(decision: str, confidence: str, entry_state: str) -> bool:
    """Tell whether a decision about an entry waits for a second person."""
    rejects_corroborated = decision == ReviewDecision.UPHOLD and confidence == "corroborated"
    takes_up_rejected = decision == ReviewDecision.DISMISS and entry_state == "rejected"
    return rejects_corroborated or takes_up_rejected


def _why_not(state: str) -> str:
    return {
        ReviewState.OPEN: "Claim this review first.",
        ReviewState.CLAIMED: _SOMEBODY_ELSE,
        ReviewState.SNOOZED: "This review is snoozed. Wake it first.",
        ReviewState.HELD: "This decision waits for a second person. Nothing was changed.",
        ReviewState.DECIDED: "This review is done already. Nothing was changed.",
    }[ReviewState(state)]

"""State by role by verb: what may happen to a review, and who may do it."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.reviews import rules
from portal.reviews.states import ReviewDecision, ReviewState, Urgency
from registry.access.actors import REPORTER, Actor, ActorKind, Role, system
from registry.access.refusals import Invalid, NotAllowed, Refused

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
REVIEWERS = {Role.REVIEWER, Role.SENIOR_REVIEWER}
FOLLOWS = {
    ("claim", ReviewState.OPEN): ReviewState.CLAIMED,
    ("release", ReviewState.CLAIMED): ReviewState.OPEN,
    ("decide", ReviewState.CLAIMED): ReviewState.DECIDED,
    ("supersede", ReviewState.OPEN): ReviewState.DECIDED,
    ("supersede", ReviewState.CLAIMED): ReviewState.DECIDED,
}


def staff(*roles: Role) -> Actor:
    return Actor(ActorKind.STAFF, "ana", roles=frozenset(roles))


@pytest.mark.parametrize("state", ReviewState)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("verb", ["claim", "release", "decide"])
def test_a_reviewers_verb_needs_the_state_and_the_role(verb: str, role: Role, state: ReviewState) -> None:
    target = FOLLOWS.get((verb, state))
    if role not in REVIEWERS:
        with pytest.raises(NotAllowed):
            rules.check_transition(verb, state, staff(role))
    elif target is None:
        with pytest.raises(Refused):
            rules.check_transition(verb, state, staff(role))
    else:
        assert rules.check_transition(verb, state, staff(role)).target == target


@pytest.mark.parametrize("state", ReviewState)
def test_only_the_system_supersedes(state: ReviewState) -> None:
    with pytest.raises(NotAllowed):
        rules.check_transition("supersede", state, staff(*Role))
    if target := FOLLOWS.get(("supersede", state)):
        assert rules.check_transition("supersede", state, system("queue")).target == target
    else:
        with pytest.raises(Refused, match="done already"):
            rules.check_transition("supersede", state, system("queue"))


@pytest.mark.parametrize("actor", [REPORTER, system("queue"), Actor(ActorKind.PARTNER, "k"), staff()])
def test_nobody_but_a_reviewer_decides(actor: Actor) -> None:
    with pytest.raises(NotAllowed):
        rules.check_transition("decide", ReviewState.CLAIMED, actor)


def test_check_holder_refuses_everybody_else() -> None:
    rules.check_holder("ana", staff())
    for holder in ("ben", None):
        with pytest.raises(Refused, match="Somebody else"):
            rules.check_holder(holder, staff())


@pytest.mark.parametrize("decision", ["", "reject", ReviewDecision.SUPERSEDE.value])
def test_check_decision_refuses_a_word_that_is_no_reviewers_decision(decision: str) -> None:
    with pytest.raises(Invalid, match="confirm"):
        rules.check_decision(decision)


def test_a_review_is_due_two_days_after_the_platforms_act() -> None:
    assert rules.due_at(NOON) == NOON + timedelta(hours=48)


@pytest.mark.parametrize(
    ("hours", "urgency"), [(-1, Urgency.LATE), (0, Urgency.LATE), (12, Urgency.SOON), (12.1, Urgency.LATER)]
)
def test_urgency_tells_late_from_soon_from_later(hours: float, urgency: Urgency) -> None:
    assert rules.urgency(NOON + timedelta(hours=hours), NOON) is urgency

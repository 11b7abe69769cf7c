"""State by role by verb: what may happen to a review, and who may do it."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.reviews import rules
from portal.reviews.states import TRANSITIONS, ReviewDecision, ReviewKind, ReviewState, Urgency
from registry.access.actors import REPORTER, Actor, ActorKind, Role, system
from registry.access.refusals import Invalid, NotAllowed, Refused

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
REVIEWERS = {Role.REVIEWER, Role.SENIOR_REVIEWER}
SENIORS = {Role.SENIOR_REVIEWER}
MANAGERS = {Role.PARTNER_MANAGER}
NARROW = dict.fromkeys(["escalate", "hold", "agree", "decline"], REVIEWERS) | {"reopen": SENIORS}
WHO = {verb: NARROW.get(verb, REVIEWERS | MANAGERS) for verb, step in TRANSITIONS.items() if step.roles}
WORKS_ON = {
    ReviewKind.OUTCOME: REVIEWERS,
    ReviewKind.FLAG: REVIEWERS,
    ReviewKind.REMOVAL: REVIEWERS,
    ReviewKind.MESSAGE: REVIEWERS,
    ReviewKind.APPLICATION: MANAGERS,
    ReviewKind.ACTIVATION: MANAGERS | SENIORS,
    ReviewKind.BULK: REVIEWERS,
    ReviewKind.PROPOSAL: MANAGERS | SENIORS,
}
FOLLOWS = {
    ("claim", ReviewState.OPEN): ReviewState.CLAIMED,
    ("release", ReviewState.CLAIMED): ReviewState.OPEN,
    ("decide", ReviewState.CLAIMED): ReviewState.DECIDED,
    ("hand_over", ReviewState.CLAIMED): ReviewState.CLAIMED,
    ("snooze", ReviewState.CLAIMED): ReviewState.SNOOZED,
    ("wake", ReviewState.SNOOZED): ReviewState.OPEN,
    ("escalate", ReviewState.CLAIMED): ReviewState.OPEN,
    ("hold", ReviewState.CLAIMED): ReviewState.HELD,
    ("agree", ReviewState.HELD): ReviewState.DECIDED,
    ("decline", ReviewState.HELD): ReviewState.OPEN,
    ("reopen", ReviewState.DECIDED): ReviewState.OPEN,
    ("return", ReviewState.CLAIMED): ReviewState.OPEN,
    ("supersede", ReviewState.SNOOZED): ReviewState.DECIDED,
    ("supersede", ReviewState.OPEN): ReviewState.DECIDED,
    ("supersede", ReviewState.CLAIMED): ReviewState.DECIDED,
}


def staff(*roles: Role) -> Actor:
    return Actor(ActorKind.STAFF, "ana", roles=frozenset(roles))


@pytest.mark.parametrize("state", ReviewState)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("verb", WHO)
def test_a_reviewers_verb_needs_the_state_the_role_and_the_kind(verb: str, role: Role, state: ReviewState) -> None:
    target = FOLLOWS.get((verb, state))
    for kind in ReviewKind:
        if role not in WHO[verb] & WORKS_ON[kind]:
            with pytest.raises(NotAllowed):
                rules.check_transition(verb, state, kind, staff(role))
        elif target is None:
            with pytest.raises(Refused):
                rules.check_transition(verb, state, kind, staff(role))
        else:
            assert rules.check_transition(verb, state, kind, staff(role)).target == target


@pytest.mark.parametrize("role", Role)
def test_everybody_sees_what_they_work_on_and_an_auditor_all(role: Role) -> None:
    seen = [kind for kind in ReviewKind if role is Role.AUDITOR or role in WORKS_ON[kind]]
    assert rules.kinds_seen(frozenset({role})) == seen
    for kind in set(ReviewKind) - set(seen):
        with pytest.raises(NotAllowed):
            rules.check_sees(kind, frozenset({role}))


@pytest.mark.parametrize("state", ReviewState)
@pytest.mark.parametrize("verb", ["supersede", "return"])
def test_only_the_system_overtakes_and_puts_back(verb: str, state: ReviewState) -> None:
    with pytest.raises(NotAllowed):
        rules.check_transition(verb, state, ReviewKind.OUTCOME, staff(*Role))
    if target := FOLLOWS.get((verb, state)):
        assert rules.check_transition(verb, state, ReviewKind.OUTCOME, system("queue")).target == target
    else:
        with pytest.raises(Refused):
            rules.check_transition(verb, state, ReviewKind.OUTCOME, system("queue"))


@pytest.mark.parametrize("actor", [REPORTER, system("queue"), Actor(ActorKind.PARTNER, "k"), staff()])
def test_nobody_but_a_reviewer_decides(actor: Actor) -> None:
    with pytest.raises(NotAllowed):
        rules.check_transition("decide", ReviewState.CLAIMED, ReviewKind.OUTCOME, actor)


def test_check_holder_refuses_everybody_else() -> None:
    rules.check_holder("ana", staff())
    for holder in ("ben", None):
        with pytest.raises(Refused, match="Somebody else"):
            rules.check_holder(holder, staff())


@pytest.mark.parametrize("kind", ReviewKind)
@pytest.mark.parametrize("decision", ["", "reject", *ReviewDecision])
def test_check_decision_takes_only_the_words_of_the_kind(kind: ReviewKind, decision: str) -> None:
    words = {
        ReviewKind.OUTCOME: {"confirm", "ask_again", "violation"},
        ReviewKind.FLAG: {"uphold", "dismiss"},
        ReviewKind.REMOVAL: {"close", "violation"},
        ReviewKind.MESSAGE: {"answer", "set_aside"},
        ReviewKind.APPLICATION: set(),
        ReviewKind.ACTIVATION: {"agree", "decline"},
        ReviewKind.BULK: {"agree", "decline"},
        ReviewKind.PROPOSAL: {"agree", "decline"},
    }[kind]
    if decision in words:
        rules.check_decision(kind, decision)
        return
    with pytest.raises(Invalid, match="Choose one of"):
        rules.check_decision(kind, decision)


@pytest.mark.parametrize(
    ("decision", "confidence", "state", "takes_two"),
    [
        ("uphold", "corroborated", "quarantined", True),
        ("uphold", "disputed", "quarantined", False),
        ("uphold", "self-reported", "rejected", False),
        ("dismiss", "corroborated", "quarantined", False),
        ("dismiss", "self-reported", "rejected", True),
    ],
)
def test_rejecting_the_corroborated_and_reviving_the_rejected_take_two(
    decision: str, confidence: str, state: str, takes_two: bool
) -> None:
    assert rules.needs_two(decision, confidence, state) is takes_two


@pytest.mark.parametrize(("days", "reason"), [(0, "rest"), (8, "rest"), (1, ""), (1, "bored")])
def test_check_snooze_asks_for_a_reason_and_a_week_at_most(days: int, reason: str) -> None:
    rules.check_snooze(7, "rest")
    with pytest.raises(Invalid):
        rules.check_snooze(days, reason)


def test_check_note_refuses_an_empty_or_endless_one() -> None:
    assert rules.check_note("  ask again \n") == "ask again"
    for text in (" ", "x" * 1001):
        with pytest.raises(Invalid):
            rules.check_note(text)


def test_an_escalated_review_is_for_seniors() -> None:
    rules.check_senior(is_escalated=True, actor=staff(Role.SENIOR_REVIEWER))
    rules.check_senior(is_escalated=False, actor=staff(Role.REVIEWER))
    with pytest.raises(NotAllowed, match="senior"):
        rules.check_senior(is_escalated=True, actor=staff(Role.REVIEWER))


@pytest.mark.parametrize(
    ("hours", "urgency"), [(-1, Urgency.LATE), (0, Urgency.LATE), (12, Urgency.SOON), (12.1, Urgency.LATER)]
)
def test_urgency_tells_late_from_soon_from_later(hours: float, urgency: Urgency) -> None:
    assert rules.urgency(NOON + timedelta(hours=hours), NOON) is urgency

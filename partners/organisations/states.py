"""Where an application, an agreement and a membership stand, and every arrow between."""

from dataclasses import dataclass

from django.db import models

from registry.access.actors import PersonRole


class ApplicationState(models.TextChoices):
    """How far a platform has come towards the list."""

    RECEIVED = "received", "Received"
    VETTING = "vetting", "Being checked"
    APPROVED = "approved", "Checked; the agreement waits for a signature"
    AGREED = "agreed", "Agreement accepted; trying the sandbox"
    CERTIFIED = "certified", "Passed every test; waits for activation"
    PROPOSED = "proposed", "Activation proposed; a second person looks"
    ACTIVE = "active", "Active"
    DECLINED = "declined", "Declined"


class Turn(models.TextChoices):
    """Who must act for an application to go on."""

    STAFF = "staff", "our staff"
    PLATFORM = "platform", "you"
    NOBODY = "nobody", "nobody"


@dataclass(frozen=True, slots=True)
class Transition:
    """One verb: from any of `sources` to `target`."""

    sources: frozenset[str]
    target: str


TRANSITIONS = {
    "take": Transition(frozenset({ApplicationState.RECEIVED}), ApplicationState.VETTING),
    "approve": Transition(frozenset({ApplicationState.VETTING}), ApplicationState.APPROVED),
    "accept_agreement": Transition(frozenset({ApplicationState.APPROVED}), ApplicationState.AGREED),
    "certify": Transition(frozenset({ApplicationState.AGREED}), ApplicationState.CERTIFIED),
    "propose_activation": Transition(frozenset({ApplicationState.CERTIFIED}), ApplicationState.PROPOSED),
    "put_back": Transition(frozenset({ApplicationState.PROPOSED}), ApplicationState.CERTIFIED),
    "activate": Transition(frozenset({ApplicationState.PROPOSED}), ApplicationState.ACTIVE),
    "decline": Transition(
        frozenset(set(ApplicationState) - {ApplicationState.ACTIVE, ApplicationState.DECLINED}),
        ApplicationState.DECLINED,
    ),
}
START = ApplicationState.RECEIVED
ENDS = frozenset({ApplicationState.ACTIVE, ApplicationState.DECLINED})

TURNS = {
    ApplicationState.RECEIVED: Turn.STAFF,
    ApplicationState.VETTING: Turn.STAFF,
    ApplicationState.APPROVED: Turn.PLATFORM,
    ApplicationState.AGREED: Turn.PLATFORM,
    ApplicationState.CERTIFIED: Turn.STAFF,
    ApplicationState.PROPOSED: Turn.STAFF,
    ApplicationState.ACTIVE: Turn.NOBODY,
    ApplicationState.DECLINED: Turn.NOBODY,
}
STAFF_TURN = frozenset(state for state, turn in TURNS.items() if turn is Turn.STAFF)
"""Where the next step is ours and not the applicant's."""
STEPS = (
    "You apply",
    "We check",
    "You accept the agreement",
    "Your software passes the sandbox",
    "Two of our staff let you in",
)
"""The way in, as an applicant sees it."""
STEP_OF = {
    ApplicationState.RECEIVED: 2,
    ApplicationState.VETTING: 2,
    ApplicationState.APPROVED: 3,
    ApplicationState.AGREED: 4,
    ApplicationState.CERTIFIED: 5,
    ApplicationState.PROPOSED: 5,
    ApplicationState.ACTIVE: 6,
}
"""Which step an application is on, from 1; beyond the last when it is in. A declined one is on none."""

ROLES = [(role.value, role.value.capitalize()) for role in PersonRole]
EXPORTERS = (PersonRole.OWNER, PersonRole.ENGINEER, PersonRole.ANALYST)
"""Who may take a platform's rows away in a file; a viewer looks."""
CHECKS = (
    ("identity", "The company exists, and the applicant speaks for it"),
    ("service", "The service named is theirs, and people share pictures on it"),
    ("human_review", "A person looks at a match before anything is removed"),
    ("security", "Who can reach the list, how it is kept, and when it is deleted"),
    ("appeals", "People whose posts are removed can appeal"),
    ("contact", "Someone answers about a withdrawal within 72 hours"),
)
"""What staff look into before a platform may read the list, each with its evidence."""
TESTS = (
    ("read", "Your software fetched the whole sandbox list"),
    ("tombstone", "It noticed that an entry was withdrawn"),
    ("outcome", "You sent an outcome"),
    ("feedback", "You sent feedback on a fingerprint"),
    ("clock", "Its clock and time zone are right"),
)
"""What a platform's software must have shown in the sandbox, each found out by us and not said by them."""
AGREEMENT_VERSION = "2026-11"

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
STAFF_TURN = frozenset(
    {ApplicationState.RECEIVED, ApplicationState.VETTING, ApplicationState.CERTIFIED, ApplicationState.PROPOSED}
)
"""Where the next step is ours and not the applicant's."""
START = ApplicationState.RECEIVED
ENDS = frozenset({ApplicationState.ACTIVE, ApplicationState.DECLINED})

ROLES = [(role.value, role.value.capitalize()) for role in PersonRole]
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

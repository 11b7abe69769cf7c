"""The states of a review, what may end it, and every arrow between."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.access.actors import Role
from registry.log.events import Event


class ReviewKind(models.TextChoices):
    """What a review is about."""

    OUTCOME = "outcome", _("A platform's answer")


class ReviewState(models.TextChoices):
    """Where a review stands."""

    OPEN = "open", _("Open")
    CLAIMED = "claimed", _("Claimed")
    DECIDED = "decided", _("Done")


class ReviewDecision(models.TextChoices):
    """What ended a review."""

    CONFIRM = "confirm", _("Confirmed")
    ASK_AGAIN = "ask_again", _("Platform to be asked again")
    SUPERSEDE = "supersede", _("Answer corrected by the platform")

    @property
    def told(self) -> str:
        """Give what the reviewer is told once the decision stands."""
        return str(_TOLD[self])


_TOLD = {
    ReviewDecision.CONFIRM: _("Confirmed. The person who reported will be told."),
    ReviewDecision.ASK_AGAIN: _("Noted. The person is not told until the platform answers again."),
    ReviewDecision.SUPERSEDE: _("The platform has corrected its answer."),
}


class Urgency(models.TextChoices):
    """How soon a review is due. The value is the kind of its pill."""

    LATE = "urgent", _("Late")
    SOON = "careful", _("Due soon")
    LATER = "info", _("In time")


LIFE = {
    Event.ENTRY_ACCEPT: _("A report with this fingerprint came in"),
    Event.CLAIM_MAKE: _("The report took hold of the entry"),
    Event.ENTRY_LIST: _("It was put on the list"),
    Event.FEEDBACK_SUBMIT: _("A platform gave its word on the fingerprint"),
    Event.CLAIM_WITHDRAW: _("A report was withdrawn"),
    Event.ENTRY_WITHDRAW: _("It was taken off the list, and its fingerprints were destroyed"),
}
"""The acts a reviewer reads in an entry's life, and their words."""

REVIEWER_DECISIONS = (ReviewDecision.CONFIRM, ReviewDecision.ASK_AGAIN)


@dataclass(frozen=True, slots=True)
class Transition:
    """One verb: from any of `sources` to `target`, by a holder of one of `roles`; by the system alone where none is."""

    sources: frozenset[str]
    target: str
    event: Event
    roles: frozenset[Role]


_REVIEWERS = frozenset({Role.REVIEWER, Role.SENIOR_REVIEWER})

TRANSITIONS = {
    "claim": Transition(frozenset({ReviewState.OPEN}), ReviewState.CLAIMED, Event.REVIEW_CLAIM, _REVIEWERS),
    "release": Transition(frozenset({ReviewState.CLAIMED}), ReviewState.OPEN, Event.REVIEW_RELEASE, _REVIEWERS),
    "decide": Transition(frozenset({ReviewState.CLAIMED}), ReviewState.DECIDED, Event.REVIEW_DECIDE, _REVIEWERS),
    "supersede": Transition(
        frozenset({ReviewState.OPEN, ReviewState.CLAIMED}), ReviewState.DECIDED, Event.REVIEW_SUPERSEDE, frozenset()
    ),
}
START = ReviewState.OPEN
ENDS = frozenset({ReviewState.DECIDED})

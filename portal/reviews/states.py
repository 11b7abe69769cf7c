"""The states of a review, what may end it, and every arrow between."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.access.actors import Role
from registry.log.events import Event


class ReviewKind(models.TextChoices):
    """What a review is about."""

    OUTCOME = "outcome", _("A platform's answer")
    FLAG = "flag", _("A flagged entry")
    REMOVAL = "removal", _("A removal not fetched")


class ReviewState(models.TextChoices):
    """Where a review stands."""

    OPEN = "open", _("Open")
    CLAIMED = "claimed", _("Claimed")
    SNOOZED = "snoozed", _("Snoozed")
    HELD = "held", _("Waits for a second person")
    DECIDED = "decided", _("Done")


class ReviewDecision(models.TextChoices):
    """What ended a review."""

    CONFIRM = "confirm", _("Confirmed")
    ASK_AGAIN = "ask_again", _("Platform to be asked again")
    VIOLATION = "violation", _("Recorded as a violation of the agreement")
    UPHOLD = "uphold", _("Dispute upheld: entry rejected")
    DISMISS = "dismiss", _("Dismissed: entry stays")
    CLOSE = "close", _("Fetched meanwhile")
    SUPERSEDE = "supersede", _("Overtaken: the answer was corrected, or the entry is gone")

    @property
    def told(self) -> str:
        """Give what the reviewer is told once the decision stands."""
        return str(_TOLD[self])


_TOLD = {
    ReviewDecision.CONFIRM: _("Confirmed. The person who reported will be told."),
    ReviewDecision.ASK_AGAIN: _("Noted. The person is not told until the platform answers again."),
    ReviewDecision.VIOLATION: _("The violation is on the platform's record."),
    ReviewDecision.UPHOLD: _("Upheld. The entry is rejected and stays off the list."),
    ReviewDecision.DISMISS: _("Dismissed. The entry is on the list as before."),
    ReviewDecision.CLOSE: _("Closed. The platform has fetched the removal."),
    ReviewDecision.SUPERSEDE: _("This was overtaken."),
}


class DecisionState(models.TextChoices):
    """Where a decision stands: most take effect at once, a held one when a second person agrees."""

    HELD = "held", _("Waits for a second person")
    DONE = "done", _("In effect")
    DECLINED = "declined", _("Declined by a second person")


class SnoozeReason(models.TextChoices):
    """Why a review rests. Closed, because the log keeps it for ever."""

    PLATFORM = "platform", _("The platform was asked something")
    COLLEAGUE = "colleague", _("A colleague was asked something")
    REST = "rest", _("I need a rest from this one")


class Urgency(models.TextChoices):
    """How soon a review is due. The value is the kind of its pill."""

    LATE = "urgent", _("Late")
    SOON = "careful", _("Due soon")
    LATER = "info", _("In time")


class Contradiction(models.TextChoices):
    """What does not fit together in the answers about one entry."""

    PLATFORMS_DISAGREE = "platforms_disagree", _("One platform acted on it, another says it breaks no rule.")
    AFFIRMED_AND_CLEARED = "affirmed_and_cleared", _("A platform affirmed the fingerprint, yet says it breaks no rule.")
    DENIED_AND_REMOVED = "denied_and_removed", _("A platform says the fingerprint is wrong, yet removed a copy.")
    CHANGED_ITS_ANSWER = "changed_its_answer", _("The platform changed its answer.")


LIFE = {
    Event.ENTRY_ACCEPT: _("A report with this fingerprint came in"),
    Event.CLAIM_MAKE: _("The report took hold of the entry"),
    Event.ENTRY_LIST: _("It was put on the list"),
    Event.ENTRY_PAUSE: _("It was paused"),
    Event.ENTRY_RESUME: _("It went back on the list"),
    Event.ENTRY_QUARANTINE: _("It was taken off the list until somebody looks"),
    Event.ENTRY_RESTORE: _("It was looked at and put back"),
    Event.ENTRY_REJECT: _("It was rejected"),
    Event.ENTRY_REOPEN: _("Its rejection was taken up again"),
    Event.ENTRY_WEIGH: _("Platforms' words on it were weighed"),
    Event.ENTRY_REVEAL: _("A member of staff looked at its fingerprints"),
    Event.FEEDBACK_SUBMIT: _("A platform gave its word on the fingerprint"),
    Event.CLAIM_WITHDRAW: _("A report was withdrawn"),
    Event.CLAIM_EXPIRE: _("A report ended by itself"),
    Event.ENTRY_WITHDRAW: _("It was taken off the list, and its fingerprints were destroyed"),
    Event.ENTRY_EXPIRE: _("It expired, and its fingerprints were destroyed"),
}
"""The acts a reviewer reads in an entry's life, and their words."""

DECISIONS = {
    ReviewKind.OUTCOME: (ReviewDecision.CONFIRM, ReviewDecision.ASK_AGAIN, ReviewDecision.VIOLATION),
    ReviewKind.FLAG: (ReviewDecision.DISMISS, ReviewDecision.UPHOLD),
    ReviewKind.REMOVAL: (ReviewDecision.CLOSE, ReviewDecision.VIOLATION),
}
"""What a reviewer may decide about each kind."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One verb: from any of `sources` to `target`, by a holder of one of `roles`; by the system alone where none is."""

    sources: frozenset[str]
    target: str
    event: Event
    roles: frozenset[Role]


_REVIEWERS = frozenset({Role.REVIEWER, Role.SENIOR_REVIEWER})
_SENIORS = frozenset({Role.SENIOR_REVIEWER})
_CLAIMED = frozenset({ReviewState.CLAIMED})
_WAITING = frozenset({ReviewState.OPEN, ReviewState.CLAIMED, ReviewState.SNOOZED})

TRANSITIONS = {
    "claim": Transition(frozenset({ReviewState.OPEN}), ReviewState.CLAIMED, Event.REVIEW_CLAIM, _REVIEWERS),
    "release": Transition(_CLAIMED, ReviewState.OPEN, Event.REVIEW_RELEASE, _REVIEWERS),
    "return": Transition(_CLAIMED, ReviewState.OPEN, Event.REVIEW_RETURN, frozenset()),
    "hand_over": Transition(_CLAIMED, ReviewState.CLAIMED, Event.REVIEW_HAND_OVER, _REVIEWERS),
    "snooze": Transition(_CLAIMED, ReviewState.SNOOZED, Event.REVIEW_SNOOZE, _REVIEWERS),
    "wake": Transition(frozenset({ReviewState.SNOOZED}), ReviewState.OPEN, Event.REVIEW_WAKE, _REVIEWERS),
    "escalate": Transition(_CLAIMED, ReviewState.OPEN, Event.REVIEW_ESCALATE, _REVIEWERS),
    "decide": Transition(_CLAIMED, ReviewState.DECIDED, Event.REVIEW_DECIDE, _REVIEWERS),
    "hold": Transition(_CLAIMED, ReviewState.HELD, Event.REVIEW_HOLD, _REVIEWERS),
    "agree": Transition(frozenset({ReviewState.HELD}), ReviewState.DECIDED, Event.REVIEW_AGREE, _REVIEWERS),
    "decline": Transition(frozenset({ReviewState.HELD}), ReviewState.OPEN, Event.REVIEW_DECLINE, _REVIEWERS),
    "reopen": Transition(frozenset({ReviewState.DECIDED}), ReviewState.OPEN, Event.REVIEW_REOPEN, _SENIORS),
    "supersede": Transition(_WAITING, ReviewState.DECIDED, Event.REVIEW_SUPERSEDE, frozenset()),
}
START = ReviewState.OPEN
ENDS: frozenset[str] = frozenset()
"""None: a decision can be taken up again, by a new one."""

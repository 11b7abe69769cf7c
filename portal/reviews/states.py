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
    MESSAGE = "message", _("A reporter's message")
    APPLICATION = "application", _("A platform that applies")
    ACTIVATION = "activation", _("A platform to be let in")
    BULK = "bulk", _("A change of many entries")
    PROPOSAL = "proposal", _("A suspension or an export")


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
    ANSWER = "answer", _("Answered")
    SET_ASIDE = "set_aside", _("No answer needed")
    AGREE = "agree", _("Agreed, as the second person")
    DECLINE = "decline", _("Declined, as the second person")
    SUPERSEDE = "supersede", _("Overtaken: there is nothing left to decide")

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
    ReviewDecision.ANSWER: _("Answered. The person reads it when they come back."),
    ReviewDecision.SET_ASIDE: _("Set aside. The message is kept for its 90 days."),
    ReviewDecision.AGREE: _("Agreed. It is done, and both of you stand in the log."),
    ReviewDecision.DECLINE: _("Declined. Nothing was changed."),
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


DECISIONS = {
    ReviewKind.OUTCOME: (ReviewDecision.CONFIRM, ReviewDecision.ASK_AGAIN, ReviewDecision.VIOLATION),
    ReviewKind.FLAG: (ReviewDecision.DISMISS, ReviewDecision.UPHOLD),
    ReviewKind.REMOVAL: (ReviewDecision.CLOSE, ReviewDecision.VIOLATION),
    ReviewKind.MESSAGE: (ReviewDecision.ANSWER, ReviewDecision.SET_ASIDE),
    ReviewKind.APPLICATION: (),
    ReviewKind.ACTIVATION: (ReviewDecision.AGREE, ReviewDecision.DECLINE),
    ReviewKind.BULK: (ReviewDecision.AGREE, ReviewDecision.DECLINE),
    ReviewKind.PROPOSAL: (ReviewDecision.AGREE, ReviewDecision.DECLINE),
}
"""What may be decided about each kind. An application is worked on at its own page, and its review ends by that."""

CHANGES = {
    "quarantine": _("Take off the list until somebody looks"),
    "restore": _("Put back on the list"),
    "reject": _("Keep off the list"),
    "reopen": _("Take up again what was rejected"),
}
"""What can be proposed for many entries at once, in words."""

ONCE = (ReviewKind.OUTCOME, ReviewKind.FLAG, ReviewKind.REMOVAL)
"""The kinds whose subject is reviewed once; about the others there may be something to do again."""
UNDOABLE = (ReviewKind.OUTCOME, ReviewKind.FLAG, ReviewKind.REMOVAL)
"""The kinds whose decision can be taken up again. A suspension is undone by the opposite proposal."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One verb: from any of `sources` to `target`, by a holder of one of `roles`; by the system alone where none is."""

    sources: frozenset[str]
    target: str
    event: Event
    roles: frozenset[Role]


_REVIEWERS = frozenset({Role.REVIEWER, Role.SENIOR_REVIEWER})
_SENIORS = frozenset({Role.SENIOR_REVIEWER})
_MANAGERS = frozenset({Role.PARTNER_MANAGER})
_WORKERS = _REVIEWERS | _MANAGERS
_CLAIMED = frozenset({ReviewState.CLAIMED})
_WAITING = frozenset({ReviewState.OPEN, ReviewState.CLAIMED, ReviewState.SNOOZED})

TRANSITIONS = {
    "claim": Transition(frozenset({ReviewState.OPEN}), ReviewState.CLAIMED, Event.REVIEW_CLAIM, _WORKERS),
    "release": Transition(_CLAIMED, ReviewState.OPEN, Event.REVIEW_RELEASE, _WORKERS),
    "return": Transition(_CLAIMED, ReviewState.OPEN, Event.REVIEW_RETURN, frozenset()),
    "hand_over": Transition(_CLAIMED, ReviewState.CLAIMED, Event.REVIEW_HAND_OVER, _WORKERS),
    "snooze": Transition(_CLAIMED, ReviewState.SNOOZED, Event.REVIEW_SNOOZE, _WORKERS),
    "wake": Transition(frozenset({ReviewState.SNOOZED}), ReviewState.OPEN, Event.REVIEW_WAKE, _WORKERS),
    "escalate": Transition(_CLAIMED, ReviewState.OPEN, Event.REVIEW_ESCALATE, _REVIEWERS),
    "decide": Transition(_CLAIMED, ReviewState.DECIDED, Event.REVIEW_DECIDE, _WORKERS),
    "hold": Transition(_CLAIMED, ReviewState.HELD, Event.REVIEW_HOLD, _REVIEWERS),
    "agree": Transition(frozenset({ReviewState.HELD}), ReviewState.DECIDED, Event.REVIEW_AGREE, _REVIEWERS),
    "decline": Transition(frozenset({ReviewState.HELD}), ReviewState.OPEN, Event.REVIEW_DECLINE, _REVIEWERS),
    "reopen": Transition(frozenset({ReviewState.DECIDED}), ReviewState.OPEN, Event.REVIEW_REOPEN, _SENIORS),
    "supersede": Transition(_WAITING, ReviewState.DECIDED, Event.REVIEW_SUPERSEDE, frozenset()),
}
WORKERS = {
    ReviewKind.OUTCOME: _REVIEWERS,
    ReviewKind.FLAG: _REVIEWERS,
    ReviewKind.REMOVAL: _REVIEWERS,
    ReviewKind.MESSAGE: _REVIEWERS,
    ReviewKind.APPLICATION: _MANAGERS,
    ReviewKind.ACTIVATION: _MANAGERS | _SENIORS,
    ReviewKind.BULK: _REVIEWERS,
    ReviewKind.PROPOSAL: _MANAGERS | _SENIORS,
}
"""Who works on each kind. Nobody else sees it in the queue, but for auditors, who read all."""
START = ReviewState.OPEN
ENDS: frozenset[str] = frozenset()
"""None: a decision can be taken up again, by a new one."""

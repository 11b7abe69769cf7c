"""Reviews, the decisions made in them, and notes: fields and what is impossible."""

import secrets

from django.db import models
from django.db.models import F, Q

from partners.organisations.models import Organisation
from portal.reviews.states import ONCE, DecisionState, ReviewDecision, ReviewKind, ReviewState, SnoozeReason


def new_reference() -> str:
    """Give an opaque name that fits an address (80 bits)."""
    return secrets.token_hex(10)


class Review(models.Model):
    """The staff's unit of work on one subject. `subject` is the opaque reference of what it is about.

    `leased_until`: when a claim returns by itself; `wakes_at`: when a snooze ends. People are named by reference.
    `proposed_by`: who gave the first word of what takes two, and so cannot give the second.
    """

    reference = models.CharField(max_length=20, unique=True, default=new_reference, editable=False)
    kind = models.CharField(max_length=12, choices=ReviewKind.choices)
    subject = models.CharField(max_length=40)
    entry_reference = models.CharField(max_length=30, blank=True, default="")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=ReviewState.choices, default=ReviewState.OPEN)
    proposed_by = models.CharField(max_length=64, blank=True, default="")
    due_at = models.DateTimeField()
    is_escalated = models.BooleanField(default=False)
    claimed_by = models.CharField(max_length=36, null=True)  # noqa: DJ001 - nobody is not the empty name
    leased_until = models.DateTimeField(null=True)
    wakes_at = models.DateTimeField(null=True)
    snooze_reason = models.CharField(max_length=9, choices=SnoozeReason.choices, blank=True, default="")
    decision = models.CharField(max_length=12, choices=ReviewDecision.choices, null=True)  # noqa: DJ001 - none yet
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(kind__in=ONCE) | ~Q(state=ReviewState.DECIDED),
                name="review_once_a_subject",
            ),
            models.CheckConstraint(
                name="review_open_is_nobodys", condition=~Q(state=ReviewState.OPEN) | Q(claimed_by=None)
            ),
            models.CheckConstraint(
                name="review_claimed_is_somebodys",
                condition=~Q(state=ReviewState.CLAIMED) | Q(claimed_by__isnull=False, leased_until__isnull=False),
            ),
            models.CheckConstraint(
                name="review_snoozed_wakes", condition=~Q(state=ReviewState.SNOOZED) | Q(wakes_at__isnull=False)
            ),
            models.CheckConstraint(
                name="review_decided_has_decision",
                condition=Q(state=ReviewState.DECIDED, decision__isnull=False, decided_at__isnull=False)
                | (~Q(state=ReviewState.DECIDED) & Q(decision=None, decided_at=None)),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=~Q(state=ReviewState.DECIDED), name="review_by_urgency"),
            models.Index(fields=["entry_reference"], name="review_of_entry"),
            models.Index(fields=["leased_until"], condition=Q(state=ReviewState.CLAIMED), name="review_by_lease"),
        ]


class Decision(models.Model):
    """What somebody decided in a review. A held one names the change in the registry that waits with it, if any."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="decisions")
    word = models.CharField(max_length=12, choices=ReviewDecision.choices)
    state = models.CharField(max_length=8, choices=DecisionState.choices, default=DecisionState.DONE)
    made_by = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    seconded_by = models.CharField(max_length=64, blank=True, default="")
    held_change = models.CharField(max_length=30, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review"], name="decision_held_once", condition=Q(state=DecisionState.HELD)
            ),
            models.CheckConstraint(
                name="decision_seconded_by_another", condition=Q(seconded_by="") | ~Q(seconded_by=F("made_by"))
            ),
        ]


class Note(models.Model):
    """What a reviewer wants the next one to know."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="notes")
    author = models.CharField(max_length=64)
    text = models.CharField(max_length=1000)
    made_at = models.DateTimeField()

"""Reviews: fields and what is impossible."""

import secrets

from django.db import models
from django.db.models import Q

from portal.reviews.states import ReviewDecision, ReviewKind, ReviewState


def new_reference() -> str:
    """Give an opaque name that fits an address (80 bits)."""
    return secrets.token_hex(10)


class Review(models.Model):
    """The staff's unit of work on one subject. `subject` is the opaque reference of what it is about."""

    reference = models.CharField(max_length=20, unique=True, default=new_reference, editable=False)
    kind = models.CharField(max_length=12, choices=ReviewKind.choices)
    subject = models.CharField(max_length=30)
    state = models.CharField(max_length=8, choices=ReviewState.choices, default=ReviewState.OPEN)
    due_at = models.DateTimeField()
    claimed_by = models.CharField(max_length=36, null=True)  # noqa: DJ001 - nobody is not the empty name
    decision = models.CharField(max_length=12, choices=ReviewDecision.choices, null=True)  # noqa: DJ001 - none yet
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], name="review_once_a_subject"),
            models.CheckConstraint(
                name="review_open_is_nobodys", condition=~Q(state=ReviewState.OPEN) | Q(claimed_by=None)
            ),
            models.CheckConstraint(
                name="review_claimed_is_somebodys",
                condition=~Q(state=ReviewState.CLAIMED) | Q(claimed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="review_decided_has_decision",
                condition=Q(state=ReviewState.DECIDED, decision__isnull=False, decided_at__isnull=False)
                | (~Q(state=ReviewState.DECIDED) & Q(decision=None, decided_at=None)),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=~Q(state=ReviewState.DECIDED), name="review_by_urgency")
        ]

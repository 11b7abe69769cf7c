"""Outcomes, feedback and answered requests. An entry is named by its reference: what is said of it outlives it."""

import secrets

from django.db import models
from django.db.models import Q

from partners.organisations.models import Organisation
from partners.outcomes.states import CountBand, Decision, Vote


def new_reference() -> str:
    """Give an opaque name, never used again (120 bits)."""
    return secrets.token_hex(15)


class Outcome(models.Model):
    """What a platform did about a match. A correction is a new row that names the one it replaces."""

    reference = models.CharField(max_length=30, unique=True, default=new_reference, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="outcomes")
    entry_reference = models.CharField(max_length=30, db_index=True)
    decision = models.CharField(max_length=17, choices=Decision.choices)
    decided_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    count_band = models.CharField(max_length=3, choices=CountBand.choices, blank=True, default="")
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")
    recorded_on = models.DateField()
    has_review = models.BooleanField(default=False)
    confirmed_on = models.DateField(null=True)
    asked_again_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outcome_removed_has_its_time",
                condition=Q(decision=Decision.REMOVED, removed_at__isnull=False)
                | (~Q(decision=Decision.REMOVED) & Q(removed_at=None)),
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "id"], name="outcome_of_organisation"),
            models.Index(fields=["id"], condition=Q(has_review=False), name="outcome_without_review"),
        ]


class Feedback(models.Model):
    """One vote on one fingerprint. The newest of a platform counts; the older ones stay."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="feedback")
    entry_reference = models.CharField(max_length=30)
    signal_type = models.CharField(max_length=8)
    vote = models.CharField(max_length=8, choices=Vote.choices)
    reason = models.CharField(max_length=36, blank=True, default="")
    recorded_on = models.DateField()
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry_reference", "signal_type", "organisation"],
                condition=Q(is_current=True),
                name="feedback_one_current_vote",
            ),
            models.CheckConstraint(name="feedback_negative_has_reason", condition=Q(vote=Vote.AFFIRM) ^ ~Q(reason="")),
        ]


class AnsweredRequest(models.Model):
    """A request that was answered, so that its retry gets the same answer and does nothing."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=128)
    payload_hash = models.BinaryField(max_length=32)
    answer = models.TextField()
    recorded_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="answered_request_once")]

"""Outcomes, feedback and answered requests. An entry is named by its reference: what is said of it outlives it."""

import secrets
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from partners.organisations.models import Organisation
from partners.outcomes.rules import CLOCK, ReportedOutcome
from partners.outcomes.states import Basis, CountBand, Decision, ErasureState, Method, Vote


def new_reference() -> str:
    """Give an opaque name, never used again (120 bits)."""
    return secrets.token_hex(15)


class Outcome(models.Model):
    """What a platform did about a match. A correction is a new row that names the one it replaces."""

    reference = models.CharField(max_length=30, unique=True, default=new_reference, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="outcomes")
    entry_reference = models.CharField(max_length=30, db_index=True)
    decision = models.CharField(max_length=17, choices=Decision.choices)
    matched_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField()
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
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

    @property
    def said(self) -> ReportedOutcome:
        """What the platform said, as it stands here now; its digest is in the audit log."""
        return ReportedOutcome(
            self.entry_reference,
            Decision(self.decision),
            self.decided_at,
            self.removed_at,
            self.count_band,
            self.corrects.reference if self.corrects else "",
            self.matched_at,
            self.details,
        )

    @property
    def begun_at(self) -> datetime:
        """When its 48 hours began: with the match where the platform told it, else with its decision."""
        return self.matched_at or self.decided_at

    @property
    def is_late(self) -> bool:
        """Whether the copy was removed after its 48 hours."""
        return self.removed_at is not None and self.removed_at - self.begun_at > CLOCK


class Match(models.Model):
    """The first match of an entry on a platform: its 48 hours begin here. Said by the platform, or seen by hosted matching."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="matches")
    entry_reference = models.CharField(max_length=30)
    matched_at = models.DateTimeField()
    method = models.CharField(max_length=7, choices=Method.choices)
    is_hosted = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "entry_reference"], name="match_first")]


class Receipt(models.Model):
    """A platform's word that it has taken in the list up to a leaf."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="receipts")
    leaf = models.BigIntegerField()
    published_at = models.DateTimeField()
    ingested_at = models.DateTimeField()
    recorded_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "leaf"], name="receipt_once_a_leaf")]


class Erasure(models.Model):
    """What a platform did with its copy of a withdrawn entry. The newest counts; the older ones stay."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="erasures")
    entry_reference = models.CharField(max_length=30)
    state = models.CharField(max_length=7, choices=ErasureState.choices)
    at = models.DateTimeField()
    basis = models.CharField(max_length=18, choices=Basis.choices, blank=True, default="")
    recorded_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "entry_reference"], name="erasure_of_entry")]


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

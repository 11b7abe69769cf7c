"""Entries, fingerprints, claims, flags and held decisions: fields and what is impossible."""

import secrets
import time

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.db.models import F, Q

from hashing.signal_types import SignalType
from registry.entries.states import (
    ERASED,
    HOLDING,
    ClaimState,
    Confidence,
    EntryState,
    FlagKind,
    HoldState,
    Kind,
    Reason,
)

DAY = 86_400
"""Seconds."""


def new_reference() -> str:
    """Give a path-safe name, never used again: the day, then 104 random bits.

    Names of one day lie together, so an index over all names is touched where the day is, however long the list.
    """
    return f"{int(time.time()) // DAY:04x}{secrets.token_hex(13)}"


class Entry(models.Model):
    """One image or video on the list. `reference` is what partners know it by."""

    reference = models.CharField(max_length=30, unique=True, default=new_reference, editable=False)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    state = models.CharField(max_length=11, choices=EntryState.choices, default=EntryState.PENDING)
    confidence = models.CharField(max_length=13, choices=Confidence.choices, default=Confidence.SELF_REPORTED)
    commit = models.BinaryField(max_length=32)
    nonce = models.BinaryField(max_length=32, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="entry_erased_has_no_nonce",
                condition=Q(state__in=sorted(ERASED), nonce=None)
                | (~Q(state__in=sorted(ERASED)) & Q(nonce__isnull=False)),
            )
        ]


class Fingerprint(models.Model):
    """One digest of an entry. `quality` is PDQ's, 0-100; `form`: how the hashed picture was derived from the file."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="fingerprints")
    signal_type = models.CharField(max_length=8, choices=[(t.value, t.value) for t in SignalType])
    digest = models.TextField()
    form = models.CharField(max_length=24, default="original")
    quality = models.SmallIntegerField(null=True)

    class Meta:
        indexes = [HashIndex(fields=["digest"], name="fingerprint_by_digest")]


class Features(models.Model):
    """A video's TMK+PDQF, far longer than a digest: its fingerprint's digest is the SHA-256 of it."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, primary_key=True, related_name="features")
    content = models.BinaryField()


class Claim(models.Model):
    """One report's hold on an entry. `holder` is the report's internal name; partners never see it.

    `made_on` is the day it began; None for those that are older than this column, and began with their report.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="claims")
    holder = models.CharField(max_length=36)
    state = models.CharField(max_length=9, choices=ClaimState.choices, default=ClaimState.ACTIVE)
    made_on = models.DateField(null=True)
    expires_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "holder"], name="claim_once_a_report")]
        indexes = [
            models.Index(fields=["holder"], name="claim_by_holder"),
            models.Index(fields=["expires_on"], name="claim_by_expiry", condition=Q(state__in=sorted(HOLDING))),
        ]


class Flag(models.Model):
    """Something about an entry that staff should look at. Whoever reported it is never told."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="flags")
    kind = models.CharField(max_length=14, choices=FlagKind.choices)
    is_open = models.BooleanField(default=True)
    opened_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "kind"], name="flag_open_once", condition=Q(is_open=True))
        ]


class HeldChange(models.Model):
    """A verb on one or more entries that waits for a second person. `proposed_by`, `decided_by`: staff references."""

    reference = models.CharField(max_length=30, unique=True, default=new_reference, editable=False)
    verb = models.CharField(max_length=10)
    reason = models.CharField(max_length=14, choices=Reason.choices)
    entries = ArrayField(models.CharField(max_length=30))
    state = models.CharField(max_length=8, choices=HoldState.choices, default=HoldState.PROPOSED)
    proposed_by = models.CharField(max_length=64)
    decided_by = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="hold_decided_by_another",
                condition=Q(state=HoldState.PROPOSED, decided_by="")
                | (~Q(state=HoldState.PROPOSED) & ~Q(decided_by="") & ~Q(decided_by=F("proposed_by"))),
            )
        ]

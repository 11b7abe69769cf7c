"""Entries, fingerprints, claims: fields and what is impossible."""

import secrets

from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.db.models import Q

from hashing.signal_types import SignalType
from registry.entries.states import ClaimState, EntryState, Kind


def new_reference() -> str:
    """Give an opaque, path-safe name, never used again (120 bits)."""
    return secrets.token_hex(15)


class Entry(models.Model):
    """One image or video on the list. `reference` is what partners know it by."""

    reference = models.CharField(max_length=30, unique=True, default=new_reference, editable=False)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    state = models.CharField(max_length=11, choices=EntryState.choices, default=EntryState.PENDING)
    commit = models.BinaryField(max_length=32)
    nonce = models.BinaryField(max_length=32, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="entry_withdrawn_has_no_nonce",
                condition=Q(state=EntryState.WITHDRAWN, nonce=None)
                | (~Q(state=EntryState.WITHDRAWN) & Q(nonce__isnull=False)),
            )
        ]


class Fingerprint(models.Model):
    """One digest of an entry. `quality` is PDQ's, 0-100; `form` says how the hashed picture was derived from the file."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="fingerprints")
    signal_type = models.CharField(max_length=8, choices=[(t.value, t.value) for t in SignalType])
    digest = models.TextField()
    form = models.CharField(max_length=24, default="original")
    quality = models.SmallIntegerField(null=True)

    class Meta:
        indexes = [HashIndex(fields=["digest"], name="fingerprint_by_digest")]


class Claim(models.Model):
    """One report's hold on an entry. `holder` is the report's internal name; partners never see it."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="claims")
    holder = models.CharField(max_length=36)
    state = models.CharField(max_length=9, choices=ClaimState.choices, default=ClaimState.ACTIVE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "holder"], name="claim_once_a_report")]
        indexes = [models.Index(fields=["holder"], name="claim_by_holder")]

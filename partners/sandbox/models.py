"""The sandbox's entries, and what each platform was set to find among them.

The tables have the columns of `registry.entries` that partners' queries read, so one query serves both lists.
"""

import secrets

from django.contrib.postgres.indexes import HashIndex
from django.db import models

from hashing.signal_types import SignalType
from partners.organisations.models import Organisation
from registry.entries.states import EntryState, Kind


def new_reference() -> str:
    """Give an opaque, path-safe name, never used again (120 bits)."""
    return secrets.token_hex(15)


class Entry(models.Model):
    """One made-up image or video. It is no picture of anybody, and nobody claims it."""

    reference = models.CharField(max_length=30, unique=True, default=new_reference, editable=False)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    state = models.CharField(max_length=11, choices=EntryState.choices, default=EntryState.LISTED)
    commit = models.BinaryField(max_length=32)
    nonce = models.BinaryField(max_length=32, null=True)


class Fingerprint(models.Model):
    """One digest of a made-up entry."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="fingerprints")
    signal_type = models.CharField(max_length=8, choices=[(t.value, t.value) for t in SignalType])
    digest = models.TextField()
    form = models.CharField(max_length=24, default="original")
    quality = models.SmallIntegerField(null=True)

    class Meta:
        indexes = [HashIndex(fields=["digest"], name="sandbox_fingerprint_by_digest")]


class Trial(models.Model):
    """What a platform under test was set to notice: an entry it had fetched, withdrawn under its eyes.

    `named_on` is the day the platform's people named the entry.
    """

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="trial")
    planted = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+")
    named_on = models.DateField(null=True)

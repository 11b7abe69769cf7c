"""Reports. Every column is on the allow-list of tests/architecture: nothing here can name or time a person."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from portal.reports.states import AgeBand, ImageOf, ReportState, Situation, Went


class Report(models.Model):
    """One anonymous report. Its `id` is the holder of its claims in the registry and goes nowhere else.

    `payload_mac` knows a retry from a different report under the same reference; it is destroyed when the report ends.
    It covers all files of the first sending, which end together: nobody withdraws one alone, and what is added has
    their day. `reader_hash` is of a second key that may look and not change anything.
    `went` is how it has been for the person; it is deleted with what else they told.
    `changed_on` is the day it was last paused, resumed or withdrawn; None while it is as it was sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True)
    key_hash = models.BinaryField(max_length=32)
    reader_hash = models.BinaryField(max_length=32, null=True)
    payload_mac = models.BinaryField(max_length=32, null=True)
    state = models.CharField(max_length=9, choices=ReportState.choices, default=ReportState.ACTIVE)
    went = models.CharField(max_length=6, choices=Went.choices, blank=True)
    created_on = models.DateField()
    changed_on = models.DateField(null=True)


class Answers(models.Model):
    """What a person told us, in closed words. Every answer may be left out. `platforms` are names from our own list."""

    report = models.OneToOneField(Report, on_delete=models.CASCADE, primary_key=True)
    situation = models.CharField(max_length=10, choices=Situation.choices, blank=True)
    image_of = models.CharField(max_length=10, choices=ImageOf.choices, blank=True)
    age_band = models.CharField(max_length=10, choices=AgeBand.choices, blank=True)
    platforms = ArrayField(models.SlugField(max_length=30), default=list)


class Link(models.Model):
    """An address where it was seen, sealed. `may_share`: the person lets us pass it to that platform.

    `settled_on`: the day staff passed it on or, where they may not, read it.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="links")
    sealed = models.BinaryField()
    may_share = models.BooleanField(default=False)
    settled_on = models.DateField(null=True)


class MailAddress(models.Model):
    """Where to say that something changed, sealed; deleted 30 days after it was last used.

    `told` counts the news we have written about, so that each is told once.
    """

    report = models.OneToOneField(Report, on_delete=models.CASCADE, primary_key=True)
    sealed = models.BinaryField()
    last_used_on = models.DateField()
    told = models.PositiveSmallIntegerField(default=0)

"""Alarms, and how far downloads have been looked at."""

import secrets

from django.db import models
from django.db.models import Q

from partners.alarms.states import AlarmKind
from partners.organisations.models import Organisation


def new_reference() -> str:
    """Give an opaque name (120 bits)."""
    return secrets.token_hex(15)


class Alarm(models.Model):
    """Something about a platform's reads that staff look at. `entry_reference` where it is about one canary."""

    reference = models.CharField(max_length=30, unique=True, default=new_reference, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="alarms")
    kind = models.CharField(max_length=15, choices=AlarmKind.choices)
    key_name = models.CharField(max_length=24)
    entry_reference = models.CharField(max_length=30, blank=True, default="")
    is_open = models.BooleanField(default=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    closed_by = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "key_name"], condition=Q(is_open=True), name="alarm_open_once"
            )
        ]


class Watch(models.Model):
    """The last download that was looked at. One row."""

    last_download = models.BigIntegerField(default=0)

"""Keys: stored as a hash; the key itself is shown once and kept nowhere."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from partners.keys.states import KeyState
from partners.organisations.models import Organisation
from registry.access.actors import Scope


class Key(models.Model):
    """One key. `name` is its public half: the NCMEC user name and the StopNCII subscription key.

    It opens doors only from `networks` (CIDR), from anywhere when there are none. `warned_on` is the day its end was
    last announced by mail, `shown_after_end_on` that on which it was shown though it opens nothing any more, until
    that has been looked at.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="keys")
    name = models.CharField(max_length=24, unique=True)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.CharField(max_length=20, choices=[(scope.value, scope.value) for scope in Scope]))
    state = models.CharField(max_length=7, choices=KeyState.choices, default=KeyState.LIVE)
    expires_on = models.DateField()
    last_used_on = models.DateField(null=True)
    networks = ArrayField(models.CharField(max_length=43), default=list)
    warned_on = models.DateField(null=True)
    shown_after_end_on = models.DateField(null=True)


class Allowance(models.Model):
    """How many requests a key has made in the minute it made its last one in."""

    key = models.OneToOneField(Key, on_delete=models.CASCADE, primary_key=True, related_name="+")
    minute = models.BigIntegerField()
    spent = models.PositiveIntegerField()

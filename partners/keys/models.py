"""Keys: stored as a hash; the key itself is shown once and kept nowhere."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from partners.keys.states import KeyState
from partners.organisations.models import Organisation
from registry.access.actors import Scope


class Key(models.Model):
    """One key. `name` is its public half: the NCMEC user name and the StopNCII subscription key."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="keys")
    name = models.CharField(max_length=24, unique=True)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.CharField(max_length=20, choices=[(scope.value, scope.value) for scope in Scope]))
    state = models.CharField(max_length=7, choices=KeyState.choices, default=KeyState.LIVE)
    expires_on = models.DateField()
    last_used_on = models.DateField(null=True)

"""Addresses of platforms' programs, and the messages for them: the outbox."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from partners.organisations.models import Organisation
from partners.webhooks.states import EndpointState, MessageState, Topic


class Endpoint(models.Model):
    """An address that is written to. `next_leaf`: the first leaf of the list that it has not been told of."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="endpoints")
    name = models.CharField(max_length=29, unique=True)
    url = models.CharField(max_length=300)
    sealed_secret = models.BinaryField()
    topics = ArrayField(models.CharField(max_length=16, choices=Topic.choices))
    state = models.CharField(max_length=3, choices=EndpointState.choices, default=EndpointState.ON)
    next_leaf = models.BigIntegerField()
    failing_since = models.DateTimeField(null=True)
    made_on = models.DateField()


class Message(models.Model):
    """One message to one address. `about` names what it tells of, so that nothing is told twice.

    `due_at` is also a lease: whoever sends moves it ahead first, so that a crash sends again and two never do at once.
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="messages")
    name = models.CharField(max_length=29, unique=True)
    topic = models.CharField(max_length=16)
    about = models.CharField(max_length=60)
    body = models.TextField()
    state = models.CharField(max_length=9, choices=MessageState.choices, default=MessageState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    answer = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "about"], name="message_once")]
        indexes = [
            models.Index(fields=["endpoint", "due_at"], condition=Q(state=MessageState.WAITING), name="message_due"),
            models.Index(fields=["made_at"], name="message_by_age"),
        ]

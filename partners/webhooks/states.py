"""What platforms are told of, and how far a message has come."""

from django.db import models


class Topic(models.TextChoices):
    """What happened. A message never carries a fingerprint: it says when to read the list."""

    LIST_GREW = "list.grew", "The list has new leaves"
    ENTRIES_REMOVED = "entries.removed", "Entries left the list: delete them"
    KEY_ENDS = "key.ends", "One of your keys ends soon"


TEST = "test"
"""The topic of a message that somebody asked for by hand."""


class EndpointState(models.TextChoices):
    """Whether an address is written to."""

    ON = "on", "On"
    OFF = "off", "Off"


class MessageState(models.TextChoices):
    """How far a message has come."""

    WAITING = "waiting", "Waiting"
    DELIVERED = "delivered", "Delivered"
    GIVEN_UP = "given_up", "Given up"

"""The states of a key."""

from django.db import models


class KeyState(models.TextChoices):
    """Whether a key opens doors."""

    LIVE = "live", "Live"
    REVOKED = "revoked", "Revoked"

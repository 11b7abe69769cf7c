"""What was set: only what differs from the usual has a row."""

from django.db import models

from registry.policy.states import ReasonList, Window


class ChosenWindow(models.Model):
    """A window that somebody set."""

    name = models.CharField(max_length=14, unique=True, choices=Window.choices)
    hours = models.PositiveSmallIntegerField()


class RetiredReason(models.Model):
    """A reason that is no longer offered."""

    list = models.CharField(max_length=8, choices=ReasonList.choices)
    word = models.CharField(max_length=36)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "word"], name="reason_retired_once")]

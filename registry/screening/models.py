"""Pictures that everybody has, and how far the list has been screened for them."""

from django.db import models

from registry.screening.states import BenignReason


class BenignPicture(models.Model):
    """A picture nobody is harmed by. `is_screened`: what was listed before it was added has been looked through."""

    digest = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=11, choices=BenignReason.choices)
    note = models.CharField(max_length=200)
    added_by = models.CharField(max_length=80)
    added_on = models.DateField()
    is_screened = models.BooleanField(default=False)


class Cursor(models.Model):
    """The next leaf of the list that has not been screened. One row."""

    next_leaf = models.BigIntegerField(default=0)

"""Challenges that were answered: none is taken twice."""

from django.db import models


class SpentChallenge(models.Model):
    """A challenge somebody answered, rightly or not; kept until it would have run out anyway."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    spent_on = models.DateField(db_index=True)

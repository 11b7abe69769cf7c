"""What the public is told, a row a year."""

from django.db import models


class PublicYear(models.Model):
    """The coarse figures of one year until `until`, as they were published. `figures`: number by name, or null."""

    year = models.PositiveSmallIntegerField(unique=True)
    until = models.DateField()
    figures = models.JSONField()

"""Bundles that were made and can be fetched."""

from django.db import models

from partners.organisations.models import Organisation


class Bundle(models.Model):
    """A platform's record of some days. `digest` is the SHA-256 of its lines, which stand packed (zstd) in `packed`."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="bundles")
    reference = models.CharField(max_length=31, unique=True)
    since = models.DateField()
    until = models.DateField()
    lines = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    packed = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["made_at"], name="bundle_by_age")]

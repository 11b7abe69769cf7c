"""How much a platform has asked. What it asked about is kept nowhere."""

from django.db import models

from partners.organisations.models import Organisation


class Allowance(models.Model):
    """How many fingerprints a platform has asked about in the minute (since 1970) it asked in last."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, primary_key=True, related_name="+")
    minute = models.BigIntegerField()
    spent = models.PositiveIntegerField()

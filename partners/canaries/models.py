"""Which entries are canaries, and whose."""

from django.db import models

from partners.organisations.models import Organisation


class Canary(models.Model):
    """An entry that only one platform is shown; none while it waits in the pool, shown to nobody."""

    entry_reference = models.CharField(max_length=30, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")

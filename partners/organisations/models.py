"""Organisations."""

import uuid

from django.db import models


class Organisation(models.Model):
    """A platform. `member_id` is its integer name in the NCMEC dialect; 1 is this registry itself."""

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120, unique=True)
    member_id = models.PositiveIntegerField(unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="organisation_is_not_the_registry", condition=models.Q(member_id__gt=1))
        ]

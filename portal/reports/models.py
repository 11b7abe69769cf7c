"""Reports. Every column is on the allow-list of tests/architecture: nothing here can name or time a person."""

import uuid

from django.db import models

from portal.reports.states import ReportState


class Report(models.Model):
    """One anonymous report. Its `id` is the holder of its claims in the registry and goes nowhere else.

    `payload_mac` knows a retry from a different report under the same reference; it is destroyed on withdrawal.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True)
    key_hash = models.BinaryField(max_length=32)
    payload_mac = models.BinaryField(max_length=32, null=True)
    state = models.CharField(max_length=9, choices=ReportState.choices, default=ReportState.ACTIVE)
    created_on = models.DateField()

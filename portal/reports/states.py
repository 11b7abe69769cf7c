"""The states of a report."""

from django.db import models


class ReportState(models.TextChoices):
    """Whether the report still holds its entries."""

    ACTIVE = "active", "Active"
    WITHDRAWN = "withdrawn", "Withdrawn"

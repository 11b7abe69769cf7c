"""The two logs there are."""

from django.db import models


class LogName(models.TextChoices):
    """`list` is what partners read; `audit` is what was done, and by whom."""

    LIST = "list", "List"
    AUDIT = "audit", "Audit"

"""The logs there are."""

from django.db import models


class LogName(models.TextChoices):
    """`list` is what partners read; `audit` is what was done, and by whom; `sandbox` is a list of made-up entries."""

    LIST = "list", "List"
    AUDIT = "audit", "Audit"
    SANDBOX = "sandbox", "Sandbox"

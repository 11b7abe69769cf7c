"""Messages: sealed words, the day, and who is to answer."""

import uuid

from django.db import models


class Message(models.Model):
    """One message of a report. `sealed` opens only with the reporters' key; deleted 90 days after it was written."""

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    report = models.ForeignKey("reports.Report", on_delete=models.CASCADE, related_name="messages")
    is_from_staff = models.BooleanField(default=False)
    sealed = models.BinaryField()
    is_urgent = models.BooleanField(default=False)
    is_answered = models.BooleanField(default=False)
    sent_on = models.DateField(db_index=True)

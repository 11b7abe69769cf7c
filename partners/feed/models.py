"""What each platform has been served."""

from django.db import models

from partners.organisations.models import Organisation
from registry.access.doors import Dialect
from registry.log.states import LogName


class Snapshot(models.Model):
    """A whole list at one signed size, as a file that never changes: the lines of `changes`, packed by zstd.

    Where there are canaries each platform has a file of its own; else one serves all (no organisation).
    It lives for a day at most after it was replaced, and not a minute once an entry in it has been erased.
    """

    log = models.CharField(max_length=7, choices=LogName.choices, default=LogName.LIST)
    size = models.BigIntegerField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    bytes = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "size", "organisation"], nulls_distinct=False, name="snapshot_once")
        ]

    @property
    def file_name(self) -> str:
        """Give the name of its file."""
        own = "" if self.organisation_id is None else f"-{self.organisation_id}"
        return f"{self.log}-{self.size}{own}.ndjson.zst"


class Download(models.Model):
    """One answered read of the list: leaves after `after`, up to and including `reached`.

    `is_whole` marks the first page for a reader who began with nothing.
    `window_end` (seconds since 1970) closes a window of the NCMEC dialect; the next window that begins there goes
    on at `reached`, so that neither a clock that is wrong nor a late commit can lose a row between the two.
    `network` is an opaque name of where it was read from.
    `window_age`: how many seconds old that end was, by our clock; a poll's is small unless the platform's clock is wrong.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="downloads")
    key_name = models.CharField(max_length=24)
    dialect = models.CharField(max_length=8, choices=[(dialect.value, dialect.value) for dialect in Dialect])
    day = models.DateField()
    after = models.BigIntegerField()
    reached = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    is_whole = models.BooleanField()
    window_end = models.BigIntegerField(null=True)
    window_age = models.IntegerField(null=True)

    network = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "day"], name="download_by_day"),
            models.Index(fields=["organisation", "network"], name="download_by_network"),
            models.Index(
                fields=["organisation", "window_end", "reached"],
                condition=models.Q(window_end__isnull=False),
                name="download_by_window_end",
            ),
            models.Index(fields=["organisation", "reached"], name="download_by_reached"),
        ]

"""Read the list in this dialect's way: from a second on, hash by hash."""

from datetime import UTC, date, datetime, time

from django.db.models import Max

from partners.feed import queries as feed
from partners.feed.models import Download
from partners.feed.queries import Page
from partners.stopncii.rules import Query
from registry.access.doors import Dialect
from registry.log.events import GONE
from registry.log.models import Leaf
from registry.log.states import LogName

SIGNAL_TYPES = {64: ("image", "pdq"), 32: ("video", "md5")}
"""What a hash is, by its length: this dialect's feedback does not say."""


def page_start(log: LogName, query: Query) -> int:
    """Give the leaf after which a page starts. The start second itself is included."""
    return feed.last_before(log, query.start) if query.after is None else query.after


def hashes_page(log: LogName, query: Query, after: int, reader: int) -> Page:
    """Give the organisation `reader` the next entries after a leaf."""
    return feed.page(log, after, feed.last_leaf(log), query.page_size, reader)


def last_full_read(organisation_id: int) -> date | None:
    """Give the day the platform last began to read the whole list in this dialect."""
    reads = Download.objects.filter(organisation=organisation_id, dialect=Dialect.STOPNCII.value)
    day: date | None = reads.filter(is_whole=True).aggregate(newest=Max("day"))["newest"]
    return day


def has_removals_since(log: LogName, day: date | None) -> bool:
    """Tell whether any entry left the list, for good or for a while, on this day or later; ever, when there is no day."""
    midnight = datetime.combine(day, time.min, UTC) if day else datetime.fromtimestamp(0, UTC)
    removed = Leaf.objects.filter(log=log, event__in=GONE)
    return removed.filter(published__gte=int(midnight.timestamp())).exists()


def listed_with(log: LogName, hash_value: str) -> list[tuple[str, str]]:
    """Give (entry reference, signal type) of every published entry on the list with this very hash."""
    kind, signal_type = SIGNAL_TYPES.get(len(hash_value), ("", ""))
    found = feed.listed_with(log, kind, signal_type, hash_value.lower())
    return [(reference, signal_type) for reference in found]

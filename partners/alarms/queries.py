"""Read alarms, and what is unusual in the downloads."""

from collections.abc import Collection
from datetime import date

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Max, QuerySet

from partners.alarms.models import Alarm, Watch
from partners.alarms.states import AlarmKind
from partners.feed.models import Download
from partners.organisations import queries as organisations
from registry.access.refusals import NotFound

BATCH = 5000

_BACKWARD = """
SELECT organisation_id, key_name, count(*) FROM (
    SELECT organisation_id, key_name, after, lag(after) OVER (PARTITION BY key_name, dialect ORDER BY id) AS before
    FROM feed_download WHERE organisation_id = ANY(%s) AND day >= %s AND rows > 0 AND NOT is_whole
) AS step
WHERE after < before GROUP BY organisation_id, key_name
"""
_NEW_NETWORKS = """
SELECT DISTINCT recent.organisation_id, recent.key_name FROM feed_download AS recent
WHERE recent.id > %(begin)s AND recent.id <= %(end)s AND recent.organisation_id = ANY(%(organisations)s)
AND recent.network <> ''
AND EXISTS (
    SELECT FROM feed_download WHERE organisation_id = recent.organisation_id AND network <> '' AND id <= %(begin)s
) AND NOT EXISTS (
    SELECT FROM feed_download
    WHERE organisation_id = recent.organisation_id AND network = recent.network AND id <= %(begin)s
)
"""
_ROWS_BY_DAY = """
SELECT organisation_id, day, sum(rows)::int, (array_agg(key_name ORDER BY rows DESC))[1] FROM feed_download
WHERE organisation_id = ANY(%s) AND day >= %s AND rows > 0 GROUP BY organisation_id, day ORDER BY organisation_id, day
"""
Reader = tuple[int, str]
"""(organisation id, key name)"""


def open_alarms() -> QuerySet[Alarm]:
    """Give the alarms that nobody has closed, oldest first."""
    return Alarm.objects.filter(is_open=True).select_related("organisation").order_by("pk")


def has_open(organisation_id: int, kind: AlarmKind) -> bool:
    """Tell whether an alarm of this kind is open about any of a platform's keys."""
    return open_alarms().filter(organisation=organisation_id, kind=kind).exists()


def alarm_named(reference: str) -> Alarm:
    """Give the alarm of this reference. Raises NotFound."""
    found = Alarm.objects.filter(reference=reference).first()
    if found is None:
        raise NotFound("There is no such alarm.")
    return found


def lock_watch() -> Watch:
    """Give the watch, made when there is none, locked until the transaction ends."""
    Watch.objects.get_or_create(pk=1)
    return Watch.objects.select_for_update().get(pk=1)


def newest_after(last: int) -> tuple[int, list[int]]:
    """Give the last of the next downloads to look at, and whose they are; what is tried in a sandbox is nobody's."""
    rows = list(Download.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "organisation_id")[:BATCH])
    readers = organisations.members().filter(pk__in={organisation_id for _, organisation_id in rows})
    return (rows[-1][0] if rows else last), list(readers.values_list("pk", flat=True))


def backward_steps(organisation_ids: Collection[int], since: date) -> list[tuple[Reader, int]]:
    """Give how often each key went on before the place it read last, since a day."""
    with connection.cursor() as cursor:
        cursor.execute(_BACKWARD, [list(organisation_ids), since])
        return [((organisation_id, key_name), count) for organisation_id, key_name, count in cursor.fetchall()]


def whole_days(organisation_ids: Collection[int], since: date) -> list[tuple[Reader, str, list[date]]]:
    """Give the days on which each key began to read the whole list, by dialect, since a day."""
    whole = Download.objects.filter(organisation__in=organisation_ids, is_whole=True, day__gte=since)
    by_reader = whole.order_by().values_list("organisation_id", "key_name", "dialect")
    found = by_reader.annotate(days=ArrayAgg("day", distinct=True))
    return [((organisation_id, key), dialect, days) for organisation_id, key, dialect, days in found]


def rows_by_day(organisation_ids: Collection[int], since: date) -> dict[int, list[tuple[date, int, str]]]:
    """Give for each platform (day, rows read, the key that read most) since a day, in the order of days."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS_BY_DAY, [list(organisation_ids), since])
        found: dict[int, list[tuple[date, int, str]]] = {}
        for organisation_id, day, rows, key_name in cursor.fetchall():
            found.setdefault(organisation_id, []).append((day, rows, key_name))
        return found


def last_closed(reader: Reader, kind: AlarmKind) -> date:
    """Give the day on which staff last closed such an alarm about a key; long ago when they never did."""
    closed = Alarm.objects.filter(organisation=reader[0], key_name=reader[1], kind=kind)
    return closed.aggregate(last=Max("closed_on"))["last"] or date.min


def new_networks(organisation_ids: Collection[int], begin: int, end: int) -> list[Reader]:
    """Give the keys that read from a network their platform never read from before, among the downloads in (begin, end]."""
    with connection.cursor() as cursor:
        cursor.execute(_NEW_NETWORKS, {"organisations": list(organisation_ids), "begin": begin, "end": end})
        return [(organisation_id, key_name) for organisation_id, key_name in cursor.fetchall()]

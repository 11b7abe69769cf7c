"""Look at what was downloaded and said, raise alarms, close them."""

from collections.abc import Collection, Iterator
from datetime import date

from django.db import transaction
from django.utils import timezone

from partners.alarms import notices, queries, rules
from partners.alarms.models import Alarm
from partners.alarms.states import AlarmKind
from partners.canaries import queries as canaries
from partners.keys import actions as keys
from partners.organisations import actions as organisations
from registry.access.actors import Actor
from registry.log import actions as log
from registry.log.events import Event


@transaction.atomic
def watch(*, actor: Actor) -> int:
    """Look at the downloads since the last time, and at keys that were shown in vain; give how many alarms are new.

    Who begins the whole list anew too often cannot do so again until staff have closed the alarm.
    """
    watched, today = queries.lock_watch(), timezone.now().date()
    begin = watched.last_download
    end, organisation_ids = queries.newest_after(begin)
    raised = [
        _raise(reader, kind, actor)
        for reader, kind in _unusual(organisation_ids, today)
        if queries.last_closed(reader, kind) < today
    ]
    raised += [
        _raise(reader, AlarmKind.NEW_NETWORK, actor) for reader in queries.new_networks(organisation_ids, begin, end)
    ]
    raised += [_raise(reader, AlarmKind.ENDED_KEY, actor) for reader in keys.take_shown_after_end()]
    watched.last_download = end
    watched.save(update_fields=["last_download"])
    return sum(raised)


@transaction.atomic
def notice_canaries(entry_references: Collection[str], *, actor: Actor) -> frozenset[str]:
    """Raise an alarm when a platform speaks of canaries; give those there are among these entries.

    Nobody has a picture with such a fingerprint. Whoever speaks of one is answered as about any other entry.
    """
    owners = canaries.owners(entry_references)
    for entry_reference, owner in owners.items():
        kind = AlarmKind.CANARY_MATCHED if owner == actor.platform_id else AlarmKind.CANARY_LEAKED
        _raise((actor.platform_id, actor.reference), kind, actor, entry_reference)
    return frozenset(owners)


@transaction.atomic
def close_alarm(alarm: Alarm, *, actor: Actor) -> None:
    """Say that an alarm has been looked into. Closing twice changes nothing.

    Whole reads go on once no alarm about them is open: another key of the platform's may have raised one too.
    """
    queries.lock_watch()  # none is raised or closed meanwhile
    closed = {"is_open": False, "closed_by": actor.reference, "closed_on": timezone.now().date()}
    if Alarm.objects.filter(pk=alarm.pk, is_open=True).update(**closed):
        if alarm.kind == AlarmKind.READ_AGAIN and not queries.has_open(alarm.organisation_id, AlarmKind.READ_AGAIN):
            organisations.resume_whole_reads(alarm.organisation, actor=actor)
        log.record(Event.ALARM_CLOSE, actor=actor, subject=f"alarm:{alarm.reference}")


def _unusual(organisation_ids: Collection[int], today: date) -> Iterator[tuple[queries.Reader, AlarmKind]]:
    """Give who read in a way that a platform's one program does not."""
    for reader, count in queries.backward_steps(organisation_ids, today - rules.POSITION_WATCHED):
        if rules.reads_from_two_places(count):
            yield reader, AlarmKind.SECOND_POSITION
    for reader, dialect, days in queries.whole_days(organisation_ids, today - rules.WHOLE_WATCHED):
        known = queries.last_closed(reader, AlarmKind.READ_AGAIN)
        if rules.reads_whole_too_often(dialect, sum(day > known for day in days)):
            yield reader, AlarmKind.READ_AGAIN
    for organisation_id, days_read in queries.rows_by_day(organisation_ids, today - rules.VOLUME_WATCHED).items():
        *earlier, (day, rows, key_name) = days_read
        if day == today and rules.reads_far_more(rows, [count for _, count, _ in earlier]):
            yield (organisation_id, key_name), AlarmKind.READ_MUCH


def _raise(reader: queries.Reader, kind: AlarmKind, actor: Actor, entry_reference: str = "") -> bool:
    """Raise an alarm, unless the same one is open; tell whether it is new."""
    organisation_id, key_name = reader
    named = {"organisation_id": organisation_id, "kind": kind, "key_name": key_name}
    defaults = {"opened_on": timezone.now().date(), "entry_reference": entry_reference}
    alarm, is_new = Alarm.objects.get_or_create(**named, is_open=True, defaults=defaults)
    if is_new:
        notices.alarm_raised(alarm)
        if kind is AlarmKind.READ_AGAIN:
            organisations.pause_whole_reads(alarm.organisation, actor=actor)
        data = {"kind": kind.value, "key": key_name}
        log.record(Event.ALARM_RAISE, actor=actor, subject=f"alarm:{alarm.reference}", data=data)
    return is_new

"""Look at what was downloaded and said, raise alarms, close them."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from partners.alarms import notices, queries, rules
from partners.alarms.models import Alarm
from partners.alarms.states import AlarmKind
from partners.canaries import queries as canaries
from registry.access.actors import Actor
from registry.log import actions as log
from registry.log.events import Event


@transaction.atomic
def watch(*, actor: Actor) -> int:
    """Look at the downloads since the last time; give how many alarms there are new."""
    watched, today = queries.lock_watch(), timezone.now().date()
    begin = watched.last_download
    end, organisation_ids = queries.newest_after(begin)
    raised = [
        _raise(reader, AlarmKind.SECOND_POSITION, actor)
        for reader, count in queries.backward_steps(organisation_ids, today - rules.POSITION_WATCHED)
        if rules.reads_from_two_places(count)
    ]
    raised += [
        _raise(reader, AlarmKind.READ_AGAIN, actor)
        for reader, dialect, days in queries.whole_days(organisation_ids, today - rules.WHOLE_WATCHED)
        if rules.reads_whole_too_often(dialect, days)
    ]
    raised += [
        _raise(reader, AlarmKind.NEW_NETWORK, actor) for reader in queries.new_networks(organisation_ids, begin, end)
    ]
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
    """Say that an alarm has been looked into. Closing twice changes nothing."""
    if Alarm.objects.filter(pk=alarm.pk, is_open=True).update(is_open=False, closed_by=actor.reference):
        log.record(Event.ALARM_CLOSE, actor=actor, subject=f"alarm:{alarm.reference}")


def _raise(reader: queries.Reader, kind: AlarmKind, actor: Actor, entry_reference: str = "") -> bool:
    """Raise an alarm, unless the same one is open; tell whether it is new."""
    organisation_id, key_name = reader
    named = {"organisation_id": organisation_id, "kind": kind, "key_name": key_name}
    defaults = {"opened_on": timezone.now().date(), "entry_reference": entry_reference}
    alarm, is_new = Alarm.objects.get_or_create(**named, is_open=True, defaults=defaults)
    if is_new:
        notices.alarm_raised(alarm)
        data = {"kind": kind.value, "key": key_name}
        log.record(Event.ALARM_RAISE, actor=actor, subject=f"alarm:{alarm.reference}", data=data)
    return is_new

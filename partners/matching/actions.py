"""Answer whether fingerprints are on the list."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from partners.alarms import actions as alarms
from partners.canaries import queries as canaries
from partners.matching import queries, rules
from partners.matching.rules import Asked, Found
from partners.outcomes import actions as outcomes
from partners.outcomes.states import Method
from registry.access.actors import Actor
from registry.log import actions as log
from registry.log.events import Event

_SPEND = """
INSERT INTO matching_allowance AS held (organisation_id, minute, spent) VALUES (%s, %s, %s)
ON CONFLICT (organisation_id) DO UPDATE SET
    spent = excluded.spent + CASE WHEN held.minute = excluded.minute THEN held.spent ELSE 0 END,
    minute = excluded.minute
RETURNING spent
"""


def match(asked: Sequence[Asked], *, actor: Actor) -> list[list[Found]]:
    """Give, for each fingerprint, the entries like it; record how many were asked and how many found, not which."""
    second = int(timezone.now().timestamp())
    rules.check_spent(_spend(actor.platform_id, len(asked), second // 60), second)
    found = [_shown(entries, actor) for entries in queries.matches(asked)]
    outcomes.record_matches(_first_matches(found), is_hosted=True, actor=actor)
    data = {"asked": len(asked), "found": sum(map(bool, found))}
    with transaction.atomic():
        log.record(Event.MATCH_ASK, actor=actor, subject=f"key:{actor.reference}", data=data)
    return found


def _first_matches(found: list[list[Found]]) -> list[tuple[str, datetime, Method]]:
    now = timezone.now()
    return [(each.entry_reference, now, Method(each.likeness)) for entries in found for each in entries]


def _shown(found: list[Found], actor: Actor) -> list[Found]:
    """Leave other platforms' canaries out. That somebody asks about one at all raises an alarm."""
    references = [each.entry_reference for each in found]
    alarms.notice_canaries(references, actor=actor)
    owners = canaries.owners(references)
    return [each for each in found if owners.get(each.entry_reference, actor.platform_id) == actor.platform_id]


def _spend(organisation_id: int, count: int, minute: int) -> int:
    """Count fingerprints; give how many there were in this minute. One count for all processes, refused ones too."""
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, [organisation_id, minute, count])
        [(spent,)] = cursor.fetchall()
    return int(spent)

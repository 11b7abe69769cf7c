"""Read keys."""

from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from partners.keys import rules
from partners.keys.models import Key
from partners.keys.states import KeyState
from partners.organisations import queries as organisations
from registry.access.actors import Scope
from registry.access.refusals import NotFound


class OpenKey(NamedTuple):
    """What a request needs to know of the key that was shown."""

    pk: int
    name: str
    organisation_id: int
    scopes: list[str]
    networks: list[str]
    last_used_on: date | None
    is_test: bool


# Every request asks for this. The statement is written out: to have it composed costs more than to run it.
_LIVE_KEY = """
SELECT key.id, key.name, own.id, scopes, networks, last_used_on, own.sandbox_of_id IS NOT NULL
FROM keys_key AS key JOIN organisations_organisation AS own ON own.id = organisation_id
LEFT JOIN organisations_organisation AS whole ON whole.id = own.sandbox_of_id
WHERE secret_hash = %s AND key.state = 'live' AND expires_on >= %s
AND own.ended_on IS NULL AND own.suspended_on IS NULL AND whole.suspended_on IS NULL
"""


def live_key(secret: str) -> OpenKey | None:
    """Give the key that opens doors today with this secret; none while its platform is suspended."""
    if not rules.is_well_formed(secret):
        return None
    with connection.cursor() as cursor:
        cursor.execute(_LIVE_KEY, [rules.digest(secret), timezone.now().date()])
        row = cursor.fetchone()
    return None if row is None else OpenKey(*row)


def ended_keys(secret: str) -> QuerySet[Key]:
    """Give the key of this secret if it has ended, by a person or by its date, and nobody knows yet that it was shown."""
    if not rules.is_well_formed(secret):
        return Key.objects.none()
    ended = Q(state=KeyState.REVOKED) | Q(expires_on__lt=timezone.now().date())
    return Key.objects.filter(ended, secret_hash=rules.digest(secret), shown_after_end_on=None)


def shown_after_end() -> QuerySet[Key]:
    """Give the keys to the real list that were shown after their end, and nobody was told yet."""
    return Key.objects.filter(shown_after_end_on__isnull=False, organisation__in=organisations.members())


def keys_of(organisation_id: int) -> QuerySet[Key]:
    """Give an organisation's keys, newest first."""
    return Key.objects.filter(organisation=organisation_id).order_by("-pk")


def own_keys(organisation_id: int) -> QuerySet[Key]:
    """Give the keys that a platform's people look after, its sandbox's among them, newest first."""
    own = Q(organisation=organisation_id) | Q(organisation__sandbox_of=organisation_id)
    return Key.objects.filter(own).select_related("organisation").order_by("-pk")


def own_live_keys(organisation_id: int) -> QuerySet[Key]:
    """Give those of a platform's own keys that open doors today, live and test, newest first."""
    return own_keys(organisation_id).filter(state=KeyState.LIVE, expires_on__gte=timezone.now().date())


def live_keys_of(organisation_id: int) -> QuerySet[Key]:
    """Give the keys of an organisation that open doors today, newest first."""
    return keys_of(organisation_id).filter(state=KeyState.LIVE, expires_on__gte=timezone.now().date())


def readers() -> QuerySet[Key]:
    """Give the live keys that may read the list."""
    today = timezone.now().date()
    return Key.objects.filter(state=KeyState.LIVE, expires_on__gte=today, scopes__contains=[Scope.FEED_READ.value])


def key_of(organisation_id: int, name: str) -> Key:
    """Give one of a platform's own keys, live or test. Raises NotFound, also for another's."""
    key = own_keys(organisation_id).filter(name=name).first()
    if key is None:
        raise NotFound("You have no key of this name.")
    return key


def ending_keys() -> QuerySet[Key]:
    """Give the live keys that end within the longest warning, soonest first."""
    today = timezone.now().date()
    last = today + timedelta(days=max(rules.WARNINGS))
    ending = Key.objects.filter(state=KeyState.LIVE, expires_on__range=(today, last))
    return ending.select_related("organisation").order_by("expires_on", "pk")


def lock(key: Key) -> Key:
    """Give the key as it is now, locked until the transaction ends."""
    return Key.objects.select_for_update(of=("self",)).get(pk=key.pk)

"""Read keys."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from partners.keys import rules
from partners.keys.models import Key
from partners.keys.states import KeyState
from registry.access.actors import Scope
from registry.access.refusals import NotFound


def live_key(secret: str) -> Key | None:
    """Give the key that opens doors today with this secret; none while its platform is suspended."""
    if not rules.is_well_formed(secret):
        return None
    today = timezone.now().date()
    live = Key.objects.filter(state=KeyState.LIVE, expires_on__gte=today, organisation__ended_on=None)
    live = live.filter(organisation__suspended_on=None, organisation__sandbox_of__suspended_on=None)
    return live.select_related("organisation").filter(secret_hash=rules.digest(secret)).first()


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

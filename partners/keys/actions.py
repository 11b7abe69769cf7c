"""Issue, check and revoke keys."""

import binascii
import hmac
from base64 import b64decode
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils import timezone

from partners.keys import queries, rules
from partners.keys.models import Key
from partners.keys.states import KeyState
from partners.organisations.models import Organisation
from registry.access.actors import Actor, ActorKind, Scope
from registry.access.doors import Dialect
from registry.log import actions as log
from registry.log.events import Event


@transaction.atomic
def issue_key(organisation: Organisation, scopes: Iterable[Scope], *, actor: Actor) -> tuple[Key, str]:
    """Make a key; the second value is the key itself, which nobody can ever show again."""
    secret = rules.new_secret()
    granted = sorted(scope.value for scope in scopes)
    key = Key.objects.create(
        organisation=organisation,
        name=rules.new_name(),
        secret_hash=rules.digest(secret),
        scopes=granted,
        expires_on=rules.expiry(timezone.now().date()),
    )
    data: dict[str, str | list[str]] = {"organisation": str(organisation.reference), "scopes": granted}
    log.record(Event.KEY_ISSUE, actor=actor, subject=f"key:{key.name}", data=data)
    return key, secret


@transaction.atomic
def revoke_key(key: Key, *, actor: Actor) -> None:
    """End a key; the next request with it is refused."""
    if Key.objects.filter(pk=key.pk, state=KeyState.LIVE).update(state=KeyState.REVOKED):
        log.record(Event.KEY_REVOKE, actor=actor, subject=f"key:{key.name}")


def authenticate(dialect: Dialect, headers: Mapping[str, str]) -> Actor | None:
    """Give the actor behind the key that the headers show in this dialect, and note the day it was used."""
    name, secret = _shown(dialect, headers)
    key = queries.live_key(secret)
    if key is None or (name is not None and not hmac.compare_digest(name.encode(), key.name.encode())):
        return None
    today = timezone.now().date()
    if key.last_used_on != today:
        Key.objects.filter(pk=key.pk).update(last_used_on=today)
    scopes = frozenset(Scope(scope) for scope in key.scopes)
    return Actor(ActorKind.PARTNER, key.name, scopes=scopes, organisation_id=key.organisation_id)


def _shown(dialect: Dialect, headers: Mapping[str, str]) -> tuple[str | None, str]:
    """Give (public name, or None where the dialect has none; secret) as the headers show them; else empty."""
    if dialect is Dialect.STOPNCII:
        return headers.get("Ocp-Apim-Subscription-Key", ""), headers.get("x-functions-key", "")
    scheme, _, value = headers.get("Authorization", "").partition(" ")
    if dialect is Dialect.NATIVE:
        return None, value.strip() if scheme.lower() == "bearer" else ""
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, secret = b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, secret

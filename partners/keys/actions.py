"""Issue, rotate, check and revoke keys."""

import binascii
import hmac
from base64 import b64decode
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from partners.keys import notices, queries, rules
from partners.keys.models import Key
from partners.keys.states import KeyState
from partners.organisations import queries as organisations
from partners.organisations.models import Organisation
from registry.access.actors import Actor, ActorKind, Scope
from registry.access.doors import Dialect
from registry.log import actions as log
from registry.log.events import Event

_SPEND = """
INSERT INTO keys_allowance AS held (key_id, minute, spent) VALUES (%s, %s, 1)
ON CONFLICT (key_id) DO UPDATE SET
    spent = CASE WHEN held.minute = excluded.minute THEN held.spent + 1 ELSE 1 END, minute = excluded.minute
RETURNING spent
"""


@transaction.atomic
def issue_key(
    organisation: Organisation, scopes: Iterable[Scope], networks: Iterable[str] = (), *, actor: Actor
) -> tuple[Key, str]:
    """Make a key; the second value is the key itself, which nobody can ever show again."""
    organisation = organisations.lock_organisation(organisation.pk)
    rules.check_activated(organisation.is_sandbox, organisation.is_activated)
    rules.check_room(queries.live_keys_of(organisation.pk).count())
    secret = rules.new_secret(is_test=organisation.is_sandbox)
    granted = sorted(scope.value for scope in scopes)
    key = Key.objects.create(
        organisation=organisation,
        name=rules.new_name(),
        secret_hash=rules.digest(secret),
        scopes=granted,
        networks=rules.parse_networks(networks),
        expires_on=rules.expiry(timezone.now().date()),
    )
    data: dict[str, str | list[str]] = {"organisation": str(organisation.reference), "scopes": granted}
    log.record(Event.KEY_ISSUE, actor=actor, subject=f"key:{key.name}", data=data)
    return key, secret


@transaction.atomic
def rotate_key(key: Key, *, actor: Actor) -> tuple[Key, str]:
    """Make a key that may do the same, and let the old one end after two weeks at the latest."""
    key = queries.lock(key)
    today = timezone.now().date()
    rules.check_live(key.state == KeyState.LIVE and key.expires_on >= today)
    scopes = [Scope(scope) for scope in key.scopes]
    successor, secret = issue_key(key.organisation, scopes, key.networks, actor=actor)
    key.expires_on = rules.overlap_end(key.expires_on, today)
    key.save(update_fields=["expires_on"])
    log.record(Event.KEY_ROTATE, actor=actor, subject=f"key:{key.name}", data={"successor": successor.name})
    return successor, secret


@transaction.atomic
def revoke_key(key: Key, *, actor: Actor) -> None:
    """End a key; the next request with it is refused."""
    if Key.objects.filter(pk=key.pk, state=KeyState.LIVE).update(state=KeyState.REVOKED):
        log.record(Event.KEY_REVOKE, actor=actor, subject=f"key:{key.name}")


def take_shown_after_end() -> list[tuple[int, str]]:
    """Give (organisation, name) of the keys that were shown after their end, each once: shown again, it comes again."""
    shown = list(queries.shown_after_end().values_list("organisation_id", "name"))
    Key.objects.filter(name__in=[name for _, name in shown]).update(shown_after_end_on=None)
    return shown


def warn_of_expiry(*, actor: Actor) -> int:
    """Tell people of the keys that end soon, once at each milestone; give how many keys."""
    today = timezone.now().date()
    warned = 0
    for key in queries.ending_keys():
        if rules.is_warning_due(key.expires_on, key.warned_on, today):
            with transaction.atomic():
                Key.objects.filter(pk=key.pk).update(warned_on=today)
                notices.key_ends_soon(key)
                data = {"expires": key.expires_on.isoformat()}
                log.record(Event.KEY_WARN, actor=actor, subject=f"key:{key.name}", data=data)
            warned += 1
    return warned


def authenticate(dialect: Dialect, headers: Mapping[str, str], address: str) -> Actor | None:
    """Give the actor behind the key that the headers show in this dialect, and note the day it was used.

    `address` is where it comes from; it is looked at and not kept. Refuses a wrong network and a key that asks too
    often.
    """
    name, secret = _shown(dialect, headers)
    key = queries.live_key(secret)
    if key is None:
        queries.ended_keys(secret).update(shown_after_end_on=timezone.now().date())
    if key is None or (name is not None and not hmac.compare_digest(name.encode(), key.name.encode())):
        return None
    rules.check_network(key.networks, address)
    now = timezone.now()
    if key.last_used_on != now.date():
        Key.objects.filter(pk=key.pk).update(last_used_on=now.date())
    rules.check_allowance(_spend(key, int(now.timestamp())), int(now.timestamp()))
    scopes = frozenset(Scope(scope) for scope in key.scopes)
    return Actor(
        ActorKind.PARTNER,
        key.name,
        scopes=scopes,
        organisation_id=key.organisation_id,
        is_test=key.is_test,
        network=rules.network_name(address, settings.SECRET_KEY),
    )


def is_mistyped(dialect: Dialect, headers: Mapping[str, str]) -> bool:
    """Tell whether what the headers show in this dialect can be nobody's key, as one that was cut off. No secret is told."""
    _, secret = _shown(dialect, headers)
    return bool(secret) and not rules.is_well_formed(secret)


def _spend(key: queries.OpenKey, second: int) -> int:
    """Count a request; give how many there were in this minute. One count for all processes."""
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, [key.pk, second // 60])
        [(spent,)] = cursor.fetchall()
    return int(spent)


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

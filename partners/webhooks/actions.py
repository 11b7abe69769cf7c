"""Keep addresses, put messages in the outbox, and send what is due."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from partners.organisations.models import Organisation
from partners.webhooks import notices, queries, rules
from partners.webhooks.models import Endpoint, Message
from partners.webhooks.states import TEST, EndpointState, MessageState, Topic
from registry.access import sealing
from registry.access.actors import Actor, system
from registry.log import actions as log
from registry.log import queries as log_queries
from registry.log.events import Event
from registry.log.states import LogName

OUTBOX = system("outbox")
LEASE = timedelta(minutes=2)
NAMED_AT_ONCE = 500
"""Entries in one message; a message stays well under the sizes that programs take."""
SENT_AT_ONCE = 20


@transaction.atomic
def add_endpoint(
    organisation: Organisation, url: str, topics: Collection[str], *, actor: Actor
) -> tuple[Endpoint, str]:
    """Write to an address from now on; the second value is the secret it checks signatures with, shown only now."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    rules.check_room(queries.endpoints_of(organisation.pk).count())
    url = rules.check_url(url, is_local_allowed=settings.WEBHOOKS_STAY_LOCAL)
    name, secret = rules.new_name("hook"), rules.new_secret()
    endpoint = Endpoint.objects.create(
        organisation=organisation,
        name=name,
        url=url,
        sealed_secret=sealing.seal(secret.encode(), owner=name.encode(), keys=settings.FIELD_ENCRYPTION_KEYS),
        topics=rules.check_topics(topics, Topic.values),
        next_leaf=log_queries.signed_size(LogName.LIST),
        made_on=timezone.now().date(),
    )
    data: log.Data = {"organisation": str(organisation.reference), "topics": list(endpoint.topics)}
    log.record(Event.WEBHOOK_ADD, actor=actor, subject=f"webhook:{name}", data=data)
    return endpoint, secret


@transaction.atomic
def remove_endpoint(endpoint: Endpoint, *, actor: Actor) -> None:
    """Stop writing to an address and forget it, its secret and its messages."""
    if Endpoint.objects.filter(pk=endpoint.pk).delete()[0]:
        log.record(Event.WEBHOOK_REMOVE, actor=actor, subject=f"webhook:{endpoint.name}")


@transaction.atomic
def switch_on(endpoint: Endpoint, *, actor: Actor) -> None:
    """Write to an address again, from the leaf on that it was not told of. Again changes nothing."""
    endpoint = queries.lock(endpoint)
    if endpoint.state == EndpointState.OFF:
        endpoint.state, endpoint.failing_since = EndpointState.ON, None
        endpoint.save(update_fields=["state", "failing_since"])
        log.record(Event.WEBHOOK_SWITCH_ON, actor=actor, subject=f"webhook:{endpoint.name}")


@transaction.atomic
def send_test(endpoint: Endpoint, *, actor: Actor) -> Message:
    """Put a message in the outbox that tells nothing."""
    endpoint = queries.lock(endpoint)
    message = _put(endpoint, TEST, rules.new_name("test"), {})
    assert message is not None
    log.record(Event.WEBHOOK_TEST, actor=actor, subject=f"webhook:{endpoint.name}")
    return message


@transaction.atomic
def replay(endpoint: Endpoint, since: datetime, *, actor: Actor) -> int:
    """Send the messages made since then again, under the names they had; give how many."""
    endpoint = queries.lock(endpoint)
    chosen = list(
        queries.replayable(endpoint, since).order_by("pk").values_list("pk", flat=True)[: rules.MOST_REPLAYED]
    )
    again = {"state": MessageState.WAITING, "tries": 0, "due_at": timezone.now()}
    count = Message.objects.filter(pk__in=chosen).update(**again)
    log.record(Event.WEBHOOK_REPLAY, actor=actor, subject=f"webhook:{endpoint.name}", data={"count": count})
    return count


def queue_news() -> int:
    """Put in the outbox what each address has not been told of yet; give how many messages."""
    return sum(_queue_news_for(endpoint) for endpoint in queries.listening())


def send_due(endpoint_name: str) -> int:
    """Send what is due to one address, oldest first; give how many messages were tried."""
    for sent in range(SENT_AT_ONCE):
        message = _take_due(endpoint_name)
        if message is None:
            return sent
        _settle(message, _send(message))
    return SENT_AT_ONCE


def forget_old() -> int:
    """Destroy messages that were made long ago; give how many."""
    return Message.objects.filter(made_at__lt=timezone.now() - rules.KEPT).delete()[0]


@transaction.atomic
def _queue_news_for(endpoint: Endpoint) -> int:
    endpoint = queries.lock(endpoint)
    size, has_grown, gone = queries.news(endpoint.next_leaf)
    put = []
    if has_grown and Topic.LIST_GREW in endpoint.topics:
        put.append(_put(endpoint, Topic.LIST_GREW, f"grew:{size}", {"after": endpoint.next_leaf - 1, "size": size}))
    if Topic.ENTRIES_REMOVED in endpoint.topics:
        for begin in range(0, len(gone), NAMED_AT_ONCE):
            data = {"entries": gone[begin : begin + NAMED_AT_ONCE], "size": size}
            put.append(_put(endpoint, Topic.ENTRIES_REMOVED, f"removed:{size}:{begin}", data))
    if Topic.KEY_ENDS in endpoint.topics:
        for name, last_day, milestone in queries.ending_keys(endpoint.organisation_id):
            data = {"key": name, "expires_on": last_day}
            put.append(_put(endpoint, Topic.KEY_ENDS, f"key:{name}:{last_day}:{milestone}", data))
    if size != endpoint.next_leaf:
        endpoint.next_leaf = size
        endpoint.save(update_fields=["next_leaf"])
    return sum(message is not None for message in put)


def _put(endpoint: Endpoint, topic: str, about: str, data: dict[str, Any]) -> Message | None:
    """Put a message in the outbox; None when the same was told before."""
    now = timezone.now()
    body = json.dumps({"type": topic, "timestamp": now.isoformat(timespec="seconds"), "data": data})
    fields = {"name": rules.new_name("msg"), "topic": topic, "body": body, "due_at": now, "made_at": now}
    message, is_new = Message.objects.get_or_create(endpoint=endpoint, about=about, defaults=fields)
    return message if is_new else None


@transaction.atomic
def _take_due(endpoint_name: str) -> Message | None:
    message = queries.lock_due(endpoint_name)
    if message is not None:
        message.tries += 1
        message.due_at = timezone.now() + LEASE
        message.save(update_fields=["tries", "due_at"])
    return message


def _send(message: Message) -> int | None:
    """Send one message, outside any transaction."""
    endpoint = message.endpoint
    secret = sealing.unseal(
        bytes(endpoint.sealed_secret), owner=endpoint.name.encode(), keys=settings.FIELD_ENCRYPTION_KEYS
    ).decode()
    headers = rules.headers(secret, message.name, message.body, timezone.now())
    return notices.post(endpoint.url, message.body, headers, is_local_allowed=settings.WEBHOOKS_STAY_LOCAL)


@transaction.atomic
def _settle(message: Message, answer: int | None) -> None:
    """Write down what became of a try."""
    found, now = queries.lock_message(message), timezone.now()
    if found is None:
        return
    endpoint = queries.lock(found.endpoint)
    found.answer = answer
    if rules.is_delivered(answer):
        found.state, endpoint.failing_since = MessageState.DELIVERED, None
    else:
        endpoint.failing_since = endpoint.failing_since or now
        following = rules.next_try(found.tries, now)
        found.state = MessageState.WAITING if following else MessageState.GIVEN_UP
        found.due_at = following or found.due_at
        if rules.is_hopeless(answer, endpoint.failing_since, now):
            _switch_off(endpoint)
    found.save(update_fields=["state", "answer", "due_at"])
    endpoint.save(update_fields=["failing_since", "state"])


def _switch_off(endpoint: Endpoint) -> None:
    endpoint.state = EndpointState.OFF
    notices.switched_off(endpoint)
    log.record(Event.WEBHOOK_SWITCH_OFF, actor=OUTBOX, subject=f"webhook:{endpoint.name}")

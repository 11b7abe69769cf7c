"""Read addresses and messages, and what there is to tell."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from partners.keys import queries as keys
from partners.keys import rules as key_rules
from partners.webhooks.models import Endpoint, Message
from partners.webhooks.states import EndpointState, MessageState
from registry.access.refusals import NotFound
from registry.log import queries as log
from registry.log.events import GONE
from registry.log.models import Leaf
from registry.log.states import LogName

SHOWN = 50
REPLAYED_BY_HAND = timedelta(days=1)


def endpoints_of(organisation_id: int) -> QuerySet[Endpoint]:
    """Give a platform's addresses, oldest first."""
    return Endpoint.objects.filter(organisation=organisation_id).order_by("pk")


def endpoint_of(organisation_id: int, name: str) -> Endpoint:
    """Give one of a platform's own addresses. Raises NotFound, also for another's."""
    found = endpoints_of(organisation_id).filter(name=name).first()
    if found is None:
        raise NotFound("You have no webhook of this name.")
    return found


def lock(endpoint: Endpoint) -> Endpoint:
    """Give the address as it is now, locked until the transaction ends. Raises NotFound when it was removed."""
    found = Endpoint.objects.select_for_update().filter(pk=endpoint.pk).first()
    if found is None:
        raise NotFound("This webhook was removed.")
    return found


def messages_of(endpoint: Endpoint) -> list[Message]:
    """Give the newest messages, newest first."""
    return list(Message.objects.filter(endpoint=endpoint).order_by("-pk")[:SHOWN])


def listening() -> list[Endpoint]:
    """Give every address that is written to."""
    return list(Endpoint.objects.filter(state=EndpointState.ON).order_by("pk"))


def with_due() -> list[str]:
    """Give the names of the addresses that have a message to be sent now."""
    due = Message.objects.filter(state=MessageState.WAITING, due_at__lte=timezone.now())
    names = due.filter(endpoint__state=EndpointState.ON).values_list("endpoint__name", flat=True)
    return sorted(set(names))


def lock_due(endpoint_name: str) -> Message | None:
    """Give an address's oldest message that is due, locked until the transaction ends; None when there is none."""
    due = Message.objects.select_for_update(of=("self",), skip_locked=True).select_related("endpoint")
    waiting = due.filter(state=MessageState.WAITING, due_at__lte=timezone.now())
    return waiting.filter(endpoint__name=endpoint_name, endpoint__state=EndpointState.ON).order_by("pk").first()


def lock_message(message: Message) -> Message | None:
    """Give the message as it is now, locked; None when its address was removed meanwhile."""
    return Message.objects.select_for_update(of=("self",)).filter(pk=message.pk).first()


def replayable(endpoint: Endpoint, since: datetime) -> QuerySet[Message]:
    """Give the messages made since then that are not waiting already, oldest first."""
    return Message.objects.filter(endpoint=endpoint, made_at__gte=since).exclude(state=MessageState.WAITING)


def news(next_leaf: int) -> tuple[int, bool, Sequence[str]]:
    """Give what the signed list got from a leaf on: its size, whether anything is new, and the entries that left."""
    size = log.signed_size(LogName.LIST)
    leaves = Leaf.objects.filter(log=LogName.LIST, leaf_index__gte=next_leaf, leaf_index__lt=size)
    gone = leaves.filter(event__in=GONE).order_by("leaf_index").values_list("subject", flat=True)
    return size, size > next_leaf, list(dict.fromkeys(gone))


def ending_keys(organisation_id: int) -> list[tuple[str, str, int]]:
    """Give (name, last day, milestone) of a platform's keys that end soon; milestones as in the mails before."""
    today = timezone.now().date()
    found = []
    for key in keys.ending_keys().filter(organisation=organisation_id):
        left = (key.expires_on - today).days
        milestone = min(days for days in key_rules.WARNINGS if days >= left)
        found.append((key.name, key.expires_on.isoformat(), milestone))
    return found

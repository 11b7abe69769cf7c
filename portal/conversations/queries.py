"""Read conversations: for the person whose report it is, and for staff who answer."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from portal.conversations.models import Message
from registry.access import sealing
from registry.access.refusals import NotFound


@dataclass(frozen=True, slots=True)
class Line:
    """One message, opened."""

    reference: UUID
    is_from_staff: bool
    is_urgent: bool
    text: str
    sent_on: date


def thread_of(report_id: UUID) -> list[Line]:
    """Give a report's messages in order."""
    return [_opened(message) for message in Message.objects.filter(report=report_id).order_by("pk")]


def thread_around(reference: UUID) -> list[Line]:
    """Give the messages of the report this one belongs to: staff know a conversation by its messages alone."""
    found = Message.objects.filter(reference=reference).first()
    if found is None:
        raise NotFound("There is no message at this address. Messages are deleted after 90 days.")
    return thread_of(found.report_id)


def unanswered() -> QuerySet[Message]:
    """Give the messages that wait for an answer: the urgent first, then the oldest. Not opened."""
    waiting = Message.objects.filter(is_from_staff=False, is_answered=False)
    return waiting.order_by("-is_urgent", "sent_on", "pk")


def waiting_count(report_id: UUID) -> int:
    """Give how many of a report's messages nobody has answered."""
    return Message.objects.filter(report=report_id, is_from_staff=False, is_answered=False).count()


def answers_count(report_id: UUID) -> int:
    """Give how many answers a report has had."""
    return Message.objects.filter(report=report_id, is_from_staff=True).count()


def owner(message: Message) -> bytes:
    """Give what a message's words are sealed to."""
    return b"message:" + message.reference.bytes


def _opened(message: Message) -> Line:
    keys = settings.REPORTER_ENCRYPTION_KEYS
    text = sealing.unseal(bytes(message.sealed), owner=owner(message), keys=keys).decode()
    return Line(message.reference, message.is_from_staff, message.is_urgent, text, message.sent_on)

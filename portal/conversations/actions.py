"""Write, answer and forget messages: one atomic verb each."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.conversations import queries, rules
from portal.conversations.models import Message
from registry.access import sealing
from registry.access.actors import REPORTER, Actor
from registry.access.refusals import NotFound
from registry.log import actions as log
from registry.log.events import Event


@transaction.atomic
def write_message(report_id: UUID, text: str) -> Message:
    """Keep what a person wrote. The same words again, while they wait for an answer, are the same message."""
    text = rules.check_text(text)
    lines = queries.thread_of(report_id)
    if lines and lines[-1].text == text and not lines[-1].is_from_staff:
        return Message.objects.get(reference=lines[-1].reference)
    rules.check_may_write(queries.waiting_count(report_id))
    message = _keep(Message(report_id=report_id, is_urgent=rules.has_crisis_words(text)), text)
    log.record(Event.MESSAGE_WRITE, actor=REPORTER, subject="message")
    return message


@transaction.atomic
def answer_message(reference: UUID, text: str, *, actor: Actor) -> Message:
    """Answer a person; everything they wrote until now counts as answered."""
    text = rules.check_text(text)
    asked = Message.objects.select_for_update().filter(reference=reference, is_from_staff=False).first()
    if asked is None:
        raise NotFound("There is no message at this address. Messages are deleted after 90 days.")
    answer = _keep(Message(report_id=asked.report_id, is_from_staff=True), text)
    Message.objects.filter(report=asked.report_id, is_from_staff=False).update(is_answered=True)
    log.record(Event.MESSAGE_ANSWER, actor=actor, subject=f"message:{reference}")
    return answer


@transaction.atomic
def set_aside_message(reference: UUID, *, actor: Actor) -> None:
    """Say that what a person wrote until now needs no answer."""
    asked = Message.objects.select_for_update().filter(reference=reference, is_from_staff=False).first()
    if asked is None:
        raise NotFound("There is no message at this address. Messages are deleted after 90 days.")
    if Message.objects.filter(report=asked.report_id, is_answered=False, is_from_staff=False).update(is_answered=True):
        log.record(Event.MESSAGE_SET_ASIDE, actor=actor, subject=f"message:{reference}")


@transaction.atomic
def forget_messages(report_id: UUID) -> None:
    """Delete a report's messages: the person has stopped it."""
    Message.objects.filter(report=report_id).delete()


@transaction.atomic
def forget_old_messages() -> int:
    """Delete messages of more than 90 days ago. Give how many."""
    oldest = timezone.now().date() - timedelta(days=rules.KEPT_DAYS)
    count, _ = Message.objects.filter(sent_on__lt=oldest).delete()
    return count


@transaction.atomic
def reseal_messages() -> int:
    """Close every message under the newest key. Give how many there were."""
    messages = list(Message.objects.select_for_update())
    for message in messages:
        keys = settings.REPORTER_ENCRYPTION_KEYS
        text = sealing.unseal(bytes(message.sealed), owner=queries.owner(message), keys=keys)
        message.sealed = sealing.seal(text, owner=queries.owner(message), keys=keys)
        message.save(update_fields=["sealed"])
    return len(messages)


def _keep(message: Message, text: str) -> Message:
    keys = settings.REPORTER_ENCRYPTION_KEYS
    message.sealed = sealing.seal(text.encode(), owner=queries.owner(message), keys=keys)
    message.sent_on = timezone.now().date()
    message.save()
    return message

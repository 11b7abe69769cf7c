"""Writing, answering and forgetting messages."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.db import connection
from django.utils import timezone

from portal.conversations import actions, queries
from portal.conversations.models import Message
from portal.reports import actions as reports
from registry.access.actors import Actor, ActorKind
from registry.access.refusals import NotFound
from tests.portal.reports import people

pytestmark = pytest.mark.django_db
HELPER = Actor(ActorKind.STAFF, "helper")


def test_a_message_waits_until_it_is_answered_and_the_answer_reaches_its_writer():
    """Both ways, in order."""
    report = people.report()
    actions.write_message(report.pk, "Is it gone?")
    (waiting,) = queries.unanswered()
    actions.answer_message(waiting.reference, "Not yet. We are on it.", actor=HELPER)
    assert [(line.is_from_staff, line.text) for line in queries.thread_of(report.pk)] == [
        (False, "Is it gone?"),
        (True, "Not yet. We are on it."),
    ]
    assert not queries.unanswered()


def test_words_stand_nowhere_in_clear():
    """The table holds sealed bytes alone."""
    actions.write_message(people.report().pk, "canary-words")
    with connection.cursor() as cursor:
        cursor.execute("SELECT m::text, encode(sealed, 'escape') FROM conversations_message m")
        assert "canary-words" not in str(cursor.fetchall())


def test_pressing_send_twice_is_one_message():
    """Every retry is safe."""
    report = people.report()
    first = actions.write_message(report.pk, "Hello")
    assert actions.write_message(report.pk, " Hello ").pk == first.pk
    assert Message.objects.count() == 1


def test_urgent_messages_come_first():
    """Someone who may be in danger is answered before the others."""
    actions.write_message(people.report(1).pk, "How long does it take?")
    actions.write_message(people.report(2).pk, "I want to die")
    assert [message.is_urgent for message in queries.unanswered()] == [True, False]


def test_an_answer_to_nothing_is_refused():
    """A message that is gone cannot be answered."""
    with pytest.raises(NotFound):
        actions.answer_message(uuid4(), "Hello", actor=HELPER)


def test_messages_go_after_ninety_days_and_with_the_report():
    """By the clock, and by the person's will."""
    report = people.report()
    actions.write_message(report.pk, "Hello")
    assert actions.forget_old_messages() == 0
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert actions.forget_old_messages() == 1
    actions.write_message(report.pk, "Again")
    reports.withdraw_report(report)
    assert not Message.objects.exists()


def test_after_resealing_the_old_key_may_go(settings):
    """Rotation leaves nothing under a retired key."""
    report = people.report()
    actions.write_message(report.pk, "Hello")
    old, new = settings.REPORTER_ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    settings.REPORTER_ENCRYPTION_KEYS = [new, old]
    assert actions.reseal_messages() == 1
    settings.REPORTER_ENCRYPTION_KEYS = [new]
    assert queries.thread_of(report.pk)[0].text == "Hello"

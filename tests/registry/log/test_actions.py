"""Writing to the logs."""

import pytest
from django.db import transaction

from registry.access.actors import REPORTER, Actor, ActorKind, system
from registry.log import actions as log
from registry.log.events import Change, Event
from registry.log.models import PendingChange

STAFF = Actor(ActorKind.STAFF, "7f3a")


@pytest.mark.django_db
def test_record_writes_actor_event_subject_and_data():
    """One act, one line."""
    log.record(Event.REVIEW_DECIDE, actor=STAFF, subject="review:1", data={"decision": "confirm"})
    record = PendingChange.objects.get().record
    assert record.pop("at").endswith("+00:00")
    assert record == {
        "actor": "staff:7f3a",
        "data": {"decision": "confirm"},
        "event": "review:decide",
        "subject": "review:1",
    }


@pytest.mark.django_db
def test_record_keeps_only_the_day_of_a_reporters_act():
    """No precise time of a child."""
    log.record(Event.REPORT_ACCEPT, actor=REPORTER, subject="report")
    record = PendingChange.objects.get().record
    assert record["actor"] == "reporter"
    assert len(record["day"]) == len("2026-01-01")
    assert "at" not in record


@pytest.mark.django_db
@pytest.mark.parametrize("data", [{}, {"decision": "confirm", "note": "…"}, {"note": "…"}])
def test_record_refuses_data_the_event_does_not_declare(data):
    """No narrative gets into a log that can never be redacted."""
    with pytest.raises(ValueError, match="carries"):
        log.record(Event.REVIEW_DECIDE, actor=STAFF, subject="review:1", data=data)
    assert not PendingChange.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_log_refuses_to_be_written_outside_a_transaction():
    """An act and its record are one."""
    with pytest.raises(RuntimeError, match="transaction"):
        log.record(Event.REPORT_ACCEPT, actor=REPORTER, subject="report")
    with pytest.raises(RuntimeError, match="transaction"):
        log.publish(Change.LIST, subject="x", commit=bytes(32))


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_leaves_no_line():
    """Nothing is recorded that did not happen."""

    def fail():
        with transaction.atomic():
            log.record(Event.ENTRY_LIST, actor=system("test"), subject="entry:1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not PendingChange.objects.exists()

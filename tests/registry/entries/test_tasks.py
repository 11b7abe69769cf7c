"""The clock, frozen: what it does to entries by itself."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from celery.beat import Scheduler
from django.utils.module_loading import import_string

from portal.site.celery import app
from registry.access.actors import REPORTER
from registry.entries import actions
from registry.entries.states import EntryState
from tests.registry.entries import samples

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


class Clock(Scheduler):
    """Celery's own clock with the service's schedule, which does what is due here and now instead of sending it."""

    producer = None

    def apply_async(self, entry, *args, **kwargs):
        import_string(entry.task)()


@pytest.fixture
def beat():
    clock = Clock(app=app, lazy=True)
    clock.setup_schedule()
    clock.schedule = {"expire-claims": clock.schedule["expire-claims"]}
    return clock


@pytest.mark.django_db
def test_a_claim_ends_within_an_hour_of_its_day(beat):
    """Nobody has to do anything; before, nothing happens however often the clock looks."""
    with time_machine.travel(NOON, tick=False) as clock:
        (entry,) = actions.accept_items(
            [samples.image(1)], holder="a", actor=REPORTER, expires_on=NOON.date() + timedelta(days=1)
        )
        states = {}
        for hour in range(14):
            clock.move_to(NOON + timedelta(hours=hour, minutes=1))
            beat.tick()
            entry.refresh_from_db()
            states[hour] = entry.state
    assert {hour for hour, state in states.items() if state == EntryState.EXPIRED} == {12, 13}

"""The audit log is read line by line, and a reporter's act shows a day alone."""

from datetime import UTC, datetime

from django.db import transaction

from registry.access.actors import REPORTER, system
from registry.log import actions, queries
from registry.log.events import Event


def test_acts_on_gives_a_subjects_lines_in_the_order_they_were_done(sequencer):
    with transaction.atomic():
        actions.record(Event.ENTRY_ACCEPT, actor=REPORTER, subject="entry:1", data={"kind": "image"})
        actions.record(Event.ENTRY_LIST, actor=system("clock"), subject="entry:1")
        actions.record(Event.ENTRY_LIST, actor=system("clock"), subject="entry:2")
    sequencer.step()
    accepted, listed = queries.acts_on("entry:1")
    today = datetime.now(UTC).date()
    assert (accepted.event, accepted.actor, accepted.at, accepted.day) == (Event.ENTRY_ACCEPT, "reporter", None, today)
    assert accepted.data == {"kind": "image"}
    assert (listed.event, listed.actor) == (Event.ENTRY_LIST, "system:clock")
    assert listed.at is not None
    assert queries.acts_on("entry:3") == []

"""What an entry is called."""

from datetime import UTC, datetime

import time_machine

from registry.entries.models import new_reference


def test_names_of_one_day_lie_together_and_tell_nothing_more():
    """The day in front, never the time; the rest is random."""
    with time_machine.travel(datetime(2026, 11, 26, 0, 0, 1, tzinfo=UTC), tick=False):
        early = {new_reference() for _ in range(500)}
    with time_machine.travel(datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC), tick=False):
        late = {new_reference() for _ in range(500)}
    with time_machine.travel(datetime(2026, 11, 27, tzinfo=UTC), tick=False):
        assert new_reference() > max(early | late)
    assert {name[:4] for name in early | late} == {f"{20783:04x}"}
    assert len({name[4:] for name in early | late}) == 1000
    assert {len(name) for name in early | late} == {30}
    assert min(late) < max(early)
    assert all(set(name) <= set("0123456789abcdef") for name in early | late), "safe in an address"

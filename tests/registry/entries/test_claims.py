"""Claims: what holds an entry on the list, and for how long."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from registry.access.actors import REPORTER
from registry.access.refusals import Invalid
from registry.entries import actions, rules, tasks
from registry.entries.models import Claim, Entry, Fingerprint, Flag
from registry.entries.states import ClaimState, EntryState, FlagKind, Reason
from registry.log.models import PendingChange
from tests.registry.entries import samples
from tests.registry.entries.test_states import ONE, TWO

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOON.date()


def accept(*items, holder="a", **options):
    """Accept items for a holder."""
    return actions.accept_items(items, holder=holder, actor=REPORTER, **options)


def state_of(entry):
    """Give the entry's state now."""
    return Entry.objects.get(pk=entry.pk).state


def changes():
    """Give the list's changes so far, in order."""
    return [change.record["event"] for change in PendingChange.objects.filter(log="list").order_by("pk")]


def test_an_entry_is_paused_only_while_all_its_claims_are():
    """The other holder keeps it listed."""
    (entry,) = accept(samples.image(1), holder="a")
    accept(samples.image(1), holder="b")
    actions.pause_claims("a", actor=REPORTER)
    assert state_of(entry) == EntryState.LISTED
    actions.pause_claims("b", actor=REPORTER)
    assert state_of(entry) == EntryState.PAUSED
    actions.resume_claims("a", actor=REPORTER)
    assert state_of(entry) == EntryState.LISTED
    assert changes() == ["list", "pause", "resume"]


def test_a_paused_entry_is_back_when_somebody_reports_it_again():
    """A new claim is active."""
    (entry,) = accept(samples.image(1))
    actions.pause_claims("a", actor=REPORTER)
    assert accept(samples.image(1), holder="b") == [entry]
    assert state_of(entry) == EntryState.LISTED


def test_the_last_active_claim_withdrawn_leaves_a_paused_entry():
    """What is left is a pause."""
    (entry,) = accept(samples.image(1), holder="a")
    accept(samples.image(1), holder="b")
    actions.pause_claims("a", actor=REPORTER)
    actions.withdraw_claims("b", actor=REPORTER)
    assert state_of(entry) == EntryState.PAUSED
    actions.withdraw_claims("a", actor=REPORTER)
    assert state_of(entry) == EntryState.WITHDRAWN


def test_one_file_of_a_report_is_withdrawn_without_the_others():
    """By the entry's name; another holder's name opens nothing."""
    one, two = accept(samples.image(1), samples.image(2))
    actions.withdraw_claims("stranger", actor=REPORTER, references=[one.reference])
    assert state_of(one) == EntryState.LISTED
    actions.withdraw_claims("a", actor=REPORTER, references=[one.reference])
    assert (state_of(one), state_of(two)) == (EntryState.WITHDRAWN, EntryState.LISTED)


def test_a_file_withdrawn_and_sent_again_by_the_same_report_is_held_again():
    """While somebody else held the entry."""
    accept(samples.image(1), holder="b")
    accept(samples.image(1))
    actions.withdraw_claims("a", actor=REPORTER)
    accept(samples.image(1))
    assert Claim.objects.get(holder="a").state == ClaimState.ACTIVE


def test_pausing_twice_records_one_act():
    """Every retry is safe."""
    accept(samples.image(1))
    actions.pause_claims("a", actor=REPORTER)
    before = PendingChange.objects.count()
    actions.pause_claims("a", actor=REPORTER)
    assert PendingChange.objects.count() == before


@pytest.mark.parametrize(("day", "is_listed"), [(date(2026, 12, 23), True), (date(2026, 12, 24), False)])
def test_a_claim_ends_on_its_day_and_the_entry_with_its_last(day, is_listed):
    """By the clock, with everything destroyed."""
    with time_machine.travel(NOON, tick=False):
        (entry,) = accept(samples.image(1), expires_on=date(2026, 12, 24))
    with time_machine.travel(datetime(day.year, day.month, day.day, tzinfo=UTC), tick=False):
        tasks.expire_claims()
        tasks.expire_claims()
    assert state_of(entry) == (EntryState.LISTED if is_listed else EntryState.EXPIRED)
    assert Fingerprint.objects.exists() is is_listed
    assert changes() == (["list"] if is_listed else ["list", "expire"])


def test_an_entry_stays_while_a_later_claim_holds_it():
    """The longest claim counts."""
    with time_machine.travel(NOON, tick=False):
        (entry,) = accept(samples.image(1), expires_on=TODAY + timedelta(days=1))
        accept(samples.image(1), holder="b", expires_on=TODAY + timedelta(days=9))
    with time_machine.travel(NOON + timedelta(days=5), tick=False):
        tasks.expire_claims()
    assert state_of(entry) == EntryState.LISTED
    assert set(Claim.objects.values_list("holder", "state")) == {("a", ClaimState.EXPIRED), ("b", ClaimState.ACTIVE)}


def test_a_claim_that_ended_by_itself_begins_again_when_its_holder_comes_back():
    """The entry lives on by somebody else's claim, which must not be taken for theirs."""
    with time_machine.travel(NOON, tick=False):
        (entry,) = accept(samples.image(1), expires_on=TODAY + timedelta(days=1))
        accept(samples.image(1), holder="b", expires_on=TODAY + timedelta(days=9))
    with time_machine.travel(NOON + timedelta(days=5), tick=False):
        tasks.expire_claims()
        accept(samples.image(1))
    assert Claim.objects.get(entry=entry, holder="a").state == ClaimState.ACTIVE


def test_many_claims_end_in_one_run(monkeypatch):
    """However many batches that takes."""
    monkeypatch.setattr(tasks, "BATCH", 3)
    with time_machine.travel(NOON, tick=False):
        accept(*map(samples.image, range(8)), expires_on=TODAY + timedelta(days=1))
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        tasks.expire_claims()
    assert not Entry.objects.exclude(state=EntryState.EXPIRED).exists()


@time_machine.travel(NOON, tick=False)
def test_the_day_can_be_moved_either_way():
    """For all files, or one."""
    one, two = accept(samples.image(1), samples.image(2))
    assert set(Claim.objects.values_list("expires_on", flat=True)) == {rules.default_expiry(TODAY)}
    actions.set_expiry("a", TODAY + timedelta(days=1), actor=REPORTER, references=[one.reference])
    assert Claim.objects.get(entry=one).expires_on == TODAY + timedelta(days=1)
    assert Claim.objects.get(entry=two).expires_on == rules.default_expiry(TODAY)


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(("days", "words"), [(0, "future"), (-1, "future"), (366 * 25 + 1, "25 years")])
def test_a_day_that_is_over_or_too_far_is_refused(days, words):
    """In words, and nothing changes."""
    accept(samples.image(1))
    with pytest.raises(Invalid, match=words):
        actions.set_expiry("a", TODAY + timedelta(days=days), actor=REPORTER)
    with pytest.raises(Invalid, match=words):
        accept(samples.image(2), holder="b", expires_on=TODAY + timedelta(days=days))
    assert Entry.objects.count() == 1


def test_a_rejected_file_reported_again_stays_off_and_tells_staff_alone():
    """The reporter sees nothing of it; withdrawing still erases."""
    (entry,) = accept(samples.image(1))
    actions.quarantine_entry(entry, reason=Reason.BENIGN, actor=ONE)
    actions.reject_entry(entry, reason=Reason.BENIGN, actor=ONE)
    assert accept(samples.image(1), holder="b") == [entry]
    assert state_of(entry) == EntryState.REJECTED
    flag = Flag.objects.get()
    assert (flag.kind, flag.is_open) == (FlagKind.REPORTED_AGAIN, True)
    for holder in "ab":
        actions.withdraw_claims(holder, actor=REPORTER)
    assert state_of(entry) == EntryState.WITHDRAWN
    assert not Flag.objects.exists()


def test_an_entry_restored_while_all_its_claims_are_paused_is_paused():
    """The holder's word counts."""
    (entry,) = accept(samples.image(1))
    actions.quarantine_entry(entry, reason=Reason.FEEDBACK, actor=ONE)
    actions.pause_claims("a", actor=REPORTER)
    actions.restore_entry(entry, reason=Reason.REVIEWED, actor=TWO)
    assert state_of(entry) == EntryState.PAUSED
    assert changes() == ["list", "quarantine", "restore", "pause"]


def test_an_entry_that_a_recovery_ends_takes_its_claims_along():
    """Neither their holder nor the clock finds anything left to end."""
    (entry,) = accept(samples.image(1), holder="a", expires_on=TODAY + timedelta(days=3650))
    accept(samples.image(1), holder="b")
    withdrawn = {"subject": entry.reference, "event": "withdraw", "commit": entry.commit.hex()}
    actions.follow_log([withdrawn], [], actor=REPORTER)
    assert set(Claim.objects.values_list("state", flat=True)) == {ClaimState.WITHDRAWN}
    actions.withdraw_claims("a", actor=REPORTER)
    with time_machine.travel(NOON + timedelta(days=7300)):
        assert actions.expire_claims(100, actor=REPORTER) == 0
    assert changes() == ["list"]

"""Confidence, flags, and decisions that take two people."""

import pytest

from registry.access.actors import REPORTER, system
from registry.access.refusals import Invalid, NotAllowed, NotFound, Refused
from registry.entries import actions, queries
from registry.entries.models import Entry, HeldChange
from registry.entries.states import Confidence, EntryState, FlagKind, HoldState, Reason
from registry.log.models import PendingChange
from tests.registry.entries import samples
from tests.registry.entries.test_states import ONE, TWO

pytestmark = pytest.mark.django_db
CLOCK = system("feedback")
WHY = Reason.MISTAKE


@pytest.fixture
def entries():
    """Give three listed entries."""
    return actions.accept_items(list(map(samples.image, range(3))), holder="a", actor=REPORTER)


def states():
    """Give all entries' states in order."""
    return list(Entry.objects.order_by("pk").values_list("state", flat=True))


def events(name="audit"):
    """Give a log's events so far."""
    return [change.record["event"] for change in PendingChange.objects.filter(log=name).order_by("pk")]


@pytest.mark.parametrize(
    ("affirming", "negative", "confidence", "is_listed"),
    [
        (0, 0, Confidence.SELF_REPORTED, True),
        (1, 0, Confidence.SELF_REPORTED, True),
        (2, 0, Confidence.CORROBORATED, True),
        (0, 1, Confidence.DISPUTED, True),
        (5, 1, Confidence.DISPUTED, True),
        (1, 2, Confidence.DISPUTED, True),
        (0, 2, Confidence.DISPUTED, False),
        (0, 9, Confidence.DISPUTED, False),
    ],
)
def test_feedback_makes_confidence_and_two_who_say_no_take_it_off(entries, affirming, negative, confidence, is_listed):
    """By organisations; reversible."""
    entry = actions.weigh_feedback(entries[0], affirming=affirming, negative=negative, actor=CLOCK)
    assert entry.confidence == confidence
    assert entry.state == (EntryState.LISTED if is_listed else EntryState.QUARANTINED)
    assert [flag.entry for flag in queries.flagged(FlagKind.DISPUTED)] == ([] if is_listed else [entry])
    published = [] if confidence == Confidence.SELF_REPORTED else ["weigh"]
    assert events("list")[3:] == published + ([] if is_listed else ["quarantine"])


def test_the_same_feedback_again_changes_nothing(entries):
    """Every retry is safe."""
    actions.weigh_feedback(entries[0], affirming=0, negative=2, actor=CLOCK)
    before = PendingChange.objects.count()
    actions.weigh_feedback(entries[0], affirming=0, negative=2, actor=CLOCK)
    assert PendingChange.objects.count() == before


def test_a_flag_is_closed_once_and_can_be_opened_anew(entries):
    """One open flag of a kind."""
    for _ in range(2):
        actions.open_flag(entries[0], FlagKind.BENIGN, actor=CLOCK)
    (flag,) = queries.flagged()
    for _ in range(2):
        actions.close_flag(flag, actor=ONE)
    assert not queries.flagged()
    assert events()[-2:] == ["flag:open", "flag:close"]
    actions.open_flag(entries[0], FlagKind.BENIGN, actor=CLOCK)
    assert queries.flagged().count() == 1


def test_reading_fingerprints_is_recorded(entries):
    """Who, and of which entry."""
    assert len(actions.reveal_fingerprints(entries[0], actor=ONE)) == 2
    record = PendingChange.objects.order_by("pk").last().record
    assert (record["event"], record["actor"]) == ("entry:reveal", "staff:one")


def test_a_bulk_change_waits_for_a_second_person(entries):
    """Then all at once."""
    names = [entry.reference for entry in entries]
    hold = actions.propose_change("quarantine", names, reason=WHY, actor=ONE)
    assert set(states()) == {EntryState.LISTED}
    assert list(queries.held()) == [hold]
    actions.agree_to_change(hold.reference, actor=TWO)
    assert set(states()) == {EntryState.QUARANTINED}
    assert not queries.held()
    assert events()[-1] == "hold:agree"


def test_the_same_person_is_not_a_second_one(entries):
    """Nor may they decline their own and so hide it."""
    hold = actions.propose_change("quarantine", [entries[0].reference], reason=WHY, actor=ONE)
    for verb in (actions.agree_to_change, actions.decline_change):
        with pytest.raises(NotAllowed, match="another"):
            verb(hold.reference, actor=ONE)
    assert states()[0] == EntryState.LISTED


def test_a_proposal_is_decided_once(entries):
    """Agreed or declined, then over."""
    hold = actions.propose_change("quarantine", [entries[0].reference], reason=WHY, actor=ONE)
    actions.decline_change(hold.reference, actor=TWO)
    for verb in (actions.agree_to_change, actions.decline_change):
        with pytest.raises(Refused, match="already declined"):
            verb(hold.reference, actor=TWO)
    assert HeldChange.objects.get().state == HoldState.DECLINED
    assert states()[0] == EntryState.LISTED


def test_agreeing_does_all_or_nothing(entries):
    """One entry that moved on meanwhile stops the rest; the proposal stays open."""
    hold = actions.propose_change("quarantine", [entry.reference for entry in entries], reason=WHY, actor=ONE)
    actions.withdraw_claims("a", actor=REPORTER, references=[entries[2].reference])
    with pytest.raises(Refused, match="withdrawn"):
        actions.agree_to_change(hold.reference, actor=TWO)
    assert states()[:2] == [EntryState.LISTED] * 2
    assert HeldChange.objects.get().state == HoldState.PROPOSED


def test_rejecting_what_platforms_corroborated_takes_two(entries):
    """One alone is told how."""
    entry = actions.weigh_feedback(entries[0], affirming=2, negative=0, actor=CLOCK)
    actions.quarantine_entry(entry, reason=WHY, actor=ONE)
    with pytest.raises(NotAllowed, match="two people"):
        actions.reject_entry(entry, reason=WHY, actor=ONE)
    hold = actions.propose_change("reject", [entry.reference], reason=WHY, actor=ONE)
    actions.agree_to_change(hold.reference, actor=TWO)
    assert states()[0] == EntryState.REJECTED


@pytest.mark.parametrize(
    ("verb", "names", "refusal"),
    [
        ("withdraw", None, Invalid),
        ("quarantine", [], Invalid),
        ("quarantine", ["nothing"], NotFound),
        ("restore", None, Refused),
    ],
)
def test_a_proposal_nobody_could_carry_out_is_refused(entries, verb, names, refusal):
    """In words, and nothing is kept."""
    with pytest.raises(refusal):
        actions.propose_change(verb, [entries[0].reference] if names is None else names, reason=WHY, actor=ONE)
    assert not HeldChange.objects.exists()

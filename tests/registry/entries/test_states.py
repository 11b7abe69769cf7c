"""Every verb from every state, by the real verbs; the drawing."""

import pytest

from registry.access.actors import REPORTER, Actor, ActorKind, Role
from registry.access.refusals import Refused
from registry.entries import actions
from registry.entries.management.commands import draw_entry_states
from registry.entries.models import Entry, Fingerprint
from registry.entries.states import ERASED, TRANSITIONS, EntryState, Reason
from registry.log.models import PendingChange
from tests.registry.entries import samples

ONE = Actor(ActorKind.STAFF, "one", roles=frozenset({Role.SENIOR_REVIEWER}))
TWO = Actor(ActorKind.STAFF, "two", roles=frozenset({Role.SENIOR_REVIEWER}))
WHY = Reason.REVIEWED


def by_two(verb, entry):
    """Propose and agree."""
    hold = actions.propose_change(verb, [entry.reference], reason=WHY, actor=ONE)
    actions.agree_to_change(hold.reference, actor=TWO)


VERBS = {
    "list": lambda entry: actions.list_entry(entry, actor=ONE),
    "pause": lambda entry: actions.pause_claims("holder", actor=REPORTER),
    "resume": lambda entry: actions.resume_claims("holder", actor=REPORTER),
    "quarantine": lambda entry: actions.quarantine_entry(entry, reason=WHY, actor=ONE),
    "restore": lambda entry: actions.restore_entry(entry, reason=WHY, actor=ONE),
    "reject": lambda entry: actions.reject_entry(entry, reason=WHY, actor=ONE),
    "reopen": lambda entry: by_two("reopen", entry),
    "withdraw": lambda entry: actions.withdraw_claims("holder", actor=REPORTER),
    "expire": lambda entry: actions._move(actions.queries.lock(entry), "expire", ONE),
}
WAYS = {
    EntryState.PENDING: [],
    EntryState.LISTED: ["list"],
    EntryState.PAUSED: ["list", "pause"],
    EntryState.QUARANTINED: ["list", "quarantine"],
    EntryState.REJECTED: ["list", "quarantine", "reject"],
    EntryState.WITHDRAWN: ["list", "withdraw"],
    EntryState.EXPIRED: ["list", "expire"],
}
BY_CLAIMS = {"pause", "resume", "withdraw"}


def entry_in(state):
    """Make an entry and walk it to a state."""
    (entry,) = actions.accept_items([samples.image(1)], holder="holder", actor=REPORTER, is_held=True)
    for verb in WAYS[state]:
        VERBS[verb](entry)
    entry.refresh_from_db()
    assert entry.state == state
    return entry


def test_there_is_a_way_to_every_state_and_a_verb_for_every_arrow():
    """The tables of this test are whole."""
    assert set(WAYS) == set(EntryState)
    assert set(VERBS) == set(TRANSITIONS)


@pytest.mark.django_db
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", EntryState)
def test_a_verb_does_what_its_table_says_and_nothing_elsewhere(verb, state):
    """State × verb: the new state, one audit line, one line of the list; or a refusal and nothing."""
    entry = entry_in(state)
    before = {name: PendingChange.objects.filter(log=name).count() for name in ("list", "audit")}
    step = TRANSITIONS[verb]
    if state in step.sources:
        VERBS[verb](entry)
        entry.refresh_from_db()
        assert entry.state == step.target
        assert PendingChange.objects.filter(log="audit", record__event=step.event.value).exists()
        listed = [change.record["event"] for change in PendingChange.objects.filter(log="list").order_by("pk")]
        if state != EntryState.PENDING or verb == "list":
            assert listed[before["list"] :] == [step.change.value]
        else:
            assert listed == []
    elif verb in BY_CLAIMS:
        VERBS[verb](entry)
        entry.refresh_from_db()
        assert entry.state == state
    else:
        with pytest.raises(Refused, match=verb):
            VERBS[verb](entry)
        assert {name: PendingChange.objects.filter(log=name).count() for name in before} == before
        assert Entry.objects.get().state == state


@pytest.mark.django_db
@pytest.mark.parametrize("state", EntryState)
def test_only_an_entry_that_ended_is_erased(state):
    """Fingerprints and nonce go together, and only then."""
    entry = entry_in(state)
    is_erased = state in ERASED
    assert (entry.nonce is None) is is_erased
    assert Fingerprint.objects.exists() is not is_erased


def test_the_drawing_is_the_table():
    """Run `python manage.py draw_entry_states` after changing the table."""
    assert draw_entry_states.page().read_text() == draw_entry_states.drawn()

"""After any sequence of verbs the table of entries is the fold of the log."""

import json
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from registry.access.actors import REPORTER, system
from registry.access.refusals import Refused
from registry.entries import actions, queries
from registry.entries.models import Claim, Entry, Fingerprint
from registry.entries.states import ERASED, HELD_VERBS, TRANSITIONS, ClaimState, EntryState, FlagKind, Reason
from registry.log.models import Leaf, Live
from registry.log.publication import Publication
from registry.log.sequencer import Sequencer
from registry.log.states import LogName
from tests.registry.conftest import KEY
from tests.registry.entries import samples
from tests.registry.entries.test_states import ONE, TWO
from tests.registry.log import auditor

HOLDERS = st.sampled_from("abc")
FILES = st.integers(0, 4)
CLOCK = system("clock")


class Registry(RuleBasedStateMachine):
    """Reports, holders, platforms, staff, the clock, and backups that are restored, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.folder = tempfile.TemporaryDirectory()
        self.sequencer = Sequencer(connection.connection, Publication(Path(self.folder.name), "test.invalid", KEY))
        self.sequencer.resume()
        self.backup = transaction.savepoint()
        self.erased = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        self.folder.cleanup()

    def some_entry(self, place):
        """Give one of the entries."""
        entries = list(Entry.objects.order_by("pk"))
        return entries[place % len(entries)]

    def names(self, places):
        """Give the names of entries at some places; None, which stands for all, stays None."""
        if places is None:
            return None
        entries = list(Entry.objects.order_by("pk").values_list("reference", flat=True))
        return {entries[place % len(entries)] for place in places} if entries else set()

    @rule(file=FILES, holder=HOLDERS, is_held=st.booleans(), days=st.integers(1, 9))
    def accept(self, file, holder, is_held, days):
        day = timezone.now().date() + timedelta(days=days)
        actions.accept_items([samples.image(file)], holder=holder, actor=REPORTER, is_held=is_held, expires_on=day)

    @rule(
        holder=HOLDERS,
        verb=st.sampled_from([actions.withdraw_claims, actions.pause_claims, actions.resume_claims]),
        places=st.none() | st.sets(st.integers(0, 20), max_size=3),
    )
    def change_claims(self, holder, verb, places):
        verb(holder, actor=REPORTER, references=self.names(places))

    @rule(holder=HOLDERS, days=st.integers(1, 9), places=st.none() | st.sets(st.integers(0, 20), max_size=3))
    def set_expiry(self, holder, days, places):
        day = timezone.now().date() + timedelta(days=days)
        actions.set_expiry(holder, day, actor=REPORTER, references=self.names(places))

    @precondition(lambda self: Entry.objects.exists())
    @rule(place=st.integers(0, 20), verb=st.sampled_from(["list", "quarantine", "restore", "reject"]))
    def move(self, place, verb):
        entry = self.some_entry(place)
        reason = {} if verb == "list" else {"reason": Reason.REVIEWED}
        try:
            getattr(actions, f"{verb}_entry")(entry, actor=ONE, **reason)
        except Refused:
            assert entry.state not in TRANSITIONS[verb].sources or verb == "reject"

    @rule(verb=st.sampled_from(sorted(HELD_VERBS)))
    def propose(self, verb):
        """Everything the verb could be done to, at once."""
        fitting = Entry.objects.filter(state__in=TRANSITIONS[verb].sources)
        if names := list(fitting.values_list("reference", flat=True)):
            actions.propose_change(verb, names, reason=Reason.MISTAKE, actor=ONE)

    @precondition(lambda self: queries.held().exists())
    @rule(is_agreed=st.booleans())
    def decide(self, is_agreed):
        """All entries of the proposal, or, if one has moved on meanwhile, none."""
        hold = queries.held().first()
        before = dict(Entry.objects.values_list("reference", "state"))
        decide = actions.agree_to_change if is_agreed else actions.decline_change
        try:
            with transaction.atomic():
                decide(hold.reference, actor=TWO)
        except Refused:
            assert {before[name] for name in hold.entries} - TRANSITIONS[hold.verb].sources
            assert dict(Entry.objects.values_list("reference", "state")) == before
            actions.decline_change(hold.reference, actor=TWO)

    @precondition(lambda self: Entry.objects.exclude(state__in=ERASED).exists())
    @rule(place=st.integers(0, 20), kind=st.sampled_from(FlagKind))
    def look(self, place, kind):
        """Flags and readings of fingerprints move nothing."""
        entry = self.some_entry(place)
        if entry.state not in ERASED:
            actions.open_flag(entry, kind, actor=CLOCK)
            assert actions.reveal_fingerprints(entry, actor=ONE)
        for flag in queries.flagged()[:1]:
            actions.close_flag(flag, actor=TWO)

    @precondition(lambda self: Entry.objects.exists())
    @rule(place=st.integers(0, 20), affirming=st.integers(0, 3), negative=st.integers(0, 3))
    def weigh(self, place, affirming, negative):
        entry = self.some_entry(place)
        if entry.state not in ERASED:
            actions.weigh_feedback(entry, affirming=affirming, negative=negative, actor=CLOCK)

    @rule(holder=HOLDERS)
    def expire(self, holder):
        Claim.objects.filter(holder=holder).update(expires_on=timezone.now().date())
        actions.expire_claims(100, actor=CLOCK)

    @rule()
    def sequence(self):
        self.sequencer.step()

    @rule()
    def back_up(self):
        self.backup = transaction.savepoint()

    @rule()
    def restore(self):
        """The database goes back to its backup; what was published does not."""
        transaction.savepoint_rollback(self.backup)
        since = {log: [json.loads(record) for record in self.sequencer.recover(log)] for log in LogName}
        if any(since.values()):
            actions.follow_log(since[LogName.LIST], since[LogName.AUDIT], actor=CLOCK)
        self.sequencer.resume()

    @invariant()
    def the_table_is_the_fold_of_the_log(self):
        self.sequencer.step()
        rows = Leaf.objects.filter(log="list").order_by("leaf_index").values_list("leaf_index", "record")
        listed = Entry.objects.filter(state=EntryState.LISTED).values_list("reference", "commit")
        table = {(reference, bytes(commit).hex()) for reference, commit in listed}
        assert table == auditor.fold(list(rows))
        assert table == {
            (subject, bytes(commit).hex()) for subject, commit in Live.objects.values_list("subject", "commit")
        }

    @invariant()
    def what_was_erased_is_never_there_again(self):
        self.erased |= set(Entry.objects.filter(state__in=ERASED).values_list("reference", flat=True))
        assert not Entry.objects.filter(reference__in=self.erased).exclude(state__in=ERASED).exists()

    @invariant()
    def claims_and_entries_agree(self):
        for entry in Entry.objects.all():
            states = queries.holding_states(entry)
            assert (entry.state in ERASED) <= (Fingerprint.objects.filter(entry=entry).count() == 0)
            assert not (entry.state in ERASED and states)
            if entry.state == EntryState.PAUSED:
                assert states == {ClaimState.PAUSED}
            if entry.state == EntryState.LISTED:
                assert ClaimState.ACTIVE in states


@pytest.mark.django_db
def test_the_table_is_the_fold_of_the_log_after_any_sequence_of_verbs():
    """As a Hypothesis state machine."""
    machine = Registry.TestCase()
    machine.settings = settings(
        max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )
    machine.runTest()

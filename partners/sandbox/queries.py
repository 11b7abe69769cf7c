"""Read the sandbox, and what a platform's software has shown there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from partners.feed import queries as feed
from partners.feed.models import Download
from partners.keys import queries as keys
from partners.organisations import queries as organisations
from partners.organisations.models import Organisation
from partners.organisations.states import TESTS
from partners.outcomes.models import Feedback, Outcome
from partners.sandbox import rules
from partners.sandbox.models import Entry, Trial
from registry.access.doors import Dialect
from registry.entries.states import EntryState
from registry.log import queries as log
from registry.log.events import Change, Event
from registry.log.models import Leaf
from registry.log.states import LogName

_TURN = 0x7D_1158


def take_turn() -> bool:
    """Be the only one who fills the sandbox until the transaction ends; False when somebody else is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_TURN])
        return bool(cursor.fetchall()[0][0])


def listed() -> QuerySet[Entry]:
    """Give the entries that are live in the sandbox."""
    return Entry.objects.filter(state=EntryState.LISTED)


def lock_any_listed() -> Entry:
    """Give a live entry, drawn by lot and locked until the transaction ends; never one that somebody else holds."""
    entry = listed().select_for_update(skip_locked=True).order_by("?").first()
    assert entry is not None, "a filled sandbox has live entries"
    return entry


def trial_of(sandbox: Organisation) -> Trial | None:
    """Give what a platform was set to notice; None while nothing was planted."""
    return Trial.objects.filter(organisation=sandbox).select_related("planted").first()


def lock_trial(sandbox: Organisation) -> Trial | None:
    """Give what a platform was set to notice, locked until the transaction ends."""
    return Trial.objects.select_for_update(of=("self",)).select_related("planted").filter(organisation=sandbox).first()


def read_up_to(sandbox: Organisation) -> int:
    """Give the last leaf of the sandbox up to which a platform has fetched everything."""
    return rules.read_up_to(Download.objects.filter(organisation=sandbox).values_list("after", "reached"))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a platform stands in its sandbox. Leaves are counted from the first; `reached` of `size` are fetched."""

    tests: list[tuple[str, bool]]
    has_key: bool
    reached: int
    size: int
    is_planted: bool
    is_served: bool
    is_named: bool

    @property
    def is_certified(self) -> bool:
        """Whether every test is passed."""
        return all(is_passed for _, is_passed in self.tests)


def standing(organisation_id: int) -> Standing:
    """Give where a platform stands: what it has passed before, or passes now."""
    sandbox = organisations.sandbox_of(organisation_id)
    application = organisations.application_of(organisation_id)
    names = {*passed(sandbox), *(application.passed if application else [])}
    trial = trial_of(sandbox)
    return Standing(
        tests=[(words, name in names) for name, words in TESTS],
        has_key=keys.live_keys_of(sandbox.pk).exists(),
        reached=read_up_to(sandbox) + 1,
        size=feed.last_leaf(LogName.SANDBOX) + 1,
        is_planted=trial is not None,
        is_served=trial is not None and _was_served(sandbox, trial).exists(),
        is_named=trial is not None and trial.named_on is not None,
    )


def passed(sandbox: Organisation) -> list[str]:
    """Give the names of the tests that a platform's software passes now."""
    reads = Download.objects.filter(organisation=sandbox)
    ages = [age for age in reads.values_list("window_age", flat=True) if age is not None]
    found = {
        "read": trial_of(sandbox) is not None,
        "tombstone": _has_noticed(sandbox),
        "outcome": Outcome.objects.filter(organisation=sandbox).exists(),
        "feedback": Feedback.objects.filter(organisation=sandbox).exists(),
        "clock": rules.is_clock_right(list(_arrivals(sandbox)), ages),
    }
    return [name for name, is_passed in found.items() if is_passed]


def tombstone_of(trial: Trial) -> int | None:
    """Give the leaf at which the planted entry was withdrawn; None until the sequencer has placed it."""
    leaves = Leaf.objects.filter(log=LogName.SANDBOX, subject=trial.planted.reference, event=Change.WITHDRAW.value)
    return leaves.values_list("leaf_index", flat=True).first()


def _was_served(sandbox: Organisation, trial: Trial) -> QuerySet[Download]:
    leaf = tombstone_of(trial)
    reads = Download.objects.filter(organisation=sandbox)
    return reads.none() if leaf is None else reads.filter(after__lt=leaf, reached__gte=leaf)


def _has_noticed(sandbox: Organisation) -> bool:
    trial = trial_of(sandbox)
    if trial is None:
        return False
    served = _was_served(sandbox, trial)
    anew = served.filter(dialect=Dialect.STOPNCII.value, is_whole=True)
    return rules.has_noticed(served.exists(), anew.exists(), trial.named_on is not None)


def _arrivals(sandbox: Organisation) -> Iterator[tuple[datetime, datetime]]:
    newest = Outcome.objects.filter(organisation=sandbox).order_by("-pk")[:20]
    for outcome in newest:
        for line in log.acts_on(f"outcome:{outcome.reference}"):
            if line.event is Event.OUTCOME_REPORT and line.at is not None:
                yield outcome.decided_at, line.at

"""What a report's page says of platforms and of what they did."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from partners.feed import actions as feed
from partners.feed import queries as feed_queries
from partners.organisations import actions as organisations
from partners.outcomes import actions as outcomes
from partners.outcomes.rules import ReportedOutcome
from partners.outcomes.states import CountBand, Decision
from portal.reports import actions, queries
from registry.access.actors import Actor, ActorKind, system
from registry.access.doors import Dialect
from registry.entries.models import Entry, Fingerprint
from tests.portal.reports import people
from tests.registry.entries import samples

pytestmark = pytest.mark.django_db

START = datetime(2026, 6, 1, 10, tzinfo=UTC)
DAY = timedelta(days=1)
STAFF = Actor(ActorKind.STAFF, "7f3a")
NEWEST = 41
"""The leaf at which the list stood when the report changed."""


@pytest.fixture
def platform(monkeypatch):
    """Give a platform that reads the list."""
    monkeypatch.setattr(feed_queries, "last_before", lambda log, second: NEWEST)
    organisation = organisations.add_organisation("Harbour", actor=system("test"))
    return Actor(ActorKind.PARTNER, "key", organisation_id=organisation.pk)


def fetch(platform, reached=NEWEST):
    """Have the platform read the list up to a leaf."""
    feed.record_download(Dialect.NATIVE, 0, reached, 1, is_whole=False, actor=platform)


def knows(report):
    """Tell whether the report's page says that the platform knows."""
    return [(partner.name, partner.knows) for partner in queries.status_of(report).partners]


def test_a_platform_is_looking_from_the_day_after_it_fetched_the_list(platform):
    """Not at once: a page that moved within the day would tell when a platform came."""
    with time_machine.travel(START, tick=False) as clock:
        report = people.report()
        fetch(platform, reached=NEWEST - 1)
        clock.shift(DAY)
        assert knows(report) == [("Harbour", False)]
        fetch(platform)
        assert knows(report) == [("Harbour", False)]
        clock.shift(DAY)
        assert knows(report) == [("Harbour", True)]


@pytest.mark.parametrize("verb", [actions.pause_report, actions.withdraw_report])
def test_each_platform_is_shown_to_know_of_a_pause_or_an_end_once_it_fetched_again(platform, monkeypatch, verb):
    """What it fetched before does not count: this is the person's proof that it was told."""
    with time_machine.travel(START, tick=False) as clock:
        report = people.report()
        fetch(platform)
        clock.shift(DAY)
        monkeypatch.setattr(feed_queries, "last_before", lambda log, second: NEWEST + 1)
        report = verb(report)
        clock.shift(DAY)
        assert knows(report) == [("Harbour", False)]
        fetch(platform, reached=NEWEST + 1)
        clock.shift(DAY)
        assert knows(report) == [("Harbour", True)]


def test_what_was_confirmed_before_a_report_is_not_told_to_it(platform):
    """Somebody who holds the image could otherwise learn that it had been reported, and what came of it."""
    with time_machine.travel(START, tick=False) as clock:
        first = people.report(1, items=[people.item(1)])
        entry = Entry.objects.get()
        said = ReportedOutcome(entry.reference, Decision.REMOVED, START - DAY, START - DAY, CountBand.FEW)
        outcome = _reported(said, platform)
        outcomes.confirm_outcome(outcome, actor=STAFF)
        clock.shift(DAY)
        second = people.report(2, items=[people.item(1)])
        assert [len(item.outcomes) for item in queries.status_of(first).items] == [1]
        assert [len(item.outcomes) for item in queries.status_of(second).items] == [0]
        assert (queries.news_count(first), queries.news_count(second)) == (1, 0)


def test_what_was_confirmed_before_a_file_was_added_is_not_told_to_an_older_report(platform):
    """Nor could they learn it by adding the image to a report they sent long ago; what comes afterwards is told."""
    with time_machine.travel(START, tick=False) as clock:
        people.report(1, items=[people.item(1)])
        older = people.report(2, items=[people.item(2)])
        entry = Fingerprint.objects.get(digest=samples.md5_digest(1)).entry
        said = ReportedOutcome(entry.reference, Decision.REMOVED, START - DAY, START - DAY, CountBand.FEW)
        outcomes.confirm_outcome(_reported(said, platform), actor=STAFF)
        clock.shift(DAY)
        actions.add_items(older, [people.item(1)])
        assert [len(item.outcomes) for item in queries.status_of(older).items] == [0, 0]
        assert queries.news_count(older) == 0
        outcomes.confirm_outcome(_reported(said, platform), actor=STAFF)
        assert [len(item.outcomes) for item in queries.status_of(older).items] == [0, 1]


def _reported(said, platform):
    """Record an outcome of an entry that the list has a leaf of."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feed_queries, "published_among", lambda log, references: frozenset(references))
        return outcomes.report_outcome(said, actor=platform)

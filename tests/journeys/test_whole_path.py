"""One person's report travels the whole system, on real parts."""

import time

import pytest

from tests.journeys.people import Platform, Reporter, Reviewer, edited, photo

pytestmark = pytest.mark.journey


def rows(service, query, *values):
    """Read the service's database."""
    with service.connect() as connection:
        return connection.execute(query, values).fetchall()


def test_a_report_travels_from_a_photo_to_an_outcome_and_back_to_nothing(service, person):
    """Photo, list, platform, staff, reporter, withdrawal, tombstone."""
    jpeg = photo(7)
    reporter = Reporter(person(), service.base_url)
    reporter.choose(jpeg)
    assert "holiday" not in reporter.shown
    reporter.send()

    one, two = (Platform(organisation, service.base_url) for organisation in service.demo["organisations"])
    one.fetch_until(lambda: one.entry_of(reporter.shown) is not None)
    entry = one.entry_of(reporter.shown)
    assert one.matches(edited(jpeg)) == [entry.id]
    assert one.matches(edited(photo(8))) == []
    one.affirm(entry)
    answers = [one.report_removed(entry.id, "report-1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content

    assert "No news from a platform yet" in reporter.come_back()
    reviewer = Reviewer(person(), service.base_url, service.demo["staff"][0])
    reviewer.sign_in()
    time.sleep(3)  # reviews are opened every two seconds
    reviewer.confirm_first()
    assert f"{one.name} found a copy and took it down" in reporter.come_back()

    two.fetch_until(lambda: two.entry_of(reporter.shown) is not None)
    assert "You have stopped this report" in reporter.withdraw()
    for platform in (one, two):
        platform.fetch_until(lambda platform=platform: platform.entry_of(reporter.shown) is None)
    assert rows(service, "SELECT state, nonce FROM entries_entry WHERE reference = %s", entry.id) == [
        ("withdrawn", None)
    ]
    assert rows(service, "SELECT count(*) FROM entries_fingerprint WHERE digest = %s", entry.fingerprints["pdq"]) == [
        (0,)
    ]


def test_everything_that_was_done_has_one_leaf_under_a_signed_head(service):
    """After the path: dense indices, an audit leaf for each act, a checkpoint over all of it."""
    deadline = time.monotonic() + 5
    while rows(service, "SELECT count(*) FROM log_pending") != [(0,)] and time.monotonic() < deadline:
        time.sleep(0.1)
    for log in ("list", "audit"):
        count, highest, distinct = rows(
            service,
            "SELECT count(*), max(leaf_index) + 1, count(DISTINCT leaf_index) FROM log_leaf WHERE log = %s",
            log,
        )[0]
        assert count == highest == distinct
        assert rows(service, "SELECT max(size) FROM log_checkpoint WHERE log = %s", log) == [(count,)]
    events = {event for (event,) in rows(service, "SELECT event FROM log_leaf WHERE log = 'audit'")}
    assert events >= {
        "report:accept",
        "entry:accept",
        "entry:list",
        "claim:make",
        "feedback:submit",
        "outcome:report",
        "account:sign_in",
        "review:open",
        "review:claim",
        "review:decide",
        "outcome:confirm",
        "report:withdraw",
        "claim:withdraw",
        "entry:withdraw",
    }

"""A platform sees its own work, in figures, charts, tables and files."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from partners.dashboard import queries, rules, serializers
from partners.dashboard.rules import Asked, Standing
from partners.feed.models import Download
from partners.keys import actions as keys
from partners.outcomes import actions as outcomes
from partners.outcomes.states import REASONS, Vote
from registry.access.actors import Scope
from registry.log.states import LogName
from tests.partners.conftest import DEMONSTRATION, MakeListed, MakePartner, Partner, image
from tests.partners.people import HOME, SIGN_IN, Person, join, post

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def lately() -> Asked:
    today = timezone.now().date()
    return Asked(today - timedelta(days=6), today)


def report(partner: Partner, entry: str, decision: str, decided_at: datetime, **more: str) -> None:
    sent = {"entry": entry, "decision": decision, "decided_at": decided_at.isoformat()} | more
    client = Client(headers=partner.bearer | {"Idempotency-Key": f"{decision} {decided_at} {more}"})
    assert client.post("/api/v1/outcomes", sent, content_type="application/json").status_code == 201


def work(partner: Partner, make_listed: MakeListed) -> str:
    entry, _ = make_listed(image(1), image(2))
    Client(headers=partner.bearer).get("/api/v1/changes?after=-1").getvalue()
    for hours in (6, 72):
        removed_at = (LONG_AGO + timedelta(hours=hours)).isoformat()
        report(partner, entry.reference, "removed", LONG_AGO, removed_at=removed_at)
    report(partner, entry.reference, "restricted", timezone.now() - timedelta(hours=50))
    report(partner, entry.reference, "not_violating", LONG_AGO)
    outcomes.submit_feedback(entry.reference, "pdq", Vote.AFFIRM, actor=partner.actor)
    outcomes.submit_feedback(entry.reference, "md5", Vote.NEGATIVE, next(iter(REASONS)), actor=partner.actor)
    return str(entry.reference)


def test_the_figures_are_the_platforms_own(
    partner: Partner, make_listed: MakeListed, make_partner: MakePartner
) -> None:
    work(partner, make_listed)
    own, other = partner.organisation.pk, make_partner("Platform B").organisation.pk
    position = queries.position(own, LogName.LIST)
    assert (position.reached, position.behind, position.waits_since) == (1, 0, None)
    assert queries.reads(own, lately())[-1].by_key == {partner.key.name: (1, 2)}
    removals = queries.removals(own, lately())
    assert (removals.count, removals.late, removals.median_hours) == (2, 1, 39.0)
    assert [count for _, count in removals.spans] == [0, 1, 0, 0, 1]
    matches = queries.matches(own, lately())
    assert (matches.count, matches.overdue, matches.by_day[-1][1]) == (4, 1, 4)
    disputes = queries.disputes(own, lately())
    assert (disputes.affirmed, disputes.disputed, disputes.false, disputes.judged) == (1, 1, 1, 4)
    assert disputes.false_rate == 25.0
    assert [clock.standing for _, clock in queries.clocks(own, lately())] == ["overdue", "late", "in time"]
    assert queries.position(other, LogName.LIST).behind == 2
    assert queries.position(other, LogName.LIST).waits_since is not None
    assert (queries.matches(other, lately()).count, queries.removals(other, lately()).median_hours) == (0, None)


def test_the_page_shows_them_without_a_script(partner: Partner, make_listed: MakeListed) -> None:
    work(partner, make_listed)
    browser = join(partner.organisation, "a@platform.example", "viewer").sign_in()
    page = browser.get(f"{HOME}?days=7").content.decode()
    assert "39.0 h" in page
    assert "open, overdue" in page
    assert page.count("<rect") == 1 + 7 + 5
    assert "<script" not in page
    assert partner.key.name in page
    assert browser.get(f"{HOME}?days=<x>").status_code == 200


def test_what_is_shown_stands_in_the_address(partner: Partner, make_listed: MakeListed) -> None:
    work(partner, make_listed)
    second, secret = keys.issue_key(partner.organisation, [Scope.FEED_READ], actor=DEMONSTRATION)
    Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/changes?after=0").getvalue()
    browser = join(partner.organisation, "a@platform.example", "analyst").sign_in()

    def read(query: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(browser.get(f"{HOME}downloads.csv?{query}").content.decode())))

    assert {row["key"]: row["rows"] for row in read("days=7")} == {partner.key.name: "2", second.name: "1"}
    assert [row["rows"] for row in read(f"key={second.name}")] == ["1"]
    assert read("since=2026-01-01&until=2026-01-31") == []
    assert read("list=sandbox") == []
    for query in ("since=2026-02-01&until=2026-01-01", "since=soon", "key=tid_other", "since=2020-01-01"):
        assert browser.get(f"{HOME}?{query}").status_code == 400
        assert browser.get(f"{HOME}downloads.csv?{query}").status_code == 400


def test_every_chart_has_its_rows_as_csv(partner: Partner, make_listed: MakeListed) -> None:
    entry = work(partner, make_listed)
    browser = join(partner.organisation, "a@platform.example", "analyst").sign_in()

    def read(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(browser.get(f"{HOME}{name}.csv").content.decode())))

    assert {row["entry"] for row in read("outcomes")} == {entry}
    assert sorted(row["clock"] for row in read("matches")) == ["in time", "late", "overdue", "settled"]
    assert [row["removals"] for row in read("removals")] == ["0", "1", "0", "0", "1"]
    assert {row["vote"] for row in read("disputes")} == {"affirm", "negative"}
    assert browser.get(f"{HOME}secrets.csv").status_code == 404


def test_rows_leave_as_a_file_after_a_fresh_proof_and_not_with_a_viewer(partner: Partner) -> None:
    """A file goes where no session ends. The way by the code leads back to the same days and list."""
    analyst, viewer = (join(partner.organisation, f"{role}@platform.example", role) for role in ("analyst", "viewer"))
    address = f"{HOME}outcomes.csv?since=2026-01-01&until=2026-01-31"
    browser = viewer.sign_in()
    assert b".csv" not in browser.get(HOME).content
    assert browser.get(address).status_code == 403
    browser = analyst.sign_in()
    assert b".csv" in browser.get(HOME).content
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        way = browser.get(address)["Location"]
        assert way == f"/platforms/code-again/?next={quote(address)}"
        assert post(browser, way, code=Person(analyst.account, analyst.secret).code)["Location"] == address
        assert browser.get(address).status_code == 200


def test_a_page_that_was_kept_is_reached_by_way_of_signing_in(partner: Partner) -> None:
    """With its days and list."""
    address = f"{HOME}?since=2026-01-01&until=2026-01-31"
    assert Client(headers={"Accept": "text/html"}).get(address)["Location"] == f"{SIGN_IN}?next={quote(address)}"


@pytest.mark.parametrize(
    ("decision", "hours", "age", "standing"),
    [
        ("removed", 48, 100, Standing.IN_TIME),
        ("removed", 48.1, 100, Standing.LATE),
        ("restricted", None, 47, Standing.RUNNING),
        ("restricted", None, 49, Standing.OVERDUE),
        ("not_violating", None, 99, Standing.SETTLED),
    ],
)
def test_the_clock_runs_until_a_removal_or_a_correction(
    decision: str, hours: float | None, age: float, standing: Standing
) -> None:
    removed_at = None if hours is None else LONG_AGO + timedelta(hours=hours)
    clock = rules.clock(decision, LONG_AGO, removed_at, LONG_AGO + timedelta(hours=age))
    assert clock.standing is standing


def test_a_clock_begins_with_the_match_where_the_platform_told_it(partner: Partner, make_listed: MakeListed) -> None:
    [entry], now = make_listed(image(1)), timezone.now()
    moments = {"matched_at": LONG_AGO.isoformat(), "removed_at": (LONG_AGO + timedelta(hours=50)).isoformat()}
    report(partner, entry.reference, "removed", LONG_AGO + timedelta(hours=40), **moments)
    report(partner, entry.reference, "restricted", now, matched_at=(now - timedelta(hours=49)).isoformat())
    removals = queries.removals(partner.organisation.pk, lately())
    assert (removals.late, removals.median_hours) == (1, 50.0)
    assert queries.matches(partner.organisation.pk, lately()).overdue == 1
    standings = [clock.standing for _, clock in queries.clocks(partner.organisation.pk, lately())]
    assert standings == [Standing.OVERDUE, Standing.LATE]


def test_a_client_that_asks_for_the_past_is_told_so(partner: Partner) -> None:
    """As one does that runs west of UTC and calls its local time UTC: it gets every row hours late, in silence."""
    today = timezone.now().date()

    def ask(age: int) -> Any:
        return Download.objects.create(
            organisation=partner.organisation, key_name=partner.key.name, dialect="ncmec", day=today, after=-1,
            reached=0, rows=0, is_whole=False, window_end=1, window_age=age,
        )  # fmt: skip

    ask(5 * 3600)
    browser = join(partner.organisation, "a@platform.example", "viewer").sign_in()
    assert b"clock is wrong" in browser.get(HOME).content
    ask(6)
    assert b"clock is wrong" not in browser.get(HOME).content


def test_first_steps_say_whether_the_first_page_has_come(partner: Partner, make_listed: MakeListed) -> None:
    make_listed(image(1))
    browser = join(partner.organisation, "a@platform.example", "engineer").sign_in()
    page = browser.get(f"{HOME}start/").content
    assert partner.key.name.encode() in page
    assert b"not seen a read" in page
    Client(headers=partner.bearer).get("/api/v1/changes?after=-1").getvalue()
    assert b"fetched up to leaf 1 of 1" in browser.get(f"{HOME}start/").content
    assert b"First, a key" in browser.get(f"{HOME}start/?list=sandbox").content


def test_first_steps_say_nothing_untrue_about_the_real_list(partner: Partner) -> None:
    """In the sandbox any entry will do. What is said of a real one weighs, and of a canary raises an alarm."""
    browser = join(partner.organisation, "a@platform.example", "engineer").sign_in()
    assert b"ENTRY=$(" in browser.get(f"{HOME}start/?list=sandbox").content
    page = browser.get(f"{HOME}start/?list=list").content
    assert b"ENTRY=$(" not in page
    assert b"read -r ENTRY" in page


def test_first_steps_say_that_nothing_is_on_the_list_yet(partner: Partner, make_listed: MakeListed) -> None:
    browser = join(partner.organisation, "a@platform.example", "engineer").sign_in()
    assert b"Nothing is on the real list yet" in browser.get(f"{HOME}start/").content
    assert b"Nothing is on the real list yet" not in browser.get(f"{HOME}start/?list=sandbox").content
    make_listed(image(1))
    assert b"Nothing is on the real list yet" not in browser.get(f"{HOME}start/").content


def test_a_cell_that_would_run_is_defused() -> None:
    assert serializers.csv_text([["=1+1", "", "a"]]) == "'=1+1,,a\r\n"


def test_parts_of_a_bar_stand_on_each_other() -> None:
    day = queries.Day(date(2026, 1, 1), {"a": (1, 30), "b": (1, 10)})
    drawn = serializers.reads_chart([day])
    low, high = drawn.bars
    assert (drawn.top, low.series, high.series) == (40, 1, 2)
    assert high.y + high.height == pytest.approx(low.y)


def test_sign_out_ends_the_session(partner: Partner) -> None:
    browser = join(partner.organisation, "a@platform.example", "viewer").sign_in()
    assert post(browser, f"{HOME}sign-out/").status_code == 302
    assert browser.get(HOME).status_code == 302

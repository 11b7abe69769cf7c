"""The dashboard, and the page for the public."""

import csv
import io
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from portal.figures import actions, queries, serializers
from portal.figures.models import PublicYear
from portal.reports.models import Report
from registry.access.actors import Role
from registry.log.models import PendingChange
from tests.portal.staff.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten_failures(db: None) -> None:
    cache.clear()


def report(number: int, day: str) -> None:
    Report.objects.create(reference=f"R{number:011d}", key_hash=b"k" * 32, created_on=day)


@pytest.mark.parametrize("role", Role)
def test_every_role_reads_the_dashboard_and_its_tables(role: Role) -> None:
    report(1, datetime.now(UTC).date().isoformat())
    client = make_person("eve@example.org", role).sign_in()
    page = client.get("/staff/figures/?days=7")
    assert page.status_code == 200
    assert (b"Who carried the week" in page.content) is (role not in (Role.REVIEWER, Role.PARTNER_MANAGER))
    rows = list(csv.reader(io.StringIO(client.get("/staff/figures/days.csv?days=7").content.decode())))
    assert rows[0] == ["day", "reports", "listed", "matched", "removed"]
    assert [row[1] for row in rows[1:]] == ["0"] * 6 + ["1"]
    for name in ("platforms", "disputes", "health"):
        assert client.get(f"/staff/figures/{name}.csv").status_code == 200
    assert client.get("/staff/figures/balance.csv").status_code == 404
    assert client.get("/staff/figures/?days=8").status_code == 400


def test_a_table_is_given_as_csv_and_nothing_else_is_counted_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    client = make_person("eve@example.org", Role.AUDITOR).sign_in()
    for other in ("by_day", "by_platform", "health", "went"):
        monkeypatch.delattr(queries, other)
    disputes = list(csv.reader(io.StringIO(client.get("/staff/figures/disputes.csv").content.decode())))
    assert disputes == [["opened", "listed", "upheld", "dismissed", "rate", "upheld_rate"], ["0"] * 4 + [""] * 2]


def test_what_waits_now_is_given_as_csv() -> None:
    client = make_person("eve@example.org", Role.AUDITOR).sign_in()
    names, line = csv.reader(io.StringIO(client.get("/staff/figures/health.csv").content.decode()))
    waiting = dict(zip(names, line, strict=True))
    assert int(waiting["pending"]) == PendingChange.objects.count()
    assert (waiting["waiting"], waiting["oldest_due"]) == ("0", "")


def test_each_platform_that_removed_something_has_a_bar_in_the_pictures_of_hours() -> None:
    quick, silent, slow = (
        queries.Platform(name, is_suspended=False, answers=1, removals=1, late=0, median_hours=m, p90_hours=p, behind=0)
        for name, m, p in (("Quick", 2.04, 4.0), ("Silent", None, None), ("Slow", 8.16, 60.0))
    )
    median, p90 = serializers.platform_charts([quick, silent, slow])
    assert [bar[-1] for bar in median.bars] == ["Quick: 2.0", "Slow: 8.2"]
    assert [bar[3] for bar in p90.bars] == [pytest.approx(140 * 4 / 60, abs=0.1), 140]
    assert (median.first, median.last, median.total) == ("Quick", "Slow", None)
    assert serializers.platform_charts([silent]) == []


def test_the_public_reads_whole_months_rounded_and_nothing_finer() -> None:
    for number in range(37):
        report(number, "2026-02-14")
    for number in range(37, 200):
        report(number, "2026-03-02")
    with time_machine.travel(datetime(2026, 3, 9, tzinfo=UTC)):
        assert actions.publish_year()
        assert not actions.publish_year()
    published = PublicYear.objects.get()
    assert (published.until.isoformat(), published.figures["reports"]) == ("2026-02-28", 30)
    page = Client().get("/transparency/").content.decode()
    assert "30 or a few more" in page
    export = Client().get("/transparency/2026.csv")
    rows = dict(csv.reader(io.StringIO(export.content.decode())))
    assert rows["reports"] == "30"
    assert {"37", "200"}.isdisjoint(rows.values())
    assert Client().get("/transparency/2025.csv").status_code == 404
    events = [row.record["event"] for row in PendingChange.objects.filter(log="audit")]
    assert events.count("figures:publish") == 1


def test_a_few_are_never_told() -> None:
    for number in range(9):
        report(number, "2026-02-14")
    with time_machine.travel(datetime(2026, 3, 9, tzinfo=UTC)):
        actions.publish_year()
    assert PublicYear.objects.get().figures["reports"] is None
    assert "fewer than 10" in Client().get("/transparency/").content.decode()


def test_before_the_first_month_the_page_says_so() -> None:
    assert b"after the first whole month" in Client().get("/transparency/").content

"""The dashboard, and the page for the public."""

import csv
import io
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from portal.figures import actions
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
    assert client.get("/staff/figures/platforms.csv").status_code == 200
    assert client.get("/staff/figures/?days=8").status_code == 400


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

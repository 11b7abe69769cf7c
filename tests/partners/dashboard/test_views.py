"""A platform sees its own work, in figures, charts, tables and files."""

import csv
import io

from django.test import Client

from partners.dashboard import queries, serializers
from partners.outcomes import actions as outcomes
from partners.outcomes.states import Vote
from tests.partners.conftest import MakeListed, MakePartner, Partner, image
from tests.partners.people import HOME, join, post


def work(partner: Partner, make_listed: MakeListed) -> str:
    entry, _ = make_listed(image(1), image(2))
    Client(headers=partner.bearer).get("/api/v1/changes?after=-1").getvalue()
    late = {"entry": entry.reference, "decision": "removed", "decided_at": "2026-01-01T00:00:00Z"}
    for number, removed_at in enumerate(("2026-01-01T06:00:00Z", "2026-01-04T00:00:00Z")):
        answer = Client(headers=partner.bearer | {"Idempotency-Key": f"{number}"}).post(
            "/api/v1/outcomes", late | {"removed_at": removed_at}, content_type="application/json"
        )
        assert answer.status_code == 201
    outcomes.submit_feedback(entry.reference, "pdq", Vote.AFFIRM, actor=partner.actor)
    return str(entry.reference)


def test_the_figures_are_the_platforms_own(
    partner: Partner, make_listed: MakeListed, make_partner: MakePartner
) -> None:
    work(partner, make_listed)
    figures = queries.figures(partner.organisation.pk, 30)
    assert (figures.reached, figures.behind, figures.days[-1].rows) == (1, 0, 2)
    assert (figures.removals, figures.late_removals, figures.mean_removal_hours) == (2, 1, 39.0)
    assert (figures.affirmed, figures.disputed, figures.disputed_share) == (1, 0, 0.0)
    other = queries.figures(make_partner("Platform B").organisation.pk, 30)
    assert (other.reached, other.behind, other.removals, other.disputed_share) == (-1, 2, 0, None)


def test_the_page_shows_them_without_a_script(partner: Partner, make_listed: MakeListed) -> None:
    work(partner, make_listed)
    browser = join(partner.organisation, "a@platform.example", "viewer").sign_in()
    page = browser.get(f"{HOME}?days=7").content.decode()
    assert "39.0 h" in page
    assert page.count("<rect") == 7
    assert "<script" not in page
    assert partner.key.name in page
    assert browser.get(f"{HOME}?days=<x>").status_code == 200
    assert partner.key.name in browser.get(f"{HOME}start/").content.decode()


def test_outcomes_are_exported_as_csv(partner: Partner, make_listed: MakeListed) -> None:
    entry = work(partner, make_listed)
    browser = join(partner.organisation, "a@platform.example", "viewer").sign_in()
    rows = list(csv.DictReader(io.StringIO(browser.get(f"{HOME}outcomes.csv").content.decode())))
    assert [(row["entry"], row["decision"]) for row in rows] == [(entry, "removed")] * 2
    days = list(csv.DictReader(io.StringIO(browser.get(f"{HOME}downloads.csv?days=7").content.decode())))
    assert [day["rows"] for day in days] == ["0"] * 6 + ["2"]


def test_a_cell_that_would_run_is_defused() -> None:
    assert serializers.csv_text([["=1+1", "", "a"]]) == "'=1+1,,a\r\n"


def test_sign_out_ends_the_session(partner: Partner) -> None:
    browser = join(partner.organisation, "a@platform.example", "viewer").sign_in()
    assert post(browser, f"{HOME}sign-out/").status_code == 302
    assert browser.get(HOME).status_code == 302

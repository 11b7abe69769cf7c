"""The sandbox's page: what a platform's software has shown, and what comes next."""

import pytest
from django.test import Client

from partners.sandbox import actions, rules
from partners.sandbox.models import Entry, Trial
from tests.partners.conftest import DEMONSTRATION, Partner, Sequence
from tests.partners.people import join, post

pytestmark = pytest.mark.django_db

PAGE = "/platforms/sandbox/"


def read(tester: Partner) -> None:
    Client(headers=tester.bearer).get("/api/v1/changes?after=-1").getvalue()


def test_the_page_leads_from_a_key_to_every_test(
    partner: Partner, filled: list[Entry], tester: Partner, sequence: Sequence
) -> None:
    browser = join(partner.organisation, "e@platform.example", "engineer").sign_in()
    assert b"Fetched: 0 of 12 leaves" in browser.get(PAGE).content
    read(tester)
    post(browser, f"{PAGE}look/")
    assert b"Let your software fetch again" in browser.get(PAGE).content
    sequence()
    read(tester)
    planted = Trial.objects.get().planted
    assert b"name it below" in browser.get(PAGE).content
    wrong = post(browser, f"{PAGE}withdrawn/", entry="0" * 30)
    assert (wrong.status_code, b"not the entry" in wrong.content) == (400, True)
    assert post(browser, f"{PAGE}withdrawn/", entry=planted.reference).status_code == 302
    shown = browser.get(PAGE).content.decode()
    assert shown.count(">passed<") == 2
    assert planted.reference not in shown


def test_a_viewer_looks_and_does_not_touch(partner: Partner, filled: list[Entry], tester: Partner) -> None:
    read(tester)
    actions.look_at(partner.organisation.pk, actor=DEMONSTRATION)
    browser = join(partner.organisation, "v@platform.example", "viewer").sign_in()
    assert browser.get(PAGE).status_code == 200
    assert post(browser, f"{PAGE}look/").status_code == 403
    assert post(browser, f"{PAGE}withdrawn/", entry="x").status_code == 403


def test_a_stopncii_client_shows_it_by_fetching_anew(
    partner: Partner, filled: list[Entry], tester: Partner, sequence: Sequence
) -> None:
    """It is never told a name."""
    headers = {"x-functions-key": tester.secret, "Ocp-Apim-Subscription-Key": tester.key.name}
    client = Client(headers=headers)
    client.get("/stopncii/v1/FetchHashes?startTimestamp=10")
    browser = join(partner.organisation, "e@platform.example", "engineer").sign_in()
    post(browser, f"{PAGE}look/")
    sequence()
    client.get("/stopncii/v1/FetchHashes?startTimestamp=10")
    assert browser.get(PAGE).context["standing"].tests[1][1]


@pytest.mark.parametrize(
    ("reads", "reached"),
    [([], -1), ([(0, 5)], -1), ([(-1, 3), (3, 9)], 9), ([(-1, 3), (4, 9)], 3), ([(2, 9), (-1, 4), (-1, 2)], 9)],
)
def test_a_gap_in_what_was_fetched_counts(reads: list[tuple[int, int]], reached: int) -> None:
    assert rules.read_up_to(reads) == reached

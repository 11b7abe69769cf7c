"""A reviewer's day without a mouse, and what happens when two people want the same thing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page

from partners.outcomes import actions as outcomes
from partners.outcomes.rules import ReportedOutcome
from partners.outcomes.states import CountBand, Decision
from portal.reviews import actions, queries
from portal.reviews.models import Review
from registry.access.actors import REPORTER, Role
from registry.entries import actions as entries
from registry.log.models import Leaf
from tests.partners.conftest import Partner, image
from tests.portal.staff.people import Person, make_person

DECISIONS = 200
CONFIRM, ASK_AGAIN = "1", "2"

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

Browse = Callable[[Person], Page]


@pytest.fixture
def browse(live_server: Any, person: Callable[..., BrowserContext]) -> Browse:
    """Give the browser of somebody who has signed in, at the queue."""
    cache.clear()

    def browse(who: Person) -> Page:
        client, context = who.sign_in(), person(base_url=live_server.url)
        names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
        cookies = [(name, client.cookies[name].value) for name in names]
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies])
        page = context.new_page()
        page.goto("/staff/reviews/")
        return page

    return browse


def answered(partner: Partner, sequence: Callable[[], int], count: int) -> None:
    """Have a platform say of so many entries that it removed a copy, and bring all that into the queue."""
    listed = entries.accept_items([image(seed) for seed in range(count)], holder="holder", actor=REPORTER)
    sequence()
    at = datetime.now(UTC) - timedelta(hours=1)
    for entry in listed:
        reported = ReportedOutcome(entry.reference, Decision.REMOVED, at, at, CountBand.ONE, "")
        outcomes.report_outcome(reported, actor=partner.actor)
    actions.open_reviews()


def press(page: Page, key: str) -> None:
    """Press a key, and wait for the page it leads to, until its own keys work: modules run before this event."""
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.keyboard.press(key)


def make_plain(page: Page) -> None:
    """Draw next to nothing: looks take time, and the keys need none. What was fetched once stays in the cache."""
    page.set_viewport_size({"width": 320, "height": 200})
    debugger = page.context.new_cdp_session(page)
    debugger.send("Network.enable")
    debugger.send("Network.setBlockedURLs", {"urls": ["*.css", "*.svg"]})


def staff_leaves(sequence: Callable[[], int]) -> list[str]:
    """Give the acts of staff that are in the log, once what waits is sequenced."""
    while sequence():
        pass
    leaves = Leaf.objects.filter(log="audit", record__contains='"actor":"staff:').order_by("leaf_index")
    return [leaf.event for leaf in leaves if not leaf.event.startswith("account:")]


def test_two_hundred_decisions_without_a_mouse_and_a_leaf_for_each_act(
    browse: Browse,
    partner: Partner,
    sequence: Callable[[], int],
) -> None:
    answered(partner, sequence, DECISIONS)
    sequence()
    page = browse(make_person("ana@example.org", Role.REVIEWER))
    make_plain(page)
    pauses = 0
    for number in range(DECISIONS):
        if page.url.endswith("/staff/reviews/"):
            pauses += number > 0
            press(page, "n")
        press(page, ASK_AGAIN if number % 10 == 9 else CONFIRM)
    assert page.get_by_text("Nothing waits").is_visible()
    assert pauses == DECISIONS // 20 - 1
    decided = Review.objects.values_list("decision", flat=True)
    assert (list(decided).count("confirm"), list(decided).count("ask_again")) == (180, 20)
    acts = staff_leaves(sequence)
    assert {act: acts.count(act) for act in set(acts)} == {
        "review:claim": 200,
        "review:decide": 200,
        "outcome:confirm": 180,
        "outcome:ask_again": 20,
    }


def race(pages: list[Page], *keys: str, lost: str) -> tuple[Page, Page]:
    """Have two pages' keys pressed at once; give the page that won and the one that reads that it lost."""
    with pages[0].expect_navigation(), pages[1].expect_navigation():
        for page, key in zip(pages, keys, strict=True):
            page.keyboard.press(key)
    losers = [page for page in pages if lost in page.get_by_role("main").inner_text()]
    assert len(losers) == 1
    return pages[1 - pages.index(losers[0])], losers[0]


def test_two_browsers_want_the_same_review(
    browse: Browse,
    partner: Partner,
    sequence: Callable[[], int],
) -> None:
    answered(partner, sequence, 2)
    pages = [browse(make_person(f"{name}@example.org", Role.REVIEWER)) for name in ("ana", "ben")]
    address = pages[0].locator("a.queue-item").first.get_attribute("href")
    for page in pages:
        page.goto(str(address))
    told = "Somebody else has claimed this review. Go back to the queue and take another one."
    won, lost = race(pages, "c", "c", lost=told)
    assert won.get_by_role("button", name="Confirm").is_visible()
    lost.get_by_role("link", name="Back to your work").press("Enter")
    lost.get_by_role("heading", name="Reviews").wait_for()
    press(lost, "n")
    assert lost.url != won.url
    assert staff_leaves(sequence) == ["review:claim", "review:claim"]


def test_two_browsers_decide_the_same_review(
    browse: Browse,
    partner: Partner,
    sequence: Callable[[], int],
) -> None:
    answered(partner, sequence, 1)
    ana = make_person("ana@example.org", Role.REVIEWER)
    page = browse(ana)
    pages = [page, page.context.new_page()]
    press(pages[0], "n")
    pages[1].goto(pages[0].url)
    won, _ = race(pages, CONFIRM, ASK_AGAIN, lost="This review is done already. Nothing was changed.")
    effect = "outcome:confirm" if won is pages[0] else "outcome:ask_again"
    assert sorted(staff_leaves(sequence)) == sorted(["review:claim", effect, "review:decide"])


def test_two_browsers_agree_to_the_same_held_decision(
    browse: Browse,
    make_flagged: Callable[..., Review],
    sequence: Callable[[], int],
) -> None:
    first = make_person("ana@example.org", Role.REVIEWER)
    review = make_flagged(affirming=2, negative=0)
    actions.claim_review(review, actor=first.actor)
    actions.decide_review(review, decision="uphold", actor=first.actor)
    pages = [browse(make_person(f"{name}@example.org", Role.REVIEWER)) for name in ("ben", "eve")]
    for page in pages:
        page.goto(f"/staff/reviews/{review.reference}/")
    won, _ = race(pages, "a", "a", lost="This review is done already. Nothing was changed.")
    assert won.get_by_text("The entry is rejected").is_visible()
    assert staff_leaves(sequence).count("entry:reject") == 1
    assert not queries.queue().exists()

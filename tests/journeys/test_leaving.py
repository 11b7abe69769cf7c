"""Leaving fast: by button, by keyboard, without script; and what Back shows afterwards."""

import re

import pytest

from tests.journeys.people import Reporter, photo

pytestmark = pytest.mark.journey

WAY_OUT = "**/exit/"


@pytest.fixture
def visitor(service, person):
    """Someone whose tab was on another page before they came here.

    A browser in a test cannot follow a redirect to a site of the world: a plain page answers at the way out itself.
    """

    def arrive(**options):
        context = person(**options)
        context.route(
            re.compile("^https://|/exit/$"),
            lambda route: route.fulfill(body="<title>Weather</title>", content_type="text/html"),
        )
        page = context.new_page()
        page.goto("https://before.example/")
        page.goto(service.base_url + "/")
        return page

    return arrive


def test_the_button_overwrites_the_visit_and_back_shows_what_was_before(visitor):
    """Several pages into the site, one press leaves, and Back skips all of them."""
    page = visitor()
    page.get_by_role("link", name="Someone threatens me").click()
    page.get_by_role("link", name="Make the fingerprint").click()
    page.get_by_role("button", name="I see. Go on").click()
    page.get_by_role("link", name="Emergency: Leave now").click()
    page.wait_for_url(WAY_OUT)
    page.go_back()
    assert page.url == "https://before.example/"


def test_three_presses_of_shift_leave_and_are_counted_aloud(visitor):
    """With words for a screen reader after each."""
    page = visitor()
    status = page.locator("[data-exit-status]")
    page.keyboard.press("Shift")
    assert "2 more times" in status.inner_text()
    page.keyboard.press("Shift")
    assert "1 more time" in status.inner_text()
    page.keyboard.press("Shift")
    page.wait_for_url(WAY_OUT)


def test_shift_used_for_a_capital_letter_does_not_count(visitor):
    """And any other key begins the count anew."""
    page = visitor()
    page.keyboard.press("Shift")
    page.keyboard.press("Shift+A")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.wait_for_timeout(300)
    assert "exit" not in page.url


def test_without_script_the_button_is_a_plain_link_to_the_same_place(visitor):
    """It works all the same."""
    page = visitor(java_script_enabled=False)
    page.get_by_role("link", name="Emergency: Leave now").click()
    page.wait_for_url(WAY_OUT)


def test_the_page_is_blank_before_the_next_one_comes(visitor):
    """However slow the network."""
    page = visitor()
    script = "document.querySelector('[data-shift]').click(); [getComputedStyle(document.body).display, document.title]"
    assert page.evaluate(script) == ["none", ""]


def test_leaving_from_an_open_report_leaves_no_way_back_to_it(service, visitor):
    """A report opened with its codes cannot be brought back by Back: it was never an entry of its own."""
    page = visitor()
    reporter = Reporter(page.context, service.base_url)
    reporter.choose(photo(63))
    reporter.send()
    page.get_by_role("link", name="Come back to a report").click()
    page.get_by_label("Your reference").fill(reporter.reference)
    page.get_by_label("Your key").fill(reporter.key)
    page.get_by_role("button", name="Show my report").click()
    page.get_by_role("heading", name="Your report", exact=True).wait_for()
    assert page.evaluate("history.length") == 3  # a new tab, the page before, this visit
    page.get_by_role("link", name="Emergency: Leave now").click()
    page.wait_for_url(WAY_OUT)
    page.go_back()
    assert page.url == "https://before.example/"


def test_a_language_is_chosen_without_a_trace(service, visitor):
    """No address names it, no cookie, no storage; it goes on over links, forms, reloads, practice; and ends on leaving."""
    page = visitor()
    addresses = []
    page.on("framenavigated", lambda frame: addresses.append(frame.url))
    page.get_by_role("link", name="Español").click()
    page.get_by_role("link", name="Practicar primero").click()
    page.get_by_role("heading", name="Primero").wait_for()
    page.get_by_role("link", name="Volver a un caso").click()
    page.get_by_label("Tu referencia").fill("x")
    page.get_by_label("Tu clave").fill("x")
    page.get_by_role("button", name="Ver mi caso").click()
    page.get_by_text("Revisa lo que escribiste").first.wait_for()
    page.reload()
    page.locator("html[lang=es]").wait_for(state="attached")
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    page.locator("[data-shift]").click()
    page.wait_for_url(WAY_OUT)
    assert page.evaluate("window.name") == ""
    assert not [address for address in addresses if "/es" in address]

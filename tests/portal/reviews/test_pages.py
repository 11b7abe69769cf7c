"""A reviewer's way through the pages in a real browser: by keyboard alone, and clean under axe."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page

from partners.outcomes.models import Outcome
from registry.access.actors import Role
from tests.portal.reviews.conftest import MakeReview
from tests.portal.staff.people import PASSWORD, make_person

AXE = Path(__file__).resolve().parents[3] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS_AND_SCHEMES: list[tuple[int, Any]] = [(320, "light"), (1280, "light"), (320, "dark")]

pytestmark = pytest.mark.django_db(transaction=True)


def check(page: Page, looks: list[tuple[int, Any]] = WIDTHS_AND_SCHEMES) -> None:
    """Refuse what axe finds, and a page wider than its window, on a phone and a desk, light and dark."""
    # The page's own policy takes no text for code; the debugger may, and nobody else.
    debugger = page.context.new_cdp_session(page)
    debugger.send("Runtime.evaluate", {"expression": AXE.read_text()})
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} overflows at {width}"
        found = page.evaluate("tags => axe.run(document, {runOnly: tags}).then(r => r.violations)", RULES)
        assert not [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found], page.url


def press_to(page: Page, name: str) -> None:
    """Go by Tab to what bears this name, and press it."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"no Tab leads to {name!r} on {page.url}")


def test_a_reviewer_signs_in_and_confirms_without_a_mouse(
    live_server: Any, person: Callable[..., BrowserContext], make_review: MakeReview
) -> None:
    cache.clear()
    make_review(hours_ago=50)
    ana = make_person("ana@example.org", Role.REVIEWER)
    page = person().new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    page.goto(f"{live_server.url}/staff/reviews/")
    check(page)
    page.keyboard.type(ana.account.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("Code").wait_for()
    check(page)
    page.keyboard.insert_text(f"{ana.code[:3]} {ana.code[3:]}")  # as pasted
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Reviews").wait_for()
    check(page)

    press_to(page, "Take the next one")
    page.get_by_role("button", name="Confirm").wait_for()
    check(page)
    press_to(page, "Confirm")
    page.get_by_text("The person who reported will be told").wait_for()
    check(page)
    assert Outcome.objects.get().confirmed_on is not None
    assert said == []

"""A member of staff adds a passkey, proves themselves with it, and removes it, in a real browser under the page's policy."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from registry.access.actors import Role
from registry.accounts import queries
from tests.partners.sandbox.test_onboarding import fill, give_passkeys, press, sign_in, visit
from tests.portal.staff.people import make_person

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PASSKEYS = "/staff/you/passkeys/"


def refuse(page: Page) -> None:
    """Have the next passkey say no: there is none of this person's at hand."""
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError')) }")


def test_a_passkey_stands_in_for_a_code_on_the_staffs_pages(
    live_server: LiveServer, person: Callable[..., BrowserContext]
) -> None:
    cache.clear()
    ana = make_person("ana@staff.example", Role.REVIEWER)
    page = person(base_url=live_server.url).new_page()
    page.goto(PASSKEYS)
    sign_in(page, ana)
    give_passkeys(page)
    fill(page, name="Blue key")
    press(page, "Add a passkey")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6), tick=True):
        visit(page, PASSKEYS)
        assert page.url.endswith(f"/staff/code-again/?next={PASSKEYS}")
        refuse(page)
        page.get_by_role("button", name="Use a passkey").click()
        page.get_by_text("No passkey answered").wait_for()
        page.reload()
        press(page, "Use a passkey")
        assert page.url.endswith(PASSKEYS)
        press(page, "Remove Blue key")
        assert not queries.passkeys_of(ana.account).exists()
        assert page.get_by_text("You have no passkey yet").is_visible()

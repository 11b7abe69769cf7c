"""A platform comes in as its people would: from the form to the real list, each page fit for everyone on the way."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import requests
import time_machine
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer
from threatexchange.exchanges.clients.ncmec.hash_api import FingerprintType, NCMECHashAPI
from threatexchange.exchanges.impl.ncmec_api import NCMECCheckpoint, NCMECCollabConfig, NCMECSignalExchangeAPI

from partners.keys.models import Key
from partners.organisations import actions as organisations
from partners.organisations.models import Application
from partners.organisations.states import CHECKS, TESTS, ApplicationState
from partners.sandbox import rules
from partners.sandbox.models import Entry
from registry.access.actors import Role
from registry.accounts.models import Account
from tests.partners import people as members
from tests.partners.conftest import DEMONSTRATION, MakeListed, Partner, Sequence, image
from tests.partners.organisations.test_applications import FIELDS
from tests.portal.reviews.test_pages import WIDTHS_AND_SCHEMES, check
from tests.portal.staff.people import PASSWORD, Person, make_person

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

DESK_AND_DARK_PHONE, DARK_PHONE = WIDTHS_AND_SCHEMES[1:], WIDTHS_AND_SCHEMES[2:]
PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}
HARMLESS = re.compile("status of 400|Autofocus")
"""What a browser says of a form that was refused, and of a field that was already being typed in."""
Open = Callable[[], Page]


class Software:
    """A platform's software: the unmodified NCMEC client, and its own few lines for outcomes."""

    def __init__(self, url: str, who: Partner) -> None:
        self.url, self.who = url, who
        self.held: dict[str, Any] = {}
        self.checkpoint: NCMECCheckpoint | None = None
        environment: Any = SimpleNamespace(value=f"{url}/ncmec")
        self.client = NCMECHashAPI(who.key.name, who.secret, environment)
        collab = NCMECCollabConfig(environment=environment, name="t")
        self.exchange = NCMECSignalExchangeAPI(collab, who.key.name, who.secret)

    def fetch(self) -> None:
        for delta in self.exchange.fetch_iter([], self.checkpoint):
            self.exchange.naive_fetch_merge(self.held, delta.updates)
            self.checkpoint = delta.checkpoint

    def fetch_until(self, count: int) -> None:
        """Poll until so many entries are held: the client asks only for what is five seconds old."""
        deadline = time.monotonic() + 20
        while len(self.held) != count and time.monotonic() < deadline:
            self.fetch()
            time.sleep(0.5)
        assert len(self.held) == count

    def report(self, entry: str, decided_at: datetime) -> None:
        sent = {"entry": entry, "decision": "not_violating", "decided_at": decided_at.isoformat()}
        headers = self.who.bearer | {"Idempotency-Key": f"{entry} {decided_at}"}
        requests.post(f"{self.url}/api/v1/outcomes", json=sent, headers=headers, timeout=5).raise_for_status()


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def browse(live_server: LiveServer, person: Callable[..., BrowserContext]) -> Iterator[Open]:
    """Give a browser of somebody's own, and refuse in the end what its console said."""
    cache.clear()
    said: list[str] = []

    def browse() -> Page:
        page = person(base_url=live_server.url).new_page()
        page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
        return page

    yield browse
    assert [words for words in said if not HARMLESS.search(words)] == []


def press(page: Page, name: str) -> None:
    """Press a button or follow a link, and look at the page it leads to on a phone at night."""
    words = re.compile(rf"^\s*{re.escape(name)}\s*$")
    with page.expect_navigation(wait_until="load"):
        page.locator("main :is(a, button)", has_text=words).first.click()
    check(page, DARK_PHONE)


def visit(page: Page, path: str) -> None:
    page.goto(path)
    check(page, DESK_AND_DARK_PHONE)


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"[name='{name}']").fill(value)


def sign_in(page: Page, person: Person) -> None:
    """Sign in by the pages, with password and app."""
    fill(page, login=person.account.email, password=PASSWORD)
    press(page, "Sign in")
    fill(page, code=person.code)
    press(page, "Sign in")


def give_passkeys(page: Page) -> None:
    """Put a phone at hand that makes passkeys, and says yes."""
    debugger = page.context.new_cdp_session(page)
    debugger.send("WebAuthn.enable")
    debugger.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})


class Staff:
    """A partner manager at the page of the one application."""

    def __init__(self, page: Page, email: str) -> None:
        self.page, self.person = page, make_person(email, Role.PARTNER_MANAGER)
        page.goto("/staff/platforms/")
        sign_in(page, self.person)

    def press(self, name: str) -> None:
        self.page.goto("/staff/platforms/")
        press(self.page, FIELDS["name"])
        press(self.page, name)


def apply(page: Page) -> str:
    """Apply; give the address that says where it stands."""
    visit(page, "/apply/")
    press(page, "Send the application")
    fill(page, **FIELDS)
    press(page, "Send the application")
    return page.url


def vet(staff: Staff) -> None:
    staff.press("Begin to check")
    fill(staff.page, identity="Seen in the company register.")
    press(staff.page, "Save, and go on later")
    fill(staff.page, **{name: "Seen on a call with their engineers." for name, _ in CHECKS if name != "identity"})
    press(staff.page, "Every check is made")


def join(page: Page, mail: Any) -> Person:
    """Take up the invitation that came by mail, and sign in."""
    [address] = re.findall(r"/invitations/\S+", mail.body)
    visit(page, address)
    fill(page, password="short")
    press(page, "Make the account")
    fill(page, password=PASSWORD)
    press(page, "Make the account")
    me = Person(Account.objects.get(email=mail.to[0]), page.locator("#app-secret").inner_text())
    press(page, "I have both; sign in")
    sign_in(page, me)
    return me


def issue(page: Page, url: str) -> Software:
    """Issue a key from the page one is at; give software that holds it."""
    press(page, "Issue the key")
    name, secret = page.locator("#key-name").inner_text(), page.locator("#key-secret").inner_text()
    return Software(url, Partner(Key.objects.get(name=name).organisation, Key.objects.get(name=name), secret))


def passed() -> list[str]:
    return list(Application.objects.get().passed)


def pass_the_sandbox(page: Page, software: Software, sequence: Sequence) -> None:
    """Show with the unmodified client whatever the sandbox asks for."""
    visit(page, "/platforms/sandbox/")
    software.fetch_until(rules.SIZE)
    before = {key.partition("-")[2] for key in software.held}
    press(page, "Look again")
    assert passed() == ["read"]
    sequence()
    software.fetch_until(rules.SIZE - 1)
    [gone] = before - {key.partition("-")[2] for key in software.held}
    visit(page, "/platforms/sandbox/")
    fill(page, entry="another")
    press(page, "This one")
    fill(page, entry=f" {gone} ")
    assert passed() == ["read"]
    press(page, "This one")
    assert passed() == ["read", "tombstone"]
    entry = next(iter(before - {gone}))
    software.client.submit_upvote(1, entry, FingerprintType.md5)
    software.report(entry, now())
    sequence()
    press(page, "Look again")


def test_a_platform_comes_in_from_the_form_to_the_real_list(
    live_server: LiveServer,
    browse: Open,
    filled: list[Entry],
    sequence: Sequence,
    make_listed: MakeListed,
    mailoutbox: list[Any],
) -> None:
    make_listed(image(1))
    applicant, first, second = browse(), Staff(browse(), "first@staff.example"), Staff(browse(), "second@staff.example")
    address = apply(applicant)

    def stands(words: str) -> None:
        applicant.goto(address)
        check(applicant, DARK_PHONE)
        assert applicant.get_by_text(words).first.is_visible()

    stands("One of our staff will begin to check it.")
    vet(first)
    stands("It is your turn")
    fill(applicant, signatory="Ana Lind")
    press(applicant, "Accept for the company")
    stands("trying the sandbox")

    owner = browse()
    me = join(owner, next(mail for mail in mailoutbox if "/invitations/" in mail.body))
    visit(owner, "/platforms/keys/")
    press(owner, "Issue a key")
    pass_the_sandbox(owner, issue(owner, live_server.url), sequence)
    assert passed() == [name for name, _ in TESTS]
    stands("Your software has passed every test.")

    first.press("Propose activation")
    stands("A second person of our staff looks")
    assert first.page.get_by_text("Activate, as the second person").count() == 0
    second.press("Activate, as the second person")
    stands("You are in.")
    to_applicant = [mail.subject for mail in mailoutbox if mail.to == [FIELDS["contact_email"]]]
    assert [subject.rpartition(": ")[2] for subject in to_applicant if "Join" not in subject] == [
        FIELDS["name"],
        *(
            ApplicationState(state).label
            for state in ("vetting", "approved", "agreed", "certified", "proposed", "active")
        ),
    ]

    give_passkeys(owner)
    visit(owner, "/platforms/you/")
    press(owner, "Passkeys")
    fill(owner, name="My phone")
    press(owner, "Add a passkey")
    assert owner.get_by_text("My phone", exact=True).is_visible()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6), tick=True):
        visit(owner, "/platforms/keys/")
        press(owner, "Issue a key")
        press(owner, "Use a passkey")
        software = issue(owner, live_server.url)
        first_page = requests.get(f"{live_server.url}/api/v1/changes?after=-1", headers=software.who.bearer, timeout=5)
        assert first_page.status_code == 200
        with owner.expect_navigation(wait_until="load"):
            owner.get_by_role("button", name="Sign out").click()
        fill(owner, login=me.account.email, password=PASSWORD)
        press(owner, "Sign in")
        press(owner, "Use a passkey")
        assert owner.get_by_role("heading", name=FIELDS["name"]).is_visible()


def test_what_people_of_a_platform_look_after(browse: Open, partner: Partner) -> None:
    me = members.join(partner.organisation, "ana@platform.example", "owner")
    organisations.invite_person(partner.organisation, "ben@platform.example", "viewer", actor=DEMONSTRATION)
    page = browse()
    page.goto("/platforms/people/")
    sign_in(page, Person(me.account, me.secret))
    fill(page, email="ben@platform.example")
    press(page, "Send the invitation")
    visit(page, "/platforms/webhooks/")
    fill(page, url="ftp://x")
    press(page, "Add it")
    fill(page, url="http://127.0.0.1:9/hook")
    press(page, "Add it")
    press(page, "To your webhooks")
    press(page, "Send a test")
    visit(page, "/platforms/bundles/")
    press(page, "Make a bundle")
    for path in ("/platforms/", "/platforms/start/?list=list", "/platforms/keys/", "/platforms/you/app/"):
        visit(page, path)
    visit(page, "/platforms/you/")
    press(page, "New recovery codes")

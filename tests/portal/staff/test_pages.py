"""Every staff page in a real browser: clean under axe, no wider than a phone, and within the content policy."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page

from partners.alarms import actions as alarms
from partners.canaries import actions as canaries
from partners.canaries.models import Canary
from partners.organisations import actions as organisations
from portal.conversations import actions as conversations
from portal.figures import actions as figures
from portal.guidance import actions as guidance
from portal.guidance.models import HelpLine, Platform
from portal.proposals import actions as proposals
from portal.proposals.states import Ground, ProposalVerb, Records
from portal.reports.models import Report
from portal.reviews import actions as reviews
from portal.reviews import queries
from portal.reviews.states import ReviewKind
from registry.access.actors import Role, system
from registry.accounts import actions as accounts
from registry.accounts.models import Account
from registry.entries.states import Reason
from registry.screening import actions as screening
from registry.screening.states import BenignReason
from tests.journeys import accessibility
from tests.partners.conftest import MakeListed, Partner, balanced_digest, image
from tests.partners.organisations.test_applications import receive
from tests.portal.reports import people
from tests.portal.reviews.conftest import MakeReview
from tests.portal.reviews.test_pages import WIDTHS_AND_SCHEMES, check
from tests.portal.staff.people import PASSWORD, Person, make_person

WORKER = (Role.REVIEWER, Role.SENIOR_REVIEWER, Role.PARTNER_MANAGER)
DESK_AND_DARK_PHONE = WIDTHS_AND_SCHEMES[1:]
TODAY = datetime.now(UTC).date()
ACTS = "a[href], button, input:not([type=hidden], [type=radio]), select, textarea, summary, [tabindex='0']"
"""What can be pressed or filled in. Of radio buttons a Tab leads to one, and arrows to the others."""
LISTEN = "() => { window.reached = new Set(); addEventListener('focusin', event => reached.add(event.target)) }"
MISSED = """acts => [...document.querySelectorAll(acts)]
    .filter(one => one.checkVisibility() && !one.disabled && !reached.has(one)).map(one => one.outerHTML)"""

pytestmark = pytest.mark.django_db(transaction=True)

Open = Callable[[Person], Page]


@pytest.fixture
def browse(live_server: Any, person: Callable[..., BrowserContext]) -> Iterator[Open]:
    """Give the browser of somebody who has signed in, and refuse whatever the console said in the end."""
    cache.clear()
    said: list[str] = []

    def browse(who: Person) -> Page:
        client, context = who.sign_in(), person(base_url=live_server.url)
        names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
        cookies = [(name, client.cookies[name].value) for name in names]
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies])
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        return page

    yield browse
    assert said == []


def check_tabs(page: Page) -> None:
    """Refuse what can be pressed or filled in and no Tab leads to. A date takes several, hence the second round."""
    page.evaluate("document.activeElement.blur()")
    page.evaluate(LISTEN)
    for _ in range(2):
        for _ in range(page.locator(ACTS).count() + 1):
            page.keyboard.press("Tab")
        if not (missed := page.evaluate(MISSED, ACTS)):
            return
    raise AssertionError(f"no Tab leads on {page.url} to {missed}")


def look_at(page: Page, *paths: str) -> None:
    for path in paths:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        check(page, DESK_AND_DARK_PHONE)
        check_tabs(page)


def press(page: Page, name: str) -> None:
    """Press a button, and look at the page that it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).press("Enter")
    check(page, DESK_AND_DARK_PHONE)
    check_tabs(page)


def test_what_a_reviewer_works_on(
    browse: Open, make_review: MakeReview, make_flagged: MakeReview, make_listed: MakeListed, partner: Partner
) -> None:
    ana, ben = make_person("ana@example.org", *WORKER), make_person("ben@example.org", *WORKER)
    make_review(hours_ago=50)
    make_flagged()
    report = Report.objects.create(reference="ABCDEFGHJKMN", key_hash=b"k" * 32, created_on=TODAY)
    conversations.write_message(report.pk, "Will it ever be gone? I want to die")
    organisations.propose_activation(receive(4), actor=ben.actor)
    receive()
    entries = [entry.reference for entry in make_listed(image(901), image(902))]
    reviews.propose_many("quarantine", entries, reason=Reason.MISTAKE, actor=ben.actor)
    proposals.propose_about_platform(ProposalVerb.SUSPEND, partner.organisation, ground=Ground.BREACH, actor=ben.actor)
    reviews.open_reviews()
    reviews.open_conversations()
    page = browse(ana)
    look_at(page, "/staff/reviews/", "/staff/reviews/?state=held", "/staff/reviews/?kind=removal")
    for kind in set(ReviewKind) - {ReviewKind.REMOVAL}:
        review = queries.queue().filter(kind=kind)[0]
        reviews.claim_review(review, actor=ana.actor)
        reviews.add_note(review, text="Look at the second answer.", actor=ana.actor)
        look_at(page, f"/staff/reviews/{review.reference}/")
    look_at(page, "/staff/reviews/many/", "/staff/platforms/")


def test_what_asks_for_a_code_and_what_stands_on_other_desks(
    browse: Open, make_review: MakeReview, partner: Partner
) -> None:
    ana, review, application = make_person("ana@example.org", *WORKER), make_review(), receive(1)
    canaries.plant(partner.organisation, 1, is_new=False, actor=system("clock"))
    alarms.notice_canaries([Canary.objects.get().entry_reference], actor=partner.actor)
    report = Report.objects.create(reference="ABCDEFGHJKMN", key_hash=b"k" * 32, created_on=TODAY)
    conversations.write_message(report.pk, "Is it gone?")
    page = browse(ana)
    look_at(page, "/staff/code-again/", f"/staff/reviews/{review.reference}/reveal/")
    press(page, "Show them now")
    look_at(
        page, f"/staff/platforms/{application.reference}/", "/staff/alarms/", "/staff/links/", "/staff/fingerprint/"
    )


def test_what_an_administrator_writes_on(browse: Open) -> None:
    desk = "/staff/pages/"
    page = browse(make_person("ada@example.org", Role.ADMINISTRATOR))
    look_at(page, desk, f"{desk}lines/new/", f"{desk}platforms/new/", f"{desk}words/?language=es&find=call")


def test_somebody_new_joins(live_server: Any, person: Callable[..., BrowserContext], mailoutbox: Any) -> None:
    cache.clear()
    ada = make_person("ada@example.org", Role.ADMINISTRATOR)
    accounts.invite_account("new@example.org", [Role.REVIEWER], join_address="/staff/join/", actor=ada.actor)
    [code] = re.findall(r"\w{4}(?:-\w{4}){3}", mailoutbox[0].body)
    page = person(base_url=live_server.url).new_page()
    look_at(page, "/staff/join/")
    page.get_by_label("E-mail address").fill("new@example.org")
    page.get_by_label("Code from the mail").fill(code)
    page.get_by_label("New password").fill(PASSWORD)
    press(page, "Go on")
    [secret] = re.findall(r"[A-Z2-7]{32}", page.content())
    page.get_by_label("Code").fill(Person(Account.objects.get(email="new@example.org"), secret).code)
    press(page, "Set it up")
    assert page.get_by_role("heading", name="Your recovery codes").is_visible()


def test_what_is_proposed_and_handed_out(browse: Open, partner: Partner) -> None:
    ana, ben = make_person("ana@example.org", *WORKER), make_person("ben@example.org", *WORKER)
    proposal = proposals.propose_export(Records.AUDIT, TODAY, TODAY, ground=Ground.AUDIT, actor=ana.actor)
    proposals.agree_to_proposal(proposal, actor=ben.actor)
    proposals.propose_about_platform(ProposalVerb.SUSPEND, partner.organisation, ground=Ground.BREACH, actor=ana.actor)
    here = "/staff/proposals/"
    look_at(browse(ana), here, f"{here}platform/", f"{here}export/", f"{here}{proposal.reference}/take/")


def test_what_is_read_and_set(browse: Open, make_review: MakeReview, sequence: Callable[[], int]) -> None:
    make_review(hours_ago=50)
    screening.add_benign(balanced_digest(1), reason=BenignReason.MEME, note="A cat", actor=system("test"))
    Report.objects.create(reference="ABCDEFGHJKMN", key_hash=b"k" * 32, created_on=TODAY)
    ada = make_person("ada@example.org", Role.ADMINISTRATOR)
    sequence()
    page = browse(ada)
    look_at(page, "/staff/figures/", "/staff/log/", "/staff/log/?event=entry:accept", "/staff/log/0/")
    look_at(page, "/staff/log/?log=list", "/staff/log/0/?log=list")
    look_at(page, "/staff/records/", "/staff/records/entries/entry/", "/staff/records/reviews/review/?q=x")
    page.goto("/staff/records/reviews/review/")
    page.locator("tbody a").first.click()
    check(page)
    look_at(page, "/staff/settings/", "/staff/benign/", "/staff/people/", "/staff/you/", "/staff/you/app/")
    look_at(browse(make_person("sue@example.org", Role.SENIOR_REVIEWER)), "/staff/benign/")


def test_what_the_public_reads(live_server: Any, person: Callable[..., BrowserContext]) -> None:
    for number in range(40):
        Report.objects.create(reference=f"R{number:011d}", key_hash=b"k" * 32, created_on=TODAY.replace(day=1))
    figures.publish_year()
    page = person(base_url=live_server.url, viewport={"width": 320, "height": 800}).new_page()
    page.goto("/transparency/")
    assert accessibility.faults(page) == []
    assert accessibility.overflow(page) == 0


def test_what_administrators_write_for_the_public(browse: Open) -> None:
    here, ada = "/staff/pages/", make_person("ada@example.org", Role.ADMINISTRATOR)
    guidance.save_platform(Platform(slug="harbour-chat", name="Harbour Chat"), actor=ada.actor)
    guidance.save_line(HelpLine(country="US", name="Night Line", phone="555 0100"), actor=ada.actor)
    page = browse(ada)
    look_at(
        page,
        here,
        f"{here}lines/new/",
        f"{here}platforms/new/",
        f"{here}platforms/harbour-chat/",
        f"{here}words/?find=nude",
    )
    for wanted in ("Leave now", "Nobody says this"):
        page.get_by_label("Find").fill(wanted)
        page.get_by_role("button", name="Find").click()
        check(page)
    page.goto(f"{here}words/?find=Leave+now")
    page.locator("a.queue-item").first.click()
    page.get_by_role("button", name="Say it from now on").wait_for()
    check(page)
    page.goto(here)
    page.get_by_role("link", name="Night Line").click()
    page.get_by_role("button", name="Take it off every page").wait_for()
    check(page)
    look_at(page, f"{here}languages/de/sign/")


def test_what_people_told_of_links(browse: Open) -> None:
    page = browse(make_person("ana@example.org", *WORKER))
    look_at(page, "/staff/links/")
    auditor = browse(make_person("aud@example.org", Role.AUDITOR))
    people.report(
        items=[],
        links=(("https://site.example/a/very/long/address" + "/more" * 40, True), ("https://x.example/", False)),
    )
    look_at(page, "/staff/links/")
    look_at(auditor, "/staff/links/", "/staff/pages/", "/staff/pages/words/?find=nude")

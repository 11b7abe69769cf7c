"""Every staff page in a real browser: clean under axe, no wider than a phone, and within the content policy."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page

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
from registry.entries.states import Reason
from registry.screening import actions as screening
from registry.screening.states import BenignReason
from tests.journeys import accessibility
from tests.partners.conftest import MakeListed, Partner, balanced_digest, image
from tests.partners.organisations.test_applications import receive
from tests.portal.reports import people
from tests.portal.reviews.conftest import MakeReview
from tests.portal.reviews.test_pages import WIDTHS_AND_SCHEMES, check
from tests.portal.staff.people import Person, make_person

WORKER = (Role.REVIEWER, Role.SENIOR_REVIEWER, Role.PARTNER_MANAGER)
DESK_AND_DARK_PHONE = WIDTHS_AND_SCHEMES[1:]
TODAY = datetime.now(UTC).date()

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


def look_at(page: Page, *paths: str) -> None:
    for path in paths:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        check(page, DESK_AND_DARK_PHONE)


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
    people.report(
        items=[],
        links=(("https://site.example/a/very/long/address" + "/more" * 40, True), ("https://x.example/", False)),
    )
    look_at(page, "/staff/links/")

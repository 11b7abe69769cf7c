"""Every act of staff is in the audit log once: a walk through every address that changes something, leaf by leaf."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import resolve

from partners.alarms import actions as alarms
from partners.alarms.models import Alarm
from partners.canaries import actions as canaries
from partners.canaries.models import Canary
from portal.conversations import actions as conversations
from portal.guidance import queries as guidance
from portal.guidance.models import HelpLine
from portal.proposals.models import Proposal
from portal.reports.models import Link, Report
from portal.reviews import actions as reviews
from portal.reviews import queries
from portal.reviews.models import Review
from portal.reviews.states import ReviewKind
from registry.access.actors import Role, system
from registry.accounts import queries as accounts
from registry.accounts.forms import QUESTION
from registry.accounts.rules import Site
from registry.log.models import Leaf
from registry.screening.models import BenignPicture
from tests.partners.conftest import MakeListed, Partner, balanced_digest, image
from tests.partners.organisations.test_applications import EVIDENCE, receive
from tests.portal.reviews.conftest import MakeReview
from tests.portal.staff.people import Person, make_person, post
from tests.portal.staff.test_roles import STAFF, expected, send
from tests.registry.accounts.authenticator import Authenticator

TODAY = datetime.now(UTC).date()
READ = {
    "/staff/",
    "/staff/alarms/",
    "/staff/benign/",
    "/staff/figures/",
    "/staff/figures/<slug:name>.csv",
    "/staff/fingerprint/",
    "/staff/links/",
    "/staff/log/",
    "/staff/log/<int:index>/",
    "/staff/pages/",
    "/staff/pages/words/",
    "/staff/platforms/",
    "/staff/platforms/<str:reference>/",
    "/staff/proposals/",
    "/staff/records/",
    "/staff/records/entries/entry/",
    "/staff/records/entries/entry/<path:object_id>/",
    "/staff/reviews/",
    "/staff/reviews/<str:reference>/",
    "/staff/reviews/next/",
    "/staff/settings/",
    "/staff/you/",
}
"""Where nothing can be changed: they take no form."""
WORKER = (Role.REVIEWER, Role.SENIOR_REVIEWER, Role.PARTNER_MANAGER)

pytestmark = pytest.mark.django_db


class Walk:
    """Forms that people send one by one, and the leaves each of them leaves."""

    def __init__(self, sequence: Callable[[], int]) -> None:
        """Nothing is walked yet."""
        self.sequence = sequence
        self.walked: set[str] = set()
        self.seen = 0

    def new_leaves(self) -> list[str]:
        """Sequence what waits; give the acts of people among the leaves that are new."""
        self.sequence()
        leaves = Leaf.objects.filter(log="audit", leaf_index__gte=self.seen).order_by("leaf_index")
        records = [json.loads(leaf.record) for leaf in leaves]
        self.seen += len(records)
        return sorted(record["event"] for record in records if record["actor"].startswith("staff:"))

    def act(self, client: Client, path: str, leaves: str, **fields: str) -> None:
        """Send a form, which is taken, and find just these leaves of it."""
        self.new_leaves()
        answer = post(client, f"/staff/{path}", **fields)
        assert answer.status_code in (200, 302), f"{path}: {answer.content.decode()}"
        self.walked.add(f"/{resolve(f'/staff/{path}').route}")
        assert self.new_leaves() == sorted(leaves.split()), path


def walk_a_review(walk: Walk, one: Person, other: Person, review: Review) -> None:
    a, b, here = one.sign_in(), other.sign_in(), f"reviews/{review.reference}"
    walk.act(a, f"{here}/claim/", "review:claim")
    walk.act(a, f"{here}/claim/", "")  # only the lease is longer
    walk.act(a, f"{here}/release/", "review:release")
    walk.act(a, "reviews/take/", "review:claim")
    walk.act(a, f"{here}/note/", "review:note", text="Look at the time.")
    walk.act(a, f"{here}/snooze/", "review:snooze", days="1", reason="rest")
    walk.act(a, f"{here}/wake/", "review:wake")
    walk.act(a, f"{here}/claim/", "review:claim")
    walk.act(a, f"{here}/hand-over/", "review:hand_over", to=str(other.account.reference))
    walk.act(b, f"{here}/escalate/", "review:escalate")
    walk.act(b, f"{here}/claim/", "review:claim")
    walk.act(b, f"{here}/reveal/", "entry:reveal")
    walk.act(b, f"{here}/decide/", "outcome:confirm review:decide", decision="confirm")
    walk.act(b, f"{here}/decide/", "", decision="confirm")  # sent twice, counted once
    walk.act(b, f"{here}/reopen/", "outcome:retract review:reopen")
    walk.act(b, f"{here}/claim/", "review:claim")
    walk.act(b, f"{here}/decide/", "organisation:breach review:decide", decision="violation")


def walk_what_takes_two(walk: Walk, a: Client, b: Client, flagged: Review, entries: list[str]) -> None:
    here = f"reviews/{flagged.reference}"
    walk.act(a, f"{here}/claim/", "review:claim")
    walk.act(a, f"{here}/decide/", "entry:quarantine hold:propose review:hold", decision="uphold")
    walk.act(b, f"{here}/decline/", "hold:decline review:decline")
    walk.act(b, f"{here}/claim/", "review:claim")
    walk.act(b, f"{here}/decide/", "hold:propose review:hold", decision="uphold")
    walk.act(a, f"{here}/agree/", "entry:reject flag:close hold:agree review:agree")
    walk.act(a, "reviews/many/", "hold:propose", verb="quarantine", reason="mistake", entries=" ".join(entries))
    reviews.open_reviews()
    many = f"reviews/{Review.objects.get(kind=ReviewKind.BULK).reference}"
    walk.act(b, f"{many}/claim/", "review:claim")
    walk.act(b, f"{many}/decide/", "entry:quarantine entry:quarantine hold:agree review:decide", decision="agree")


def walk_what_people_wrote(walk: Walk, a: Client) -> None:
    report = Report.objects.create(reference="ABCDEFGHJKMN", key_hash=b"k" * 32, created_on=TODAY)
    conversations.write_message(report.pk, "Is it gone?")
    reviews.open_conversations()
    here = f"reviews/{Review.objects.get(kind=ReviewKind.MESSAGE).reference}"
    walk.act(a, f"{here}/claim/", "review:claim")
    walk.act(a, f"{here}/answer/", "message:answer review:decide", text="Soon.")
    link = Link.objects.create(report=report, sealed=b"sealed", may_share=True)
    walk.act(a, f"links/{link.pk}/settle/", "link:settle")


def walk_what_is_kept(walk: Walk, a: Client, ada: Client) -> None:
    walk.act(a, "benign/add/", "benign:add", digest=balanced_digest(1), reason="meme", note="A cat")
    walk.act(a, f"benign/{BenignPicture.objects.get().pk}/remove/", "benign:remove")
    walk.act(ada, "settings/window/", "policy:set_window", name="flag", hours="12")
    walk.act(ada, "settings/reasons/retire/", "policy:retire_reason", reasons="benign", word="logo")
    walk.act(ada, "settings/reasons/offer/", "policy:offer_reason", reasons="benign", word="logo")


def walk_a_platform(walk: Walk, a: Client, b: Client, partner: Partner) -> None:
    here = f"platforms/{receive().reference}"
    walk.act(a, f"{here}/take/", "application:take")
    walk.act(a, f"{here}/note/", "application:note", identity="Seen in the register.")
    walk.act(a, f"{here}/approve/", "application:approve application:note", **EVIDENCE)
    walk.act(a, f"{here}/decline/", "application:decline")
    organisation, day = str(partner.organisation.pk), TODAY.isoformat()
    certified = f"platforms/{receive(4).reference}"
    walk.act(a, f"{certified}/propose/", "application:propose_activation")
    walk.act(b, f"{certified}/activate/", "application:activate")
    walk.act(a, "proposals/platform/", "hold:propose", verb="suspend", organisation=organisation, ground="breach")
    walk.act(a, "proposals/export/", "hold:propose", records="audit", since=day, until=day, ground="audit")
    reviews.open_reviews()
    first, second = (f"reviews/{review.reference}" for review in queries.queue().filter(kind=ReviewKind.PROPOSAL))
    walk.act(b, f"{first}/claim/", "review:claim")
    walk.act(b, f"{first}/decide/", "hold:agree organisation:suspend review:decide review:claim", decision="agree")
    walk.act(b, f"{second}/decide/", "hold:agree review:decide", decision="agree")
    export = Proposal.objects.exclude(records="").get()
    walk.act(a, f"proposals/{export.reference}/take/", "export:take")
    canaries.plant(partner.organisation, 1, is_new=False, actor=system("clock"))
    alarms.notice_canaries([Canary.objects.get().entry_reference], actor=partner.actor)
    walk.act(a, f"alarms/{Alarm.objects.get().reference}/close/", "alarm:close")


def walk_the_public_pages(walk: Walk, ada: Client) -> None:
    line = {"country": "FR", "name": "Ligne de nuit", "phone": "3114", "position": "0"}
    walk.act(ada, "pages/lines/new/", "line:save", **line)
    pk = HelpLine.objects.get(name="Ligne de nuit").pk
    walk.act(ada, f"pages/lines/{pk}/", "line:save", **line | {"phone": "3115"})
    walk.act(ada, f"pages/lines/{pk}/check/", "line:check")
    walk.act(ada, f"pages/lines/{pk}/remove/", "line:remove")
    walk.act(ada, "pages/platforms/new/", "platform:save", name="Pond", slug="pond", position="0")
    walk.act(ada, "pages/platforms/pond/", "platform:save", name="Pond Two", slug="pond", position="0")
    walk.act(ada, "pages/platforms/pond/guide/", "guide:write", language="en", steps="Press the flag.")
    phrase = guidance.phrase_name("Call %(number)s")
    walk.act(ada, f"pages/words/es/{phrase}/", "wording:set", said="Marca %(number)s")
    walk.act(ada, "pages/languages/fr/sign/", "language:sign", reader="Camille", is_whole="on")
    walk.act(ada, "pages/languages/fr/withhold/", "language:withhold")


def walk_people(walk: Walk, ada: Client, other: Person) -> None:
    walk.act(ada, "people/", "account:add", email="new@example.org", roles="reviewer")
    here = f"people/{other.account.reference}"
    walk.act(ada, f"{here}/roles/", "account:set_roles", roles="reviewer")
    walk.act(ada, f"{here}/reinvite/", "account:invite")
    walk.act(ada, f"{here}/disable/", "account:disable")


def walk_ones_own(walk: Walk, one: Person) -> None:
    client = one.sign_in()
    walk.act(client, "keys/", "")
    walk.act(client, "you/recovery-codes/", "account:enrol")
    client.get("/staff/you/passkeys/")
    made = Authenticator().make(client.session[QUESTION], Site("testserver", "http://testserver"))
    walk.act(client, "you/passkeys/", "account:enrol", name="Blue key", passkey=made.text)
    passkey = accounts.passkeys_of(one.account).get()
    walk.act(client, "you/passkeys/remove/", "account:remove_factor", passkey=str(passkey.reference))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
        walk.act(client, "code-again/", "account:step_up", code=one.code)
        [secret] = re.findall(r"[A-Z2-7]{32}", client.get("/staff/you/app/").content.decode())
        renewed = Person(one.account, secret)
        walk.act(client, "you/app/", "account:enrol account:enrol", code=renewed.code)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
        walk.act(renewed.sign_in(), "sign-out/", "account:sign_out")


def test_every_act_of_staff_is_in_the_log_once(
    sequence: Callable[[], int],
    make_review: MakeReview,
    make_flagged: MakeReview,
    make_listed: MakeListed,
    partner: Partner,
) -> None:
    """An address that is new has to be walked here, or be one that takes no form."""
    cache.clear()
    walk = Walk(sequence)
    ana, ben = make_person("ana@example.org", *WORKER), make_person("ben@example.org", *WORKER)
    walk_a_review(walk, ana, ben, make_review())
    ada = make_person("ada@example.org", Role.ADMINISTRATOR).sign_in()
    a, b = (make_person(f"{name}@example.org", *WORKER).sign_in() for name in ("cem", "dee"))
    entries = [entry.reference for entry in make_listed(image(901), image(902))]
    walk_what_takes_two(walk, a, b, make_flagged(affirming=2, negative=0), entries)
    walk_what_people_wrote(walk, a)
    walk_what_is_kept(walk, a, ada)
    walk_a_platform(walk, a, b, partner)
    walk_the_public_pages(walk, ada)
    walk_people(walk, ada, ben)
    walk_ones_own(walk, make_person("eve@example.org", Role.REVIEWER))
    assert walk.walked | READ == set(STAFF)


def test_where_staff_read_nothing_takes_a_form() -> None:
    cache.clear()
    clients = {role: make_person(f"{role.name}@example.org", role).sign_in() for role in Role}
    for route in READ:
        assert send(clients[min(expected(route))], "POST", route).status_code == 405, route

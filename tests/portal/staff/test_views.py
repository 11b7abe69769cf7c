"""Staff sign in with a password and a code, and with nothing less."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from registry.access.actors import Role, system
from registry.accounts import actions as accounts
from registry.accounts.models import Account
from registry.log.models import PendingChange
from tests.partners.conftest import Partner
from tests.partners.people import join
from tests.portal.staff.people import CODE, HOME, PASSWORD, QUEUE, SIGN_IN, Person, make_person, post

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
APP = "/staff/you/app/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten_failures() -> None:
    cache.clear()


@pytest.fixture
def ana() -> Person:
    return make_person("ana@example.org", Role.REVIEWER)


def events() -> list[str]:
    return [row.record["event"] for row in PendingChange.objects.filter(log="audit").order_by("pk")]


def test_sign_in_leads_to_the_page_that_was_asked_for(ana: Person) -> None:
    client = Client()
    asked = client.get(QUEUE)
    assert asked["Location"] == f"{SIGN_IN}?next={QUEUE}"
    assert post(client, asked["Location"], login=" ANA@example.org", password=PASSWORD)["Location"] == CODE
    assert post(client, CODE, code=ana.code)["Location"] == QUEUE
    assert client.get(QUEUE).status_code == 200
    assert events()[-1] == "account:sign_in"


def test_sign_in_never_leads_to_another_site(ana: Person) -> None:
    client = Client()
    post(client, f"{SIGN_IN}?next=https://evil.example/", login=ana.account.email, password=PASSWORD)
    assert post(client, CODE, code=ana.code)["Location"] == HOME
    assert client.get(HOME)["Location"] == QUEUE


def test_a_password_alone_opens_nothing(ana: Person) -> None:
    client = Client()
    post(client, SIGN_IN, login=ana.account.email, password=PASSWORD)
    assert client.get(QUEUE)["Location"].startswith(SIGN_IN)
    assert "_auth_user_id" not in client.session


def test_the_code_page_opens_only_after_the_password() -> None:
    assert Client().get(CODE)["Location"] == SIGN_IN


def test_a_wrong_code_is_said_and_then_takes_time(ana: Person) -> None:
    client = Client()
    with time_machine.travel(NOON, tick=False) as clock:
        post(client, SIGN_IN, login=ana.account.email, password=PASSWORD)
        assert b"wrong or was used before" in post(client, CODE, code="000000").content
        answer = post(client, CODE, code=ana.code)
        assert answer.status_code == 400
        assert b"Wait 1 second" in answer.content
        clock.shift(1)
        assert post(client, CODE, code=ana.code).status_code == 302


def test_an_empty_code_is_said(ana: Person) -> None:
    client = Client()
    post(client, SIGN_IN, login=ana.account.email, password=PASSWORD)
    assert b"This field is required" in post(client, CODE, code="").content


def without_what_varies(answer: Any, email: str) -> bytes:
    content: bytes = answer.content
    token = answer.context["csrf_token"]
    return content.replace(str(token).encode(), b"").replace(email.encode(), b"")


def test_an_unknown_address_is_answered_like_a_wrong_password(ana: Person) -> None:
    answers = [
        without_what_varies(post(Client(), SIGN_IN, login=email, password="not the password"), email)
        for email in ("ana@example.org", "eve@example.org")
    ]
    assert b"is not right" in answers[0]
    assert answers[0] == answers[1]


def test_a_disabled_account_is_answered_like_a_wrong_password(ana: Person) -> None:
    accounts.disable_account(ana.account, actor=system("test"))
    answer = post(Client(), SIGN_IN, login=ana.account.email, password=PASSWORD)
    assert b"is not right" in answer.content


@pytest.mark.parametrize("email", ["ana@example.org", "eve@example.org"])
def test_five_wrong_passwords_close_an_address_for_a_while_known_or_not(ana: Person, email: str) -> None:
    for _ in range(5):
        post(Client(), SIGN_IN, login=email, password="not the password")
    answer = post(Client(), SIGN_IN, login=email, password=PASSWORD)
    assert b"Too many tries" in answer.content
    assert events().count("account:refuse") == 5


def test_a_disabled_account_dies_at_once(ana: Person) -> None:
    client = ana.sign_in()
    assert client.get(QUEUE).status_code == 200
    accounts.disable_account(ana.account, actor=system("test"))
    assert client.get(QUEUE)["Location"].startswith(SIGN_IN)


def test_a_person_without_a_role_is_not_let_in(ana: Person) -> None:
    client = ana.sign_in()
    Account.objects.filter(pk=ana.account.pk).update(roles=[])
    assert client.get(QUEUE)["Location"].startswith(SIGN_IN)
    assert b"is not right" in post(Client(), SIGN_IN, login=ana.account.email, password=PASSWORD).content


def test_a_session_ends_after_fifteen_idle_minutes(ana: Person) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client = ana.sign_in()
        for _ in range(3):
            clock.shift(14 * 60)
            assert client.get(QUEUE).status_code == 200
        clock.shift(16 * 60)
        assert client.get(QUEUE).status_code == 302


def test_a_session_ends_after_eight_hours_of_work(ana: Person) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client = ana.sign_in()
        for _ in range(47):
            clock.shift(10 * 60)
            assert client.get(QUEUE).status_code == 200
        clock.shift(11 * 60)
        assert client.get(QUEUE)["Location"].startswith(SIGN_IN)
        assert client.get(SIGN_IN).status_code == 200


def test_sign_in_gives_the_session_a_new_name(ana: Person) -> None:
    client = Client()
    post(client, SIGN_IN, login=ana.account.email, password=PASSWORD)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    post(client, CODE, code=ana.code)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before


def test_who_sets_up_another_app_stays_in_and_their_other_sessions_end(ana: Person) -> None:
    with time_machine.travel(NOON):
        elsewhere = ana.sign_in()
    with time_machine.travel(NOON + timedelta(minutes=1)):
        client = ana.sign_in()
        [secret] = re.findall(r"[A-Z2-7]{32}", client.get(APP).content.decode())
        assert b"Your recovery codes" in post(client, APP, code=Person(ana.account, secret).code).content
        assert client.get(QUEUE).status_code == 200
        assert elsewhere.get(QUEUE)["Location"].startswith(SIGN_IN)


def test_sign_out_is_a_form_not_a_link(ana: Person) -> None:
    client = ana.sign_in()
    assert client.get("/staff/sign-out/").status_code == 405
    assert client.get(QUEUE).status_code == 200
    assert post(client, "/staff/sign-out/")["Location"] == SIGN_IN
    assert client.get(QUEUE).status_code == 302
    assert events()[-1] == "account:sign_out"


def test_sign_out_needs_the_forms_token(ana: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = ana.sign_in().cookies
    assert post(client, "/staff/sign-out/").status_code == 403
    assert client.get(QUEUE).status_code == 200


def test_cookies_are_strict_and_hidden_from_scripts(ana: Person) -> None:
    cookies = ana.sign_in().cookies
    assert set(cookies) == {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    client = Client()
    client.get(SIGN_IN)
    for cookie in [*cookies.values(), *client.cookies.values()]:
        assert cookie["samesite"] == "Strict"
        assert cookie["httponly"]
        assert not cookie["expires"]


def test_nobody_signs_up() -> None:
    for path in ("/staff/sign-up/", "/staff/signup/", "/accounts/signup/"):
        assert Client().get(path).status_code == 404


@pytest.mark.parametrize(
    ("role", "begins_at"),
    [
        (Role.REVIEWER, QUEUE),
        (Role.PARTNER_MANAGER, QUEUE),
        (Role.AUDITOR, QUEUE),
        (Role.ADMINISTRATOR, "/staff/figures/"),
    ],
)
def test_each_role_begins_where_its_work_is_and_its_navigation_leads_nowhere_else(role: Role, begins_at: str) -> None:
    client = make_person("eve@example.org", role).sign_in()
    assert client.get(HOME)["Location"] == begins_at
    page = client.get(begins_at).content.decode()
    links = re.findall(r'<a href="(/staff/[^"]*)"', page[page.index("staff-nav") : page.index("</nav>")])
    assert begins_at in links
    assert {client.get(link).status_code for link in links} == {200}


def test_the_people_of_a_platform_are_not_of_the_staff_and_cannot_be_made_so(ana: Person, partner: Partner) -> None:
    owner = join(partner.organisation, "owner@platform.example", "owner").account
    ada = make_person("ada@example.org", Role.ADMINISTRATOR).sign_in()
    page = ada.get("/staff/people/").content
    assert b"ana@example.org" in page
    assert b"owner@platform.example" not in page
    assert post(ada, f"/staff/people/{owner.reference}/roles/", roles="reviewer").status_code == 404
    assert post(ada, f"/staff/people/{owner.reference}/disable/").status_code == 404
    owner.refresh_from_db()
    assert (owner.roles, owner.is_active) == ([], True)

"""Every address behind the staff door, and which roles it opens to: the table is held to the doors themselves."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from registry.access import doors
from registry.access.actors import Role
from registry.log.models import PendingChange
from tests.architecture.test_doors import ALL, example
from tests.portal.staff.people import make_person

LETTERS = {
    "R": Role.REVIEWER,
    "S": Role.SENIOR_REVIEWER,
    "P": Role.PARTNER_MANAGER,
    "A": Role.AUDITOR,
    "D": Role.ADMINISTRATOR,
}
EVERYBODY = "RSPAD"
MATRIX = {
    "/staff/": EVERYBODY,
    "/staff/alarms/": "PAD",
    "/staff/alarms/<str:reference>/close/": "P",
    "/staff/benign/": "SAD",
    "/staff/benign/<int:number>/remove/": "S",
    "/staff/benign/add/": "S",
    "/staff/code-again/": EVERYBODY,
    "/staff/figures/": EVERYBODY,
    "/staff/figures/<slug:name>.csv": EVERYBODY,
    "/staff/fingerprint/": EVERYBODY,
    "/staff/keys/": EVERYBODY,
    "/staff/links/": "RSA",
    "/staff/links/<int:number>/settle/": "RS",
    "/staff/log/": "AD",
    "/staff/log/<int:index>/": "AD",
    "/staff/pages/": "AD",
    "/staff/pages/words/": "AD",
    "/staff/people/": "AD",
    "/staff/people/<uuid:reference>/disable/": "D",
    "/staff/people/<uuid:reference>/reinvite/": "D",
    "/staff/people/<uuid:reference>/roles/": "D",
    "/staff/platforms/": "PA",
    "/staff/platforms/<str:reference>/": "PA",
    "/staff/platforms/<str:reference>/activate/": "P",
    "/staff/platforms/<str:reference>/approve/": "P",
    "/staff/platforms/<str:reference>/decline/": "P",
    "/staff/platforms/<str:reference>/note/": "P",
    "/staff/platforms/<str:reference>/propose/": "P",
    "/staff/platforms/<str:reference>/take/": "P",
    "/staff/proposals/": "SPA",
    "/staff/proposals/<str:reference>/take/": "SP",
    "/staff/proposals/export/": "SP",
    "/staff/proposals/platform/": "SP",
    "/staff/reviews/": "RSPA",
    "/staff/reviews/<str:reference>/": "RSPA",
    "/staff/reviews/<str:reference>/agree/": "RS",
    "/staff/reviews/<str:reference>/answer/": "RS",
    "/staff/reviews/<str:reference>/claim/": "RSP",
    "/staff/reviews/<str:reference>/decide/": "RSP",
    "/staff/reviews/<str:reference>/decline/": "RS",
    "/staff/reviews/<str:reference>/escalate/": "RS",
    "/staff/reviews/<str:reference>/hand-over/": "RSP",
    "/staff/reviews/<str:reference>/note/": "RSP",
    "/staff/reviews/<str:reference>/release/": "RSP",
    "/staff/reviews/<str:reference>/reopen/": "S",
    "/staff/reviews/<str:reference>/reveal/": "RS",
    "/staff/reviews/<str:reference>/snooze/": "RSP",
    "/staff/reviews/<str:reference>/wake/": "RSP",
    "/staff/reviews/many/": "S",
    "/staff/reviews/next/": "RSP",
    "/staff/reviews/take/": "RSP",
    "/staff/settings/": "AD",
    "/staff/settings/reasons/offer/": "D",
    "/staff/settings/reasons/retire/": "D",
    "/staff/settings/window/": "D",
    "/staff/sign-out/": EVERYBODY,
    "/staff/you/": EVERYBODY,
    "/staff/you/app/": EVERYBODY,
    "/staff/you/passkeys/": EVERYBODY,
    "/staff/you/passkeys/remove/": EVERYBODY,
    "/staff/you/recovery-codes/": EVERYBODY,
}
UNDER = {"/staff/pages/": "D", "/staff/records/": "AD"}
"""What begins with these, and is not in the table, opens to these roles, whatever comes after."""
STAFF = {
    route: door
    for route, pattern in ALL
    if (door := doors.door_of(pattern.callback)) and door.surface is doors.Surface.STAFF and not door.signs_in
    # The records' tables have one view and one door: one of them stands for all.
    if route.count("/") < 4 or not route.startswith("/staff/records/") or "entries/entry/" in route
}
OWN = {"/staff/code-again/", "/staff/keys/", "/staff/sign-out/"} | {
    route for route in MATRIX if route.startswith("/staff/you/")
}
"""Where everybody may change what is their own."""
CLOSED = b"Your role does not open this page."

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten_failures(db: None) -> None:
    cache.clear()


def expected(route: str) -> set[Role]:
    letters = MATRIX.get(route) or next(roles for prefix, roles in UNDER.items() if route.startswith(prefix))
    return {LETTERS[letter] for letter in letters}


def send(client: Client, method: str, route: str) -> Any:
    path = example(route).replace("(?P", "").rstrip("$")
    headers = {"Accept": "text/html"}
    return client.generic(method, path, content_type="application/x-www-form-urlencoded", headers=headers)


def test_the_table_names_every_address_and_no_other() -> None:
    assert {route for route in STAFF if route in MATRIX or not route.startswith(tuple(UNDER))} == set(MATRIX)


@pytest.mark.parametrize("role", Role)
def test_an_address_opens_to_its_roles_and_to_nobody_else(role: Role) -> None:
    person = make_person("eve@example.org", role)
    client = person.sign_in()
    for route in sorted(STAFF, key=lambda route: route == "/staff/sign-out/"):
        for method in ("GET", "POST"):
            if (method, route) == ("POST", "/staff/sign-out/"):
                continue
            is_closed = CLOSED in send(client, method, route).content
            assert is_closed is (role not in expected(route)), f"{method} {route}"


def test_an_auditor_and_a_stranger_to_content_change_nothing() -> None:
    for role in (Role.AUDITOR, Role.ADMINISTRATOR):
        client = make_person(f"{role}@example.org", role).sign_in()
        before = PendingChange.objects.filter(log="audit").count()
        for route in STAFF:
            if route not in OWN and not (role is Role.ADMINISTRATOR and "D" in MATRIX.get(route, "D")):
                for method in ("POST", "PUT", "DELETE"):
                    assert send(client, method, route).status_code < 500
        assert PendingChange.objects.filter(log="audit").count() == before


def test_nobody_enrols_a_factor_for_somebody_else_whatever_they_send() -> None:
    """What was found in another service of this kind: the second factor of another user could be set by their number."""
    eve, ana = make_person("eve@example.org", Role.ADMINISTRATOR), make_person("ana@example.org", Role.REVIEWER)
    client = eve.sign_in()
    factors = {"app", "recovery-codes", "passkeys"}
    addresses = [route for route in STAFF if factors & set(route.split("/"))]
    assert addresses
    assert not [route for route in addresses if "<" in route]
    named = {"account": str(ana.account.pk), "user": str(ana.account.pk), "reference": str(ana.account.reference)}
    for route in addresses:
        client.post(f"{route}?reference={ana.account.reference}", named)
        client.get(f"{route}?user={ana.account.pk}")
    rows = PendingChange.objects.filter(log="audit", record__event="account:enrol", record__actor=str(eve.actor))
    assert {row.record["subject"] for row in rows} <= {f"account:{eve.account.reference}"}
    assert ana.sign_in().get("/staff/you/").status_code == 200


def test_what_is_most_sensitive_asks_for_a_code_again() -> None:
    asks = {route for route, door in STAFF.items() if door.is_fresh}
    assert asks == {
        "/staff/people/<uuid:reference>/reinvite/",
        "/staff/proposals/<str:reference>/take/",
        "/staff/proposals/export/",
        "/staff/reviews/<str:reference>/reveal/",
        "/staff/you/app/",
        "/staff/you/passkeys/",
        "/staff/you/passkeys/remove/",
        "/staff/you/recovery-codes/",
    }
    with time_machine.travel(datetime.now(UTC)) as clock:
        clients = [
            make_person(f"{r}@example.org".replace(" ", ""), r).sign_in()
            for r in (Role.SENIOR_REVIEWER, Role.ADMINISTRATOR)
        ]
        clock.shift(timedelta(minutes=6))
        for route in asks:
            client = clients["/people/" in route]
            assert send(client, "GET", route).headers["Location"].startswith("/staff/code-again/")
            assert b"Enter a code again first" in send(client, "POST", route).content

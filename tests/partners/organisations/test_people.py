"""People of platforms: invited, in with two factors, out at once; never in another platform's rooms."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from partners.organisations import actions, queries
from partners.organisations.models import Invitation
from registry.access import doors
from registry.access.actors import Actor, ActorKind, PersonRole
from registry.access.refusals import Invalid, NotFound, Refused
from tests.architecture.test_doors import addresses
from tests.partners.conftest import DEMONSTRATION, MakePartner, Partner
from tests.partners.people import HOME, PASSWORD, SIGN_IN, join, post

PERSON_DOORS = [
    (route, door)
    for route, pattern in addresses(get_resolver().url_patterns)
    if (door := doors.door_of(pattern.callback)) and door.person_roles
]


def owner_of(partner: Partner) -> Actor:
    return Actor(ActorKind.PARTNER, "x", organisation_id=partner.organisation.pk, person_role=PersonRole.OWNER)


def test_an_invited_person_joins_and_signs_in_with_a_second_factor(
    partner: Partner, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        secret = actions.invite_person(partner.organisation, "Ana@platform.example", "engineer", actor=DEMONSTRATION)
    assert mailoutbox[0].to == ["ana@platform.example"]
    assert f"/invitations/{secret}/" in mailoutbox[0].body
    page = post(Client(), f"/invitations/{secret}/", password=PASSWORD)
    assert page.status_code == 200
    assert b"otpauth" not in page.content
    assert b"data:image/svg+xml" in page.content
    assert len(page.context["codes"]) == 10
    assert queries.people_of(partner.organisation.pk).get().role == "engineer"


def test_an_invitation_works_once_and_for_a_week(partner: Partner) -> None:
    secret = actions.invite_person(partner.organisation, "a@platform.example", "viewer", actor=DEMONSTRATION)
    with time_machine.travel(timezone.now() + timedelta(days=8)), pytest.raises(NotFound):
        actions.accept_invitation(secret, PASSWORD)
    actions.accept_invitation(secret, PASSWORD)
    with pytest.raises(NotFound):
        actions.accept_invitation(secret, PASSWORD)


def test_a_weak_password_leaves_the_invitation_open(partner: Partner) -> None:
    secret = actions.invite_person(partner.organisation, "a@platform.example", "viewer", actor=DEMONSTRATION)
    with pytest.raises(Invalid):
        actions.accept_invitation(secret, "password")
    assert Invitation.objects.get().used_on is None


def test_invite_person_refuses_somebody_who_is_here_or_on_their_way(partner: Partner) -> None:
    join(partner.organisation, "a@platform.example", "viewer")
    actions.invite_person(partner.organisation, "b@platform.example", "viewer", actor=DEMONSTRATION)
    for email in ("A@platform.example", "B@platform.example"):
        with pytest.raises(Refused):
            actions.invite_person(partner.organisation, email, "viewer", actor=DEMONSTRATION)


def test_an_organisation_keeps_an_owner(partner: Partner) -> None:
    owner = join(partner.organisation, "a@platform.example", "owner")
    reference = str(owner.account.reference)
    with pytest.raises(Refused):
        actions.remove_person(reference, actor=owner_of(partner))
    with pytest.raises(Refused):
        actions.change_role(reference, "viewer", actor=owner_of(partner))
    join(partner.organisation, "b@platform.example", "owner")
    actions.change_role(reference, "viewer", actor=owner_of(partner))


def test_a_session_ends_the_moment_access_does(partner: Partner) -> None:
    join(partner.organisation, "owner@platform.example", "owner")
    person = join(partner.organisation, "a@platform.example", "engineer")
    browser = person.sign_in()
    assert browser.get(HOME).status_code == 200
    actions.remove_person(str(person.account.reference), actor=owner_of(partner))
    assert browser.get(HOME).status_code == 302
    assert post(Client(), SIGN_IN, login=person.email, password=PASSWORD).status_code != 302


def test_a_person_of_a_platform_is_no_member_of_staff(partner: Partner) -> None:
    browser = join(partner.organisation, "a@platform.example", "owner").sign_in()
    assert browser.get("/staff/reviews/").status_code in (302, 403)


@pytest.fixture
def browsers(partner: Partner) -> dict[PersonRole, Client]:
    return {role: join(partner.organisation, f"{role}@platform.example", role).sign_in() for role in PersonRole}


def filled(route: str, partner: Partner, invitation: str, account: str) -> str:
    filled = route.replace("<uuid:reference>", account).replace("<str:name>", partner.key.name)
    return filled.replace("<str:reference>", invitation)


def test_each_role_opens_its_own_doors_and_never_another_platforms(
    browsers: dict[PersonRole, Client], make_partner: MakePartner
) -> None:
    other = make_partner("Platform B")
    stranger = str(join(other.organisation, "b@other.example", "owner").account.reference)
    actions.invite_person(other.organisation, "c@other.example", "viewer", actor=DEMONSTRATION)
    invitation = Invitation.objects.get(email="c@other.example").reference
    assert len(PERSON_DOORS) >= 12
    for route, door in PERSON_DOORS:
        if "sign-out" in route:
            continue
        address, names_another = filled(route, other, invitation, stranger), "<" in route
        for role, browser in browsers.items():
            for method in ("get", "post"):
                answer = browser.get(address) if method == "get" else post(browser, address)
                where = f"{method} {route} as {role}"
                if role not in door.person_roles:
                    assert answer.status_code == 403, where
                elif names_another:
                    assert answer.status_code in {400, 404, 405}, where
                else:
                    assert answer.status_code in {200, 400, 405}, where
                assert b"other.example" not in answer.content, where
                assert b"Platform B" not in answer.content, where
                assert other.key.name.encode() not in answer.content, where


def test_forms_of_people_cannot_be_forged(partner: Partner) -> None:
    person = join(partner.organisation, "a@platform.example", "owner")
    browser = person.sign_in()
    browser.handler.enforce_csrf_checks = True
    assert post(browser, "/platforms/keys/issue/", scopes="feed:read").status_code == 403

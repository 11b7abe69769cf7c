"""People of platforms: invited, in with two factors, out at once; never in another platform's rooms."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from partners.organisations import actions, queries
from partners.organisations.models import Invitation
from registry.access.actors import Actor, ActorKind, PersonRole
from registry.access.doors import door_of
from registry.access.refusals import Invalid, NotFound, Refused
from tests.architecture.test_doors import ALL, example
from tests.partners.conftest import DEMONSTRATION, MakePartner, Partner
from tests.partners.people import HOME, PASSWORD, SIGN_IN, Colleague, Person, join, post

AGAIN, FORM = "/platforms/code-again/", "application/x-www-form-urlencoded"


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


def test_who_was_removed_can_be_invited_anew_and_nothing_old_works(partner: Partner, make_partner: MakePartner) -> None:
    join(partner.organisation, "owner@platform.example", "owner")
    person = join(partner.organisation, "a@platform.example", "engineer")
    browser = person.sign_in()
    actions.remove_person(str(person.account.reference), actor=owner_of(partner))
    other = make_partner("Platform B")
    secret = actions.invite_person(other.organisation, person.email, "viewer", actor=DEMONSTRATION)
    again = Colleague(*actions.accept_invitation(secret, "quite another river"))
    assert browser.get(HOME).status_code == 302
    assert post(Client(), SIGN_IN, login=person.email, password=PASSWORD).status_code != 302
    assert again.account == person.account
    assert queries.people_of(other.organisation.pk).get().role == "viewer"
    assert not queries.people_of(partner.organisation.pk).filter(account=again.account).exists()


def test_a_person_changes_app_and_recovery_codes_by_a_code_they_have(partner: Partner) -> None:
    person = join(partner.organisation, "a@platform.example", "viewer")
    browser = person.sign_in()
    you = "/platforms/you/"
    assert b"10" in browser.get(you).content
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=True):
        assert post(browser, f"{you}recovery-codes/").status_code == 403
        assert browser.get(f"{you}app/")["Location"] == f"{AGAIN}?next={you}app/"
        assert post(browser, f"{AGAIN}?next={you}app/", code=person.codes[0])["Location"] == f"{you}app/"
        shown = post(browser, f"{you}recovery-codes/")
        assert len(set(shown.context["codes"])) == 10
        offered = browser.get(f"{you}app/").context["secret"]
        assert post(browser, f"{you}app/", code="000000").status_code == 400
        assert post(browser, f"{you}app/", code=Person(person.account, offered).code).status_code == 302
        assert browser.get(you).status_code == 200
    assert person.account.codedevice_set.get().persistent_id == browser.session["otp_device_id"]


def test_what_is_most_sensitive_asks_people_for_a_code_again(partner: Partner) -> None:
    asks = {
        route for route, pattern in ALL if (door := door_of(pattern.callback)) and door.person_roles and door.is_fresh
    }
    assert asks == {
        "/platforms/<str:name>.csv",
        "/platforms/bundles/<str:reference>/",
        "/platforms/bundles/make/",
        "/platforms/keys/<str:name>/rotate/",
        "/platforms/keys/issue/",
        "/platforms/you/app/",
        "/platforms/you/passkeys/",
        "/platforms/you/passkeys/remove/",
        "/platforms/you/recovery-codes/",
    }
    person = join(partner.organisation, "a@platform.example", "owner")
    browser = person.sign_in()
    live = f"/platforms/keys/{partner.key.name}/rotate/"
    came_from = {"Accept": "text/html", "Referer": f"http://testserver{HOME}keys/"}
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=True):
        for route in asks - {"/platforms/bundles/<str:reference>/"}:
            refused = browser.post(example(route), content_type=FORM, headers=came_from)
            assert refused.status_code == 403
            assert f'href="{AGAIN}?next=/platforms/keys/"'.encode() in refused.content
        assert post(browser, live).status_code == 403
        assert post(browser, f"{AGAIN}?next=//elsewhere.example", code=person.codes[0])["Location"] == HOME
        assert post(browser, live).status_code == 200


def test_forms_of_people_cannot_be_forged(partner: Partner) -> None:
    person = join(partner.organisation, "a@platform.example", "owner")
    browser = person.sign_in()
    browser.handler.enforce_csrf_checks = True
    assert post(browser, "/platforms/keys/issue/", scopes="feed:read").status_code == 403

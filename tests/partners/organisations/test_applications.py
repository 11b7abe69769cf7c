"""From an application to a platform that is let in: every step has its turn, and two people open the door."""

from typing import Any

import pytest
from django.test import Client

from partners.organisations import actions, queries
from partners.organisations.models import Application
from partners.organisations.states import AGREEMENT_VERSION, CHECKS, TESTS, TRANSITIONS, ApplicationState
from registry.access.actors import Actor, ActorKind, Role
from registry.access.refusals import Invalid, NotAllowed, Refused
from tests.partners.people import post
from tests.portal.staff.people import make_person

pytestmark = pytest.mark.django_db

FIELDS = {
    "name": "Harbour Photos",
    "website": "https://harbour.example",
    "country": "Norway",
    "contact_name": "Ana Lind",
    "contact_email": "ana@harbour.example",
    "service": "People share holiday pictures.",
    "review_process": "A trained team of four looks at every match.",
}
FIRST, SECOND = (Actor(ActorKind.STAFF, name, roles=frozenset({Role.PARTNER_MANAGER})) for name in ("1", "2"))
EVIDENCE = {name: "Seen in the company register and on a call." for name, _ in CHECKS}
STEPS: list[tuple[str, Any]] = [
    ("take", lambda a: actions.take_application(a, actor=FIRST)),
    ("approve", lambda a: actions.approve_application(a, EVIDENCE, actor=FIRST)),
    ("accept_agreement", lambda a: actions.accept_agreement(a, "Ana Lind", AGREEMENT_VERSION)),
    ("certify", lambda a: actions.record_tests(a, [name for name, _ in TESTS], actor=FIRST)),
    ("propose_activation", lambda a: actions.propose_activation(a, actor=FIRST)),
    ("activate", lambda a: actions.activate_application(a, actor=SECOND)),
]


def receive(steps: int = 0) -> Application:
    application = queries.application_with(actions.receive_application(FIELDS))
    for _, step in STEPS[:steps]:
        step(application)
    application.refresh_from_db()
    return application


def test_a_platform_is_let_in_and_its_contact_invited_as_owner(
    mailoutbox: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        application = receive(len(STEPS))
    assert application.state == ApplicationState.ACTIVE
    assert application.organisation is not None
    invitation = queries.open_invitations_of(application.organisation.pk).get()
    assert (invitation.email, invitation.role) == ("ana@harbour.example", "owner")
    assert len(mailoutbox) == len(STEPS) + 2
    assert list(queries.members()) == [application.organisation]


@pytest.mark.parametrize("done", range(len(STEPS) + 1))
def test_each_step_is_refused_out_of_its_turn(done: int) -> None:
    application = receive(done)
    for number, (verb, step) in enumerate(STEPS):
        assert (application.state in TRANSITIONS[verb].sources) is (number == done)
        if number != done and verb != "certify":
            with pytest.raises(Refused):
                step(application)


def test_nobody_lets_a_platform_in_alone() -> None:
    application = receive(5)
    with pytest.raises(NotAllowed):
        actions.activate_application(application, actor=FIRST)
    application.refresh_from_db()
    assert application.state == ApplicationState.PROPOSED


def test_approve_application_needs_evidence_for_every_check() -> None:
    with pytest.raises(Invalid, match="appeal"):
        actions.approve_application(receive(1), EVIDENCE | {"appeals": "ok"}, actor=FIRST)


def test_an_agreement_that_changed_meanwhile_is_read_again() -> None:
    with pytest.raises(Refused):
        actions.accept_agreement(receive(2), "Ana Lind", "2020-01")


def test_the_applicant_sees_where_it_stands_and_staff_work_on_their_own_pages() -> None:
    browser = Client(headers={"Accept": "text/html"})
    assert post(browser, "/apply/", **FIELDS | {"website": "no"}).status_code == 400
    sent = post(browser, "/apply/", **FIELDS)
    own_page = sent["Location"]
    assert b"We have your application" in browser.get(own_page).content
    first = make_person("first@staff.example", Role.PARTNER_MANAGER).sign_in()
    second = make_person("second@staff.example", Role.PARTNER_MANAGER).sign_in()
    page = f"/staff/platforms/{Application.objects.get().reference}/"
    assert b"Harbour Photos" in first.get("/staff/platforms/").content
    post(first, f"{page}take/")
    assert post(first, f"{page}approve/", identity="x").status_code == 400
    assert post(first, f"{page}approve/", **EVIDENCE).status_code == 302
    assert b"It is your turn" in browser.get(own_page).content
    post(browser, f"{own_page}agreement/", signatory="Ana Lind", version=AGREEMENT_VERSION)
    actions.record_tests(Application.objects.get(), [name for name, _ in TESTS], actor=FIRST)
    post(first, f"{page}propose/")
    assert post(first, f"{page}activate/").status_code == 403
    assert post(second, f"{page}activate/").status_code == 302
    assert b"You are in" in browser.get(own_page).content


def test_a_declined_application_goes_nowhere() -> None:
    application = receive(1)
    actions.decline_application(application, actor=FIRST)
    for verb, step in STEPS:
        if verb != "certify":
            with pytest.raises(Refused):
                step(application)
    application.refresh_from_db()
    assert application.state == ApplicationState.DECLINED


def test_applications_are_for_partner_managers() -> None:
    reviewer = make_person("r@staff.example", Role.REVIEWER).sign_in()
    assert reviewer.get("/staff/platforms/").status_code == 403

"""From an application to a platform that is let in: every step has its turn, and two people open the door."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from partners.keys import actions as keys
from partners.organisations import actions, queries
from partners.organisations.models import Application
from partners.organisations.states import AGREEMENT_VERSION, CHECKS, TESTS, TRANSITIONS, ApplicationState
from registry.access.actors import Actor, ActorKind, Role, Scope
from registry.access.doors import Dialect
from registry.access.refusals import Invalid, NotAllowed, Refused
from tests.partners.people import join, post
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
FIRST, SECOND = (
    Actor(ActorKind.STAFF, name, roles=frozenset({Role.PARTNER_MANAGER})) for name in (str(uuid4()), str(uuid4()))
)
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


def test_each_line_of_the_checklist_keeps_who_wrote_it() -> None:
    application = receive(1)
    actions.note_evidence(application, {"identity": "Seen in the company register."}, actor=FIRST)
    with pytest.raises(Invalid, match="appeal"):
        actions.approve_application(application, {}, actor=SECOND)
    rest = {name: text for name, text in EVIDENCE.items() if name != "identity"}
    actions.approve_application(application, rest | {"identity": " "}, actor=SECOND)
    application.refresh_from_db()
    by = {name: line["by"] for name, line in application.evidence.items()}
    assert by == {name: (FIRST if name == "identity" else SECOND).reference for name, _ in CHECKS}
    with pytest.raises(Refused):
        actions.note_evidence(application, {"identity": "Something else altogether."}, actor=FIRST)


def test_every_step_sends_mail_to_whose_turn_it_is(mailoutbox: Any, django_capture_on_commit_callbacks: Any) -> None:
    """The applicant hears of each step; staff when it is theirs: all at first, then its owner, then a second person."""
    first, second = (make_person(f"{name}@staff.example", Role.PARTNER_MANAGER) for name in ("a", "b"))
    make_person("r@staff.example", Role.REVIEWER)
    make_person("admin@staff.example", Role.ADMINISTRATOR)
    senior = make_person("s@staff.example", Role.SENIOR_REVIEWER)

    def told(step: Any) -> set[str]:
        mailoutbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            step()
        assert "ana@harbour.example" in {mail.to[0] for mail in mailoutbox}
        return {mail.to[0] for mail in mailoutbox} - {"ana@harbour.example"}

    assert told(lambda: actions.receive_application(FIELDS)) == {"a@staff.example", "b@staff.example"}
    application = Application.objects.get()
    assert told(lambda: actions.take_application(application, actor=first.actor)) == set()
    assert told(lambda: actions.approve_application(application, EVIDENCE, actor=first.actor)) == set()
    assert told(lambda: actions.accept_agreement(application, "Ana Lind", AGREEMENT_VERSION)) == set()
    tests = [name for name, _ in TESTS]
    assert told(lambda: actions.record_tests(application, tests, actor=FIRST)) == {"a@staff.example"}
    second_people = {"b@staff.example", "s@staff.example"}
    assert told(lambda: actions.propose_activation(application, actor=first.actor)) == second_people
    for person in (second, senior):
        [mail] = [mail for mail in mailoutbox if mail.to == [person.account.email]]
        [page] = re.findall(r"^http://[^/]+(/\S+)$", mail.body, re.MULTILINE)
        assert person.sign_in().get(page).status_code == 200
    assert told(lambda: actions.activate_application(application, actor=second.actor)) == set()


def test_the_first_mail_holds_the_way_back_and_names_are_written_as_they_are(
    mailoutbox: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        secret = actions.receive_application(FIELDS | {"name": "Lark & O'Brien"})
    assert f"/apply/{secret}/" in mailoutbox[0].body
    assert "Lark & O'Brien" in mailoutbox[0].subject
    assert "Lark & O'Brien's application" in mailoutbox[0].body


def test_two_platforms_of_one_name_are_told_apart_by_people() -> None:
    receive(3)
    with pytest.raises(Refused, match="this name"):
        receive(3)


def test_declining_ends_people_and_test_keys_at_once() -> None:
    application = receive(3)
    assert application.organisation is not None
    person = join(application.organisation, "a@harbour.example", "owner")
    browser = person.sign_in()
    _, secret = keys.issue_key(application.organisation.sandbox, Scope, actor=FIRST)
    bearer = {"Authorization": f"Bearer {secret}"}
    assert keys.authenticate(Dialect.NATIVE, bearer, "192.0.2.1") is not None
    assert browser.get("/platforms/").status_code == 200
    actions.decline_application(application, actor=FIRST)
    assert keys.authenticate(Dialect.NATIVE, bearer, "192.0.2.1") is None
    assert browser.get("/platforms/").status_code == 302


def test_a_platform_has_no_key_to_the_real_list_before_it_is_activated() -> None:
    application = receive(5)
    assert application.organisation is not None
    with pytest.raises(NotAllowed):
        keys.issue_key(application.organisation, Scope, actor=FIRST)
    activated = actions.activate_application(application, actor=SECOND)
    keys.issue_key(activated, Scope, actor=FIRST)


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

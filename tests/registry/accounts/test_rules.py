"""Who may hold an account, and when a code proves it."""

import pytest
from django_otp.oath import TOTP

from registry.access.actors import REPORTER, Actor, ActorKind, PersonRole, Role, system
from registry.access.refusals import Invalid, NotAllowed, Refused
from registry.accounts import rules

SECRET = b"12345678901234567890"  # RFC 6238, appendix B


def code_at(now: float) -> str:
    totp = TOTP(SECRET)
    totp.time = now
    return f"{totp.token():06d}"


@pytest.mark.parametrize(("now", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_accepted_step_knows_the_standards_own_codes(now: int, code: str) -> None:
    assert rules.accepted_step(SECRET, code, now, -1) == now // 30


@pytest.mark.parametrize(("drift", "is_accepted"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_accepted_step_forgives_a_clock_one_step_off(drift: int, is_accepted: bool) -> None:
    now = 1_800_000_000
    assert (rules.accepted_step(SECRET, code_at(now + drift), now, -1) is not None) is is_accepted


def test_accepted_step_takes_a_code_once() -> None:
    now = 1_800_000_000
    step = rules.accepted_step(SECRET, code_at(now), now, -1)
    assert step is not None
    assert rules.accepted_step(SECRET, code_at(now), now, step) is None
    assert rules.accepted_step(SECRET, code_at(now + 30), now + 30, step) == step + 1


@pytest.mark.parametrize(
    ("typed", "tidy", "is_app_code"),
    [
        ("123 456", "123456", True),
        ("123-456", "123456", True),
        (" abcd-efgh ", "ABCDEFGH", False),
        ("١٢٣٤٥٦", "١٢٣٤٥٦", False),
    ],
)
def test_a_code_is_read_as_people_paste_it(typed: str, tidy: str, is_app_code: bool) -> None:
    assert rules.tidy_code(typed) == tidy
    assert rules.is_app_code(tidy) is is_app_code


def test_check_roles_gives_them_in_one_order() -> None:
    assert rules.check_roles(["senior reviewer", "reviewer", "senior reviewer"]) == ["reviewer", "senior reviewer"]


@pytest.mark.parametrize("roles", [[], ["king"], ["reviewer", "king"]])
def test_check_roles_refuses_none_and_unknown_ones(roles: list[str]) -> None:
    with pytest.raises(Invalid):
        rules.check_roles(roles)


def test_check_enrols_self_lets_the_person_and_the_system() -> None:
    rules.check_enrols_self(Actor(ActorKind.STAFF, "me"), "me")
    rules.check_enrols_self(Actor(ActorKind.PARTNER, "me", person_role=PersonRole.VIEWER), "me")
    rules.check_enrols_self(system("demonstration"), "me")


@pytest.mark.parametrize(
    "actor",
    [
        Actor(ActorKind.STAFF, "you", roles=frozenset(Role)),
        Actor(ActorKind.PARTNER, "me"),
        REPORTER,
    ],
)
def test_check_enrols_self_refuses_everybody_else_whatever_their_role(actor: Actor) -> None:
    with pytest.raises(NotAllowed):
        rules.check_enrols_self(actor, "me")


def test_check_wait_says_how_long() -> None:
    rules.check_wait(0)
    with pytest.raises(Refused, match="Wait 8 seconds"):
        rules.check_wait(8)


def test_new_sheet_gives_ten_different_codes_of_eighty_bits() -> None:
    sheet = rules.new_sheet()
    assert len(set(sheet)) == 10
    assert all(len(code) == 19 for code in sheet)
    assert rules.digest(sheet[0]) == rules.digest(sheet[0].lower().replace("-", " "))

"""People are added, enrolled, let in and shut out by audited verbs, and no secret of theirs lies in clear."""

from base64 import b32decode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django_otp.oath import TOTP

from registry.access.actors import Actor, ActorKind, Role, system
from registry.access.refusals import Invalid, NotAllowed, Refused
from registry.accounts import actions, queries
from registry.accounts.models import Account, CodeDevice
from registry.log.models import PendingChange

SYSTEM = system("demonstration")
PASSWORD = "a calm river at dusk"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return actions.add_account("Ana@Example.org ", PASSWORD, [Role.REVIEWER], actor=SYSTEM)


def code_of(secret: str) -> str:
    return f"{TOTP(b32decode(secret)).token():06d}"


def audit_lines() -> list[dict[str, Any]]:
    return [row.record for row in PendingChange.objects.filter(log="audit").order_by("pk")]


def test_add_account_keeps_one_spelling_of_the_address(account: Account) -> None:
    assert account.email == "ana@example.org"
    assert queries.account_named(" ANA@example.org") == account
    with pytest.raises(Refused, match="already"):
        actions.add_account("ana@EXAMPLE.org", PASSWORD, [Role.AUDITOR], actor=SYSTEM)


@pytest.mark.parametrize("password", ["short", "password1234", "ana@example.org"])
def test_add_account_refuses_a_password_that_can_be_guessed(password: str) -> None:
    with pytest.raises(Invalid):
        actions.add_account("ana@example.org", password, [Role.REVIEWER], actor=SYSTEM)
    assert not queries.members_of_staff().exists()


def test_add_account_is_audited_without_the_address(account: Account) -> None:
    [line] = audit_lines()
    assert (line["event"], line["subject"]) == ("account:add", f"account:{account.reference}")
    assert line["data"] == {"roles": ["reviewer"]}
    assert "ana" not in str(line)


def test_sign_in_takes_a_code_of_the_enrolled_app_once(account: Account) -> None:
    secret = actions.enrol_totp(account, actor=SYSTEM)
    with time_machine.travel(NOON, tick=False) as clock:
        code = code_of(secret)
        assert isinstance(actions.sign_in(account, f"{code[:3]} {code[3:]}"), CodeDevice)
        assert actions.sign_in(account, code) is None
        clock.shift(30)
        assert actions.sign_in(account, code_of(secret)) is not None


def test_sign_in_is_audited_either_way(account: Account) -> None:
    secret = actions.enrol_totp(account, actor=SYSTEM)
    actions.sign_in(account, "000 0000")
    actions.sign_in(account, code_of(secret))
    refusal, entrance = audit_lines()[-2:]
    assert (refusal["event"], refusal["data"]) == ("account:refuse", {"reason": "code"})
    assert (entrance["event"], entrance["actor"]) == ("account:sign_in", f"staff:{account.reference}")


def test_sign_in_waits_twice_as_long_after_each_wrong_code(account: Account) -> None:
    secret = actions.enrol_totp(account, actor=SYSTEM)
    with time_machine.travel(NOON, tick=False) as clock:
        for wait in (1, 2, 4, 8):
            assert actions.sign_in(account, "000000") is None
            with pytest.raises(Refused, match=f"Wait {wait} second"):
                actions.sign_in(account, code_of(secret))
            clock.shift(wait)
        assert actions.sign_in(account, code_of(secret)) is not None


def test_sign_in_takes_each_recovery_code_once(account: Account) -> None:
    sheet = actions.enrol_recovery_codes(account, actor=SYSTEM)
    assert actions.sign_in(account, sheet[3].lower()) is not None
    assert actions.sign_in(account, sheet[3]) is None


def test_sign_in_takes_no_code_of_somebody_else(account: Account) -> None:
    actions.enrol_totp(account, actor=SYSTEM)
    other = actions.add_account("ben@example.org", PASSWORD, [Role.REVIEWER], actor=SYSTEM)
    secret = actions.enrol_totp(other, actor=SYSTEM)
    assert actions.sign_in(account, code_of(secret)) is None


def test_sign_in_refuses_an_account_that_was_disabled_after_the_password(account: Account) -> None:
    secret = actions.enrol_totp(account, actor=SYSTEM)
    actions.disable_account(account, actor=SYSTEM)
    account.refresh_from_db()
    assert actions.sign_in(account, code_of(secret)) is None


def test_enrol_totp_replaces_the_app_before(account: Account) -> None:
    old, new = (actions.enrol_totp(account, actor=SYSTEM) for _ in range(2))
    with time_machine.travel(NOON, tick=False) as clock:
        assert actions.sign_in(account, code_of(old)) is None
        clock.shift(timedelta(minutes=5))
        assert actions.sign_in(account, code_of(new)) is not None


@pytest.mark.parametrize("enrol", [actions.enrol_totp, actions.enrol_recovery_codes])
def test_nobody_enrols_a_factor_for_somebody_else(account: Account, enrol: Any) -> None:
    administrator = Actor(ActorKind.STAFF, "someone else", roles=frozenset(Role))
    with pytest.raises(NotAllowed):
        enrol(account, actor=administrator)
    assert not CodeDevice.objects.exists()
    enrol(account, actor=Actor(ActorKind.STAFF, str(account.reference)))


def test_no_secret_lies_in_clear(account: Account) -> None:
    secret = actions.enrol_totp(account, actor=SYSTEM)
    sheet = actions.enrol_recovery_codes(account, actor=SYSTEM)
    with connection.cursor() as cursor:
        tables = "SELECT t::text FROM accounts_codedevice t UNION ALL SELECT t::text FROM accounts_recoverycode t"
        cursor.execute(tables)
        stored = " ".join(row[0] for row in cursor.fetchall())
        stored += str(audit_lines())
    for clear in (secret, b32decode(secret).hex(), sheet[0], sheet[0].replace("-", "")):
        assert clear not in stored


def test_refuse_password_records_known_and_unknown_addresses_without_naming_them(account: Account) -> None:
    actions.refuse_password(account.email)
    actions.refuse_password("nobody@example.org")
    known, unknown = audit_lines()[-2:]
    assert known["subject"] == f"account:{account.reference}"
    assert unknown["subject"] == "account:unknown"
    assert "@" not in str([known, unknown])


def test_disable_account_is_audited_once(account: Account) -> None:
    for _ in range(2):
        actions.disable_account(account, actor=SYSTEM)
    assert [line["event"] for line in audit_lines()] == ["account:add", "account:disable"]

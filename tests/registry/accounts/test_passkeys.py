"""A passkey stands in for a code: for its owner, on our own pages, for one question once."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from registry.access.actors import Actor, ActorKind, Role
from registry.access.refusals import Invalid, NotAllowed, Refused
from registry.accounts import actions, queries, rules
from registry.accounts.models import Account, Passkey
from registry.accounts.rules import Answer, Site
from tests.registry.accounts.authenticator import HERE, Authenticator
from tests.registry.accounts.test_actions import PASSWORD, SYSTEM, audit_lines

pytestmark = pytest.mark.django_db
ELSEWHERE = Site("takeitdovvn.example", "https://takeitdovvn.example")


@pytest.fixture
def account() -> Account:
    return actions.add_account("ana@example.org", PASSWORD, [Role.REVIEWER], actor=SYSTEM)


def themselves(account: Account) -> Actor:
    return Actor(ActorKind.STAFF, str(account.reference))


def enrol(account: Account, authenticator: Authenticator, name: str = "Blue key") -> Passkey:
    answer = authenticator.make(queries.passkey_offer(account, HERE))
    return actions.enrol_passkey(account, answer, name, actor=themselves(account))


def ask(account: Account) -> str:
    return queries.passkey_question(account, HERE)


def test_a_passkey_lets_its_owner_in_and_both_are_audited(account: Account) -> None:
    authenticator = Authenticator()
    passkey = enrol(account, authenticator)
    assert actions.sign_in(account, authenticator.sign(ask(account))) == passkey
    assert actions.step_up(authenticator.sign(ask(account)), actor=themselves(account))
    assert [line["event"] for line in audit_lines()[-3:]] == ["account:enrol", "account:sign_in", "account:step_up"]
    assert audit_lines()[-3]["data"] == {"factor": "passkey"}
    assert audit_lines()[-2]["actor"] == f"staff:{account.reference}"


def copied(right: Answer, **changes: Any) -> Answer:
    return dataclasses.replace(right, **changes)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda key, asked: key.sign(asked, ELSEWHERE),
        lambda key, asked: copied(key.sign(asked), question=rules.passkey_question([key.credential_id], HERE)),
        lambda key, asked: copied(key.sign(asked), question=""),
        lambda key, asked: Authenticator(key.credential_id).sign(asked),
        lambda key, asked: Authenticator(b"another").sign(asked),
        lambda key, asked: copied(key.sign(asked), text="{}"),
        lambda key, asked: copied(key.sign(asked), text="no answer at all"),
    ],
    ids=["another site", "another question", "no question", "a forged key", "an unknown one", "empty", "no JSON"],
)
def test_nothing_but_the_answer_to_this_question_on_this_site_lets_anybody_in(
    account: Account, wrong: Callable[[Authenticator, str], Answer]
) -> None:
    authenticator = Authenticator()
    enrol(account, authenticator)
    assert actions.sign_in(account, wrong(authenticator, ask(account))) is None
    assert (audit_lines()[-1]["event"], audit_lines()[-1]["data"]) == ("account:refuse", {"reason": "passkey"})


def test_a_copied_passkey_is_noticed_by_its_count(account: Account) -> None:
    authenticator = Authenticator()
    enrol(account, authenticator)
    assert actions.sign_in(account, authenticator.sign(ask(account))) is not None
    authenticator.count = 0
    assert actions.sign_in(account, authenticator.sign(ask(account))) is None


def test_a_passkey_is_its_owners_alone_and_nobody_elses(account: Account) -> None:
    other = actions.add_account("ben@example.org", PASSWORD, [Role.REVIEWER], actor=SYSTEM)
    authenticator = Authenticator()
    passkey = enrol(account, authenticator)
    assert actions.sign_in(other, authenticator.sign(ask(account))) is None
    offer = queries.passkey_offer(account, HERE)
    with pytest.raises(NotAllowed):
        actions.enrol_passkey(account, Authenticator(b"x").make(offer), "Mine", actor=themselves(other))
    actions.remove_passkey(str(passkey.reference), actor=themselves(other))
    assert queries.passkeys_of(account).exists()


def test_a_removed_passkey_opens_nothing_and_so_does_one_from_before_a_new_beginning(account: Account) -> None:
    first, second = Authenticator(b"first"), Authenticator(b"second")
    passkey = enrol(account, first)
    enrol(account, second)
    asked = ask(account)
    actions.remove_passkey(str(passkey.reference), actor=themselves(account))
    assert (audit_lines()[-1]["event"], audit_lines()[-1]["data"]) == ("account:remove_factor", {"factor": "passkey"})
    assert actions.sign_in(account, first.sign(asked)) is None
    assert actions.sign_in(account, second.sign(asked)) is not None
    actions.reinvite_account(account, join_address="https://x.example", actor=SYSTEM)
    assert actions.sign_in(account, second.sign(asked)) is None


def test_enrol_passkey_refuses_a_nameless_one_a_foreign_one_and_one_too_many(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Invalid, match="name"):
        enrol(account, Authenticator(), " ")
    foreign = Authenticator().make(queries.passkey_offer(account, HERE), ELSEWHERE)
    with pytest.raises(Invalid, match="could not be added"):
        actions.enrol_passkey(account, foreign, "Key", actor=themselves(account))
    monkeypatch.setattr(rules, "MOST_PASSKEYS", 1)
    enrol(account, Authenticator())
    with pytest.raises(Refused, match="Remove one first"):
        enrol(account, Authenticator(b"second"))

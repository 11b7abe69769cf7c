"""An administrator sets windows and reasons; each change is a line of the audit log, and nobody else can."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from registry.access.actors import Actor, ActorKind, Role
from registry.access.refusals import Invalid, NotAllowed, Refused
from registry.log.models import PendingChange
from registry.policy import actions, queries
from registry.policy.states import BOUNDS, ReasonList, Window

ADA = Actor(ActorKind.STAFF, "ada", roles=frozenset({Role.ADMINISTRATOR}))
WORDS = ["a", "b", "c"]

pytestmark = pytest.mark.django_db


def acts() -> list[tuple[str, str, dict[str, Any]]]:
    rows = PendingChange.objects.filter(log="audit").order_by("pk")
    return [(row.record["event"], row.record["subject"], row.record["data"]) for row in rows]


def test_a_window_is_the_usual_one_until_it_is_set() -> None:
    assert queries.window(Window.FLAG) == timedelta(hours=72)
    for _ in range(2):
        actions.set_window(Window.FLAG, 24, actor=ADA)
    assert queries.window(Window.FLAG) == timedelta(hours=24)
    assert queries.windows() == {name: BOUNDS[name].usual for name in Window} | {Window.FLAG: 24}
    assert acts() == [("policy:set_window", "window:flag", {"hours": 24})]


def test_nobody_gives_platforms_more_than_the_law_does() -> None:
    assert BOUNDS[Window.OUTCOME].most == 48


@pytest.mark.parametrize("name", Window)
def test_a_window_keeps_its_bounds(name: Window) -> None:
    bounds = BOUNDS[name]
    assert bounds.least <= bounds.usual <= bounds.most
    for hours in (bounds.least - 1, bounds.most + 1):
        with pytest.raises(Invalid, match="Choose from"):
            actions.set_window(name, hours, actor=ADA)
    assert acts() == []


def test_a_retired_reason_is_not_offered_and_can_come_back() -> None:
    for _ in range(2):
        actions.retire_reason(ReasonList.ENTRY, "b", words=WORDS, actor=ADA)
    choices = [(word, word.upper()) for word in WORDS]
    assert queries.offered(ReasonList.ENTRY, choices) == [("a", "A"), ("c", "C")]
    assert queries.offered(ReasonList.BENIGN, choices) == choices
    for _ in range(2):
        actions.offer_reason(ReasonList.ENTRY, "b", actor=ADA)
    assert queries.offered(ReasonList.ENTRY, choices) == choices
    assert [event for event, _, _ in acts()] == ["policy:retire_reason", "policy:offer_reason"]


def test_a_list_keeps_a_reason_and_an_unknown_one_is_refused() -> None:
    for word in ("a", "b"):
        actions.retire_reason(ReasonList.ENTRY, word, words=WORDS, actor=ADA)
    with pytest.raises(Refused, match="at least one"):
        actions.retire_reason(ReasonList.ENTRY, "c", words=WORDS, actor=ADA)
    with pytest.raises(Invalid):
        actions.retire_reason(ReasonList.ENTRY, "z", words=WORDS, actor=ADA)


@pytest.mark.parametrize("role", set(Role) - {Role.ADMINISTRATOR})
def test_other_roles_set_nothing(role: Role) -> None:
    other = Actor(ActorKind.STAFF, "eve", roles=frozenset({role}))
    for attempt in (
        lambda: actions.set_window(Window.FLAG, 24, actor=other),
        lambda: actions.retire_reason(ReasonList.ENTRY, "a", words=WORDS, actor=other),
        lambda: actions.offer_reason(ReasonList.ENTRY, "a", actor=other),
    ):
        with pytest.raises(NotAllowed):
            attempt()


@pytest.mark.django_db(transaction=True)
def test_administrators_who_retire_at_once_leave_a_reason() -> None:
    def retire(word: str) -> None:
        try:
            actions.retire_reason(ReasonList.ENTRY, word, words=WORDS, actor=ADA)
        except Refused:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(retire, WORDS))
    assert len(queries.retired(ReasonList.ENTRY)) == 2

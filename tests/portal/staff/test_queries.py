"""Who counts as staff."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from portal.staff import queries
from registry.access.actors import Actor, ActorKind, Role
from registry.accounts import queries as accounts

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SESSION = {accounts.SIGNED_IN_AT: int(NOON.timestamp())}


@dataclass
class User:
    """What Django and django-otp tell of a caller."""

    is_authenticated: bool = True
    is_active: bool = True
    roles: list[str] = field(default_factory=lambda: ["reviewer"])
    reference: str = "7f3a"
    verified: bool = True

    def is_verified(self) -> bool:
        return self.verified


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def test_actor_for_gives_a_verified_person_with_their_roles() -> None:
    actor = queries.actor_for(User(roles=["reviewer", "auditor"]), dict(SESSION))
    assert actor == Actor(ActorKind.STAFF, "7f3a", roles=frozenset({Role.REVIEWER, Role.AUDITOR}))


@pytest.mark.parametrize(
    "user", [User(is_authenticated=False), User(is_active=False), User(roles=[]), User(verified=False)]
)
def test_actor_for_gives_nobody_else(user: User) -> None:
    assert queries.actor_for(user, dict(SESSION)) is None


@pytest.mark.parametrize(("hours", "is_let_in"), [(0, True), (7.9, True), (8.1, False)])
def test_actor_for_ends_after_eight_hours_whatever_was_done_meanwhile(noon: Any, hours: float, is_let_in: bool) -> None:
    noon.shift(hours * 3600)
    assert (queries.actor_for(User(), dict(SESSION)) is not None) is is_let_in


def test_actor_for_refuses_a_session_that_does_not_say_when_it_began() -> None:
    assert queries.actor_for(User(), {}) is None


@pytest.mark.parametrize("role", Role)
def test_links_for_names_each_page_once(role: Role) -> None:
    sections = [link.section for link in queries.links_for(Actor(ActorKind.STAFF, "7f3a", roles=frozenset({role})))]
    assert sorted(sections) == sorted(set(sections))
    assert "you" in sections

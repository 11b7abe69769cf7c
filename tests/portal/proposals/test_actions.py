"""Nobody suspends a platform or hands out records alone."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from partners.organisations import actions as organisations
from partners.organisations.models import Organisation
from portal.proposals import actions, queries
from portal.proposals.models import Proposal
from portal.proposals.states import Ground, ProposalState, ProposalVerb, Records
from registry.access.actors import Actor, ActorKind, Role, system
from registry.access.refusals import Invalid, NotAllowed, Refused
from registry.log.models import PendingChange
from tests.partners.conftest import Sequence

PIA, PAT = (Actor(ActorKind.STAFF, name, roles=frozenset({Role.PARTNER_MANAGER})) for name in ("pia", "pat"))
SUSPEND, REINSTATE, EXPORT = ProposalVerb
TODAY = datetime.now(UTC).date()

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform(db: None) -> Organisation:
    return organisations.add_organisation("Platform A", actor=system("test"))


def propose(platform: Organisation, verb: ProposalVerb = SUSPEND, ground: Ground = Ground.BREACH) -> Proposal:
    return actions.propose_about_platform(verb, platform, ground=ground, actor=PIA)


def export(actor: Actor = PIA, since: date = TODAY, until: date = TODAY) -> Proposal:
    return actions.propose_export(Records.AUDIT, since, until, ground=Ground.AUDIT, actor=actor)


def is_suspended(platform: Organisation) -> bool:
    platform.refresh_from_db()
    return platform.suspended_on is not None


def acts() -> list[tuple[str, str]]:
    rows = PendingChange.objects.filter(log="audit").order_by("pk")
    return [(row.record["actor"], row.record["event"]) for row in rows]


def test_a_platform_is_suspended_when_a_second_person_agrees(platform: Organisation) -> None:
    proposal = propose(platform)
    assert not is_suspended(platform)
    actions.agree_to_proposal(proposal, actor=PAT)
    assert is_suspended(platform)
    assert acts()[1:] == [
        ("staff:pia", "hold:propose"),
        ("staff:pat", "organisation:suspend"),
        ("staff:pat", "hold:agree"),
    ]


def test_a_platform_is_let_back_in_the_same_way(platform: Organisation) -> None:
    actions.agree_to_proposal(propose(platform), actor=PAT)
    back = propose(platform, REINSTATE, Ground.RESOLVED)
    with pytest.raises(NotAllowed):
        actions.agree_to_proposal(back, actor=PIA)
    assert is_suspended(platform)
    actions.agree_to_proposal(back, actor=PAT)
    assert not is_suspended(platform)


def test_nobody_agrees_to_what_they_proposed_not_even_in_the_database(platform: Organisation) -> None:
    proposal = propose(platform)
    for verb in (actions.agree_to_proposal, actions.decline_proposal):
        with pytest.raises(NotAllowed, match="another one"):
            verb(proposal, actor=PIA)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.update(state=ProposalState.AGREED, decided_by="pia", decided_at=datetime.now(UTC))
    assert not is_suspended(platform)


def test_the_verb_itself_refuses_one_person(platform: Organisation) -> None:
    for verb in (organisations.suspend_organisation, organisations.reinstate_organisation):
        with pytest.raises(NotAllowed):
            verb(platform, proposed_by="pia", actor=PIA)


def test_a_declined_proposal_changes_nothing_and_is_done(platform: Organisation) -> None:
    proposal = propose(platform)
    actions.decline_proposal(proposal, actor=PAT)
    for verb in (actions.agree_to_proposal, actions.decline_proposal):
        with pytest.raises(Refused, match="decided already"):
            verb(proposal, actor=PAT)
    assert not is_suspended(platform)
    assert not queries.waiting().exists()


def test_one_thing_at_a_time_is_proposed_about_a_platform(platform: Organisation) -> None:
    with pytest.raises(Refused, match="not suspended"):
        propose(platform, REINSTATE, Ground.RESOLVED)
    proposal = propose(platform)
    with pytest.raises(Refused, match="proposed about this platform already"):
        propose(platform)
    actions.agree_to_proposal(proposal, actor=PAT)
    with pytest.raises(Refused, match="suspended already"):
        propose(platform)


@pytest.mark.parametrize("role", set(Role) - {Role.PARTNER_MANAGER, Role.SENIOR_REVIEWER})
def test_other_roles_neither_propose_nor_agree(platform: Organisation, role: Role) -> None:
    other = Actor(ActorKind.STAFF, "eve", roles=frozenset({role}))
    attempts: list[Callable[[], object]] = [
        lambda: actions.propose_about_platform(SUSPEND, platform, ground=Ground.BREACH, actor=other),
        lambda: export(actor=other),
        lambda: actions.agree_to_proposal(proposal, actor=other),
        lambda: actions.decline_proposal(proposal, actor=other),
    ]
    proposal = propose(platform)
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()


def test_a_reason_must_go_with_what_is_proposed(platform: Organisation) -> None:
    with pytest.raises(Invalid):
        propose(platform, SUSPEND, Ground.AUDIT)


@pytest.mark.parametrize(("first", "last"), [(0, 1), (3, 5), (400, 1), (0, -1)])
def test_an_export_is_of_days_that_are_over_and_a_year_at_most(first: int, last: int) -> None:
    with pytest.raises(Invalid):
        export(since=TODAY - timedelta(days=first), until=TODAY - timedelta(days=last))


def test_an_export_is_taken_by_who_proposed_it_within_a_day_and_every_taking_is_recorded(
    sequence: Sequence,
) -> None:
    organisations.add_organisation("Platform B", actor=system("test"))
    sequence()
    proposal = export()
    with pytest.raises(Refused, match="not agreed"):
        actions.take_export(proposal, actor=PIA)
    actions.agree_to_proposal(proposal, actor=PAT)
    with pytest.raises(NotAllowed):
        actions.take_export(proposal, actor=PAT)
    rows = list(actions.take_export(proposal, actor=PIA))
    assert rows[0][:4] == ("line", "day", "time", "actor")
    assert rows[1][3:5] == ("system:test", "organisation:add")
    assert acts()[-1] == ("staff:pia", "export:take")
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)), pytest.raises(Refused, match="a day ago"):
        actions.take_export(proposal, actor=PIA)

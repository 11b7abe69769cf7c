"""Propose, agree, decline, and take what was agreed: one atomic verb each."""

from collections.abc import Callable, Iterator
from datetime import date

from django.db import transaction
from django.utils import timezone

from partners.organisations import actions as organisations
from partners.organisations.models import Organisation
from portal.proposals import queries, rules
from portal.proposals.models import Proposal
from portal.proposals.states import Ground, ProposalState, ProposalVerb, Records
from registry.access.actors import Actor
from registry.access.refusals import Refused
from registry.log import actions as log
from registry.log.events import Event


@transaction.atomic
def propose_about_platform(verb: ProposalVerb, organisation: Organisation, *, ground: Ground, actor: Actor) -> Proposal:
    """Propose to suspend a platform, or to let it back in. Nothing changes until a second person agrees."""
    rules.check_role(actor)
    rules.check_ground(verb, ground)
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    rules.check_suspended(verb, organisation.suspended_on is not None)
    if queries.waiting().filter(organisation=organisation).exists():
        raise Refused("Something is proposed about this platform already. A second person has to decide that first.")
    return _propose(Proposal(verb=verb, organisation=organisation, ground=ground), actor)


@transaction.atomic
def propose_export(records: Records, since: date, until: date, *, ground: Ground, actor: Actor) -> Proposal:
    """Propose to hand out the records of some days, both included. Nothing is written until a second person agrees."""
    rules.check_role(actor)
    rules.check_ground(ProposalVerb.EXPORT, ground)
    rules.check_days(since, until, timezone.now().date())
    proposal = Proposal(verb=ProposalVerb.EXPORT, records=records, since=since, until=until, ground=ground)
    return _propose(proposal, actor)


@transaction.atomic
def agree_to_proposal(proposal: Proposal, *, actor: Actor) -> Proposal:
    """Be the second person: what was proposed is done, or in the case of an export can be taken."""
    proposal = _decide(proposal, "agree", actor)
    if proposal.organisation is not None:
        EFFECTS[ProposalVerb(proposal.verb)](proposal.organisation, proposed_by=proposal.proposed_by, actor=actor)
    _record(Event.HOLD_AGREE, proposal, actor)
    return proposal


@transaction.atomic
def decline_proposal(proposal: Proposal, *, actor: Actor) -> Proposal:
    """Be the second person, and say no: nothing changes."""
    proposal = _decide(proposal, "decline", actor)
    _record(Event.HOLD_DECLINE, proposal, actor)
    return proposal


@transaction.atomic
def take_export(proposal: Proposal, *, actor: Actor) -> Iterator[tuple[str, ...]]:
    """Give the rows of an agreed export to the person who proposed it. Each taking is recorded."""
    proposal = queries.lock(proposal)
    is_agreed = (proposal.verb, proposal.state) == (ProposalVerb.EXPORT, ProposalState.AGREED)
    rules.check_taking(is_agreed, proposal.proposed_by, proposal.decided_at, timezone.now(), actor.reference)
    data = {"records": proposal.records}
    log.record(Event.EXPORT_TAKE, actor=actor, subject=f"proposal:{proposal.reference}", data=data)
    return queries.rows_of(proposal)


EFFECTS: dict[ProposalVerb, Callable[..., None]] = {
    ProposalVerb.SUSPEND: organisations.suspend_organisation,
    ProposalVerb.REINSTATE: organisations.reinstate_organisation,
}
"""What agreeing does at once to the platform."""


def _propose(proposal: Proposal, actor: Actor) -> Proposal:
    proposal.proposed_by, proposal.proposed_at = actor.reference, timezone.now()
    proposal.save()
    _record(Event.HOLD_PROPOSE, proposal, actor)
    return proposal


def _decide(proposal: Proposal, verb: str, actor: Actor) -> Proposal:
    rules.check_role(actor)
    proposal = queries.lock(proposal)
    proposal.state = rules.check_transition(verb, proposal.state)
    rules.check_second(proposal.proposed_by, actor)
    proposal.decided_by, proposal.decided_at = actor.reference, timezone.now()
    proposal.save(update_fields=["state", "decided_by", "decided_at"])
    return proposal


def _record(event: Event, proposal: Proposal, actor: Actor) -> None:
    data: log.Data = {"verb": proposal.verb, "count": 1}
    log.record(event, actor=actor, subject=f"proposal:{proposal.reference}", data=data)

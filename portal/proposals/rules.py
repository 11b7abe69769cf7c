"""Who may propose what, and who may agree. Takes values, raises Refused."""

from datetime import date, datetime, timedelta

from portal.proposals.states import GROUNDS, ROLES, TRANSITIONS, ProposalState, ProposalVerb
from registry.access.actors import Actor, ActorKind
from registry.access.refusals import Invalid, NotAllowed, Refused

LONGEST_EXPORT_DAYS = 366
TAKEN_WITHIN = timedelta(days=1)
"""How long an agreed export can be taken, by the person who proposed it."""


def check_role(actor: Actor) -> None:
    """Refuse anybody whose role neither proposes nor agrees."""
    if actor.kind is not ActorKind.STAFF or actor.roles.isdisjoint(ROLES):
        raise NotAllowed("Your role does not do this.")


def check_ground(verb: ProposalVerb, ground: str) -> None:
    """Refuse a reason that does not go with the proposal."""
    if ground not in GROUNDS[verb]:
        raise Invalid("Choose one of the reasons.")


def check_suspended(verb: ProposalVerb, is_suspended: bool) -> None:
    """Refuse to suspend what is suspended, and to let back in what is in."""
    if is_suspended is (verb is ProposalVerb.SUSPEND):
        raise Refused("This platform is suspended already." if is_suspended else "This platform is not suspended.")


def check_days(since: date, until: date, today: date) -> None:
    """Refuse a time that ends before it begins, is not over, or is too long for one file."""
    if not since <= until <= today:
        raise Invalid("Choose a first day, and a last day that is not before it and not in the future.")
    if (until - since).days >= LONGEST_EXPORT_DAYS:
        raise Invalid(f"One file holds at most {LONGEST_EXPORT_DAYS} days. Propose two.")


def check_transition(verb: str, state: str) -> ProposalState:
    """Give the state a verb leads to. Refuse what is decided already."""
    step = TRANSITIONS[verb]
    if state not in step.sources:
        raise Refused("This proposal is decided already. Nothing was changed.")
    return step.target


def check_second(proposed_by: str, actor: Actor) -> None:
    """Refuse the second word to the person who gave the first."""
    if proposed_by == actor.reference:
        raise NotAllowed("The second person must be another one than the first. A colleague has to look at this.")


def check_taking(is_agreed_export: bool, proposed_by: str, decided_at: datetime | None, now: datetime, by: str) -> None:
    """Refuse an export that nobody agreed to, that somebody else proposed, or that is too old."""
    if not is_agreed_export or decided_at is None:
        raise Refused("A second person has not agreed to this.")
    if proposed_by != by:
        raise NotAllowed("Only the person who proposed it takes it.")
    if now - decided_at > TAKEN_WITHIN:
        raise Refused("It was agreed more than a day ago. Propose it again.")

"""Who may do what for an organisation, and what must be there before it reads the list. Takes values; no Django."""

import secrets
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256

from partners.organisations.states import CHECKS, TESTS, TRANSITIONS, ApplicationState
from registry.access.actors import PersonRole
from registry.access.refusals import Invalid, NotAllowed, Refused

Line = dict[str, str]
"""One line of the checklist: `text` (the evidence), `by` (an account's reference), `on` (a day)."""
INVITATION_LIFETIME = timedelta(days=7)
SHORTEST_EVIDENCE = 10


def new_secret() -> str:
    """Make the secret of an address that only its receiver may open (256 bits)."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """Give what is stored of a secret."""
    return sha256(secret.encode()).digest()


def check_role(role: str) -> PersonRole:
    """Read a role."""
    if role not in set(PersonRole):
        raise Invalid(f"role: Choose one of {', '.join(PersonRole)}.")
    return PersonRole(role)


def check_address_free(is_member: bool, is_invited: bool) -> None:
    """Refuse to invite somebody who is here, or on their way."""
    if is_member:
        raise Refused("This person has an account here already.")
    if is_invited:
        raise Refused("This person has an invitation already. Take it back first, to send another.")


def is_open(expires_at: datetime, now: datetime) -> bool:
    """Tell whether an invitation can still be used."""
    return now <= expires_at


def check_owners_left(role: PersonRole, other_owners: int) -> None:
    """Refuse to leave an organisation without an owner."""
    if role is PersonRole.OWNER and other_owners == 0:
        raise Refused("An organisation needs an owner. Make another person one first.")


def check_transition(verb: str, state: str) -> str:
    """Give the state that a verb leads to. Refuses it where it does not start from this state."""
    step = TRANSITIONS[verb]
    if state not in step.sources:
        raise Refused(f"This application is {state}; that is not possible now. Look at it again.")
    return step.target


def noted(before: Mapping[str, Line], texts: Mapping[str, str], who: str, day: date) -> dict[str, Line]:
    """Give the lines of the checklist with what somebody wrote; a line left empty or as it was keeps its author."""
    lines = dict(before)
    for name, _ in CHECKS:
        text = texts.get(name, "").strip()
        if text and text != before.get(name, {}).get("text"):
            lines[name] = {"text": text, "by": who, "on": day.isoformat()}
    return lines


def check_evidence(lines: Mapping[str, Line]) -> None:
    """Refuse a checklist with an empty or a token line."""
    missing = [words for name, words in CHECKS if len(lines.get(name, {}).get("text", "")) < SHORTEST_EVIDENCE]
    if missing:
        raise Invalid(f"Say what you looked at for: {'; '.join(missing)}.")


def check_vetting(state: str) -> None:
    """Refuse to write on the checklist before it is begun, or after it was closed."""
    if state != ApplicationState.VETTING:
        raise Refused(f"The checklist is written while an application is checked; this one is {state}.")


def check_second_person(first: str, second: str) -> None:
    """Refuse one person who would let a platform in alone."""
    if first == second:
        raise NotAllowed("A second person must decide about this platform; you proposed it.")


def check_name_free(is_taken: bool) -> None:
    """Refuse a second platform of one name."""
    if is_taken:
        raise Refused("There is a platform of this name here already. Write to us, and we will find out who is who.")


def passed(names: Collection[str], before: Collection[str]) -> list[str]:
    """Give the tests a platform has passed, now or before, in their order; a test once passed stays so."""
    return [name for name, _ in TESTS if name in names or name in before]


def is_certified(names: Collection[str]) -> bool:
    """Tell whether every test is among these."""
    return {name for name, _ in TESTS} <= set(names)


def check_agrees(signatory: str, version: str, current: str) -> str:
    """Give the name of who signs. Refuses a blank name, and an agreement that has been replaced since it was read."""
    if version != current:
        raise Refused("The agreement has changed since you opened this page. Read it again.")
    if len(signatory.strip()) < 3:
        raise Invalid("Write the full name of the person who accepts this for your company.")
    return signatory.strip()

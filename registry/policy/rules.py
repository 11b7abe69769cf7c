"""What may be set, and by whom. Takes values, raises Refused."""

from collections.abc import Collection

from registry.access.actors import Actor, Role
from registry.access.refusals import Invalid, NotAllowed, Refused


def check_sets(actor: Actor) -> None:
    """Refuse a setting to anybody but an administrator."""
    if Role.ADMINISTRATOR not in actor.roles:
        raise NotAllowed("Only an administrator changes settings.")


def check_hours(hours: int, least: int, most: int) -> None:
    """Refuse a window that is out of its bounds."""
    if not least <= hours <= most:
        raise Invalid(f"Choose from {least} to {most} hours.")


def check_left(word: str, offered: Collection[str]) -> None:
    """Refuse to retire a reason that is not offered, or the last one of its list."""
    if word not in offered:
        raise Invalid("This reason is not offered.")
    if len(offered) == 1:
        raise Refused("A list needs at least one reason.")

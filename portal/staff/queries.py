"""Read who on the staff is asking."""

from typing import Any

from registry.access.actors import Actor, ActorKind, Role


def actor_for(user: Any) -> Actor | None:
    """Give the actor for a signed-in member of staff whose second factor is verified; None for anyone else."""
    if not user.is_authenticated or not user.is_active or not user.roles or not user.is_verified():
        return None
    return Actor(ActorKind.STAFF, str(user.reference), roles=frozenset(Role(role) for role in user.roles))

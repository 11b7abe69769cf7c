"""Read who on the staff is asking."""

import time
from collections.abc import MutableMapping
from typing import Any

from django.conf import settings

from registry.access.actors import Actor, ActorKind, Role

SIGNED_IN_AT = "signed_in_at"
CODE_AT = "code_at"
"""In the session: when a code was entered last."""
KEYS_OFF = "keys_off"
"""In the session: whether the one-letter keys are switched off."""


def actor_for(user: Any, session: MutableMapping[str, Any]) -> Actor | None:
    """Give the actor for a signed-in member of staff with a verified second factor, for as long as a session may last.

    None for anyone else. The idle limit is the session's own expiry.
    """
    if not user.is_authenticated or not user.is_active or not user.roles or not user.is_verified():
        return None
    if not 0 <= time.time() - session.get(SIGNED_IN_AT, 0) <= settings.SESSION_LONGEST_SECONDS:
        return None
    return Actor(ActorKind.STAFF, str(user.reference), roles=frozenset(Role(role) for role in user.roles))


def is_fresh(session: MutableMapping[str, Any]) -> bool:
    """Tell whether a code was entered a moment ago, so that what is most sensitive may be done."""
    entered: float = session.get(CODE_AT, 0)
    return 0 <= time.time() - entered <= settings.STEP_UP_SECONDS

"""Who acts: roles of staff, scopes of keys, and the actor every verb is told of."""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a member of staff may do. A person may hold several."""

    REVIEWER = "reviewer"
    SENIOR_REVIEWER = "senior reviewer"
    PARTNER_MANAGER = "partner manager"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Scope(StrEnum):
    """What a partner's key may do."""

    FEED_READ = "feed:read"
    FEEDBACK_WRITE = "feedback:write"
    OUTCOME_WRITE = "outcome:write"
    MATCH_ASK = "match:ask"
    WEBHOOK_MANAGE = "webhook:manage"


class PersonRole(StrEnum):
    """What a person of a platform may do for it. Each may do what the ones after it may."""

    OWNER = "owner"
    ENGINEER = "engineer"
    ANALYST = "analyst"
    VIEWER = "viewer"


class ActorKind(StrEnum):
    """Which door the actor came through."""

    REPORTER = "reporter"
    PARTNER = "partner"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does a verb.

    `reference` is an opaque name that may stand in the audit log for ever: an account's or key's public id.
    A reporter has none: every reporter is the same actor.
    `is_test`: who shows a test key reads the sandbox's list of made-up entries, and only that.
    """

    kind: ActorKind
    reference: str
    roles: frozenset[Role] = field(default=frozenset())
    scopes: frozenset[Scope] = field(default=frozenset())
    organisation_id: int | None = None
    person_role: PersonRole | None = None
    is_test: bool = False
    network: str = field(default="", compare=False)
    """An opaque name of the network a key was shown from; it says only whether two are the same."""

    @property
    def platform_id(self) -> int:
        """The organisation a partner acts for. Raises ValueError for anybody else."""
        if self.organisation_id is None:
            raise ValueError(f"{self} does not act for an organisation")
        return self.organisation_id

    def __str__(self) -> str:
        """Give the actor's name in the audit log, such as `staff:7f3a`."""
        return self.kind.value if self.kind is ActorKind.REPORTER else f"{self.kind.value}:{self.reference}"


REPORTER = Actor(ActorKind.REPORTER, "")


def system(process: str) -> Actor:
    """Give the actor for an act of the machine itself, such as `system:clock`."""
    return Actor(ActorKind.SYSTEM, process)

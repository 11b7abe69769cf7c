"""What can be proposed to a second person, why, and where a proposal stands."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.access.actors import Role


class ProposalVerb(models.TextChoices):
    """What is proposed."""

    SUSPEND = "suspend", _("Suspend a platform")
    REINSTATE = "reinstate", _("Let a suspended platform back in")
    EXPORT = "export", _("Hand out records")


class ProposalState(models.TextChoices):
    """Where a proposal stands."""

    PROPOSED = "proposed", _("Waits for a second person")
    AGREED = "agreed", _("Agreed")
    DECLINED = "declined", _("Declined")


class Ground(models.TextChoices):
    """Why. Closed, because the log keeps it for ever."""

    BREACH = "breach", _("A violation of the agreement")
    SECURITY = "security", _("Its keys or its systems are not safe")
    REQUEST = "request", _("The platform asked for it")
    RESOLVED = "resolved", _("The cause is gone")
    AUTHORITY = "authority", _("A court or an authority asks")
    AUDIT = "audit", _("An audit")


class Records(models.TextChoices):
    """Which records are handed out. None of them holds a fingerprint, or a word of a reporter's."""

    AUDIT = "audit", _("Lines of the audit log")
    OUTCOMES = "outcomes", _("What platforms answered")


@dataclass(frozen=True, slots=True)
class Transition:
    """One verb: from any of `sources` to `target`."""

    sources: frozenset[str]
    target: ProposalState


_OPEN = frozenset({ProposalState.PROPOSED})
TRANSITIONS = {
    "agree": Transition(_OPEN, ProposalState.AGREED),
    "decline": Transition(_OPEN, ProposalState.DECLINED),
}
START = ProposalState.PROPOSED
ENDS = frozenset({ProposalState.AGREED, ProposalState.DECLINED})

ROLES = frozenset({Role.PARTNER_MANAGER, Role.SENIOR_REVIEWER})
"""Who proposes, and who may be the second person."""
ABOUT_A_PLATFORM = frozenset({ProposalVerb.SUSPEND, ProposalVerb.REINSTATE})
GROUNDS = {
    ProposalVerb.SUSPEND: (Ground.BREACH, Ground.SECURITY, Ground.REQUEST),
    ProposalVerb.REINSTATE: (Ground.RESOLVED, Ground.REQUEST),
    ProposalVerb.EXPORT: (Ground.AUDIT, Ground.AUTHORITY),
}
"""Which reasons go with which proposal."""

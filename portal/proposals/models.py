"""Proposals: fields and what is impossible."""

import secrets

from django.db import models
from django.db.models import F, Q

from partners.organisations.models import Organisation
from portal.proposals.states import ABOUT_A_PLATFORM, Ground, ProposalState, ProposalVerb, Records


def new_reference() -> str:
    """Give an opaque name that fits an address (80 bits)."""
    return secrets.token_hex(10)


class Proposal(models.Model):
    """One act that waits for a second person. `proposed_by`, `decided_by`: staff references.

    An export names which `records` of the days from `since` to `until`; the others name an organisation.
    """

    reference = models.CharField(max_length=20, unique=True, default=new_reference, editable=False)
    verb = models.CharField(max_length=9, choices=ProposalVerb.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    records = models.CharField(max_length=9, choices=Records.choices, blank=True, default="")
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    ground = models.CharField(max_length=9, choices=Ground.choices)
    state = models.CharField(max_length=8, choices=ProposalState.choices, default=ProposalState.PROPOSED)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True, default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="proposal_decided_by_another",
                condition=Q(state=ProposalState.PROPOSED, decided_by="", decided_at=None)
                | (
                    ~Q(state=ProposalState.PROPOSED)
                    & ~Q(decided_by="")
                    & ~Q(decided_by=F("proposed_by"))
                    & Q(decided_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="proposal_says_about_what",
                condition=Q(verb__in=sorted(ABOUT_A_PLATFORM), organisation__isnull=False, records="", since=None)
                | (
                    Q(verb=ProposalVerb.EXPORT, organisation=None, since__isnull=False, until__isnull=False)
                    & ~Q(records="")
                ),
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(state=ProposalState.PROPOSED),
                name="proposal_open_once_a_platform",
            ),
        ]

    def __str__(self) -> str:
        """Say what is proposed, as a line of the queue."""
        about = self.organisation.name if self.organisation else self.get_records_display()
        return f"{self.get_verb_display()}: {about}"

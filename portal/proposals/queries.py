"""Read proposals, and the records that an export hands out."""

import json
from collections.abc import Collection, Iterator
from datetime import date

from django.db.models import QuerySet

from partners.outcomes.models import Outcome
from portal.proposals.models import Proposal
from portal.proposals.states import ProposalState, Records
from registry.access.refusals import NotFound
from registry.log import queries as log

MOST_SHOWN = 50
COLUMNS = {
    Records.AUDIT: ("line", "day", "time", "actor", "act", "subject", "data"),
    Records.OUTCOMES: ("outcome", "platform", "entry", "decision", "decided", "removed", "copies", "confirmed"),
}


def waiting() -> QuerySet[Proposal]:
    """Give the proposals that wait for a second person, oldest first."""
    return Proposal.objects.filter(state=ProposalState.PROPOSED).select_related("organisation").order_by("pk")


def newest() -> list[Proposal]:
    """Give the newest proposals, whatever became of them."""
    return list(Proposal.objects.select_related("organisation").order_by("-pk")[:MOST_SHOWN])


def proposal_named(reference: str) -> Proposal:
    """Give the proposal of this reference. Raises NotFound."""
    found = Proposal.objects.select_related("organisation").filter(reference=reference).first()
    if found is None:
        raise NotFound("There is no proposal at this address.")
    return found


def proposals_named(references: Collection[str]) -> QuerySet[Proposal]:
    """Give the proposals of these references."""
    return Proposal.objects.filter(reference__in=references).select_related("organisation")


def lock(proposal: Proposal) -> Proposal:
    """Give the proposal as it is now, locked until the transaction ends."""
    return Proposal.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=proposal.pk)


def rows_of(proposal: Proposal) -> Iterator[tuple[str, ...]]:
    """Give the records an export is of, row by row, the names of the columns first."""
    assert proposal.since is not None
    assert proposal.until is not None
    records = Records(proposal.records)
    yield COLUMNS[records]
    yield from (_audit if records is Records.AUDIT else _outcomes)(proposal.since, proposal.until)


def _audit(since: date, until: date) -> Iterator[tuple[str, ...]]:
    for line in log.every_audit_line(log.Sought(since=since, until=until)):
        at = line.at.isoformat() if line.at else ""
        data = json.dumps(line.data, sort_keys=True)
        yield str(line.index), line.day.isoformat(), at, line.actor, line.event.value, line.subject, data


def _outcomes(since: date, until: date) -> Iterator[tuple[str, ...]]:
    found = Outcome.objects.filter(recorded_on__range=(since, until), organisation__sandbox_of=None)
    found = found.select_related("organisation").order_by("pk")
    for outcome in found.iterator():
        yield (
            outcome.reference,
            outcome.organisation.name,
            outcome.entry_reference,
            outcome.decision,
            outcome.decided_at.isoformat(),
            outcome.removed_at.isoformat() if outcome.removed_at else "",
            outcome.count_band,
            outcome.confirmed_on.isoformat() if outcome.confirmed_on else "",
        )

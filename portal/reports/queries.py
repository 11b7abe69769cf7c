"""Read reports: only ever for someone who shows reference and key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from partners.outcomes import queries as outcomes
from portal.reports import rules
from portal.reports.models import Report
from portal.reports.states import ReportState
from registry.entries import queries as entries
from registry.entries.states import EntryState


@dataclass(frozen=True, slots=True)
class ItemStatus:
    """One photo or video as its owner sees it: a number, what it is, and what platforms were found to have done."""

    number: int
    kind: str
    is_listed: bool
    outcomes: Sequence[outcomes.ConfirmedOutcome]


@dataclass(frozen=True, slots=True)
class ReportStatus:
    """A report as its owner sees it."""

    reference: str
    is_withdrawn: bool
    created_on: date
    items: Sequence[ItemStatus]


def report_for(reference: str, key: str) -> Report:
    """Give the report that this reference and key open. The same refusal whether the one or the other is wrong."""
    reference, key = rules.canonical_reference(reference), rules.canonical_key(key)
    report = Report.objects.filter(reference=reference).first()
    rules.check_key(bytes(report.key_hash) if report else None, rules.key_hash(reference, key))
    assert report is not None
    return report


def status_of(report: Report) -> ReportStatus:
    """Give everything the status page says."""
    claims = list(entries.claims_of(str(report.pk)))
    confirmed = outcomes.confirmed_for([claim.entry.reference for claim in claims])
    items = [
        ItemStatus(
            number,
            claim.entry.kind,
            claim.entry.state == EntryState.LISTED,
            [outcome for outcome in confirmed if outcome.entry_reference == claim.entry.reference],
        )
        for number, claim in enumerate(claims, start=1)
    ]
    return ReportStatus(report.reference, report.state == ReportState.WITHDRAWN, report.created_on, items)


def lock(report: Report) -> Report:
    """Give the report as it is now, locked until the transaction ends."""
    return Report.objects.select_for_update().get(pk=report.pk)


def today() -> date:
    """Give the day: the finest time a report keeps."""
    return timezone.now().date()

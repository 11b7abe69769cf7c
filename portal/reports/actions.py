"""Accept and withdraw reports: one atomic verb each."""

import hmac
from collections.abc import Sequence
from hashlib import sha256

import rfc8785
from django.db import transaction

from portal.reports import queries, rules
from portal.reports.models import Report
from portal.reports.states import ReportState
from registry.access.actors import REPORTER
from registry.access.refusals import Refused
from registry.entries import actions as entries
from registry.entries.rules import SubmittedItem, canonical_fingerprints
from registry.log import actions as log
from registry.log.events import Event


@transaction.atomic
def accept_report(reference: str, key_hash: bytes, items: Sequence[SubmittedItem]) -> Report:
    """Accept a report once: a retry of the same one changes nothing and gets the same answer."""
    reference = rules.canonical_reference(reference)
    rules.check_report(items)
    mac = _payload_mac(key_hash, items)
    fields = {"key_hash": key_hash, "payload_mac": mac, "created_on": queries.today()}
    report, is_new = Report.objects.get_or_create(reference=reference, defaults=fields)
    if not is_new:
        if report.payload_mac is None:
            raise Refused("This report was withdrawn. Start again to send a new one.")
        rules.check_same(bytes(report.key_hash), bytes(report.payload_mac), key_hash, mac)
        return report
    entries.accept_items(items, holder=str(report.pk), actor=REPORTER)
    log.record(Event.REPORT_ACCEPT, actor=REPORTER, subject="report")
    return report


@transaction.atomic
def withdraw_report(report: Report) -> Report:
    """Withdraw everything a report holds. Doing it again changes nothing."""
    report = queries.lock(report)
    if report.state == ReportState.WITHDRAWN:
        return report
    report.state, report.payload_mac = ReportState.WITHDRAWN, None
    report.save(update_fields=["state", "payload_mac"])
    entries.withdraw_claims(str(report.pk), actor=REPORTER)
    log.record(Event.REPORT_WITHDRAW, actor=REPORTER, subject="report")
    return report


def _payload_mac(key_hash: bytes, items: Sequence[SubmittedItem]) -> bytes:
    """Give a keyed digest of what was sent, useless to anyone who does not hold the key's hash."""
    lines = [[item.kind, canonical_fingerprints(item.fingerprints)] for item in items]
    return hmac.new(key_hash, rfc8785.dumps(lines), sha256).digest()  # type: ignore[arg-type]

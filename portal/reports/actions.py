"""Accept, open, change and withdraw reports: one atomic verb each."""

import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import rfc8785
from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction

from portal.conversations import actions as conversations
from portal.guidance import queries as guidance
from portal.reports import notices, queries, rules
from portal.reports.models import Answers, Link, MailAddress, Report
from portal.reports.states import TRANSITIONS, ReportState, Went
from registry.access import sealing
from registry.access.actors import REPORTER, Actor, system
from registry.access.refusals import NotFound, Refused
from registry.entries import actions as entries
from registry.entries.rules import SubmittedItem, canonical_fingerprints
from registry.log import actions as log
from registry.log.events import Event

NOTHING_TOLD = rules.Told()
HELD = TRANSITIONS["withdraw"].sources


def accept_report(
    reference: str,
    key_hash: bytes,
    items: Sequence[SubmittedItem],
    told: rules.Told = NOTHING_TOLD,
    *,
    is_held: bool = False,
) -> Report:
    """Accept a report once: a retry of the same one changes nothing and gets the same answer.

    `is_held`: it comes in a flood; it is taken like any other and listed a little later.
    """
    reference = rules.canonical_reference(reference)
    rules.check_report(items, told.links)
    mac = _payload_mac(key_hash, items, told)
    new = Report(reference=reference, key_hash=key_hash, payload_mac=mac, created_on=queries.today())
    with transaction.atomic(savepoint=False):
        if _is_first(new):
            _keep_told(new, told)
            said = log.acts_of(Event.REPORT_ACCEPT, [("report", {})], actor=REPORTER)
            entries.accept_items(items, holder=str(new.pk), actor=REPORTER, is_held=is_held, last=said)
            return new
        report = Report.objects.get(reference=reference)
    if report.payload_mac is None:
        raise Refused("This report was withdrawn. Start again to send a new one.")
    rules.check_same(bytes(report.key_hash), bytes(report.payload_mac), key_hash, mac)
    return report


@transaction.atomic
def add_items(report: Report, items: Sequence[SubmittedItem]) -> Report:
    """Add photos and videos to a report. Adding the same ones again changes nothing."""
    report = queries.lock(report)
    rules.check_transition("add to", report.state, {ReportState.ACTIVE})
    rules.check_report(items)
    rules.check_room(queries.item_count(report) + len(items))
    expires_on = queries.expiry_of(report)
    entries.accept_items(items, holder=str(report.pk), actor=REPORTER, expires_on=expires_on)
    log.record(Event.REPORT_ADD, actor=REPORTER, subject="report")
    return report


def open_report(reference: str, key: str) -> queries.Opened:
    """Open a report for whoever shows its codes. Wrong keys are counted in memory, by the reference's digest alone."""
    digest = sha256(f"{settings.SECRET_KEY}:{rules.canonical_reference(reference)}".encode()).hexdigest()[:16]
    memory = caches["memory"]
    rules.check_wait(memory.get(f"wait:{digest}") is not None)
    try:
        return queries.report_for(reference, key)
    except NotFound:
        memory.add(f"wrong:{digest}", 0, 3600)
        if seconds := rules.wait_after(memory.incr(f"wrong:{digest}")):
            memory.set(f"wait:{digest}", True, seconds)
        raise


@transaction.atomic
def pause_report(report: Report) -> Report:
    """Take everything a report holds off the list, until it is resumed. Doing it again changes nothing."""
    report, is_moved = _move(report, "pause")
    if is_moved:
        entries.pause_claims(str(report.pk), actor=REPORTER)
        log.record(Event.REPORT_PAUSE, actor=REPORTER, subject="report")
    return report


@transaction.atomic
def resume_report(report: Report) -> Report:
    """Put everything back on the list. Doing it again changes nothing."""
    report, is_moved = _move(report, "resume")
    if is_moved:
        entries.resume_claims(str(report.pk), actor=REPORTER)
        log.record(Event.REPORT_RESUME, actor=REPORTER, subject="report")
    return report


@transaction.atomic
def set_expiry(report: Report, months: int) -> Report:
    """Have the report end by itself so many months from today."""
    report = queries.lock(report)
    rules.check_transition("change", report.state, HELD)
    entries.set_expiry(str(report.pk), rules.day_after(queries.today(), months), actor=REPORTER)
    log.record(Event.REPORT_SET_EXPIRY, actor=REPORTER, subject="report")
    return report


def release_held(limit: int) -> int:
    """Put up to `limit` entries that a flood held back on the list, the oldest first. Give how many."""
    pending = queries.held_entries(limit)
    for entry in pending:
        entries.list_entry(entry, actor=system("clock"))
    return len(pending)


@transaction.atomic
def withdraw_report(report: Report) -> Report:
    """Withdraw everything a report holds and forget what was told. Doing it again changes nothing."""
    report, is_moved = _move(report, "withdraw")
    if not is_moved:
        return report
    report.payload_mac = report.reader_hash = None
    report.went = ""
    report.save(update_fields=["payload_mac", "reader_hash", "went"])
    for told in (Answers, Link, MailAddress):
        told.objects.filter(report=report).delete()
    conversations.forget_messages(report.pk)
    entries.withdraw_claims(str(report.pk), actor=REPORTER)
    log.record(Event.REPORT_WITHDRAW, actor=REPORTER, subject="report")
    return report


@transaction.atomic
def rate_report(report: Report, went: Went) -> Report:
    """Note how it has been for the person; what they say later takes its place."""
    report = queries.lock(report)
    rules.check_transition("rate", report.state, HELD)
    report.went = went
    report.save(update_fields=["went"])
    log.record(Event.REPORT_RATE, actor=REPORTER, subject="report")
    return report


@transaction.atomic
def allow_reader(report: Report) -> str:
    """Make a second key that may look and change nothing; one made before stops working. Give it: it is not kept."""
    report = queries.lock(report)
    rules.check_transition("share", report.state, HELD)
    body = "".join(secrets.choice(rules.ALPHABET) for _ in range(rules.KEY_LENGTH - 1))
    key = body + rules.check_character(body)
    report.reader_hash = rules.key_hash(report.reference, key)
    report.save(update_fields=["reader_hash"])
    log.record(Event.REPORT_ALLOW_READER, actor=REPORTER, subject="report")
    return key


@transaction.atomic
def read_links(*, actor: Actor) -> list[queries.WaitingLink]:
    """Open the links that wait for staff, the oldest first. Reading them is recorded."""
    links = queries.waiting_links()
    log.record(Event.LINK_READ, actor=actor, subject="links", data={"count": len(links)})
    return links


@transaction.atomic
def settle_link(number: int, *, actor: Actor) -> None:
    """Note that a link was passed to its platform, or only read where the person wants it kept. Once is enough."""
    link = queries.lock_link(number)
    if link.settled_on is None:
        link.settled_on = queries.today()
        link.save(update_fields=["settled_on"])
        data = {"is_passed": int(link.may_share)}
        log.record(Event.LINK_SETTLE, actor=actor, subject=f"link:{number}", data=data)


@transaction.atomic
def forget_mail(report: Report) -> None:
    """Delete a report's mail address because the person asks."""
    MailAddress.objects.filter(report=report).delete()
    log.record(Event.REPORT_FORGET_MAIL, actor=REPORTER, subject="report")


@transaction.atomic
def forget_old_mail() -> int:
    """Delete the mail addresses that were last used more than 30 days ago. Give how many."""
    oldest = queries.today() - timedelta(days=rules.MAIL_DAYS)
    count, _ = MailAddress.objects.filter(last_used_on__lt=oldest).delete()
    return count


@transaction.atomic
def forget_old_links() -> int:
    """Delete the links that staff settled more than 90 days ago. Give how many."""
    oldest = queries.today() - timedelta(days=rules.LINK_DAYS)
    count, _ = Link.objects.filter(settled_on__lt=oldest).delete()
    return count


@transaction.atomic
def forget_ended() -> int:
    """Delete the answers of reports that hold nothing any more, and the digest of what was sent. Give how many.

    Such a report ended by itself; links, messages and mail address go by their own days.
    """
    ended = queries.ended()
    Answers.objects.filter(report__in=ended).delete()
    return Report.objects.filter(pk__in=ended).update(payload_mac=None, went="")


@transaction.atomic
def tell_news(address: MailAddress) -> bool:
    """Write to a person when there is news they were not told of; the mail says nothing else. Give whether."""
    address = MailAddress.objects.select_for_update().select_related("report").get(pk=address.pk)
    news = queries.news_count(address.report)
    if news <= address.told:
        return False
    address.told, address.last_used_on = news, queries.today()
    address.save(update_fields=["told", "last_used_on"])
    notices.something_changed(queries.opened_address(address))
    return True


@transaction.atomic
def reseal() -> int:
    """Close every link and address under the newest key. Give how many there were."""
    rows: list[Link | MailAddress] = [*Link.objects.select_for_update(), *MailAddress.objects.select_for_update()]
    for row in rows:
        name = "link" if isinstance(row, Link) else "mail"
        row.sealed = _seal(queries.unsealed(row.report_id, name, row.sealed), row.report_id, name)
        row.save(update_fields=["sealed"])
    return len(rows)


def _move(report: Report, verb: str) -> tuple[Report, bool]:
    """Lock and save the state a verb leads to. Give the report, and whether it was not there already."""
    step = TRANSITIONS[verb]
    report = queries.lock(report)
    if report.state == step.target:
        return report, False
    rules.check_transition(verb, report.state, step.sources)
    report.state, report.changed_on = step.target, queries.today()
    report.save(update_fields=["state", "changed_on"])
    return report, True


def _is_first(new: Report) -> bool:
    """Store a report and tell that; False if there is one of its reference. A retry just being taken is waited for."""
    kept: list[Any] = [new.pk, new.reference, new.key_hash, new.payload_mac, new.state, new.went, new.created_on]
    with connection.cursor() as cursor:
        # The ORM can let a conflict pass, but does not tell that there was one.
        cursor.execute(
            "INSERT INTO reports_report (id, reference, key_hash, payload_mac, state, went, created_on) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (reference) DO NOTHING",
            kept,
        )
        return bool(cursor.rowcount)


def _keep_told(report: Report, told: rules.Told) -> None:
    if told.situation or told.image_of or told.age_band or told.platforms:
        known = guidance.platform_slugs()  # a page may be older than the list: what it no longer holds is left out
        Answers.objects.create(
            report=report,
            situation=told.situation,
            image_of=told.image_of,
            age_band=told.age_band,
            platforms=[slug for slug in told.platforms if slug in known],
        )
    Link.objects.bulk_create(
        Link(report=report, sealed=_seal(address, report.pk, "link"), may_share=may_share)
        for address, may_share in told.links
    )
    if told.email:
        sealed = _seal(told.email, report.pk, "mail")
        MailAddress.objects.create(report=report, sealed=sealed, last_used_on=queries.today())


def _seal(text: str, report_id: UUID, name: str) -> bytes:
    return sealing.seal(text.encode(), owner=queries.owner(report_id, name), keys=settings.REPORTER_ENCRYPTION_KEYS)


def _payload_mac(key_hash: bytes, items: Sequence[SubmittedItem], told: rules.Told) -> bytes:
    """Give a keyed digest of what was sent, useless to anyone who does not hold the key's hash."""
    lines = [[item.kind, canonical_fingerprints(item.fingerprints)] for item in items]
    sent = [lines, json.loads(json.dumps(asdict(told)))]
    return hmac.new(key_hash, rfc8785.dumps(sent), sha256).digest()

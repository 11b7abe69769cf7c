"""Read reports: only ever for someone who shows reference and key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import cast
from uuid import UUID

from django.conf import settings
from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from partners.feed import queries as feed
from partners.organisations import queries as organisations
from partners.outcomes import queries as outcomes
from portal.conversations import queries as conversations
from portal.guidance import queries as guidance
from portal.reports import rules
from portal.reports.models import Answers, Link, MailAddress, Report
from portal.reports.states import ReportState
from registry.access import sealing
from registry.access.refusals import NotFound
from registry.entries import queries as entries
from registry.entries.models import Claim, Entry
from registry.entries.states import HOLDING, EntryState

OFF = frozenset({EntryState.QUARANTINED, EntryState.REJECTED})


@dataclass(frozen=True, slots=True)
class ItemStatus:
    """One photo or video as its owner sees it: a number, what it is, and what platforms were found to have done.

    `is_off`: staff took it off the list. Whether somebody else reported it too shows nowhere.
    """

    number: int
    kind: str
    is_off: bool
    outcomes: Sequence[outcomes.ConfirmedOutcome]


@dataclass(frozen=True, slots=True)
class PlatformStatus:
    """A platform that gets the list. `knows`: it has read it, until yesterday, as the report is now."""

    name: str
    knows: bool


@dataclass(frozen=True, slots=True)
class ToldLink:
    """A link as the person who told us of it sees it. `is_passed`: its platform has it from us."""

    address: str
    is_passed: bool


@dataclass(frozen=True, slots=True)
class WaitingLink:
    """A link as staff see it: not whose it is. `may_share`: they may pass it to its platform.

    `address` is empty for who may not open it.
    """

    number: int
    address: str
    may_share: bool


@dataclass(frozen=True, slots=True)
class ReportStatus:
    """A report as its owner sees it. `mail_until` is the day the mail address is deleted unless it is used before."""

    reference: str
    is_withdrawn: bool
    is_paused: bool
    created_on: date
    expires_on: date | None
    items: Sequence[ItemStatus]
    platforms: Sequence[str]
    partners: Sequence[PlatformStatus]
    links: Sequence[ToldLink]
    messages: Sequence[conversations.Line]
    mail_until: date | None
    has_reader: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A report somebody showed a key of; `can_change` unless it was the reading key."""

    report: Report
    can_change: bool

    def check_may_change(self) -> None:
        """Refuse a change by the reading key."""
        rules.check_may_change(self.can_change)


def report_for(reference: str, key: str) -> Opened:
    """Give the report that this reference and key open. The same refusal whether the one or the other is wrong."""
    reference, key = rules.canonical_reference(reference), rules.canonical_key(key)
    report = Report.objects.filter(reference=reference).first()
    shown = rules.key_hash(reference, key)
    if report and rules.is_key(bytes(report.reader_hash or b""), shown):
        return Opened(report, can_change=False)
    rules.check_key(bytes(report.key_hash) if report else None, shown)
    return Opened(cast("Report", report), can_change=True)


def status_of(report: Report) -> ReportStatus:
    """Give everything the status page says: in coarse words, and only what staff have confirmed."""
    claims = list(entries.claims_of(str(report.pk)))
    confirmed = _confirmed(report, claims)
    items = [
        ItemStatus(
            number,
            claim.entry.kind,
            claim.entry.state in OFF,
            [outcome for outcome in confirmed if outcome.entry_reference == claim.entry.reference],
        )
        for number, claim in enumerate(claims, start=1)
    ]
    answers = Answers.objects.filter(report=report).first()
    mail = MailAddress.objects.filter(report=report).first()
    return ReportStatus(
        reference=report.reference,
        is_withdrawn=report.state == ReportState.WITHDRAWN,
        is_paused=report.state == ReportState.PAUSED,
        created_on=report.created_on,
        expires_on=expiry_of(report),
        items=items,
        platforms=guidance.platform_names(answers.platforms) if answers else [],
        partners=partners_of(report),
        links=links_of(report),
        messages=conversations.thread_of(report.pk),
        mail_until=mail.last_used_on + timedelta(days=rules.MAIL_DAYS) if mail else None,
        has_reader=report.reader_hash is not None,
    )


def links_of(report: Report) -> list[ToldLink]:
    """Give the links of a report, opened."""
    return [
        ToldLink(unsealed(report.pk, "link", link.sealed), link.may_share and link.settled_on is not None)
        for link in Link.objects.filter(report=report).order_by("pk")
    ]


def waiting_links(limit: int = 50) -> list[WaitingLink]:
    """Give the links nobody has settled yet, opened, the oldest first."""
    return [
        WaitingLink(link.pk, unsealed(link.report_id, "link", link.sealed), link.may_share)
        for link in _unsettled()[:limit]
    ]


def closed_links(limit: int = 50) -> list[WaitingLink]:
    """Give the links nobody has settled yet, the oldest first, and open none of them."""
    return [WaitingLink(link.pk, "", link.may_share) for link in _unsettled()[:limit]]


def lock_link(number: int) -> Link:
    """Give one link, locked until the transaction ends. Raises NotFound."""
    link = Link.objects.select_for_update().filter(pk=number).first()
    if link is None:
        raise NotFound("This link is gone: the person has stopped the report.")
    return link


def partners_of(report: Report) -> list[PlatformStatus]:
    """Give each platform, and whether it knows of the report as it is now. It changes once a day.

    Measured by how far each has read since the day the report changed, not by the report's own entries: whoever holds
    the image cannot find out here whether somebody reported it before, or still does.
    """
    day = (report.changed_on or report.created_on) + timedelta(days=1)
    until = datetime.combine(day, time(hour=1), UTC)  # what changed late in a day is published a little after it
    knowing = feed.readers_beyond(int(until.timestamp()), today())
    return [PlatformStatus(partner.name, partner.pk in knowing) for partner in organisations.members()]


def item_count(report: Report) -> int:
    """Give how many photos and videos a report holds."""
    return entries.claims_of(str(report.pk)).count()


def expiry_of(report: Report) -> date | None:
    """Give the day on which the first of the report's claims ends by itself; None when it holds none."""
    held = entries.claims_of(str(report.pk)).filter(state__in=HOLDING)
    return min((claim.expires_on for claim in held), default=None)


def ended() -> list[UUID]:
    """Give the reports that hold no file and no link any more, and of which something is left to forget."""
    holding = Claim.objects.filter(holder=Cast(OuterRef("pk"), CharField()), state__in=HOLDING)
    links = Link.objects.filter(report=OuterRef("pk"))
    left = Report.objects.exclude(payload_mac=None, went="")
    return list(left.filter(~Exists(holding), ~Exists(links)).values_list("pk", flat=True))


def held_entries(limit: int) -> list[Entry]:
    """Give the oldest entries that wait to be listed."""
    return list(entries.pending()[:limit])


def news_count(report: Report) -> int:
    """Give how many confirmed outcomes and answers a report has had."""
    confirmed = _confirmed(report, entries.claims_of(str(report.pk)))
    return len(confirmed) + conversations.answers_count(report.pk)


def _confirmed(report: Report, claims: Iterable[Claim]) -> list[outcomes.ConfirmedOutcome]:
    """Give what staff confirmed of each file since the report holds it.

    What was confirmed before would tell whoever adds a file to an older report that somebody reported it already.
    """
    return outcomes.confirmed_for({claim.entry.reference: claim.made_on or report.created_on for claim in claims})


def mail_addresses() -> QuerySet[MailAddress]:
    """Give every mail address, closed."""
    return MailAddress.objects.order_by("pk")


def opened_address(address: MailAddress) -> str:
    """Give a mail address in clear."""
    return unsealed(address.report_id, "mail", address.sealed)


def owner(report_id: UUID, name: str) -> bytes:
    """Give what a sealed value of a report is sealed to."""
    return name.encode() + b":" + report_id.bytes


def unsealed(report_id: UUID, name: str, sealed: bytes | memoryview) -> str:
    """Open one sealed value of a report."""
    keys = settings.REPORTER_ENCRYPTION_KEYS
    return sealing.unseal(bytes(sealed), owner=owner(report_id, name), keys=keys).decode()


def grouped(key: str) -> str:
    """Give a key in groups of four, as people read it."""
    return "-".join(key[i : i + 4] for i in range(0, len(key), 4))


def lock(report: Report) -> Report:
    """Give the report as it is now, locked until the transaction ends."""
    return Report.objects.select_for_update().get(pk=report.pk)


def today() -> date:
    """Give the day: the finest time a report keeps."""
    return timezone.now().date()


def _unsettled() -> QuerySet[Link]:
    return Link.objects.filter(settled_on=None).order_by("pk")

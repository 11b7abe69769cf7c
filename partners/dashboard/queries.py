"""Read a platform's own figures. Every query begins with the organisation that asks."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, F, Max, Q, QuerySet, Sum
from django.utils import timezone

from partners.dashboard import rules
from partners.dashboard.rules import Asked, Clock
from partners.feed import queries as feed
from partners.feed.models import Download
from partners.keys import queries as keys
from partners.organisations import queries as organisations
from partners.outcomes.models import Feedback, Outcome
from partners.outcomes.queries import BEGUN
from partners.outcomes.states import REASONS, Decision, Vote
from registry.log.models import Leaf
from registry.log.states import LogName

NEVER_READ = -1
SHOWN_AT_ONCE = 50
"""Matches on the page; all of them are in the file."""


class Median(Aggregate):
    """The middle value."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


class NinthDecile(Aggregate):
    """The value that nine in ten stay under."""

    template = "percentile_cont(0.9) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True, slots=True)
class Position:
    """How far a platform has read. `waits_since`: when the first leaf it has not read was published."""

    reached: int
    behind: int
    last_read: date | None
    waits_since: datetime | None
    is_clock_behind: bool


@dataclass(frozen=True, slots=True)
class Day:
    """One day's reads of the list, by key: (reads, rows)."""

    day: date
    by_key: dict[str, tuple[int, int]]

    @property
    def reads(self) -> int:
        """Answers given that day."""
        return sum(reads for reads, _ in self.by_key.values())

    @property
    def rows(self) -> int:
        """Rows in them."""
        return sum(rows for _, rows in self.by_key.values())


@dataclass(frozen=True, slots=True)
class Removals:
    """How long removals took, from match to removal, in hours; `spans` counts them by how long."""

    count: int
    late: int
    median_hours: float | None
    ninth_decile_hours: float | None
    spans: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Matches:
    """A platform's standing outcomes: by day, by decision, and how many left open are overdue."""

    by_day: list[tuple[date, int]]
    decisions: list[tuple[str, int]]
    overdue: int

    @property
    def count(self) -> int:
        """All of them."""
        return sum(count for _, count in self.decisions)


@dataclass(frozen=True, slots=True)
class Disputes:
    """A platform's word against entries: votes by reason, and the share of judged matches that were false."""

    affirmed: int
    disputed: int
    reasons: list[tuple[str, int]]
    judged: int
    false: int

    @property
    def false_rate(self) -> float | None:
        """In percent."""
        return rules.share(self.false, self.judged)


def reader_of(organisation_id: int, asked: Asked) -> int:
    """Give the organisation whose rows are asked for: the platform itself, or its sandbox."""
    return organisations.sandbox_of(organisation_id).pk if asked.is_sandbox else organisation_id


def position(reader: int, list_name: LogName) -> Position:
    """Give how far a platform has read a list, and how long the next leaf has waited for it."""
    downloads = Download.objects.filter(organisation=reader)
    ever = downloads.aggregate(reached=Max("reached"), day=Max("day"))
    reached = NEVER_READ if ever["reached"] is None else ever["reached"]
    waiting = Leaf.objects.filter(log=list_name, leaf_index=reached + 1).values_list("published", flat=True).first()
    lately = downloads.filter(day__gte=timezone.now().date() - timedelta(days=1), window_age__isnull=False)
    ages = [age for age in lately.values_list("window_age", flat=True) if age is not None]
    return Position(
        reached=reached,
        behind=feed.last_leaf(list_name) - reached,
        last_read=ever["day"],
        waits_since=None if waiting is None else datetime.fromtimestamp(waiting, UTC),
        is_clock_behind=rules.is_clock_behind(ages),
    )


def reads(reader: int, asked: Asked) -> list[Day]:
    """Give the reads of each day asked for, by key; a day without reads is there and empty."""
    downloads = Download.objects.filter(organisation=reader, day__range=(asked.since, asked.until))
    if asked.key:
        downloads = downloads.filter(key_name=asked.key)
    found: dict[date, dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in downloads.values("day", "key_name").annotate(reads=Count("pk"), read_rows=Sum("rows")).order_by("day"):
        found[row["day"]][row["key_name"]] = (row["reads"], row["read_rows"])
    return [Day(day, found.get(day, {})) for day in asked.days]


def matches(reader: int, asked: Asked) -> Matches:
    """Give a platform's standing outcomes of the days asked for."""
    outcomes = standing_outcomes(reader, asked)
    by_day = dict(outcomes.values_list("recorded_on").annotate(Count("pk")).order_by())
    counted = dict(outcomes.values_list("decision").annotate(Count("pk")).order_by())
    left_open = outcomes.filter(decision__in=rules.OPEN).annotate(begun=BEGUN)
    overdue = left_open.filter(begun__lt=timezone.now() - rules.LATE)
    return Matches(
        by_day=[(day, by_day.get(day, 0)) for day in asked.days],
        decisions=[(decision.label, counted.get(decision.value, 0)) for decision in Decision],
        overdue=overdue.count(),
    )


def removals(reader: int, asked: Asked) -> Removals:
    """Give how long a platform's removals took."""
    taken = standing_outcomes(reader, asked).filter(decision=Decision.REMOVED).annotate(taken=_TAKEN)
    ends = [timedelta(hours=hours) for hours, _ in rules.SPANS]
    counts = {f"upto{number}": Count("pk", filter=Q(taken__lte=end)) for number, end in enumerate(ends)}
    found = taken.aggregate(count=Count("pk"), median=Median("taken"), decile=NinthDecile("taken"), **counts)
    upto = [0, *(found[f"upto{number}"] for number in range(len(ends))), found["count"]]
    labels = [*(words for _, words in rules.SPANS), "over 48 hours"]
    return Removals(
        count=found["count"],
        late=found["count"] - upto[-2],
        median_hours=_hours(found["median"]),
        ninth_decile_hours=_hours(found["decile"]),
        spans=[(words, upto[number + 1] - upto[number]) for number, words in enumerate(labels)],
    )


def clocks(reader: int, asked: Asked) -> Iterator[tuple[Outcome, Clock]]:
    """Give each match with its clock: first those left open, the longest first; then removals, the slowest first."""
    now = timezone.now()
    outcomes = standing_outcomes(reader, asked)
    left_open = outcomes.filter(decision__in=rules.OPEN).order_by(BEGUN, "pk")
    removed = outcomes.filter(decision=Decision.REMOVED).annotate(taken=_TAKEN).order_by("-taken", "pk")
    for outcome in [*left_open[:SHOWN_AT_ONCE], *removed[:SHOWN_AT_ONCE]][:SHOWN_AT_ONCE]:
        yield outcome, rules.clock(outcome.decision, outcome.begun_at, outcome.removed_at, now)


def disputes(reader: int, asked: Asked) -> Disputes:
    """Give a platform's word against entries."""
    days = (asked.since, asked.until)
    votes = Feedback.objects.filter(organisation=reader, is_current=True, recorded_on__range=days)
    counted = dict(votes.values_list("vote").annotate(Count("pk")).order_by())
    by_reason = dict(votes.filter(vote=Vote.NEGATIVE).values_list("reason").annotate(Count("pk")).order_by())
    judged = standing_outcomes(reader, asked).exclude(decision__in=rules.NO_VERDICT)
    return Disputes(
        affirmed=counted.get(Vote.AFFIRM, 0),
        disputed=counted.get(Vote.NEGATIVE, 0),
        reasons=[(reason.name, by_reason[guid]) for guid, reason in REASONS.items() if guid in by_reason],
        judged=judged.count(),
        false=judged.filter(decision=rules.FALSE).count(),
    )


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """How far a platform has come from its key to its first page of a list. `reached` of `size` leaves are fetched."""

    key_name: str
    read_on: date | None
    reached: int
    size: int


def first_steps(organisation_id: int, list_name: LogName) -> FirstSteps:
    """Give how far a platform has come with one of the lists."""
    is_sandbox = list_name == LogName.SANDBOX
    reader = organisations.sandbox_of(organisation_id).pk if is_sandbox else organisation_id
    newest = keys.live_keys_of(reader).first()
    read = Download.objects.filter(organisation=reader).aggregate(day=Max("day"), reached=Max("reached"))
    reached = 0 if read["reached"] is None else read["reached"] + 1
    return FirstSteps(newest.name if newest else "", read["day"], reached, feed.last_leaf(list_name) + 1)


def key_health(organisation_id: int) -> list[dict[str, Any]]:
    """Give a platform's live keys, with the days each has left and the day it was last used."""
    today = timezone.now().date()
    return [
        {
            "name": key.name,
            "is_test": key.organisation.is_sandbox,
            "days_left": (key.expires_on - today).days,
            "last_used_on": key.last_used_on,
            "networks": key.networks,
        }
        for key in keys.own_live_keys(organisation_id)
    ]


def key_names(organisation_id: int) -> list[str]:
    """Give the names of all keys a platform ever had."""
    return [key.name for key in keys.own_keys(organisation_id)]


def standing_outcomes(reader: int, asked: Asked) -> QuerySet[Outcome]:
    """Give a platform's outcomes of the days asked for that nothing has corrected, oldest first."""
    days = (asked.since, asked.until)
    return Outcome.objects.filter(organisation=reader, corrected_by=None, recorded_on__range=days).order_by("pk")


def outcome_rows(reader: int, asked: Asked) -> Iterator[list[str]]:  # noqa: ARG001 - all of them, whenever they were
    """Give all of a platform's own outcomes as rows of text, with their names first."""
    yield ["reference", "entry", "decision", "decided_at", "removed_at", "count_band", "corrects", "recorded_on"]
    own = Outcome.objects.filter(organisation=reader).select_related("corrects").order_by("pk")
    for outcome in own.iterator(1000):
        yield [
            outcome.reference,
            outcome.entry_reference,
            outcome.decision,
            outcome.decided_at.isoformat(),
            _moment(outcome.removed_at),
            outcome.count_band,
            outcome.corrects.reference if outcome.corrects else "",
            outcome.recorded_on.isoformat(),
        ]


def download_rows(reader: int, asked: Asked) -> Iterator[list[str]]:
    """Give a platform's reads by day and key as rows of text, with their names first."""
    yield ["day", "key", "reads", "rows"]
    for day in reads(reader, asked):
        for name, (count, rows) in sorted(day.by_key.items()):
            yield [day.day.isoformat(), name, str(count), str(rows)]


def match_rows(reader: int, asked: Asked) -> Iterator[list[str]]:
    """Give each match with its clock as rows of text, with their names first."""
    yield ["entry", "outcome", "decision", "matched_at", "decided_at", "removed_at", "hours", "clock"]
    now = timezone.now()
    for outcome in standing_outcomes(reader, asked).iterator(1000):
        clock = rules.clock(outcome.decision, outcome.begun_at, outcome.removed_at, now)
        yield [
            outcome.entry_reference,
            outcome.reference,
            outcome.decision,
            _moment(outcome.matched_at),
            outcome.decided_at.isoformat(),
            _moment(outcome.removed_at),
            "" if clock.hours is None else f"{clock.hours:.2f}",
            clock.standing.value,
        ]


def removal_rows(reader: int, asked: Asked) -> Iterator[list[str]]:
    """Give how long removals took as rows of text, with their names first."""
    yield ["taken", "removals"]
    for words, count in removals(reader, asked).spans:
        yield [words, str(count)]


def dispute_rows(reader: int, asked: Asked) -> Iterator[list[str]]:
    """Give a platform's votes as rows of text, with their names first."""
    yield ["entry", "fingerprint", "vote", "reason", "recorded_on"]
    days = (asked.since, asked.until)
    votes = Feedback.objects.filter(organisation=reader, is_current=True, recorded_on__range=days).order_by("pk")
    for vote in votes.iterator(1000):
        reason = REASONS[vote.reason].name if vote.reason in REASONS else ""
        yield [vote.entry_reference, vote.signal_type, vote.vote, reason, vote.recorded_on.isoformat()]


ROWS = {
    "outcomes": outcome_rows,
    "downloads": download_rows,
    "matches": match_rows,
    "removals": removal_rows,
    "disputes": dispute_rows,
}
"""What can be had as a file, by its name."""

_TAKEN = F("removed_at") - BEGUN


def _hours(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds() / 3600


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat()

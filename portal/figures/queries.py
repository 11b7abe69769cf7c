"""Count what happened, canaries left out. Nothing here names a report, an entry or a fingerprint."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Aggregate, Count, DateField, F, FloatField, Func, Q, QuerySet
from django.utils import timezone
from psycopg import sql

from partners.canaries import queries as canaries
from partners.feed import queries as feed
from partners.organisations import queries as organisations
from partners.organisations.models import Organisation
from partners.outcomes.models import Outcome
from partners.outcomes.queries import BEGUN
from partners.outcomes.rules import CLOCK
from partners.outcomes.states import Decision as Answer
from portal.figures import rules
from portal.figures.models import PublicYear
from portal.reports.models import Report
from portal.reports.states import Went
from portal.reviews.models import Decision, Review
from portal.reviews.states import DecisionState, ReviewDecision, ReviewKind, ReviewState
from registry.access.refusals import NotFound
from registry.accounts import queries as accounts
from registry.entries.models import Flag
from registry.entries.states import FlagKind
from registry.log.events import Change
from registry.log.models import Head, Leaf, PendingChange
from registry.log.queries import signed_size
from registry.log.states import LogName

MATCHED = (Answer.REMOVED, Answer.RESTRICTED, Answer.BLOCKED_AT_UPLOAD, Answer.NOT_VIOLATING)
"""The answers that say that a copy was found."""


class Percentile(Aggregate):
    """The value under which a `part` of the values lie; empty ones do not count."""

    template = "percentile_cont(%(part)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on one day."""

    day: date
    reports: int
    listed: int
    matched: int
    removed: int


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform's answers over the period, and how far behind the list it is now (None: it never read it).

    Hours are from the match to the removal; None without a removal.
    """

    name: str
    is_suspended: bool
    answers: int
    removals: int
    late: int
    median_hours: float | None
    p90_hours: float | None
    behind: int | None


@dataclass(frozen=True, slots=True)
class Disputes:
    """How platforms' disputes ended, over the period."""

    opened: int
    listed: int
    upheld: int
    dismissed: int

    @property
    def rate(self) -> int | None:
        """Give the disputes in per cent of the entries that were listed."""
        return rules.share(self.opened, self.listed)

    @property
    def upheld_rate(self) -> int | None:
        """Give those upheld in per cent of those decided."""
        return rules.share(self.upheld, self.upheld + self.dismissed)


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the machine keeps up: changes without a leaf, leaves without a signature, tasks, and the queue."""

    pending: int
    unsigned: int
    last_leaf_at: datetime | None
    tasks: int
    waiting: int
    late: int
    for_a_second: int
    oldest_due: datetime | None


@dataclass(frozen=True, slots=True)
class Overview:
    """All the dashboard shows. `balance`: decisions of each person in the last seven days, by name.

    `went`: how it has been for the people who reported, in their own choice of three.
    """

    days: list[Day]
    platforms: list[Platform]
    disputes: Disputes
    health: Health
    balance: list[tuple[str, int]]
    went: list[tuple[str, int]]


def overview(period: int) -> Overview:
    """Give the figures of the last `period` days, today included."""
    span = _last(period)
    return Overview(by_day(*span), by_platform(*span), disputes(*span), health(), balance(), went(*span))


def table(name: str, period: int) -> Sequence[object]:
    """Give the lines of one of the overview's tables, and count nothing else."""
    since, until = _last(period)
    if name == "days":
        return by_day(since, until)
    if name == "platforms":
        return by_platform(since, until)
    if name == "disputes":
        return [disputes(since, until)]
    if name == "health":
        return [health()]
    raise NotFound("There is no such table.")


def by_day(since: date, until: date) -> list[Day]:
    """Give what happened each day."""
    span = (since, until)
    outcomes = _outcomes(since, until)
    reports = _counted(Report.objects.filter(created_on__range=span), "created_on")
    day_of_leaf = Func(Func(F("published"), function="to_timestamp"), function="date", output_field=DateField())
    listed = _counted(_leaves(Change.LIST, since, until).annotate(day=day_of_leaf), "day")
    matched = _counted(outcomes.filter(decision__in=MATCHED), "recorded_on")
    removed = _counted(outcomes.filter(decision=Answer.REMOVED), "recorded_on")
    return [Day(day, reports[day], listed[day], matched[day], removed[day]) for day in rules.days_of(since, until)]


def by_platform(since: date, until: date) -> list[Platform]:
    """Give each platform's answers and its place in the list, by name."""
    removal = Q(decision=Answer.REMOVED)
    taken = Func(F("removed_at") - BEGUN, template="extract(epoch FROM %(expressions)s) / 3600")
    counted: dict[int, dict[str, Any]] = {
        row["organisation"]: dict(row)
        for row in _outcomes(since, until)
        .values("organisation")
        .annotate(
            answers=Count("pk"),
            removals=Count("pk", filter=removal),
            late=Count("pk", filter=removal & Q(removed_at__gt=BEGUN + CLOCK)),
            median=Percentile(taken, part=0.5),
            p90=Percentile(taken, part=0.9),
        )
    }
    last_leaf, reached = feed.last_leaf(LogName.LIST), feed.cursors()
    return [
        _platform(organisation, counted.get(organisation.pk, {}), last_leaf, reached.get(organisation.pk))
        for organisation in organisations.members().order_by("name")
    ]


def disputes(since: date, until: date) -> Disputes:
    """Give how many disputes were opened and how those ended that were decided."""
    flags = Flag.objects.filter(kind=FlagKind.DISPUTED, opened_on__range=(since, until))
    decided = Decision.objects.filter(
        review__kind=ReviewKind.FLAG, state=DecisionState.DONE, made_at__range=_span(since, until)
    ).exclude(review__entry_reference__in=canaries.references())
    words = Counter(decided.values_list("word", flat=True))
    opened = flags.exclude(entry__reference__in=canaries.references()).count()
    listed = _leaves(Change.LIST, since, until).count()
    return Disputes(opened, listed, words[ReviewDecision.UPHOLD], words[ReviewDecision.DISMISS])


def health() -> Health:
    """Give how the machine and the queue stand at this moment."""
    heads = {head.log: head for head in Head.objects.all()}
    newest = max((head.published for head in heads.values()), default=0)
    undecided = Review.objects.exclude(state=ReviewState.DECIDED)
    counted = undecided.aggregate(
        waiting=Count("pk"),
        late=Count("pk", filter=Q(due_at__lte=timezone.now()) & ~Q(state=ReviewState.SNOOZED)),
        for_a_second=Count("pk", filter=Q(state=ReviewState.HELD) | ~Q(proposed_by="")),
    )
    return Health(
        pending=PendingChange.objects.count(),
        unsigned=sum(head.size - signed_size(LogName(name)) for name, head in heads.items()),
        last_leaf_at=datetime.fromtimestamp(newest, UTC) if newest else None,
        tasks=_tasks(),
        oldest_due=undecided.order_by("due_at").values_list("due_at", flat=True).first(),
        **counted,
    )


def balance() -> list[tuple[str, int]]:
    """Give how many decisions each person made in the last seven days, by name: nobody should carry the week alone."""
    made = Decision.objects.filter(made_at__gte=timezone.now() - timedelta(days=7))
    counted: dict[str, int] = dict(made.values_list("made_by").annotate(count=Count("pk")).order_by())
    names = accounts.addresses_of(counted)
    return sorted((names.get(reference, reference), count) for reference, count in counted.items())


def went(since: date, until: date) -> list[tuple[str, int]]:
    """Give how many people said how it has been for them, of the reports of a time, by what they said."""
    said = Report.objects.filter(created_on__range=(since, until)).exclude(went="")
    counted: dict[str, int] = dict(said.values_list("went").annotate(count=Count("pk")).order_by())
    return [(str(word.label), counted.get(word.value, 0)) for word in Went]


def public_years() -> QuerySet[PublicYear]:
    """Give what was published, the newest year first."""
    return PublicYear.objects.order_by("-year")


def exact_year(year: int, until: date) -> dict[str, tuple[int, int | None]]:
    """Count a year until a day: (number, whole it is a part of, or None) by name. Exact: for `publish_year` alone."""
    since = date(year, 1, 1)
    outcomes = _outcomes(since, until)
    removed = outcomes.filter(decision=Answer.REMOVED)
    ended = disputes(since, until)
    removals = removed.count()
    in_time = removed.filter(removed_at__lte=BEGUN + CLOCK).count()
    return {
        "reports": (Report.objects.filter(created_on__range=(since, until)).count(), None),
        "listed": (ended.listed, None),
        "withdrawn": (_leaves(Change.WITHDRAW, since, until).count(), None),
        "matched": (outcomes.filter(decision__in=MATCHED).count(), None),
        "removed": (removals, None),
        "removed_in_time": (in_time, removals),
        "disputed": (ended.opened, None),
        "upheld": (ended.upheld, ended.upheld + ended.dismissed),
    }


def platforms_connected() -> int:
    """Give how many platforms may read the list now."""
    return organisations.members().filter(suspended_on=None).count()


def _outcomes(since: date, until: date) -> QuerySet[Outcome]:
    """Give the answers of a time that stand, without those that platforms gave in the sandbox or on a canary."""
    given = Outcome.objects.filter(recorded_on__range=(since, until), corrected_by=None, organisation__sandbox_of=None)
    return given.exclude(entry_reference__in=canaries.references())


def _leaves(change: Change, since: date, until: date) -> QuerySet[Leaf]:
    begin, end = (int(moment.timestamp()) for moment in _span(since, until))
    leaves = Leaf.objects.filter(log=LogName.LIST, event=change.value, published__gte=begin, published__lt=end)
    return leaves.exclude(subject__in=canaries.references())


def _last(period: int) -> tuple[date, date]:
    until = timezone.now().date()
    return until - timedelta(days=period - 1), until


def _span(since: date, until: date) -> tuple[datetime, datetime]:
    return datetime.combine(since, time.min, UTC), datetime.combine(until + timedelta(days=1), time.min, UTC)


def _counted(rows: Any, day: str) -> Counter[date]:
    return Counter(dict(rows.order_by().values_list(day).annotate(count=Count("pk"))))


def _platform(organisation: Organisation, counted: dict[str, Any], last_leaf: int, reached: int | None) -> Platform:
    return Platform(
        name=organisation.name,
        is_suspended=organisation.suspended_on is not None,
        answers=counted.get("answers", 0),
        removals=counted.get("removals", 0),
        late=counted.get("late", 0),
        median_hours=counted.get("median"),
        p90_hours=counted.get("p90"),
        behind=None if reached is None else last_leaf - reached,
    )


def _tasks() -> int:
    """Give how many tasks wait in the queue that this database keeps."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue_name FROM pgmq.meta")
        tables = [sql.Identifier("pgmq", f"q_{name}") for (name,) in cursor.fetchall()]
        waiting = 0
        for table in tables:
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(table))
            waiting += cursor.fetchone()[0]
    return waiting

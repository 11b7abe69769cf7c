"""Read a platform's own figures. Every query begins with the organisation that asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Avg, Count, F, Max, Q, Sum
from django.utils import timezone

from partners.feed import queries as feed
from partners.feed.models import Download
from partners.keys import queries as keys
from partners.outcomes.models import Feedback, Outcome
from partners.outcomes.states import Decision, Vote
from registry.log.states import LogName

LATE = timedelta(hours=48)
"""How long the law gives a platform from a valid notice to the removal; counted here from the decision."""
PERIODS = (7, 30, 90)
NEVER_READ = -1


@dataclass(frozen=True, slots=True)
class Day:
    """One day's reads of the list."""

    day: date
    reads: int
    rows: int


@dataclass(frozen=True, slots=True)
class Figures:
    """A platform's figures over a period that ends today."""

    days: list[Day]
    reached: int
    behind: int
    last_read: date | None
    by_key: list[dict[str, Any]]
    decisions: list[tuple[str, int]]
    removals: int
    late_removals: int
    mean_removal_hours: float | None
    affirmed: int
    disputed: int

    @property
    def disputed_share(self) -> float | None:
        """The part of the platform's votes that say a fingerprint is wrong; None without votes."""
        votes = self.affirmed + self.disputed
        return self.disputed / votes if votes else None


def figures(organisation_id: int, period: int) -> Figures:
    """Give the figures of the last `period` days."""
    today = timezone.now().date()
    since = today - timedelta(days=period - 1)
    downloads = Download.objects.filter(organisation=organisation_id)
    recent = downloads.filter(day__gte=since)
    ever = downloads.aggregate(reached=Max("reached"), day=Max("day"))
    reached = NEVER_READ if ever["reached"] is None else ever["reached"]
    outcomes = standing_outcomes(organisation_id).filter(recorded_on__gte=since)
    removals = outcomes.filter(decision=Decision.REMOVED)
    taken = F("removed_at") - F("decided_at")
    mean = removals.aggregate(mean=Avg(taken))["mean"]
    counted = dict(outcomes.values_list("decision").annotate(Count("pk")))
    votes = dict(
        Feedback.objects.filter(organisation=organisation_id, is_current=True, recorded_on__gte=since)
        .values_list("vote")
        .annotate(Count("pk"))
    )
    return Figures(
        days=_by_day(recent, since, today),
        reached=reached,
        behind=feed.last_leaf(LogName.LIST) - reached,
        last_read=ever["day"],
        by_key=[dict(row) for row in _by_key(recent)],
        decisions=[(decision.label, counted.get(decision.value, 0)) for decision in Decision],
        removals=removals.count(),
        late_removals=removals.annotate(taken=taken).filter(taken__gt=LATE).count(),
        mean_removal_hours=mean.total_seconds() / 3600 if mean is not None else None,
        affirmed=votes.get(Vote.AFFIRM, 0),
        disputed=votes.get(Vote.NEGATIVE, 0),
    )


def key_health(organisation_id: int) -> list[dict[str, Any]]:
    """Give the live keys, with the days each has left and the day it was last used."""
    today = timezone.now().date()
    return [
        {"name": key.name, "days_left": (key.expires_on - today).days, "last_used_on": key.last_used_on}
        for key in keys.live_keys_of(organisation_id)
    ]


def standing_outcomes(organisation_id: int) -> Any:
    """Give a platform's outcomes that nothing has corrected, oldest first."""
    return Outcome.objects.filter(Q(organisation=organisation_id), corrected_by=None).order_by("pk")


def outcome_rows(organisation_id: int) -> Iterator[list[str]]:
    """Give the platform's own outcomes as rows of text, with their names first."""
    yield ["reference", "entry", "decision", "decided_at", "removed_at", "count_band", "corrects", "recorded_on"]
    own = Outcome.objects.filter(organisation=organisation_id).select_related("corrects").order_by("pk")
    for outcome in own.iterator(1000):
        yield [
            outcome.reference,
            outcome.entry_reference,
            outcome.decision,
            outcome.decided_at.isoformat(),
            outcome.removed_at.isoformat() if outcome.removed_at else "",
            outcome.count_band,
            outcome.corrects.reference if outcome.corrects else "",
            outcome.recorded_on.isoformat(),
        ]


def download_rows(organisation_id: int, period: int) -> Iterator[list[str]]:
    """Give the platform's reads by day as rows of text, with their names first."""
    yield ["day", "reads", "rows"]
    for day in figures(organisation_id, period).days:
        yield [day.day.isoformat(), str(day.reads), str(day.rows)]


def _by_key(downloads: Any) -> Any:
    return downloads.values("key_name").annotate(reads=Count("pk"), read_rows=Sum("rows")).order_by("-reads")


def _by_day(downloads: Any, since: date, today: date) -> list[Day]:
    found = {row["day"]: row for row in downloads.values("day").annotate(reads=Count("pk"), rows=Sum("rows"))}
    days = [since + timedelta(days=number) for number in range((today - since).days + 1)]
    return [Day(day, found[day]["reads"], found[day]["rows"]) if day in found else Day(day, 0, 0) for day in days]

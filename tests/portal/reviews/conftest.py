"""What reviews' tests start from: outcomes that platforms reported, and reviewers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from partners.outcomes import actions as outcomes
from partners.outcomes.models import Outcome
from partners.outcomes.rules import ReportedOutcome
from partners.outcomes.states import CountBand, Decision
from portal.reviews import actions
from portal.reviews.models import Review
from registry.access.actors import Actor, ActorKind, Role, system
from registry.entries import actions as entries
from registry.entries.states import FlagKind
from tests.partners.conftest import (  # noqa: F401 - fixtures
    MakeListed,
    Partner,
    image,
    make_listed,
    make_partner,
    partner,
    sequence,
)

ANA = Actor(ActorKind.STAFF, "ana", roles=frozenset({Role.REVIEWER}))
BEN = Actor(ActorKind.STAFF, "ben", roles=frozenset({Role.REVIEWER}))

SUE = Actor(ActorKind.STAFF, "sue", roles=frozenset({Role.SENIOR_REVIEWER}))

MakeOutcome = Callable[..., Outcome]
MakeReview = Callable[..., Review]


@pytest.fixture
def make_outcome(make_listed: MakeListed, partner: Partner) -> MakeOutcome:  # noqa: F811 - a fixture
    """Give the verb by which the platform says that it removed a new entry, or what it says instead."""
    seeds = count()

    def make(*, hours_ago: float = 1, matched_ago: float | None = None, corrects: Outcome | None = None) -> Outcome:
        entry = corrects.entry_reference if corrects else make_listed(image(next(seeds)))[0].reference
        at = datetime.now(UTC) - timedelta(hours=hours_ago)
        earlier = corrects.reference if corrects else ""
        decision, removed_at = (Decision.NOT_VIOLATING, None) if corrects else (Decision.REMOVED, at)
        matched = None if matched_ago is None else datetime.now(UTC) - timedelta(hours=matched_ago)
        reported = ReportedOutcome(entry, decision, at, removed_at, CountBand.FEW, earlier, matched_at=matched)
        return outcomes.report_outcome(reported, actor=partner.actor)

    return make


@pytest.fixture
def make_review(make_outcome: MakeOutcome) -> MakeReview:
    """Give the verb that opens the review of a new outcome."""

    def make(**times: float | None) -> Review:
        outcome = make_outcome(**times)
        actions.open_reviews()
        return Review.objects.get(subject=outcome.reference)

    return make


@pytest.fixture
def review(make_review: MakeReview) -> Review:
    return make_review()


@pytest.fixture
def make_flagged(make_listed: MakeListed) -> Callable[..., Review]:  # noqa: F811 - a fixture
    """Give the verb that makes an entry as platforms' feedback leaves it, flags it, and opens its review."""
    seeds = count(100)

    def make(*, affirming: int = 0, negative: int = 2, kind: FlagKind = FlagKind.DISPUTED) -> Review:
        (entry,) = make_listed(image(next(seeds)))
        entries.weigh_feedback(entry, affirming=affirming, negative=negative, actor=system("test"))
        entries.open_flag(entry, kind, actor=system("test"))
        actions.open_reviews()
        return Review.objects.get(entry_reference=entry.reference)

    return make

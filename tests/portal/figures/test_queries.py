"""The dashboard's numbers, counted from what the real verbs did."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from partners.canaries import actions as canaries
from partners.canaries.models import Canary
from partners.feed import actions as feed
from partners.outcomes import actions as outcomes
from partners.outcomes.rules import ReportedOutcome
from partners.outcomes.states import REASONS, CountBand, Decision, Vote
from portal.figures import queries
from portal.reports import actions as report_actions
from portal.reports.states import Went
from portal.reviews import actions as reviews
from portal.reviews.models import Review
from registry.access.actors import Role, system
from registry.access.doors import Dialect
from registry.entries.models import Flag
from tests.partners.conftest import MakeListed, Partner, image
from tests.portal.reports import people
from tests.portal.reviews.conftest import ANA
from tests.portal.staff.people import make_person

NOW = datetime.now(UTC)
CLOCK = system("clock")

pytestmark = pytest.mark.django_db


def remove(partner: Partner, entry: str, hours: float, matched: datetime | None = None) -> None:
    decided = NOW - timedelta(hours=hours)
    outcomes.report_outcome(
        ReportedOutcome(entry, Decision.REMOVED, decided, NOW, CountBand.ONE, "", matched_at=matched),
        actor=partner.actor,
    )


def test_what_people_said_of_it_is_counted_word_by_word():
    """Of those who said anything."""
    for number, word in enumerate([Went.HELPED, Went.HELPED, Went.HARD, None]):
        report = people.report(number)
        if word:
            report_actions.rate_report(report, word)
    assert queries.overview(7).went == [("It helped", 2), ("So-so", 0), ("It was hard", 1)]


def test_hours_to_removal_are_each_platforms_own(
    make_listed: MakeListed, make_partner: Callable[[str], Partner]
) -> None:
    quick, slow = make_partner("Quick"), make_partner("Slow")
    make_partner("Silent")
    listed = make_listed(*(image(seed) for seed in range(5)))
    for hours, entry in zip((1, 2, 3, 4, 5), listed, strict=True):
        remove(quick, entry.reference, hours)
    remove(slow, listed[0].reference, 60)
    feed.record_download(Dialect.NATIVE, -1, 2, 3, is_whole=True, actor=quick.actor)
    today = queries.overview(7)
    found = {platform.name: platform for platform in today.platforms}
    assert [found["Quick"].median_hours, found["Quick"].p90_hours] == pytest.approx([3, 4.6])
    assert (found["Quick"].late, found["Quick"].behind) == (0, 2)
    assert (found["Slow"].late, found["Slow"].behind, found["Slow"].removals) == (1, None, 1)
    assert (found["Silent"].answers, found["Silent"].median_hours) == (0, None)
    assert (today.days[-1].listed, today.days[-1].matched, today.days[-1].removed) == (5, 6, 6)
    assert len(today.days) == 7
    assert today.days[0].removed == 0


def test_hours_run_from_the_match_where_it_was_told(make_listed: MakeListed, partner: Partner) -> None:
    [entry] = make_listed(image(1))
    remove(partner, entry.reference, 1, matched=NOW - timedelta(hours=50))
    [platform] = queries.overview(7).platforms
    assert (platform.median_hours, platform.late) == (pytest.approx(50), 1)
    assert queries.exact_year(NOW.year, NOW.date())["removed_in_time"] == (0, 1)


def test_canaries_are_in_no_figure(make_listed: MakeListed, make_partner: Callable[[str], Partner]) -> None:
    """Nor in the public's, which are rounded from these."""
    owner, other = make_partner("Owner"), make_partner("Other")
    canaries.plant(owner.organisation, 2, is_new=False, actor=CLOCK)
    [entry] = make_listed(image(1))
    found, disputed = Canary.objects.values_list("entry_reference", flat=True)
    remove(owner, found, 1)
    for partner in (owner, other):
        outcomes.submit_feedback(disputed, "pdq", Vote.NEGATIVE, next(iter(REASONS)), actor=partner.actor)
        remove(partner, entry.reference, 1)
    assert Flag.objects.filter(entry__reference=disputed).exists()
    figures, exact = queries.overview(7), queries.exact_year(NOW.year, NOW.date())
    assert (figures.days[-1].listed, figures.days[-1].matched, figures.days[-1].removed) == (1, 2, 2)
    assert [platform.answers for platform in figures.platforms] == [1, 1]
    assert [exact[name][0] for name in ("listed", "matched", "removed", "disputed")] == [1, 2, 2, 0]


def test_disputes_are_those_that_staff_decided(make_flagged: Callable[..., Review]) -> None:
    for decision in ("uphold", "dismiss", "dismiss"):
        review = make_flagged()
        reviews.claim_review(review, actor=ANA)
        reviews.decide_review(review, decision=decision, actor=ANA)
    make_flagged()
    found = queries.overview(30).disputes
    assert (found.opened, found.upheld, found.dismissed, found.upheld_rate, found.rate) == (4, 1, 2, 33, 100)


def test_health_counts_what_waits(make_review: Callable[..., Review], sequence: Callable[[], int]) -> None:
    make_review(hours_ago=60)
    make_review(hours_ago=1)
    before = queries.health()
    assert (before.waiting, before.late, before.for_a_second) == (2, 1, 0)
    assert before.pending > 0
    sequence()
    after = queries.health()
    assert (after.pending, after.unsigned, after.tasks) == (0, 0, 0)
    assert after.last_leaf_at is not None


def test_the_week_is_told_by_name_and_in_no_ranking(make_review: Callable[..., Review]) -> None:
    people = [make_person(f"{name}@example.org", Role.REVIEWER).actor for name in ("zoe", "abe")]
    for actor, count in zip(people, (3, 1), strict=True):
        for _ in range(count):
            review = make_review()
            reviews.claim_review(review, actor=actor)
            reviews.decide_review(review, decision="confirm", actor=actor)
    assert queries.balance() == [("abe@example.org", 1), ("zoe@example.org", 3)]

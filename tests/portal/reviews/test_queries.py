"""What waits, in what order, and what a reviewer reads about it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from partners.feed import actions as feed
from partners.outcomes import actions as outcomes
from partners.outcomes.rules import ReportedOutcome
from partners.outcomes.states import REASONS, Decision, Vote
from portal.reviews import actions, queries
from portal.reviews.models import Review
from portal.reviews.states import ReviewKind, Urgency
from portal.stories.states import Contradiction
from registry.access.actors import REPORTER
from registry.access.doors import Dialect
from registry.entries import actions as entries
from tests.partners.conftest import Partner, Sequence
from tests.portal.reviews.conftest import ANA, BEN, MakeOutcome, MakeReview

ALL = queries.Filter()


def test_filtered_gives_the_most_urgent_first(make_review: MakeReview) -> None:
    later, late, soon = (make_review(hours_ago=hours) for hours in (1, 50, 40))
    items = queries.queue_items(queries.filtered(ALL, ANA))
    assert [item.review for item in items] == [late, soon, later]
    assert [item.urgency for item in items] == [Urgency.LATE, Urgency.SOON, Urgency.LATER]
    assert items[0].title == "Platform A: Removed"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (ALL, ["mine", "theirs", "late", "soon"]),
        (queries.Filter(state="mine"), ["mine"]),
        (queries.Filter(state="claimed"), ["mine", "theirs"]),
        (queries.Filter(state="snoozed"), ["snoozed"]),
        (queries.Filter(state="open", urgency="urgent"), ["late"]),
        (queries.Filter(state="open", urgency="careful"), ["soon"]),
        (queries.Filter(kind="flag"), []),
        (queries.Filter(organisation=0), ["mine", "theirs", "late", "soon"]),
        (queries.Filter(organisation=-1), []),
    ],
)
def test_filtered_shows_what_was_asked_for(make_review: MakeReview, wanted: queries.Filter, found: list[str]) -> None:
    ages = {"mine": 60, "theirs": 55, "late": 50, "soon": 40, "snoozed": 1}
    reviews = {name: make_review(hours_ago=age) for name, age in ages.items()}
    for name, actor in (("mine", ANA), ("theirs", BEN), ("snoozed", BEN)):
        actions.claim_review(reviews[name], actor=actor)
    actions.snooze_review(reviews["snoozed"], days=1, reason="rest", actor=BEN)
    assert list(queries.filtered(wanted, ANA)) == [reviews[name] for name in found]
    counts = {saved.query: saved.count for saved in queries.saved_filters(ANA)}
    assert counts == {
        "": 4,
        "state=mine": 1,
        "urgency=urgent": 3,
        "state=held": 0,
        "state=snoozed": 1,
        "kind=outcome": 4,
        "kind=flag": 0,
        "kind=removal": 0,
        "kind=message": 0,
        "kind=bulk": 0,
    }


def test_queue_leaves_out_what_is_done(review: Review) -> None:
    actions.claim_review(review, actor=ANA)
    actions.decide_review(review, actor=ANA, decision="confirm")
    assert not queries.queue().exists()


def test_next_for_gives_ones_own_first_and_never_somebody_elses(make_review: MakeReview) -> None:
    first, second, third = (make_review(hours_ago=hours) for hours in (30, 20, 10))
    actions.claim_review(first, actor=BEN)
    assert queries.next_for(ANA) == second
    actions.claim_review(third, actor=ANA)
    assert queries.next_for(ANA) == third
    assert queries.next_for(BEN) == first


def test_story_of_tells_the_entrys_life_and_other_answers(
    make_outcome: MakeOutcome, review: Review, sequence: Sequence
) -> None:
    correction = make_outcome(corrects=queries.outcome_of(review))
    sequence()
    story = queries.story_of(review, ANA)
    assert story.history is not None
    assert story.outcome is not None
    assert story.outcome.organisation.name == "Platform A"
    assert story.other_outcomes == [correction]
    assert [moment.words for moment in story.history.life] == [
        "A report with this fingerprint came in",
        "It was put on the list",
        "The report took hold of the entry",
        "Platforms' words on it were weighed",
    ]
    assert [moment.at is None for moment in story.history.life] == [True, True, True, False]
    assert story.history.contradictions == [Contradiction.CHANGED_ITS_ANSWER]
    assert [mask.signal_type for mask in story.history.masks] == ["PDQ", "MD5"]


def test_story_of_shows_votes_with_reasons_and_what_does_not_fit(
    make_partner: Callable[[str], Partner], review: Review
) -> None:
    entry = queries.outcome_of(review).entry_reference
    other = make_partner("Platform B")
    reason = next(iter(REASONS.values()))
    outcomes.submit_feedback(entry, "pdq", Vote.NEGATIVE, reason.guid, actor=other.actor)
    cleared = ReportedOutcome(entry, Decision.NOT_VIOLATING, datetime.now(UTC), None, "")
    outcomes.report_outcome(cleared, actor=other.actor)
    story = queries.story_of(review, ANA)
    assert story.history is not None
    assert [(vote.organisation_name, vote.word, vote.reason) for vote in story.history.votes] == [
        ("Platform B", "Negative", reason.name)
    ]
    assert story.history.contradictions == [Contradiction.PLATFORMS_DISAGREE]


def test_unfetched_gives_the_oldest_removal_a_platform_left_for_a_day(
    make_outcome: MakeOutcome, partner: Partner, sequence: Sequence
) -> None:
    entries.withdraw_claims("holder", actor=REPORTER, references=[make_outcome().entry_reference])
    sequence()
    assert queries.unfetched() == []  # it has never read the list: there is nothing to remove
    feed.record_download(Dialect.NATIVE, -1, 0, 1, is_whole=True, actor=partner.actor)
    assert queries.unfetched() == []
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        (found,) = queries.unfetched()
        assert (found.organisation, found.leaf_index) == (partner.organisation, 1)
        feed.record_download(Dialect.NATIVE, 0, 1, 1, is_whole=False, actor=partner.actor)
        assert queries.unfetched() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "hours"),
    [
        (ReviewKind.OUTCOME, 48),
        (ReviewKind.FLAG, 72),
        (ReviewKind.REMOVAL, 72),
        (ReviewKind.MESSAGE, 24),
        (ReviewKind.APPLICATION, 72),
        (ReviewKind.BULK, 24),
    ],
)
def test_each_kind_has_its_own_due_time(kind: ReviewKind, hours: int) -> None:
    noon = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert queries.due_at(kind, noon) == noon + timedelta(hours=hours)


@pytest.mark.parametrize(("matched_ago", "hours_left"), [(30, 18), (None, 38)])
def test_an_answer_is_due_two_days_after_the_match_or_after_the_decision_where_none_was_told(
    make_review: MakeReview, matched_ago: float | None, hours_left: int
) -> None:
    left = make_review(hours_ago=10, matched_ago=matched_ago).due_at - datetime.now(UTC)
    assert round(left / timedelta(hours=1)) == hours_left


@pytest.mark.django_db
def test_a_person_who_may_be_in_danger_is_answered_first() -> None:
    noon = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert queries.due_at(ReviewKind.MESSAGE, noon, is_urgent=True) == noon + timedelta(hours=2)

"""What waits, in what order, and what a reviewer reads about it."""

from portal.reviews import actions, queries
from portal.reviews.models import Review
from portal.reviews.states import Urgency
from tests.partners.conftest import Sequence
from tests.portal.reviews.conftest import ANA, BEN, MakeOutcome, MakeReview


def test_queue_page_gives_the_most_urgent_first(make_review: MakeReview) -> None:
    later, late, soon = (make_review(hours_ago=hours) for hours in (1, 50, 40))
    page = queries.queue_page(10)
    assert [item.review for item in page] == [late, soon, later]
    assert [item.urgency for item in page] == [Urgency.LATE, Urgency.SOON, Urgency.LATER]
    assert [item.review for item in queries.queue_page(1)] == [late]


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
    story = queries.story_of(review)
    assert story.item.outcome.organisation.name == "Platform A"
    assert story.other_outcomes == [correction]
    assert [moment.words for moment in story.life] == [
        "A report with this fingerprint came in",
        "It was put on the list",
        "The report took hold of the entry",
    ]
    assert all(moment.at is None for moment in story.life)

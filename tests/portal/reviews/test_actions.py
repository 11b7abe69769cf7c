"""One review for each outcome, one person at a time, one decision, and a line in the log for every act."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from portal.reviews import actions, queries, tasks
from portal.reviews.models import Review
from portal.reviews.states import ReviewDecision, ReviewState
from registry.access.actors import Actor
from registry.access.refusals import Invalid, Refused
from registry.log.models import PendingChange
from tests.portal.reviews.conftest import ANA, BEN, MakeOutcome, MakeReview


def audit_of(review: Review) -> list[tuple[str, str, dict[str, Any]]]:
    rows = PendingChange.objects.filter(log="audit", record__subject=f"review:{review.reference}").order_by("pk")
    return [(row.record["event"], row.record["actor"], row.record["data"]) for row in rows]


def test_open_reviews_opens_one_for_each_outcome_once(make_outcome: MakeOutcome) -> None:
    named = {make_outcome().reference for _ in range(3)}
    assert actions.open_reviews() == 3
    assert actions.open_reviews() == 0
    assert {review.subject for review in queries.queue()} == named
    assert audit_of(Review.objects.first()) == [("review:open", "system:queue", {"kind": "outcome"})]  # type: ignore[arg-type]


def test_open_reviews_works_in_batches_until_none_is_left(make_outcome: MakeOutcome, monkeypatch: Any) -> None:
    monkeypatch.setattr(actions, "BATCH", 2)
    for _ in range(3):
        make_outcome()
    tasks.open_reviews()
    assert queries.queue().count() == 3


def test_open_reviews_supersedes_the_review_of_what_was_corrected(make_outcome: MakeOutcome, make_review: Any) -> None:
    review = make_review()
    correction = make_outcome(corrects=queries.outcome_of(review))
    actions.open_reviews()
    review.refresh_from_db()
    assert (review.state, review.decision) == (ReviewState.DECIDED, ReviewDecision.SUPERSEDE)
    assert [waiting.subject for waiting in queries.queue()] == [correction.reference]
    assert audit_of(review)[-1] == ("review:supersede", "system:queue", {})


def test_open_review_of_an_outcome_already_corrected_does_not_wait(make_outcome: MakeOutcome) -> None:
    outcome = make_outcome()
    correction = make_outcome(corrects=outcome)
    actions.open_review(correction, actor=actions.QUEUE)
    actions.open_review(outcome, actor=actions.QUEUE)
    assert [waiting.subject for waiting in queries.queue()] == [correction.reference]


def test_claim_review_gives_it_to_one_person(review: Review) -> None:
    claimed = actions.claim_review(review, actor=ANA)
    assert (claimed.state, claimed.claimed_by) == (ReviewState.CLAIMED, "ana")
    with pytest.raises(Refused, match="Somebody else"):
        actions.claim_review(review, actor=BEN)


def test_claim_review_again_changes_nothing(review: Review) -> None:
    for _ in range(2):
        actions.claim_review(review, actor=ANA)
    assert [event for event, _, _ in audit_of(review)] == ["review:open", "review:claim"]


def test_release_review_puts_it_back_for_everybody(review: Review) -> None:
    actions.claim_review(review, actor=ANA)
    with pytest.raises(Refused, match="Somebody else"):
        actions.release_review(review, actor=BEN)
    actions.release_review(review, actor=ANA)
    assert actions.claim_review(review, actor=BEN).claimed_by == "ben"
    assert [(event, actor) for event, actor, _ in audit_of(review)][1:] == [
        ("review:claim", "staff:ana"),
        ("review:release", "staff:ana"),
        ("review:claim", "staff:ben"),
    ]


def test_decide_review_to_confirm_confirms_the_outcome(review: Review) -> None:
    actions.claim_review(review, actor=ANA)
    decided = actions.decide_review(review, actor=ANA, decision="confirm")
    assert decided.state == ReviewState.DECIDED
    assert decided.decided_at is not None
    assert queries.outcome_of(review).confirmed_on is not None
    assert audit_of(review)[-1] == ("review:decide", "staff:ana", {"decision": "confirm"})


def test_decide_review_to_ask_again_leaves_the_outcome_unconfirmed(review: Review) -> None:
    actions.claim_review(review, actor=ANA)
    actions.decide_review(review, actor=ANA, decision="ask_again")
    assert queries.outcome_of(review).confirmed_on is None


def test_decide_review_sent_twice_counts_once(review: Review) -> None:
    actions.claim_review(review, actor=ANA)
    for _ in range(2):
        actions.decide_review(review, actor=ANA, decision="confirm")
    assert [event for event, _, _ in audit_of(review)].count("review:decide") == 1
    with pytest.raises(Refused, match="done already"):
        actions.decide_review(review, actor=ANA, decision="ask_again")


@pytest.mark.parametrize(("actor", "decision"), [(BEN, "confirm"), (ANA, "supersede"), (ANA, "")])
def test_decide_review_refuses_others_and_other_words_and_changes_nothing(
    review: Review, actor: Actor, decision: str
) -> None:
    actions.claim_review(review, actor=ANA)
    with pytest.raises((Refused, Invalid)):
        actions.decide_review(review, actor=actor, decision=decision)
    review.refresh_from_db()
    assert review.state == ReviewState.CLAIMED


def test_decide_review_refuses_a_review_nobody_claimed(review: Review) -> None:
    with pytest.raises(Refused, match="Claim this review first"):
        actions.decide_review(review, actor=ANA, decision="confirm")


def test_decide_review_refuses_to_confirm_what_was_corrected_meanwhile(
    make_outcome: MakeOutcome, review: Review
) -> None:
    actions.claim_review(review, actor=ANA)
    make_outcome(corrects=queries.outcome_of(review))
    with pytest.raises(Refused, match="corrected"):
        actions.decide_review(review, actor=ANA, decision="confirm")
    review.refresh_from_db()
    assert review.state == ReviewState.CLAIMED


@pytest.mark.django_db(transaction=True)
def test_two_people_who_claim_at_once_do_not_both_get_it(make_review: MakeReview) -> None:
    review = make_review()

    def claim(actor: Actor) -> bool:
        try:
            actions.claim_review(review, actor=actor)
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(claim, [ANA, BEN])) == [False, True]

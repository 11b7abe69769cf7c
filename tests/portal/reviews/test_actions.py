"""One review for each outcome, one person at a time, one decision, and a line in the log for every act."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from partners.feed import actions as feed
from portal.reviews import actions, queries, rules, tasks
from portal.reviews.models import Review
from portal.reviews.states import ReviewDecision, ReviewState
from registry.access.actors import REPORTER, Actor, ActorKind, Role
from registry.access.doors import Dialect
from registry.access.refusals import Invalid, NotAllowed, Refused
from registry.accounts import actions as accounts
from registry.entries import actions as entries
from registry.entries.models import Entry, Flag
from registry.entries.states import FlagKind
from registry.log.models import PendingChange
from tests.partners.conftest import Partner
from tests.portal.reviews.conftest import ANA, BEN, SUE, MakeOutcome, MakeReview


def audit_of(review: Review) -> list[tuple[str, str, dict[str, Any]]]:
    rows = PendingChange.objects.filter(log="audit", record__subject=f"review:{review.reference}").order_by("pk")
    return [(row.record["event"], row.record["actor"], row.record["data"]) for row in rows]


def entry_state(review: Review) -> str:
    return Entry.objects.get(reference=review.entry_reference).state


def flags_open() -> int:
    return Flag.objects.filter(is_open=True).count()


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
    outcome = queries.outcome_of(review)
    assert outcome.confirmed_on is None
    assert outcome.asked_again_on is not None


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


def test_decide_review_to_record_a_violation_names_the_platform(review: Review) -> None:
    actions.claim_review(review, actor=ANA)
    actions.decide_review(review, actor=ANA, decision="violation")
    breaches = PendingChange.objects.filter(record__event="organisation:breach")
    assert [row.record["subject"] for row in breaches] == [f"organisation:{review.organisation.reference}"]  # type: ignore[union-attr]


def test_a_claim_returns_by_itself_after_its_lease(make_review: MakeReview) -> None:
    review, other = make_review(hours_ago=9), make_review(hours_ago=8)
    actions.claim_review(review, actor=ANA)
    actions.claim_review(other, actor=ANA)
    with time_machine.travel(datetime.now(UTC) + rules.LEASE * 0.9):
        assert actions.tidy_queue() == 0
        actions.claim_review(other, actor=ANA)  # still at it
    with time_machine.travel(datetime.now(UTC) + rules.LEASE * 1.1):
        tasks.open_reviews()
        assert set(Review.objects.filter(state=ReviewState.OPEN)) == {review}
    assert audit_of(review)[-1] == ("review:return", "system:queue", {})


def test_claim_review_takes_over_what_was_abandoned(review: Review) -> None:
    actions.claim_review(review, actor=ANA)
    with time_machine.travel(datetime.now(UTC) + rules.LEASE * 1.1):
        assert actions.claim_review(review, actor=BEN).claimed_by == "ben"
    assert [event for event, _, _ in audit_of(review)][1:] == ["review:claim", "review:return", "review:claim"]
    with pytest.raises(Refused, match="Somebody else"):
        actions.decide_review(review, actor=ANA, decision="confirm")


def test_claim_next_gives_each_person_the_most_urgent_that_is_free(make_review: MakeReview) -> None:
    first, second = (make_review(hours_ago=hours) for hours in (30, 20))
    wanted = queries.Filter()
    assert actions.claim_next(wanted, actor=ANA) == first
    assert actions.claim_next(wanted, actor=ANA) == first
    assert actions.claim_next(wanted, actor=BEN) == second
    assert actions.claim_next(wanted, actor=SUE) is None


def test_snooze_review_lets_it_rest_and_it_comes_back_by_itself(review: Review) -> None:
    actions.claim_review(review, actor=ANA)
    actions.snooze_review(review, days=2, reason="platform", actor=ANA)
    assert actions.claim_next(queries.Filter(), actor=ANA) is None
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2.01)):
        assert actions.tidy_queue() == 1
    review.refresh_from_db()
    assert (review.state, review.wakes_at, review.snooze_reason) == (ReviewState.OPEN, None, "")
    assert [event for event, _, _ in audit_of(review)][2:] == ["review:snooze", "review:wake"]


def test_wake_review_ends_a_rest_early(review: Review) -> None:
    actions.claim_review(review, actor=ANA)
    actions.snooze_review(review, days=2, reason="platform", actor=ANA)
    assert actions.wake_review(review, actor=BEN).state == ReviewState.OPEN


def test_hand_over_review_gives_it_to_a_colleague_who_reviews(review: Review) -> None:
    ben, eve = (accounts.add_account(f"{name}@example.org", "a calm river at dusk", [role], actor=actions.QUEUE)
                for name, role in (("ben", Role.REVIEWER), ("eve", Role.AUDITOR)))  # fmt: skip
    actions.claim_review(review, actor=ANA)
    for to in ("ana", str(eve.reference), "nobody"):
        with pytest.raises(Invalid, match="colleague"):
            actions.hand_over_review(review, to=to, actor=ANA)
    assert actions.hand_over_review(review, to=str(ben.reference), actor=ANA).claimed_by == str(ben.reference)
    assert audit_of(review)[-1] == ("review:hand_over", "staff:ana", {"to": f"staff:{ben.reference}"})


def test_escalate_review_leaves_it_to_a_senior(review: Review) -> None:
    actions.claim_review(review, actor=ANA)
    actions.escalate_review(review, actor=ANA)
    with pytest.raises(NotAllowed, match="senior"):
        actions.claim_review(review, actor=ANA)
    assert actions.claim_next(queries.Filter(), actor=ANA) is None
    assert actions.claim_next(queries.Filter(), actor=SUE) == review
    ben = accounts.add_account("ben@example.org", "a calm river at dusk", [Role.REVIEWER], actor=actions.QUEUE)
    with pytest.raises(Invalid, match="colleague"):
        actions.hand_over_review(review, to=str(ben.reference), actor=SUE)


def test_add_note_keeps_it_out_of_the_log(review: Review) -> None:
    actions.add_note(review, text=" looks odd ", actor=ANA)
    assert [note.text for note in review.notes.all()] == ["looks odd"]
    assert audit_of(review)[-1] == ("review:note", "staff:ana", {})


def test_a_flag_that_is_upheld_takes_the_entry_off_the_list_for_good(make_flagged: MakeReview) -> None:
    review = make_flagged()
    actions.claim_review(review, actor=ANA)
    assert actions.decide_review(review, actor=ANA, decision="uphold").state == ReviewState.DECIDED
    assert (entry_state(review), flags_open()) == ("rejected", 0)


def test_a_flag_that_is_dismissed_puts_the_entry_back(make_flagged: MakeReview) -> None:
    review = make_flagged()
    assert entry_state(review) == "quarantined"
    actions.claim_review(review, actor=ANA)
    actions.decide_review(review, actor=ANA, decision="dismiss")
    assert (entry_state(review), flags_open()) == ("listed", 0)


def hold(make_flagged: MakeReview) -> Review:
    review = make_flagged(affirming=3, negative=0, kind=FlagKind.BENIGN)
    actions.claim_review(review, actor=ANA)
    return actions.decide_review(review, actor=ANA, decision="uphold")


def test_to_reject_what_platforms_corroborated_waits_for_another_person(make_flagged: MakeReview) -> None:
    review = hold(make_flagged)
    assert (review.state, entry_state(review)) == (ReviewState.HELD, "quarantined")
    assert actions.decide_review(review, actor=ANA, decision="uphold").state == ReviewState.HELD
    with pytest.raises(NotAllowed, match="another one"):
        actions.agree_review(review, actor=ANA)
    assert actions.agree_review(review, actor=BEN).decision == "uphold"
    assert (entry_state(review), flags_open()) == ("rejected", 0)
    with pytest.raises(Refused, match="done already"):
        actions.agree_review(review, actor=SUE)
    assert [event for event, _, _ in audit_of(review)][2:] == ["review:hold", "review:agree"]
    (decision,) = review.decisions.all()
    assert (decision.made_by, decision.seconded_by, decision.state) == ("ana", "ben", "done")


def test_a_held_decision_that_is_declined_goes_back_to_the_queue(make_flagged: MakeReview) -> None:
    review = hold(make_flagged)
    with pytest.raises(NotAllowed):
        actions.decline_review(review, actor=ANA)
    assert actions.decline_review(review, actor=BEN).state == ReviewState.OPEN
    assert entry_state(review) == "quarantined"
    actions.claim_review(review, actor=BEN)
    actions.decide_review(review, actor=BEN, decision="dismiss")
    assert entry_state(review) == "listed"
    assert [decision.state for decision in review.decisions.order_by("pk")] == ["declined", "done"]


def test_undo_is_a_new_decision_and_takes_two_where_the_first_was_final(make_flagged: MakeReview) -> None:
    review = make_flagged()
    actions.claim_review(review, actor=ANA)
    actions.decide_review(review, actor=ANA, decision="uphold")
    with pytest.raises(NotAllowed):
        actions.reopen_review(review, actor=ANA)
    actions.reopen_review(review, actor=SUE)
    assert actions.open_reviews() == 0
    actions.claim_review(review, actor=ANA)
    assert actions.decide_review(review, actor=ANA, decision="dismiss").state == ReviewState.HELD
    actions.agree_review(review, actor=BEN)
    assert entry_state(review) == "listed"
    assert [decision.word for decision in review.decisions.order_by("pk")] == ["uphold", "dismiss"]


def test_reopen_review_takes_back_what_the_reporter_was_to_be_told(review: Review) -> None:
    actions.claim_review(review, actor=ANA)
    actions.decide_review(review, actor=ANA, decision="confirm")
    actions.reopen_review(review, actor=SUE)
    assert queries.outcome_of(review).confirmed_on is None


def test_a_flags_review_ends_when_the_reporter_withdraws(make_flagged: MakeReview) -> None:
    review = make_flagged()
    entries.withdraw_claims("holder", actor=REPORTER)
    actions.open_reviews()
    review.refresh_from_db()
    assert review.decision == ReviewDecision.SUPERSEDE
    with pytest.raises(Refused, match="overtaken"):
        actions.reopen_review(review, actor=SUE)


def test_an_unfetched_removal_is_reviewed_until_the_platform_fetches_it(
    make_outcome: MakeOutcome, partner: Partner, sequence: Callable[[], int]
) -> None:
    entries.withdraw_claims("holder", actor=REPORTER, references=[make_outcome().entry_reference])
    sequence()
    feed.record_download(Dialect.NATIVE, -1, 0, 1, is_whole=True, actor=partner.actor)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        assert actions.open_reviews() == 2  # the outcome's, and this one
        assert actions.open_reviews() == 0
        review = Review.objects.get(kind="removal")
        actions.claim_review(review, actor=ANA)
        with pytest.raises(Refused, match="not fetched"):
            actions.decide_review(review, actor=ANA, decision="close")
        actions.release_review(review, actor=ANA)
        feed.record_download(Dialect.NATIVE, 0, 1, 1, is_whole=False, actor=partner.actor)
        actions.open_reviews()
    review.refresh_from_db()
    assert review.decision == ReviewDecision.SUPERSEDE


def test_reveal_fingerprints_is_recorded_on_the_entry(review: Review) -> None:
    assert {found.signal_type for found in actions.reveal_fingerprints(review, actor=ANA)} == {"pdq", "md5"}
    revealed = PendingChange.objects.get(record__event="entry:reveal").record
    assert (revealed["actor"], revealed["subject"]) == ("staff:ana", f"entry:{review.entry_reference}")


@pytest.mark.django_db(transaction=True)
def test_many_people_who_take_the_next_one_at_once_all_get_another(make_review: MakeReview) -> None:
    for _ in range(4):
        make_review()

    def take(name: str) -> int:
        actor = Actor(ActorKind.STAFF, name, roles=frozenset({Role.REVIEWER}))
        try:
            review = actions.claim_next(queries.Filter(), actor=actor)
            return review.pk if review else 0
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(take, ["a", "b", "c", "d"])) - {0}) == 4


@pytest.mark.django_db(transaction=True)
def test_two_people_who_second_at_once_do_not_both(make_flagged: MakeReview) -> None:
    review = hold(make_flagged)

    def second(actor: Actor) -> bool:
        try:
            actions.agree_review(review, actor=actor)
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(second, [BEN, SUE])) == [False, True]


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

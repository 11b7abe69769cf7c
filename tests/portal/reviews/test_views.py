"""The queue's pages: who may open them, who may act, and what they never show."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from partners.outcomes import actions as outcomes
from partners.outcomes.rules import ReportedOutcome
from partners.outcomes.states import Decision
from portal.reviews import actions, queries, views
from portal.reviews.models import Review
from registry.access.actors import Role
from registry.entries.models import Fingerprint
from tests.partners.conftest import MakeListed, Partner, image
from tests.portal.reviews.conftest import BEN, MakeReview
from tests.portal.staff.people import HOME, QUEUE, make_person, post

READERS = {Role.REVIEWER, Role.SENIOR_REVIEWER, Role.AUDITOR}
REVIEWERS = {Role.REVIEWER, Role.SENIOR_REVIEWER}
VERBS = ["claim/", "release/", "decide/", "snooze/", "wake/", "hand-over/", "escalate/", "note/"]
VERBS += ["agree/", "decline/", "reopen/"]


@pytest.fixture(autouse=True)
def forgotten_failures(db: None) -> None:
    cache.clear()


def page(review: Review, verb: str = "") -> str:
    return f"{QUEUE}{review.reference}/{verb}"


@pytest.fixture
def ana(db: None) -> Client:
    return make_person("ana@example.org", Role.REVIEWER).sign_in()


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_and_does_what_is_its_own(review: Review, role: Role) -> None:
    client = make_person("ana@example.org", role).sign_in()
    assert client.get(QUEUE).status_code == (403 if role is Role.ADMINISTRATOR else 200)
    assert client.get(page(review)).status_code == (200 if role in READERS else 403)
    for verb in ("claim/", "release/", "claim/", "decide/"):
        answer = post(client, page(review, verb), decision="confirm")
        assert answer.status_code == (302 if role in REVIEWERS else 403)
    review.refresh_from_db()
    assert (review.decision == "confirm") is (role in REVIEWERS)


def test_a_role_that_may_not_enter_is_told_so_and_what_to_do() -> None:
    client = make_person("ana@example.org", Role.ADMINISTRATOR).sign_in()
    answer = client.get(QUEUE)
    assert b"Your role does not open this page." in answer.content


def test_an_auditor_reads_a_review_without_buttons(review: Review) -> None:
    client = make_person("ana@example.org", Role.AUDITOR).sign_in()
    answer = client.get(page(review))
    assert b"does not decide" in answer.content
    assert b"/claim/" not in answer.content


def test_a_review_tells_all_that_the_platform_said(ana: Client, make_listed: MakeListed, partner: Partner) -> None:
    (entry,), now = make_listed(image(1)), datetime.now(UTC)
    details = {"appeal": "received", "decided_by": "person", "hotline_told": True, "distance": 1}
    matched = now - timedelta(hours=50)
    said = ReportedOutcome(entry.reference, Decision.REMOVED, now, now, "1", matched_at=matched, details=details)
    outcomes.report_outcome(said, actor=partner.actor)
    actions.open_reviews()
    shown = ana.get(page(Review.objects.get(entry_reference=entry.reference))).content.decode()
    for words in (
        "Later than 48 h",
        "Received",
        "Decided by",
        "A person",
        "Hotline told",
        "Yes",
        "its uploader appealed",
    ):
        assert words in shown
    assert f"{matched:%H:%M} UTC" in shown


def test_decide_shows_the_next_review_and_says_what_was_done(ana: Client, make_review: MakeReview) -> None:
    first, second = (make_review(hours_ago=hours) for hours in (20, 10))
    post(ana, page(first, "claim/"))
    answer = post(ana, page(first, "decide/"), decision="confirm")
    assert answer["Location"] == page(second)
    second.refresh_from_db()
    assert second.claimed_by is not None
    assert b"Confirmed. The person who reported will be told." in ana.get(page(second)).content


def test_decide_the_last_one_leads_to_an_empty_queue(ana: Client, review: Review) -> None:
    post(ana, page(review, "claim/"))
    assert post(ana, page(review, "decide/"), decision="ask_again")["Location"] == QUEUE
    content = ana.get(QUEUE).content
    assert b"Nothing waits" in content
    assert b"not told until the platform answers again" in content


def test_decide_refuses_an_unknown_word_kindly(ana: Client, review: Review) -> None:
    post(ana, page(review, "claim/"))
    answer = post(ana, page(review, "decide/"), decision="delete everything")
    assert answer.status_code == 400
    assert b"Choose one of the decisions" in answer.content


def test_whoever_comes_second_is_told_kindly(ana: Client, review: Review) -> None:
    actions.claim_review(review, actor=BEN)
    answer = post(ana, page(review, "claim/"))
    assert answer.status_code == 409
    assert b"Somebody else has claimed this review" in answer.content
    assert b"Back to your work" in answer.content
    assert b"Somebody else has claimed this review" in ana.get(page(review)).content


def test_an_unknown_review_is_not_found(ana: Client) -> None:
    assert ana.get(f"{QUEUE}0123456789/").status_code == 404


def test_no_page_shows_a_fingerprint(ana: Client, review: Review) -> None:
    digests = Fingerprint.objects.values_list("digest", flat=True)
    content = ana.get(page(review)).content.decode() + ana.get(QUEUE).content.decode()
    assert digests
    assert not [digest for digest in digests if digest in content]
    assert queries.outcome_of(review).entry_reference not in content


def test_an_act_needs_the_forms_token(ana: Client, review: Review) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = ana.cookies
    assert post(strict, page(review, "claim/")).status_code == 403
    review.refresh_from_db()
    assert review.claimed_by is None


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_is_done_by_following_a_link(review: Review, verb: str) -> None:
    sue = make_person("sue@example.org", Role.SENIOR_REVIEWER).sign_in()
    assert sue.get(page(review, verb)).status_code == 405


def test_the_queue_is_filtered_and_paged_by_its_address(ana: Client, make_review: MakeReview, monkeypatch: Any) -> None:
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    for hours in (50, 51, 52, 1):
        make_review(hours_ago=hours)
    late = ana.get(f"{QUEUE}?urgency=urgent&page=2").content.decode()
    assert late.count('class="queue-item"') == 1
    assert "Page 2 of 2" in late
    assert "?urgency=urgent&amp;page=1" in late
    assert ana.get(f"{QUEUE}?kind=everything").status_code == 400
    assert ana.get(f"{QUEUE}?page=99").status_code == 200


def test_the_queue_asks_little_of_the_database_however_long(
    ana: Client, make_review: MakeReview, django_assert_max_num_queries: Any
) -> None:
    like = make_review()
    Review.objects.bulk_create(
        Review(kind="outcome", subject=f"{i:030x}", due_at=like.due_at, organisation=like.organisation)
        for i in range(10_000)
    )
    with django_assert_max_num_queries(15):
        answer = ana.get(f"{QUEUE}?page=150")
    assert b"10001 wait" in answer.content


def test_take_claims_the_next_one_and_shows_it(ana: Client, review: Review) -> None:
    assert post(ana, f"{QUEUE}take/")["Location"] == page(review)
    assert b"Ask the platform again" in ana.get(page(review)).content
    post(ana, page(review, "decide/"), decision="confirm")
    assert post(ana, f"{QUEUE}take/")["Location"] == QUEUE
    assert b"Nothing is free" in ana.get(QUEUE).content


def test_what_is_shown_of_the_queue_stays_in_the_address_from_one_review_to_the_next(
    ana: Client, make_review: MakeReview, make_flagged: MakeReview
) -> None:
    make_review(hours_ago=50)
    one, other, shown = make_flagged(), make_flagged(), "?kind=flag"
    assert post(ana, f"{QUEUE}take/{shown}")["Location"] == page(one) + shown
    assert page(one, "decide/") + shown in ana.get(page(one) + shown).content.decode()
    assert post(ana, page(one, "decide/") + shown, decision="dismiss")["Location"] == page(other) + shown
    assert post(ana, page(other, "decide/") + shown, decision="dismiss")["Location"] == QUEUE + shown
    assert ana.get(page(one) + "?kind=lunch").status_code == 400


def test_every_verb_has_its_form(ana: Client, review: Review) -> None:
    ben = make_person("ben@example.org", Role.REVIEWER)
    post(ana, page(review, "claim/"))
    post(ana, page(review, "note/"), text="look at the time")
    assert b"look at the time" in ana.get(page(review)).content
    assert post(ana, page(review, "note/"), text=" ").status_code == 400
    assert post(ana, page(review, "snooze/"), days="9", reason="rest").status_code == 400
    post(ana, page(review, "snooze/"), days="2", reason="rest")
    assert b"It rests until" in ana.get(page(review)).content
    post(ana, page(review, "wake/"))
    post(ana, page(review, "claim/"))
    assert post(ana, page(review, "hand-over/"), to="nobody").status_code == 400
    post(ana, page(review, "hand-over/"), to=str(ben.account.reference))
    assert b"ben@example.org, until" in ana.get(page(review)).content
    post(ben.sign_in(), page(review, "escalate/"))
    assert b"For a senior" in ana.get(page(review)).content


def test_a_held_decision_is_seconded_by_somebody_else(ana: Client, make_flagged: MakeReview) -> None:
    review = make_flagged(affirming=3, negative=0)
    post(ana, page(review, "claim/"))
    post(ana, page(review, "decide/"), decision="uphold")
    assert b"You proposed it" in ana.get(page(review)).content
    assert post(ana, page(review, "agree/")).status_code == 403
    ben = make_person("ben@example.org", Role.SENIOR_REVIEWER).sign_in()
    assert b"Agree" in ben.get(page(review)).content
    post(ben, page(review, "decline/"))
    post(ben, page(review, "claim/"))
    post(ben, page(review, "decide/"), decision="uphold")
    assert post(ana, page(review, "agree/")).status_code == 302
    assert post(ana, page(review, "reopen/")).status_code == 403
    assert post(ben, page(review, "reopen/")).status_code == 302


def test_fingerprints_are_shown_only_after_another_code_and_only_by_a_button(review: Review) -> None:
    with time_machine.travel(datetime(2026, 11, 23, 12, 0, tzinfo=UTC), tick=False) as clock:
        ana = make_person("ana@example.org", Role.REVIEWER)
        client = ana.sign_in()
        clock.shift(6 * 60)
        assert client.get(page(review, "reveal/"))["Location"] == f"/staff/code-again/?next={page(review, 'reveal/')}"
        assert post(client, page(review, "reveal/")).status_code == 403
        assert b"wrong" in post(client, "/staff/code-again/", code="000000").content
        clock.shift(60)
        answer = post(client, f"/staff/code-again/?next={page(review, 'reveal/')}", code=ana.code)
        assert answer["Location"] == page(review, "reveal/")
        digests = list(Fingerprint.objects.values_list("digest", flat=True))
        assert not any(digest in client.get(answer["Location"]).content.decode() for digest in digests)
        assert all(digest in post(client, answer["Location"]).content.decode() for digest in digests)
        clock.shift(6 * 60)
        assert client.get(page(review, "reveal/")).status_code == 302


def test_the_way_back_from_the_code_never_leaves_the_staff_site() -> None:
    ana = make_person("ana@example.org", Role.REVIEWER)
    client = ana.sign_in()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
        answer = post(client, "/staff/code-again/?next=https://evil.example/staff/", code=ana.code)
    assert answer["Location"] == HOME


def test_the_keys_can_be_switched_off(ana: Client) -> None:
    assert b"staff/keys.js" in ana.get(QUEUE).content
    post(ana, "/staff/keys/")
    assert b"staff/keys.js" not in ana.get(QUEUE).content

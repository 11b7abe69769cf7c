"""The queue's pages: who may open them, who may act, and what they never show."""

import pytest
from django.core.cache import cache
from django.test import Client

from portal.reviews import actions, queries
from portal.reviews.models import Review
from registry.access.actors import Role
from registry.entries.models import Fingerprint
from tests.portal.reviews.conftest import BEN, MakeReview
from tests.portal.staff.people import QUEUE, make_person, post

READERS = {Role.REVIEWER, Role.SENIOR_REVIEWER, Role.AUDITOR}
REVIEWERS = {Role.REVIEWER, Role.SENIOR_REVIEWER}


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
    for path in (QUEUE, page(review)):
        assert client.get(path).status_code == (200 if role in READERS else 403)
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


def test_decide_shows_the_next_review_and_says_what_was_done(ana: Client, make_review: MakeReview) -> None:
    first, second = (make_review(hours_ago=hours) for hours in (20, 10))
    post(ana, page(first, "claim/"))
    answer = ana.get(post(ana, page(first, "decide/"), decision="confirm")["Location"])
    assert answer["Location"] == page(second)
    assert b"Confirmed. The person who reported will be told." in ana.get(page(second)).content


def test_decide_the_last_one_leads_to_an_empty_queue(ana: Client, review: Review) -> None:
    post(ana, page(review, "claim/"))
    answer = ana.get(post(ana, page(review, "decide/"), decision="ask_again")["Location"])
    assert answer["Location"] == QUEUE
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
    assert b"Back to the queue" in answer.content
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


@pytest.mark.parametrize("verb", ["claim/", "release/", "decide/"])
def test_nothing_is_done_by_following_a_link(ana: Client, review: Review, verb: str) -> None:
    assert ana.get(page(review, verb)).status_code == 405

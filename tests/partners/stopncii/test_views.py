"""What the StopNCII addresses refuse, and in which words."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from partners.outcomes.models import Feedback
from tests.partners.conftest import MakeListed, Partner, balanced_digest, image

Fetch = Callable[..., Any]


@pytest.fixture
def headers(partner: Partner) -> dict[str, str]:
    return {"x-functions-key": partner.secret, "Ocp-Apim-Subscription-Key": partner.key.name}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("startTimestamp=yesterday", "startTimestamp: Send a whole number."),
        ("startTimestamp=-5", "startTimestamp: Send a whole number."),
        ("pageSize=0", "pageSize: Ask for at least 1."),
        ("page=2", "Unknown parameters: page."),
        ("nextPageToken=made-up", "not a token of ours"),
    ],
)
def test_unreadable_questions_are_refused(headers: dict[str, str], query: str, words: str) -> None:
    answer = Client(headers=headers).get(f"/stopncii/v1/FetchHashes?{query}")
    assert answer.status_code == 400
    assert words in answer.json()["detail"]


def test_a_token_belongs_to_its_start(headers: dict[str, str], make_listed: MakeListed) -> None:
    make_listed(image(1), image(2))
    client = Client(headers=headers)
    token = client.get("/stopncii/v1/FetchHashes?startTimestamp=10&pageSize=1").json()["nextPageToken"]
    answer = client.get("/stopncii/v1/FetchHashes", {"startTimestamp": 11, "pageSize": 1, "nextPageToken": token})
    assert answer.status_code == 400
    assert "startTimestamp it was given for" in answer.json()["detail"]


@pytest.mark.parametrize("shown", [{}, {"x-functions-key": "tid_live_x"}, {"Ocp-Apim-Subscription-Key": "tid_x"}])
def test_a_key_must_be_whole(partner: Partner, shown: dict[str, str]) -> None:
    assert Client(headers=shown).get("/stopncii/v1/FetchHashes").status_code == 401


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"count": 2, "hashFeedbacks": [{"hashValue": "a" * 64, "feedbackValue": "Blocked"}]}, "count"),
        ({"count": 1, "hashFeedbacks": [{"hashValue": "xyz", "feedbackValue": "Blocked"}]}, "hashValue"),
        ({"count": 1, "hashFeedbacks": [{"hashValue": "a" * 64, "feedbackValue": "Maybe"}]}, "feedbackValue"),
        ({"count": 1, "hashFeedbacks": [{"hashValue": "a" * 64, "feedbackValue": "Blocked", "x": 1}]}, "no such field"),
        ({"hashFeedbacks": []}, "count"),
        ([], "Invalid data"),
    ],
)
def test_unreadable_feedback_is_refused(headers: dict[str, str], body: Any, words: str) -> None:
    answer = Client(headers=headers).post("/stopncii/v1/SubmitFeedback", body, content_type="application/json")
    assert answer.status_code == 400
    assert words in answer.json()["detail"]
    assert not Feedback.objects.exists()


def test_the_answer_tells_what_was_recorded(headers: dict[str, str], make_listed: MakeListed) -> None:
    make_listed(image(1), image(2))
    feedback = [
        {"hashValue": balanced_digest(1), "feedbackValue": "Blocked", "tags": ["Nude"]},
        {"hashValue": balanced_digest(2), "feedbackValue": "PendingReview"},
    ]
    answer = Client(headers=headers).post(
        "/stopncii/v1/SubmitFeedback", {"count": 2, "hashFeedbacks": feedback}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()) == (200, {"count": 2, "recorded": [True, False]})

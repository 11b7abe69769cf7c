"""The outcomes address: strict, and safe to ask again."""

from typing import Any

import pytest
from django.test import Client

from partners.outcomes import queries
from partners.outcomes.models import Outcome
from registry.entries.models import Entry
from tests.partners.conftest import MakeListed, MakePartner, Partner, image

ADDRESS = "/api/v1/outcomes"


@pytest.fixture
def entry(make_listed: MakeListed) -> Entry:
    return make_listed(image(1))[0]


def removed(entry: Entry, /, **changes: Any) -> dict[str, Any]:
    time = "2026-01-02T03:04:05Z"
    return {
        "entry": entry.reference, "decision": "removed", "decided_at": time, "removed_at": time, "count_band": "1",
    } | changes  # fmt: skip


def post(partner: Partner, body: Any, key: str = "key-1") -> Any:
    headers = partner.bearer | ({"Idempotency-Key": key} if key else {})
    return Client(headers=headers).post(ADDRESS, body, content_type="application/json")


def test_an_outcome_is_answered_with_its_reference(partner: Partner, entry: Entry) -> None:
    answer = post(partner, removed(entry))
    outcome = Outcome.objects.get()
    assert answer.status_code == 201
    assert answer.json() == removed(entry) | {
        "reference": outcome.reference,
        "corrects": "",
        "recorded_on": outcome.recorded_on.isoformat(),
        "confirmed_on": None,
        "asked_again_on": None,
        "matched_at": None,
        "details": {},
    }


def test_how_many_copies_need_not_be_said(partner: Partner, entry: Entry) -> None:
    body = removed(entry)
    del body["count_band"]
    assert post(partner, body).json()["count_band"] == ""


def test_a_retry_gets_the_same_answer_and_records_nothing(partner: Partner, entry: Entry) -> None:
    first, again = post(partner, removed(entry)), post(partner, removed(entry))
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert Outcome.objects.count() == 1


def test_a_used_key_with_another_body_is_refused(partner: Partner, entry: Entry) -> None:
    post(partner, removed(entry))
    answer = post(partner, removed(entry, count_band="10+"))
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert "different request" in answer.json()["detail"]
    assert Outcome.objects.count() == 1


def test_a_missing_key_is_refused_with_how_to_make_one(partner: Partner, entry: Entry) -> None:
    answer = post(partner, removed(entry), key="")
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"seen_by": "me"}, 400, "seen_by: There is no such field."),
        ({"decision": "deleted"}, 400, "decision: Send one of: removed, restricted, blocked_at_upload, "),
        ({"count_band": "3"}, 400, "count_band: Send one of: 0, 1, 2-9, 10+."),
        ({"decided_at": "yesterday"}, 400, "decided_at"),
        ({"decided_at": "2999-01-01T00:00:00Z"}, 422, "decided_at: This time is in the future."),
        ({"removed_at": None}, 422, "removed_at: Send it when the decision is 'removed'"),
        ({"decision": "not_found"}, 422, "removed_at"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(
    partner: Partner, entry: Entry, changes: dict[str, Any], status: int, words: str
) -> None:
    answer = post(partner, removed(entry, **changes))
    assert answer.status_code == status
    assert words in answer.json()["detail"]
    assert not Outcome.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b'{"entry": "\\u0000"}'])
def test_what_is_no_outcome_at_all_is_refused(partner: Partner, entry: Entry, body: bytes) -> None:
    assert post(partner, body).status_code == 400


def test_an_unpublished_entry_is_not_found(partner: Partner, entry: Entry) -> None:
    answer = post(partner, removed(entry, entry="0" * 30))
    assert answer.status_code == 404
    assert "never was" in answer.json()["detail"]


def test_a_platform_reads_its_own_outcomes_alone(
    partner: Partner, entry: Entry, make_partner: MakePartner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    made = [post(partner, removed(entry), key=f"key-{i}").json()["reference"] for i in range(3)]
    other = make_partner("Platform B")
    post(other, removed(entry))
    client = Client(headers=partner.bearer)
    first = client.get(ADDRESS).json()
    second = client.get(ADDRESS, {"after": first["next"]}).json()
    assert [outcome["reference"] for outcome in first["outcomes"] + second["outcomes"]] == made
    assert second["next"] is None
    assert Client(headers=other.bearer).get(ADDRESS, {"after": made[0]}).status_code == 404
    assert client.get(ADDRESS, {"page": 2}).status_code == 400


def post_batch(partner: Partner, outcomes: list[dict[str, Any]], key: str = "batch-1") -> Any:
    headers = partner.bearer | {"Idempotency-Key": key}
    return Client(headers=headers).post(f"{ADDRESS}/batch", {"outcomes": outcomes}, content_type="application/json")


def test_a_batch_is_recorded_once_however_often_it_is_sent(partner: Partner, entry: Entry) -> None:
    batch = [removed(entry), removed(entry, decision="not_violating", removed_at=None)] * 400
    first, again = post_batch(partner, batch), post_batch(partner, batch)
    assert (first.status_code, first.content) == (201, again.content)
    assert first.json()["references"] == list(Outcome.objects.order_by("pk").values_list("reference", flat=True))
    assert first.json()["count"] == Outcome.objects.count() == 800


def test_a_batch_with_one_wrong_outcome_records_none_and_names_its_place(partner: Partner, entry: Entry) -> None:
    answer = post_batch(partner, [removed(entry), removed(entry, entry="unknown")])
    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("outcomes[1]: There is no entry")
    answer = post_batch(partner, [removed(entry), removed(entry, decision="maybe")])
    assert answer.status_code == 400
    assert "outcomes.1.decision" in answer.json()["detail"]
    assert not Outcome.objects.exists()


def test_a_batch_corrects_an_outcome_once(partner: Partner, entry: Entry) -> None:
    [reference] = post_batch(partner, [removed(entry)]).json()["references"]
    correction = removed(entry, decision="error", removed_at=None, corrects=reference)
    twice = post_batch(partner, [correction, correction], "twice")
    assert (twice.status_code, Outcome.objects.count()) == (422, 1)
    assert post_batch(partner, [correction], "once").status_code == 201


@pytest.mark.parametrize("size", [0, 1001])
def test_a_batch_has_from_1_to_1000_outcomes(partner: Partner, entry: Entry, size: int) -> None:
    assert post_batch(partner, [removed(entry)] * size).status_code == 400


@pytest.mark.parametrize("body", [b'{"a":1,"a":2}', b"[" * 100_000, b'{"entry": NaN}'])
def test_ambiguous_or_bottomless_json_is_refused(partner: Partner, body: bytes) -> None:
    headers = partner.bearer | {"Idempotency-Key": "k"}
    answer = Client(headers=headers).post(f"{ADDRESS}/batch", body, content_type="application/json")
    assert answer.status_code == 400


def test_outcomes_are_taken_as_json_alone(partner: Partner) -> None:
    headers = partner.bearer | {"Idempotency-Key": "k"}
    assert Client(headers=headers).post(ADDRESS, b"entry=1", content_type="text/plain").status_code == 415

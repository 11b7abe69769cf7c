"""What shows a regulator that a platform's duties were met: receipts, matches, the clock, details, erasures."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from partners.outcomes import rules
from partners.outcomes.models import Erasure, Match, Outcome, Receipt
from partners.outcomes.states import REASONS
from registry.entries.models import Entry
from registry.log.models import PendingChange
from registry.screening import queries as screening
from tests.partners.conftest import MakeListed, MakePartner, Partner, Sequence, balanced_digest, image, withdraw


@pytest.fixture
def entry(make_listed: MakeListed) -> Entry:
    return make_listed(image(1))[0]


def ago(**since: float) -> str:
    return (timezone.now() - timedelta(**since)).isoformat(timespec="seconds")


def post(partner: Partner, name: str, body: Any, key: str = "k") -> Any:
    headers = partner.bearer | {"Idempotency-Key": key}
    return Client(headers=headers).post(f"/api/v1/{name}", body, content_type="application/json")


def clock(partner: Partner, after: str = "") -> Any:
    return Client(headers=partner.bearer).get("/api/v1/clock", {"after": after}).json()


def outcome(entry: Entry, **changes: Any) -> dict[str, Any]:
    return {"entry": entry.reference, "decision": "restricted", "decided_at": ago(hours=1)} | changes


def matched(entry: Entry, at: str) -> dict[str, Any]:
    return {"matches": [{"entry": entry.reference, "matched_at": at, "method": "near"}]}


FULL = {
    "method": "near", "distance": 12, "surface": "group", "basis": "csam_law", "decided_by": "person",
    "copies_removed": "2-9", "reuploads_blocked": "0", "hotline_told": True, "is_preserved": True,
    "uploader_told": False, "appeal": "overturned", "reinstated_at": "2026-01-05T00:00:00Z",
}  # fmt: skip


def test_every_duty_can_be_said_and_comes_back_as_it_was_said(partner: Partner, entry: Entry) -> None:
    said = post(partner, "outcomes", outcome(entry, details=FULL, matched_at="2026-01-02T00:00:00Z"))
    assert said.status_code == 201, said.content
    assert said.json()["details"] == FULL
    [shown] = Client(headers=partner.bearer).get("/api/v1/outcomes").json()["outcomes"]
    assert (shown["details"], shown["matched_at"]) == (FULL, "2026-01-02T00:00:00Z")


def test_the_audit_log_holds_a_digest_of_all_that_was_said_and_of_what_it_corrects(
    partner: Partner, entry: Entry
) -> None:
    times = {"matched_at": "2026-01-02T00:00:00.123456Z", "decided_at": "2026-01-02T01:00:00+02:00"}
    first = post(partner, "outcomes", outcome(entry, details=FULL, **times)).json()["reference"]
    post(partner, "outcomes", outcome(entry, decision="error", corrects=first), "again")
    acts = PendingChange.objects.filter(log="audit", record__event="outcome:report").order_by("pk")
    logged = [act.record["data"]["digest"] for act in acts]
    stored = list(Outcome.objects.order_by("pk"))
    assert [rules.digest_of(each.said) for each in stored] == logged
    for field, other in (("details", FULL | {"distance": 13}), ("count_band", "10+"), ("matched_at", None)):
        changed = Outcome.objects.get(pk=stored[0].pk)
        setattr(changed, field, other)
        assert rules.digest_of(changed.said) != logged[0]


@pytest.mark.parametrize(
    ("details", "status", "words"),
    [
        ({"surface": "everywhere"}, 400, "surface"),
        ({"distance": 300}, 400, "distance"),
        ({"note": "words of my own"}, 400, "note: There is no such field."),
        ({"reinstated_at": "2026-01-05T00:00:00Z"}, 422, "overturned"),
        ({"appeal": "overturned", "reinstated_at": "2999-01-05T00:00:00Z"}, 422, "future"),
        ({"reason": next(iter(REASONS))}, 422, "not_violating"),
    ],
)
def test_what_cannot_be_so_is_refused(
    partner: Partner, entry: Entry, details: dict[str, Any], status: int, words: str
) -> None:
    answer = post(partner, "outcomes", outcome(entry, details=details))
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.content
    assert not Outcome.objects.exists()


def test_a_match_starts_the_clock_and_a_decision_stops_it(partner: Partner, entry: Entry) -> None:
    assert post(partner, "matches", matched(entry, ago(hours=5))).json() == {"count": 1}
    [running] = clock(partner)["matches"]
    assert (running["entry"], running["ended_at"], running["is_late"]) == (entry.reference, None, False)
    post(partner, "outcomes", outcome(entry))
    assert clock(partner)["matches"] == []


def test_the_first_match_of_an_entry_counts(partner: Partner, entry: Entry) -> None:
    first = ago(hours=30)
    post(partner, "matches", matched(entry, first))
    assert post(partner, "matches", matched(entry, ago(hours=2))).json() == {"count": 0}
    assert Match.objects.get().matched_at.isoformat() == first


def test_what_is_late_is_said_decided_or_not(partner: Partner, make_listed: MakeListed) -> None:
    open_, late, quick = make_listed(image(1), image(2), image(3))
    post(partner, "matches", matched(open_, ago(hours=60)))
    post(partner, "outcomes", outcome(late, matched_at=ago(hours=100)), "late")
    post(partner, "outcomes", outcome(quick, matched_at=ago(hours=3)), "quick")
    shown = clock(partner)["matches"]
    assert [(each["entry"], each["is_late"]) for each in shown] == [(late.reference, True), (open_.reference, True)]
    assert shown[1]["ended_at"] is None
    assert [each["entry"] for each in clock(partner, late.reference)["matches"]] == [open_.reference]


def test_an_outcome_that_was_taken_back_does_not_stop_the_clock(partner: Partner, entry: Entry) -> None:
    post(partner, "matches", matched(entry, ago(hours=5)))
    reference = post(partner, "outcomes", outcome(entry), "first").json()["reference"]
    post(partner, "outcomes", outcome(entry, decision="error", corrects=reference), "second")
    assert [each["entry"] for each in clock(partner)["matches"]] == [entry.reference]


def test_hosted_matching_starts_the_clock_by_itself(partner: Partner, entry: Entry) -> None:
    screening.forget()
    post(partner, "match", {"fingerprints": [{"type": "pdq", "digest": balanced_digest(1)}]})
    match = Match.objects.get()
    assert (match.entry_reference, match.method, match.is_hosted) == (entry.reference, "same", True)
    screening.forget()


def test_the_clock_is_ones_own(partner: Partner, make_partner: MakePartner, entry: Entry) -> None:
    post(partner, "matches", matched(entry, ago(hours=60)))
    other = make_partner("Platform B")
    assert clock(other)["matches"] == []
    assert Client(headers=other.bearer).get("/api/v1/clock", {"after": entry.reference}).status_code == 404


def test_a_match_of_nothing_or_in_the_future_is_refused(partner: Partner, entry: Entry) -> None:
    assert post(partner, "matches", matched(entry, ago(hours=-1))).status_code == 422
    unknown = {"matches": [{"entry": "0" * 30, "matched_at": ago(hours=1), "method": "same"}]}
    assert post(partner, "matches", unknown).status_code == 404
    assert not Match.objects.exists()


def test_taking_the_list_in_is_acknowledged_once(partner: Partner, entry: Entry) -> None:
    body = {"leaf": 0, "ingested_at": ago(seconds=0)}
    first = post(partner, "receipts", body)
    assert (first.status_code, first.json()["leaf"]) == (201, 0)
    again = post(partner, "receipts", body | {"ingested_at": ago(seconds=-5)})
    assert again.json() == first.json()
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize(("changes", "status"), [({"leaf": 99}, 404), ({"ingested_at": "2020-01-01T00:00:00Z"}, 422)])
def test_a_receipt_that_cannot_be_is_refused(
    partner: Partner, entry: Entry, changes: dict[str, Any], status: int
) -> None:
    assert post(partner, "receipts", {"leaf": 0, "ingested_at": ago(seconds=0)} | changes).status_code == status


def test_a_withdrawal_is_honoured_or_refused_openly(partner: Partner, entry: Entry, sequence: Sequence) -> None:
    body = {"entry": entry.reference, "state": "deleted", "at": ago(minutes=1)}
    assert post(partner, "erasures", body).status_code == 422
    withdraw(entry)
    sequence()
    assert post(partner, "erasures", body).status_code == 201
    assert post(partner, "erasures", body).status_code == 201
    assert Erasure.objects.count() == 1
    assert post(partner, "erasures", body | {"state": "kept"}).status_code == 422
    kept = post(partner, "erasures", body | {"state": "kept", "basis": "csam_law"})
    assert kept.json() == {"entry": entry.reference, "state": "kept", "at": kept.json()["at"], "basis": "csam_law"}
    assert Erasure.objects.count() == 2

"""A platform's own record, whole and signed, that anybody can check without us."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from partners.bundles import actions, rules
from partners.bundles.models import Bundle
from registry.entries.models import Entry
from registry.log import notes
from registry.log.models import Leaf
from tests.partners.conftest import MakeListed, MakePartner, Partner, Sequence, image, withdraw
from tests.partners.people import join
from tests.portal.staff.people import post as send
from tests.registry.log import rfc6962

ADDRESS = "/api/v1/bundles"


@pytest.fixture
def entry(make_listed: MakeListed) -> Entry:
    return make_listed(image(1))[0]


def post(partner: Partner, path: str, body: Any, **headers: str) -> Any:
    answer = Client(headers=partner.bearer | headers).post(path, body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def report(partner: Partner, entry: Entry, **changes: str) -> str:
    body = {"entry": entry.reference, "decision": "not_found", "decided_at": "2026-01-02T03:04:05Z"} | changes
    key = sha256(json.dumps([partner.key.name, body]).encode()).hexdigest()
    return str(post(partner, "/api/v1/outcomes", body, **{"Idempotency-Key": key})["reference"])


def make(partner: Partner) -> dict[str, Any]:
    today = timezone.now().date().isoformat()
    return dict(post(partner, ADDRESS, {"since": "2026-01-01", "until": today}))


def fetch(partner: Partner, made: dict[str, Any]) -> Any:
    return Client(headers=partner.bearer).get(f"{ADDRESS}/{made['reference']}")


def audit_records() -> Iterator[bytes]:
    for record in Leaf.objects.filter(log="audit").order_by("leaf_index").values_list("record", flat=True):
        yield record.encode()


def test_a_bundle_holds_ones_own_rows_and_the_logs_signature(
    partner: Partner, make_partner: MakePartner, entry: Entry, sequence: Sequence
) -> None:
    first = report(partner, entry)
    second = report(partner, entry, corrects=first, decision="error")
    other = make_partner("Platform B")
    report(other, entry)
    made = make(partner)
    assert fetch(partner, made).status_code == 409
    sequence()
    answer = fetch(partner, made)
    lines = answer.content.splitlines(keepends=True)
    rows = [json.loads(line) for line in lines]
    acts, proof = [row for row in rows if row["what"] == "act"], rows[-1]
    assert (rows[0]["what"], rows[0]["organisation"]) == ("bundle", "Platform A")
    outcomes = [row for row in rows if row["what"] == "outcome"]
    assert [(row["reference"], row["replaces"]) for row in outcomes] == [(first, None), (second, first)]
    assert "Platform B" not in answer.content.decode()
    digest = sha256(b"".join(lines[: made["lines"]])).hexdigest()
    said = [json.loads(act["record"]) for act in acts]
    assert digest == made["digest"] == said[-1]["data"]["digest"]
    subjects = [f"outcome:{first}", f"outcome:{second}", f"bundle:{made['reference']}"]
    assert [act["subject"] for act in said] == subjects
    head, records = notes.parse(proof["checkpoint"]), list(audit_records())
    assert head.root == rfc6962.tree_hash(records[: head.size])
    assert [records[act["index"]] for act in acts] == [act["record"].encode() for act in acts]
    hashes = [bytes.fromhex(each) for each in proof["hashes"]]
    assert hashes == rfc6962.joint([act["index"] for act in acts], records[: head.size])
    assert Client(headers=partner.bearer).get(ADDRESS).json() == {"bundles": [made]}


def test_a_bundle_says_when_a_withdrawal_was_published_beside_when_the_copy_was_deleted(
    partner: Partner, entry: Entry, sequence: Sequence
) -> None:
    withdraw(entry)
    sequence()
    said = {"entry": entry.reference, "state": "deleted", "at": timezone.now().isoformat()}
    post(partner, "/api/v1/erasures", said, **{"Idempotency-Key": "k"})
    made = make(partner)
    sequence()
    rows = [json.loads(line) for line in fetch(partner, made).content.splitlines()]
    [erasure] = [row for row in rows if row["what"] == "erasure"]
    withdrawn, deleted = (datetime.fromisoformat(erasure[name]) for name in ("withdrawn_at", "at"))
    assert timedelta(0) <= deleted - withdrawn < timedelta(minutes=1)


def test_people_make_and_fetch_the_same_bundle_on_a_page_after_a_fresh_proof(
    partner: Partner, entry: Entry, sequence: Sequence
) -> None:
    report(partner, entry)
    person = join(partner.organisation, "a@platform.example", "analyst")
    browser, page, today = person.sign_in(), "/platforms/bundles/", timezone.now().date().isoformat()
    assert b"before" in send(browser, f"{page}make/", since=today, until="2026-01-01").content
    assert send(browser, f"{page}make/", since="2026-01-01", until=today).status_code == 302
    address = f"{page}{Bundle.objects.get().reference}/"
    assert address.encode() in browser.get(page).content
    assert b"not signed yet" in browser.get(address).content
    sequence()
    made = {"reference": Bundle.objects.get().reference}
    assert browser.get(address).content == fetch(partner, made).content
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert browser.get(address)["Location"] == f"/platforms/code-again/?next={address}"
        assert send(browser, f"{page}make/", since=today, until=today).status_code == 403


def test_a_viewer_sees_that_there_are_bundles_and_takes_none_away(partner: Partner) -> None:
    reference, today = make(partner)["reference"], timezone.now().date().isoformat()
    browser = join(partner.organisation, "v@platform.example", "viewer").sign_in()
    page = browser.get("/platforms/bundles/")
    assert page.status_code == 200
    assert reference.encode() not in page.content
    assert browser.get(f"/platforms/bundles/{reference}/").status_code == 403
    assert send(browser, "/platforms/bundles/make/", since=today, until=today).status_code == 403


def test_anothers_bundle_is_not_there(partner: Partner, make_partner: MakePartner, entry: Entry) -> None:
    made, other = make(partner), make_partner("Platform B")
    assert fetch(other, made).status_code == 404
    assert Client(headers=other.bearer).get(ADDRESS).json() == {"bundles": []}


@pytest.mark.parametrize(
    ("since", "until", "status", "words"),
    [
        ("2026-02-01", "2026-01-01", 422, "before"),
        ("2020-01-01", "2026-01-01", 422, "at most 366 days"),
        ("2999-01-01", "2999-01-02", 422, "not come yet"),
        ("yesterday", "2026-01-01", 400, "since"),
    ],
)
def test_days_that_cannot_be_are_refused(partner: Partner, since: str, until: str, status: int, words: str) -> None:
    client = Client(headers=partner.bearer)
    answer = client.post(ADDRESS, {"since": since, "until": until}, content_type="application/json")
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True)


def test_a_bundle_that_would_be_too_long_is_refused(
    partner: Partner, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_LINES", 1)
    for decision in ("not_found", "error"):
        report(partner, entry, decision=decision)
    answer = Client(headers=partner.bearer).post(
        ADDRESS, {"since": "2026-01-01", "until": timezone.now().date().isoformat()}, content_type="application/json"
    )
    assert answer.status_code == 422
    assert not Bundle.objects.exists()


def test_bundles_are_forgotten_after_thirty_days(partner: Partner) -> None:
    make(partner)
    assert actions.forget_old() == 0
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert actions.forget_old() == 1

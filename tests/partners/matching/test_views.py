"""Hosted matching: a closed answer, nothing kept, and no way to feel one's way to a fingerprint."""

import subprocess
import sys
from hashlib import md5
from typing import Any

import pytest
from django.test import Client

from hashing.signal_types import SignalType
from partners.keys import actions as keys
from partners.matching import rules
from registry.access.actors import Scope
from registry.entries.rules import SubmittedFingerprint
from registry.log.models import PendingChange
from registry.screening import queries as screening
from tests.partners.conftest import (
    DEMONSTRATION,
    MakeListed,
    MakePartner,
    Partner,
    Sequence,
    accept,
    balanced_digest,
    image,
    video,
    withdraw,
)

ADDRESS = "/api/v1/match"


@pytest.fixture(autouse=True)
def fresh_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "FRESH", 0.0)


def ask(partner: Partner, *fingerprints: tuple[str, str]) -> Any:
    body = {"fingerprints": [{"type": kind, "digest": digest} for kind, digest in fingerprints]}
    return Client(headers=partner.bearer).post(ADDRESS, body, content_type="application/json")


def found(answer: Any) -> list[Any]:
    assert answer.status_code == 200, answer.content
    return [result["matches"] for result in answer.json()["results"]]


def turned(digest: str, bits: int) -> str:
    return f"{int(digest, 16) ^ ((1 << bits) - 1):064x}"


def test_a_fingerprint_on_the_list_is_found_with_the_entry_to_answer_for(
    partner: Partner, make_listed: MakeListed
) -> None:
    picture, clip = make_listed(image(1), video(2))
    asked = [("pdq", balanced_digest(1)), ("md5", md5(b"video 2").hexdigest()), ("pdq", balanced_digest(9))]
    assert found(ask(partner, *asked)) == [
        [{"entry": picture.reference, "kind": "image", "likeness": "same"}],
        [{"entry": clip.reference, "kind": "video", "likeness": "same"}],
        [],
    ]


def test_likeness_has_one_threshold_and_no_number(partner: Partner, make_listed: MakeListed) -> None:
    make_listed(image(1))
    answers = [found(ask(partner, ("pdq", turned(balanced_digest(1), bits)))) for bits in (1, 16, 31, 32)]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0][0]["likeness"] == "near"
    assert answers[3] == [[]]


def test_the_threshold_cannot_be_chosen(partner: Partner) -> None:
    body = {"fingerprints": [{"type": "pdq", "digest": balanced_digest(1)}], "threshold": 5}
    answer = Client(headers=partner.bearer).post(ADDRESS, body, content_type="application/json")
    assert (answer.status_code, "threshold: There is no such field." in answer.json()["detail"]) == (400, True)


def test_an_entry_of_several_fingerprints_is_named_once(partner: Partner, make_listed: MakeListed) -> None:
    more = SubmittedFingerprint(SignalType.PDQ, turned(balanced_digest(1), 3), quality=90, form="rotate_90")
    [entry] = make_listed(image(1, more))
    [[match]] = found(ask(partner, ("pdq", balanced_digest(1))))
    assert match["entry"] == entry.reference


def test_what_is_withdrawn_or_not_published_yet_is_not_found(
    partner: Partner, make_listed: MakeListed, sequence: Sequence
) -> None:
    [gone] = make_listed(image(1))
    assert found(ask(partner, ("pdq", balanced_digest(1)))) != [[]]
    withdraw(gone)
    accept(image(2))
    asked = [("pdq", balanced_digest(1)), ("pdq", balanced_digest(2)), ("md5", md5(b"image 2").hexdigest())]
    assert found(ask(partner, *asked)) == [[], [], []]
    sequence()
    assert [bool(entries) for entries in found(ask(partner, *asked))] == [False, True, True]


@pytest.mark.parametrize(
    ("kind", "digest", "status", "words"),
    [
        ("pdq", "a" * 32, 422, "64"),
        ("md5", "g" * 32, 400, "digest"),
        ("pdq", "0" * 64, 422, "blank"),
        ("vpdq", "a" * 64, 400, "type"),
        ("pdq", "", 400, "digest"),
    ],
)
def test_what_cannot_be_looked_up_is_refused(partner: Partner, kind: str, digest: str, status: int, words: str) -> None:
    answer = ask(partner, (kind, digest))
    assert answer.status_code == status
    assert words in answer.json()["detail"]


def test_a_batch_has_an_end(partner: Partner) -> None:
    assert ask(partner, *[("md5", "a" * 32)] * 101).status_code == 400
    assert ask(partner).status_code == 400
    assert found(ask(partner, *[("md5", "a" * 32)] * 100)) == [[]] * 100


def test_all_keys_of_a_platform_share_one_allowance(
    partner: Partner, make_partner: MakePartner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "FINGERPRINTS_A_MINUTE", 3)
    key, secret = keys.issue_key(partner.organisation, [Scope.MATCH_ASK], actor=DEMONSTRATION)
    asked = [("md5", "a" * 32)] * 2
    assert ask(partner, *asked).status_code == 200
    refused = ask(Partner(partner.organisation, key, secret), *asked)
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert ask(make_partner("Platform B"), *asked).status_code == 200


def test_asking_is_recorded_by_count_and_never_by_fingerprint(partner: Partner, make_listed: MakeListed) -> None:
    make_listed(image(1))
    ask(partner, ("pdq", balanced_digest(1)), ("md5", "a" * 32))
    record = PendingChange.objects.get(record__event="match:ask").record
    assert record["data"] == {"asked": 2, "found": 1}
    assert balanced_digest(1) not in str(record)


def test_a_key_that_may_only_ask_cannot_read_the_list(partner: Partner) -> None:
    _, secret = keys.issue_key(partner.organisation, [Scope.MATCH_ASK], actor=DEMONSTRATION)
    bearer = {"Authorization": f"Bearer {secret}"}
    assert Client(headers=bearer).get("/api/v1/changes").status_code == 403


def test_the_web_process_starts_without_the_index_and_its_library() -> None:
    code = "import portal.site.wsgi, portal.site.urls, sys; sys.exit('faiss' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

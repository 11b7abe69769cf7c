"""The native list and the logs' public face: complete, verifiable, and clear about what they refuse."""

import json
from base64 import b64decode
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.test import Client

from hashing.signal_types import SignalType
from partners.feed.models import Download
from registry.access.actors import REPORTER
from registry.entries import actions as entries
from registry.entries.rules import SubmittedFingerprint
from registry.log import merkle, notes
from registry.log.models import PendingChange
from tests.partners.conftest import MakeListed, Partner, Sequence, accept, image, video, withdraw
from tests.registry.entries import samples

VPDQ = json.dumps([f"{'0f' * 32},100,0.000"])


def read(partner: Partner, after: int | None = None) -> tuple[list[dict[str, Any]], notes.Checkpoint]:
    query = {} if after is None else {"after": after}
    answer = Client(headers=partner.bearer).get("/api/v1/changes", query)
    assert answer.status_code == 200
    *lines, last = [json.loads(line) for line in answer.getvalue().splitlines()]
    return lines, notes.parse(last["checkpoint"])


def test_changes_give_every_leaf_and_what_each_entry_is_now(
    partner: Partner, make_listed: MakeListed, sequence: Sequence
) -> None:
    _, gone, _ = make_listed(image(1), image(2), video(3))
    withdraw(gone)
    sequence()
    lines, _ = read(partner)
    assert [line["index"] for line in lines] == [0, 1, 2, 3]
    assert [line["state"] for line in lines] == ["live", "superseded", "live", "removed"]
    assert [line.get("kind") for line in lines] == ["image", None, "video", None]
    assert all(("nonce" in line) is (line["state"] == "live") for line in lines)


def test_a_reader_can_rebuild_the_root_and_open_every_commitment(
    partner: Partner, make_listed: MakeListed, sequence: Sequence
) -> None:
    vpdq = SubmittedFingerprint(SignalType.VPDQ, VPDQ)
    rotated = SubmittedFingerprint(SignalType.PDQ, image(9).fingerprints[0].digest, quality=51, form="rotated 90")
    make_listed(image(1, rotated), image(2, vpdq), video(3))
    lines, checkpoint = read(partner)
    tree = merkle.Frontier()
    for line in lines:
        tree.append(merkle.leaf_hash(line["record"].encode()))
        opened = sha256(bytes.fromhex(line["nonce"]) + rfc8785.dumps(line["fingerprints"])).hexdigest()
        assert json.loads(line["record"])["commit"] == opened
    assert (checkpoint.size, checkpoint.root) == (3, tree.root())
    assert {"digest": VPDQ, "form": "original", "type": "vpdq"} in lines[1]["fingerprints"]


def fetch_features(partner: Partner, reference: str) -> Any:
    return Client(headers=partner.bearer).get(f"/api/v1/entries/{reference}/fingerprints/tmk_pdqf")


def test_features_are_fetched_by_themselves_and_each_fetch_is_recorded(
    partner: Partner, make_listed: MakeListed
) -> None:
    item = samples.video_with_features(1)
    [entry] = make_listed(item)
    [line], _ = read(partner)
    [digest] = [each["digest"] for each in line["fingerprints"] if each["type"] == "tmk_pdqf"]
    answer = fetch_features(partner, entry.reference)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer.content == item.fingerprints[-1].content
    assert sha256(answer.content).hexdigest() == digest
    acts = PendingChange.objects.filter(log="audit", record__event="entry:fetch_features")
    assert [(act.record["actor"], act.record["subject"]) for act in acts] == [
        (str(partner.actor), f"entry:{entry.reference}")
    ]


def test_features_are_given_only_while_their_entry_is_on_the_list(
    partner: Partner, make_listed: MakeListed, sequence: Sequence
) -> None:
    plain, paused, gone = make_listed(video(1), samples.video_with_features(2), samples.video_with_features(3))
    entries.pause_claims("holder", actor=REPORTER, references=[paused.reference])
    withdraw(gone)
    waiting = accept(samples.video_with_features(4), holder="other")
    for entry in (plain, paused, gone, waiting):
        assert fetch_features(partner, entry.reference).status_code == 404
    sequence()
    assert fetch_features(partner, waiting.reference).status_code == 200


def test_changes_go_on_after_a_cursor(partner: Partner, make_listed: MakeListed) -> None:
    make_listed(image(1), image(2), image(3))
    lines, checkpoint = read(partner, after=1)
    assert [line["index"] for line in lines] == [2]
    assert read(partner, after=2) == ([], checkpoint)
    assert [download.is_whole for download in Download.objects.all()] == [False, False]
    reads = Download.objects.order_by("pk").values_list("dialect", "after", "reached", "rows")
    assert list(reads) == [("native", 1, 2, 1), ("native", 2, 2, 0)]


@pytest.mark.parametrize("query", ["after=-2", "after=x", "after=1.5", "after=" + "9" * 30, "before=3"])
def test_an_unreadable_cursor_is_refused(partner: Partner, make_listed: MakeListed, query: str) -> None:
    make_listed(image(1))
    answer = Client(headers=partner.bearer).get(f"/api/v1/changes?{query}")
    assert answer.status_code == 400
    assert "after" in answer.json()["detail"]


def test_a_cursor_beyond_the_list_is_refused_for_it_means_the_list_was_changed(
    partner: Partner, make_listed: MakeListed
) -> None:
    make_listed(image(1))
    answer = Client(headers=partner.bearer).get("/api/v1/changes?after=1")
    assert answer.status_code == 422
    assert "has 1 leaves" in answer.json()["detail"]


@pytest.mark.usefixtures("sequence")
def test_a_list_with_nothing_on_it_is_read_on_its_first_day(partner: Partner) -> None:
    """Every day anew: there is no place to go on from, and nobody is told that they begin too often."""
    lines, checkpoint = read(partner, after=-1)
    assert (lines, checkpoint.size, checkpoint.root) == ([], 0, merkle.EMPTY_ROOT)
    assert Client().get("/log/list/checkpoint").content.decode().split("\n")[1] == "0"
    own = {"x-functions-key": partner.secret, "Ocp-Apim-Subscription-Key": partner.key.name}
    Client(headers=own).get("/stopncii/v1/FetchHashes?startTimestamp=10&pageSize=100")
    assert [download.is_whole for download in Download.objects.order_by("pk")] == [False, False]


def test_changes_of_a_list_that_never_published_are_not_there(partner: Partner) -> None:
    assert Client(headers=partner.bearer).get("/api/v1/changes").status_code == 404


def test_a_wrong_method_is_said_in_words(partner: Partner) -> None:
    answer = Client(headers=partner.bearer).post("/api/v1/changes", content_type="application/json")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"
    assert answer.json()["detail"] == "This address takes GET, HEAD, not POST."


@pytest.mark.parametrize("log", ["list", "audit"])
def test_a_checkpoint_verifies_with_the_published_key(log: str, make_listed: MakeListed, published_in: None) -> None:
    make_listed(image(1))
    verifier = Client().get(f"/log/{log}/key").content.decode().strip()
    name, _, encoded = verifier.split("+", 2)
    key = Ed25519PublicKey.from_public_bytes(b64decode(encoded)[1:])
    note = Client().get(f"/log/{log}/checkpoint")
    assert note["Content-Type"] == "text/plain; charset=utf-8"
    assert notes.verify(note.content.decode(), name, key.public_bytes_raw()).size > 0


@pytest.fixture
def published_in(settings: Any, tmp_path: Any) -> None:
    settings.PUBLISHED_DIR = tmp_path / "published"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/log/list/checkpoint", "/log/list/key", "/log/other/checkpoint", "/log/other/key"])
def test_what_is_not_published_is_not_there(path: str, published_in: None) -> None:
    assert Client().get(path, headers={"Accept": "text/plain"}).status_code == 404

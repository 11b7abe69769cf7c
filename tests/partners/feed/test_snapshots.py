"""Whole-list files: complete, resumable, checkable, and gone in time."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import zstandard
from django.test import Client

from partners.feed import actions, queries, rules
from partners.feed.models import Download, Snapshot
from registry.access.actors import system
from registry.log import merkle, notes
from registry.log.states import LogName
from tests.partners.conftest import MakeListed, Partner, Sequence, image, withdraw

CLOCK = system("clock")


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SNAPSHOT_DIR = tmp_path / "snapshots"
    return tmp_path / "snapshots"


@pytest.fixture
def snapshot(make_listed: MakeListed) -> Snapshot:
    make_listed(image(1), image(2))
    made = actions.make_snapshot(actor=CLOCK)
    assert made is not None
    return made


def fetch(partner: Partner, snapshot: Snapshot, **headers: str) -> Any:
    return Client(headers=partner.bearer | headers).get(f"/api/v1/snapshots/{snapshot.size}")


def test_a_snapshot_holds_the_whole_list_and_the_checkpoint_over_it(partner: Partner, snapshot: Snapshot) -> None:
    [shown] = Client(headers=partner.bearer).get("/api/v1/snapshots").json()
    answer = fetch(partner, snapshot)
    body = answer.getvalue()
    assert (shown["sha256"], shown["bytes"], shown["size"]) == (sha256(body).hexdigest(), len(body), 2)
    assert answer["Repr-Digest"] == f"sha-256=:{b64encode(sha256(body).digest()).decode()}:"
    *lines, last = zstandard.ZstdDecompressor().decompressobj().decompress(body).splitlines()
    tree = merkle.Frontier()
    for line in lines:
        tree.append(merkle.leaf_hash(json.loads(line)["record"].encode()))
    assert notes.parse(json.loads(last)["checkpoint"]).root == tree.root()
    assert Download.objects.values_list("reached", "is_whole").get() == (1, True)


def test_a_download_that_broke_off_is_resumed(partner: Partner, snapshot: Snapshot) -> None:
    whole = fetch(partner, snapshot)
    body = whole.getvalue()
    rest = fetch(partner, snapshot, Range="bytes=100-", **{"If-Range": whole["ETag"]})
    assert (rest.status_code, rest.getvalue()) == (206, body[100:])
    assert rest["Content-Range"] == f"bytes 100-{len(body) - 1}/{len(body)}"
    assert fetch(partner, snapshot, Range=f"bytes={len(body)}-").status_code == 416


def test_a_copy_one_has_is_not_sent_again(partner: Partner, snapshot: Snapshot) -> None:
    first = fetch(partner, snapshot)
    first.getvalue()
    assert fetch(partner, snapshot, **{"If-None-Match": first["ETag"]}).status_code == 304


def test_a_proxy_can_be_told_to_serve_the_file(partner: Partner, snapshot: Snapshot, settings: Any) -> None:
    settings.SNAPSHOT_ACCEL_PREFIX = "/protected"
    answer = fetch(partner, snapshot)
    assert (answer["X-Accel-Redirect"], answer.content) == (f"/protected/{snapshot.file_name}", b"")


def test_make_snapshot_makes_none_while_the_list_stands_still(snapshot: Snapshot, folder: Path) -> None:
    assert actions.make_snapshot(actor=CLOCK) is None
    assert [path.name for path in folder.iterdir()] == [snapshot.file_name]
    assert (folder / snapshot.file_name).stat().st_mode & 0o777 == 0o600


def test_make_snapshot_makes_none_of_a_list_that_is_not_there(sequence: Sequence) -> None:
    assert actions.make_snapshot(actor=CLOCK) is None


def test_remove_snapshots_destroys_what_was_replaced_a_day_ago(
    partner: Partner, snapshot: Snapshot, make_listed: MakeListed, sequence: Sequence, folder: Path
) -> None:
    withdraw(make_listed(image(3))[0])
    sequence()
    newer = actions.make_snapshot(actor=CLOCK)
    assert newer is not None
    assert actions.remove_snapshots(actor=CLOCK) == 0
    Snapshot.objects.filter(pk=newer.pk).update(made_at=newer.made_at - rules.SNAPSHOT_KEPT - timedelta(minutes=1))
    assert actions.remove_snapshots(actor=CLOCK) == 1
    assert [path.name for path in folder.iterdir()] == [newer.file_name]
    assert fetch(partner, snapshot).status_code == 404
    assert queries.snapshots(LogName.LIST) == [newer]


def test_the_newest_snapshot_is_never_outdated() -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    assert rules.outdated([(3, long_ago)], datetime.now(UTC)) == set()
    assert rules.outdated([(3, long_ago), (2, long_ago), (1, long_ago)], datetime.now(UTC)) == {1, 2}

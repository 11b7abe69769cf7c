"""Whole-list files: complete, resumable, checkable, and gone in time."""

import json
import os
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import time_machine
import zstandard
from django.test import Client

from partners.feed import actions, queries, rules, tasks
from partners.feed.models import Download, Snapshot
from registry.access.actors import system
from registry.log import merkle, notes
from registry.log.states import LogName
from tests.partners.conftest import MakeListed, Partner, Sequence, balanced_digest, image, withdraw

CLOCK = system("clock")


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SNAPSHOT_DIR = tmp_path / "snapshots"
    return tmp_path / "snapshots"


@pytest.fixture
def snapshot(make_listed: MakeListed) -> Snapshot:
    make_listed(image(1), image(2))
    [made] = actions.make_snapshots(actor=CLOCK)
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
    assert actions.make_snapshots(actor=CLOCK) == []
    assert [path.name for path in folder.iterdir()] == [snapshot.file_name]
    assert (folder / snapshot.file_name).stat().st_mode & 0o777 == 0o600


def test_make_snapshot_makes_none_of_a_list_that_is_not_there(sequence: Sequence) -> None:
    assert actions.make_snapshots(actor=CLOCK) == []


def an_hour_later() -> Any:
    return time_machine.travel(datetime.now(UTC) + rules.SNAPSHOT_EVERY)


def test_make_snapshot_makes_one_an_hour(snapshot: Snapshot, make_listed: MakeListed) -> None:
    make_listed(image(3))
    assert actions.make_snapshots(actor=CLOCK) == []
    with an_hour_later():
        assert actions.make_snapshots(actor=CLOCK)


def test_remove_snapshots_destroys_what_was_replaced_a_day_ago(
    partner: Partner, snapshot: Snapshot, make_listed: MakeListed, folder: Path
) -> None:
    make_listed(image(3))
    with an_hour_later():
        [newer] = actions.make_snapshots(actor=CLOCK)
    with time_machine.travel(newer.made_at + rules.SNAPSHOT_KEPT):
        assert actions.remove_snapshots(actor=CLOCK) == 0
    with time_machine.travel(newer.made_at + rules.SNAPSHOT_KEPT + timedelta(minutes=1)):
        assert actions.remove_snapshots(actor=CLOCK) == 1
    assert [path.name for path in folder.iterdir()] == [newer.file_name]
    assert fetch(partner, snapshot).status_code == 404
    assert queries.snapshots(LogName.LIST, partner.organisation.pk) == [newer]


def test_no_snapshot_keeps_what_was_withdrawn(
    partner: Partner, make_listed: MakeListed, sequence: Sequence, folder: Path
) -> None:
    """Not even the newest: it goes at once, and one without the entry takes its place."""
    kept, gone = make_listed(image(1), image(2))
    tasks.keep_snapshots()
    withdraw(gone)
    tasks.forget_snapshots()
    sequence()
    [before] = folder.iterdir()
    tasks.forget_snapshots()
    assert not before.exists()
    assert fetch(partner, Snapshot(size=2)).status_code == 404
    tasks.keep_snapshots()
    [after] = folder.iterdir()
    lines = zstandard.ZstdDecompressor().decompressobj().decompress(after.read_bytes()).splitlines()
    assert [json.loads(line)["state"] for line in lines[:-1]] == ["live", "superseded", "removed"]
    assert balanced_digest(1).encode() in b"".join(lines)
    assert balanced_digest(2).encode() not in b"".join(lines)
    tasks.forget_snapshots()
    assert after.exists()


def test_a_draft_that_a_crash_left_is_destroyed_and_one_that_is_being_written_is_not(
    snapshot: Snapshot, folder: Path
) -> None:
    """It may hold what was withdrawn since, and no record names it."""
    left, growing = folder / "list-9.ndjson.1", folder / "list-9.ndjson.2"
    for draft in (left, growing):
        draft.touch()
    os.utime(left, (0, 0))
    os.utime(folder / snapshot.file_name, (0, 0))
    tasks.forget_snapshots()
    assert {path.name for path in folder.iterdir()} == {snapshot.file_name, growing.name}


def test_the_newest_snapshot_is_never_outdated() -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    assert rules.outdated([(3, long_ago)], -1, datetime.now(UTC)) == set()
    assert rules.outdated([(3, long_ago), (2, long_ago), (1, long_ago)], -1, datetime.now(UTC)) == {1, 2}


@pytest.mark.parametrize(("erased_at", "gone"), [(-1, set()), (0, set()), (1, {1}), (2, {1, 2}), (9, {1, 2, 3})])
def test_a_snapshot_is_outdated_once_something_in_it_is_erased(erased_at: int, gone: set[int]) -> None:
    now = datetime.now(UTC)
    assert rules.outdated([(3, now), (2, now), (1, now)], erased_at, now) == gone

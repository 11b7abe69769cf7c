"""The partners' package against the service: it resumes, checks all it holds, and says plainly what is wrong."""

import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pytest_django.live_server_helper import LiveServer
from threatexchange.exchanges.auth import SignalExchangeWithAuth
from threatexchange.extensions.manifest import ThreatExchangeExtensionManifest
from threatexchange.signal_type.md5 import VideoMD5Signal
from threatexchange.signal_type.pdq.signal import PdqSignal
from threatexchange.utils import dataclass_json

from partners.bundles import actions as bundles
from partners.feed.models import Download
from partners.keys import actions as keys
from partners.organisations import queries as organisations
from partners.outcomes.models import Outcome
from partners.sandbox import actions as sandbox
from registry.access.actors import Scope
from registry.entries import actions as entries
from registry.entries.states import FlagKind, Reason
from tests.partners.conftest import (
    DEMONSTRATION,
    STAFF,
    MakeListed,
    Partner,
    Sequence,
    balanced_digest,
    image,
    video,
    withdraw,
)

pytestmark = pytest.mark.django_db(transaction=True)

PACKAGE = Path(__file__).resolve().parents[2] / "packages" / "takeitdown-client"
sys.path.insert(0, str(PACKAGE))

from takeitdown_client.__main__ import main  # noqa: E402 - its folder is no package of ours
from takeitdown_client.store import Store  # noqa: E402
from takeitdown_client.tree import NotHeld  # noqa: E402


@pytest.fixture
def at(
    live_server: LiveServer, partner: Partner, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> list[str]:
    settings.PUBLISHED_DIR = tmp_path / "published"
    monkeypatch.setenv("TAKEITDOWN_KEY", partner.secret)
    return ["--url", live_server.url]


@pytest.fixture
def copy(tmp_path: Path) -> list[str]:
    return ["--store", str(tmp_path / "list.db")]


def test_sync_then_match_then_verify(at: list[str], copy: list[str], make_listed: MakeListed, capsys: Any) -> None:
    entry, _ = make_listed(image(1), video(2))
    assert main(["sync", *copy, *at]) == 0
    assert main(["verify", *copy]) == 0
    capsys.readouterr()
    near = f"{int(balanced_digest(1), 16) ^ 0b1011:064x}"
    assert main(["match", *copy, "--pdq", near]) == 0
    assert capsys.readouterr().out == f"{entry.reference} pdq 3\n"
    assert main(["match", *copy, "--pdq", balanced_digest(9)]) == 1
    assert main(["export", *copy, "--type", "pdq"]) == 0
    assert capsys.readouterr().out == f"{balanced_digest(1)}\n"


def test_the_package_says_its_version(capsys: Any) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out.count(".") == 2


def test_a_store_that_was_never_synced_is_not_verified(copy: list[str], capsys: Any) -> None:
    assert main(["verify", *copy]) == 3
    assert main(["match", *copy, "--pdq", balanced_digest(1)]) == 3
    assert "run sync" in capsys.readouterr().err


def test_a_test_key_syncs_the_sandbox_before_anything_is_on_the_list(
    at: list[str], copy: list[str], partner: Partner, sequence: Sequence, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.fill(actor=DEMONSTRATION)
    sequence()
    _, secret = keys.issue_key(
        organisations.sandbox_of(partner.organisation.pk), [Scope.FEED_READ], actor=DEMONSTRATION
    )
    monkeypatch.setenv("TAKEITDOWN_KEY", secret)
    assert main(["sync", *copy, *at]) == 0
    assert main(["verify", *copy]) == 0


def test_sync_goes_on_and_forgets_what_was_withdrawn(
    at: list[str], copy: list[str], make_listed: MakeListed, sequence: Sequence, tmp_path: Path
) -> None:
    gone, _ = make_listed(image(1), image(2))
    assert main(["sync", *copy, *at]) == 0
    withdraw(gone)
    sequence()
    assert main(["sync", *copy, *at]) == 0
    assert main(["match", *copy, "--pdq", balanced_digest(1)]) == 1
    assert main(["match", *copy, "--pdq", balanced_digest(2)]) == 0
    assert balanced_digest(1).encode() not in (tmp_path / "list.db").read_bytes()


def test_what_a_copy_let_go_is_told_by_name(
    at: list[str], copy: list[str], make_listed: MakeListed, sequence: Sequence, capsys: Any
) -> None:
    """For whoever holds copies of their own: what left, but not what this copy never held, nor what came back."""
    never_held, gone, back = make_listed(image(1), image(2), image(3))
    withdraw(never_held)
    sequence()
    assert main(["sync", *copy, *at]) == 0
    withdraw(gone)
    entries.quarantine_entry(back, reason=Reason.BENIGN, actor=STAFF)
    sequence()
    assert main(["sync", *copy, *at]) == 0
    capsys.readouterr()
    assert main(["removed", *copy]) == 0
    assert {line.split()[1] for line in capsys.readouterr().out.splitlines()} == {gone.reference, back.reference}
    entries.restore_entry(back, reason=Reason.REVIEWED, actor=STAFF)
    sequence()
    assert main(["sync", *copy, *at]) == 0
    capsys.readouterr()
    assert main(["removed", *copy]) == 0
    leaf, _, name = capsys.readouterr().out.strip().partition(" ")
    assert name == gone.reference
    assert main(["removed", *copy, "--after", leaf]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("sequence")
def test_a_list_with_nothing_on_it_is_synced_and_verified(at: list[str], copy: list[str], capsys: Any) -> None:
    assert main(["sync", *copy, *at]) == 0
    assert "nothing is on the list yet" in capsys.readouterr().err
    assert main(["verify", *copy]) == 0
    assert main(["match", *copy, "--pdq", balanced_digest(1)]) == 1


def test_to_match_nothing_is_a_wrong_command(at: list[str], copy: list[str]) -> None:
    for words in (["match", *copy], ["ask", *at]):
        with pytest.raises(SystemExit, match="2"):
            main(words)


def test_a_changed_copy_is_noticed(at: list[str], copy: list[str], make_listed: MakeListed, tmp_path: Path) -> None:
    make_listed(image(1))
    main(["sync", *copy, *at])
    store = Store(tmp_path / "list.db")
    store.database.execute("UPDATE print SET digest = ? WHERE type = 'pdq'", [balanced_digest(3)])
    with pytest.raises(NotHeld):
        store.verify()
    store.close()
    assert main(["verify", *copy]) == 3


def test_a_checkpoint_that_is_none_is_not_believed(
    at: list[str], copy: list[str], make_listed: MakeListed, tmp_path: Path
) -> None:
    make_listed(image(1))
    main(["sync", *copy, *at])
    store = Store(tmp_path / "list.db")
    store.put("checkpoint", "log.example/list\nmany")
    store.close()
    assert main(["verify", *copy]) == 3


def test_an_answer_that_nobody_reads_to_its_end_is_no_error(
    at: list[str], copy: list[str], make_listed: MakeListed
) -> None:
    make_listed(*(video(seed) for seed in range(3)))
    main(["sync", *copy, *at])
    command = [sys.executable, "-u", "-m", "takeitdown_client", "export", *copy, "--type", "md5"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, cwd=PACKAGE, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_list_signed_by_another_key_is_not_believed(
    at: list[str], copy: list[str], make_listed: MakeListed, tmp_path: Path
) -> None:
    make_listed(image(1))
    store = Store(tmp_path / "list.db")
    store.put("key", "log.example/list+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    store.close()
    assert main(["sync", *copy, *at]) == 3
    assert main(["match", *copy, "--pdq", balanced_digest(1)]) == 3


def test_a_missing_leaf_is_noticed(at: list[str], copy: list[str], make_listed: MakeListed, tmp_path: Path) -> None:
    make_listed(image(1), image(2))
    main(["sync", *copy, *at])
    store = Store(tmp_path / "list.db")
    store.put("tree", json.dumps({"size": 1, "edge": ["00" * 32]}))
    store.close()
    assert main(["sync", *copy, *at]) == 3


def test_report_is_recorded_and_a_refusal_is_said(at: list[str], make_listed: MakeListed, capsys: Any) -> None:
    [entry] = make_listed(image(1))
    words = ["report", *at, "--entry", entry.reference, "--decision", "removed", "--decided-at", "2026-01-02T03:04:05Z"]
    assert main([*words, "--removed-at", "2026-01-02T03:05:05Z", "--count-band", "1"]) == 0
    assert capsys.readouterr().out == f"{Outcome.objects.get().reference}\n"
    assert main(words) == 4
    assert "removed_at" in capsys.readouterr().err


def test_ask_lets_the_service_match(at: list[str], make_listed: MakeListed, capsys: Any) -> None:
    [entry] = make_listed(image(1))
    assert main(["ask", *at, "--pdq", balanced_digest(1)]) == 0
    assert capsys.readouterr().out == f"{entry.reference} image same\n"
    assert main(["ask", *at, "--pdq", balanced_digest(9)]) == 1


@pytest.fixture
def bundle(
    at: list[str], partner: Partner, make_listed: MakeListed, sequence: Sequence, tmp_path: Path
) -> Callable[[], bytes]:
    """Give the verb that makes a signed bundle, of two outcomes among other lines of the log."""
    [entry] = make_listed(image(1))
    told, words = ["--entry", entry.reference, "--decided-at", "2026-01-02T03:04:05.678Z"], ["report", *at]
    assert main([*words, *told, "--decision", "not_found", "--matched-at", "2026-01-02T03:04:05Z"]) == 0
    entries.open_flag(entry, FlagKind.BENIGN, actor=STAFF)
    corrects = ["--corrects", Outcome.objects.get().reference]
    assert main([*words, *told, *corrects, "--decision", "removed", "--removed-at", "2026-01-02T03:04:06Z"]) == 0

    def make() -> bytes:
        today = datetime.now(UTC).date()
        made = bundles.make_bundle(partner.organisation, today, today, actor=partner.actor)
        sequence()
        return bundles.signed_bundle(made)

    return make


def check(content: bytes, *how: str) -> int:
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(content)
        return main(["check-bundle", file.name, *how])


def test_a_bundle_is_checked_without_the_service(at: list[str], bundle: Callable[[], bytes], tmp_path: Path) -> None:
    content, key = bundle(), (tmp_path / "published" / "audit" / "key").read_text()
    assert check(content, "--trust-key", key) == check(content, *at) == 0
    assert check(content) == 4
    lines = content.splitlines(keepends=True)
    changed = [
        content.replace(b"Platform A", b"Platform Z", 1),
        content.replace(b'"index":', b'"index":1', 1),
        content.replace(b'"hashes":["', b'"hashes":["00", "', 1),
        content.replace(b"bundle:make", b"bundle:take", 1),
        b"".join(line for line in lines if b"outcome:report" not in line),
        b"".join(lines[:-1]),
        b"x",
    ]
    assert [check(each, "--trust-key", key) for each in changed] == [3] * len(changed)


@pytest.mark.parametrize(
    "change",
    [{"decided_at": datetime(2026, 1, 1, tzinfo=UTC)}, {"count_band": "1"}, {"details": {"decided_by": "person"}}],
)
def test_an_outcome_that_was_rewritten_before_its_bundle_is_noticed(
    at: list[str], bundle: Callable[[], bytes], capsys: Any, change: dict[str, Any]
) -> None:
    """Even by us, who make the bundle and have it signed."""
    rewritten = Outcome.objects.order_by("pk")[:1]
    Outcome.objects.filter(pk__in=rewritten.values("pk")).update(**change)
    assert check(bundle(), *at) == 3
    assert f"Outcome {rewritten[0].reference} is not the one" in capsys.readouterr().err


def test_an_outcome_that_was_put_in_before_its_bundle_is_noticed(at: list[str], bundle: Callable[[], bytes]) -> None:
    [made_up] = Outcome.objects.order_by("pk")[:1]
    made_up.pk, made_up.reference = None, "0" * 30
    made_up.save()
    assert check(bundle(), *at) == 3


def test_a_wrong_key_and_no_service_have_exit_codes_of_their_own(
    at: list[str], copy: list[str], make_listed: MakeListed, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_listed(image(1))
    monkeypatch.setenv("TAKEITDOWN_KEY", "tid_live_wrong")
    assert main(["sync", *copy, *at]) == 4
    monkeypatch.setattr("takeitdown_client.service.TRIES", 1)
    assert main(["sync", *copy, "--url", "http://127.0.0.1:9"]) == 5


def test_tx_fetches_from_us_by_address_with_the_extension(
    live_server: LiveServer, partner: Partner, make_listed: MakeListed
) -> None:
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=1)):  # the client leaves the last seconds out
        make_listed(image(1), image(2), video(3))
    with tempfile.TemporaryDirectory() as state:
        told = {
            "PATH": os.environ["PATH"],
            "HOME": state,
            "TZ": "UTC",
            "TX_STATEDIR": state,
            "PYTHONPATH": str(PACKAGE),
            "TX_TAKEITDOWN_CREDENTIALS": f"{partner.key.name},{partner.secret},{live_server.url}/ncmec",
        }

        def tx(*words: str) -> str:
            command = [str(Path(sys.executable).with_name("tx")), *words]
            done = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout + done.stderr

        tx("config", "extensions", "add", "takeitdown_client.exchange")
        tx("config", "collab", "edit", "takeitdown", "--create", "Take It Down")
        tx("fetch")
        assert balanced_digest(1) in tx("dataset", "-P")


def test_hma_loads_configures_and_fetches_the_exchange_as_it_does_its_own(
    live_server: LiveServer, partner: Partner, make_listed: MakeListed, sequence: Sequence
) -> None:
    """The calls are HMA's: class by manifest, config and checkpoint through JSON, credentials as default, records pickled."""
    [exchange] = ThreatExchangeExtensionManifest.load_from_module_name("takeitdown_client.exchange").apis
    assert issubclass(exchange, SignalExchangeWithAuth)
    config_cls, credential_cls = exchange.get_config_cls(), exchange.get_credential_cls()
    assert [field.type for field in fields(credential_cls) if field.init] == [str, str, str]
    stored = json.loads(dataclass_json.dataclass_dumps(config_cls(name="TAKE_IT_DOWN")))
    collab = dataclass_json.dataclass_load_dict(stored, config_cls)
    told = {"name": partner.key.name, "key": partner.secret, "url": f"{live_server.url}/ncmec"}
    credentials = dataclass_json.dataclass_load_dict(told, credential_cls)
    signal_types, held = [PdqSignal, VideoMD5Signal], {}

    def fetch(checkpoint: Any) -> Any:
        assert credentials._are_valid()
        with credentials.set_default(credentials, "db"):
            client = exchange.for_collab(collab)
        for delta in client.fetch_iter(signal_types, checkpoint):
            for key, value in delta.updates.items():
                update = pickle.loads(pickle.dumps(value))
                signals = exchange.naive_convert_to_signal_type(signal_types, collab, {key: update})
                held.update({key: signals}) if signals else held.pop(key, None)
            written = dataclass_json.dataclass_dump_dict(delta.checkpoint)
            checkpoint = dataclass_json.dataclass_load_dict(written, exchange.get_checkpoint_cls())
        return checkpoint

    kept, film, gone = make_listed(image(1), video(2), image(3))
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=10), tick=True) as clock:
        checkpoint = fetch(None)
        assert set(held) == {f"1-{entry.reference}" for entry in (kept, film, gone)}
        withdraw(gone)
        sequence()
        clock.shift(10)
        fetch(checkpoint)
    assert set(held) == {f"1-{kept.reference}", f"1-{film.reference}"}
    assert list(held[f"1-{kept.reference}"][PdqSignal]) == [balanced_digest(1)]


def test_sync_goes_on_where_a_kill_left_it(
    at: list[str], copy: list[str], partner: Partner, make_listed: MakeListed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it was doing: nothing is matched against before the copy is verified, and nothing is fetched twice."""
    make_listed(*(video(seed) for seed in range(12)))
    program = (
        "import os, sys; from takeitdown_client import __main__, service, store\n"
        "service.KEPT_AT_ONCE, keep = 3, store.Store.keep\n"
        "kept = []\n"
        "def killed(self, lines, tree):\n"
        "    keep(self, lines, tree); kept.append(tree.size)\n"
        "    if len(kept) == 2: os.kill(os.getpid(), 9)\n"
        "store.Store.keep = killed; __main__.main(sys.argv[1:])"
    )
    command = [sys.executable, "-c", program, "sync", *copy, *at]
    done = subprocess.run(command, cwd=PACKAGE, capture_output=True, text=True, check=False)
    assert done.returncode == -9, done.stderr
    assert main(["match", *copy, "--md5", "0" * 32]) == 3
    assert main(["sync", *copy, *at]) == 0
    reads = Download.objects.filter(organisation=partner.organisation).order_by("pk")
    assert list(reads.values_list("after", "reached")) == [(-1, 11), (5, 11)]
    assert main(["verify", *copy]) == 0

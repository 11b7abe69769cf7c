"""The supervisor, with the real processes under it: it starts all, keeps all, and leaves nothing behind."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.site.processes import kinship
from tests.service import ROOT, Service, wait_until

pytestmark = pytest.mark.journey

SERVING = {"postgres", "web", "worker", "beat", "sequencer"}
MakeService = Callable[..., Service]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Give one service, without a demonstration in it, for all these tests: a second start is quicker than a first."""
    service = Service(tmp_path_factory.mktemp("kept") / "data", SEED_DEMO="0")
    yield service
    service.stop()


@pytest.fixture
def running(kept: Service) -> Service:
    """Give that service running, whatever the test before did to it."""
    return kept if kept.process else kept.start()


def health(service: Service) -> int:
    with urllib.request.urlopen(f"{service.base_url}/health", timeout=5) as answer:
        return int(answer.status)


def is_healthy(service: Service) -> bool:
    try:
        return health(service) == 200
    except OSError:
        return False


def family(service: Service) -> set[int]:
    """Every process of the service now, the supervisor included."""
    return {service.pid} | kinship.descendants_of(service.pid)


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def all_gone(pids: set[int]) -> bool:
    return all(map(is_gone, pids))


def second_copy(running: Service, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "portal.site.processes"],
        cwd=ROOT,
        env=running.environment | changes,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_ready_is_said_when_every_process_serves(running: Service) -> None:
    assert set(running.children) == SERVING
    assert health(running) == 200


def test_a_second_copy_on_the_same_data_is_refused_with_the_first_ones_number(running: Service) -> None:
    refused = second_copy(running, PORT="1")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.count("\n") == 1
    assert f"DATA_DIR {running.data_dir} is in use by process {running.pid}" in refused.stderr


def test_a_port_in_use_is_said_in_one_line_before_anything_starts(running: Service, tmp_path: Path) -> None:
    refused = second_copy(running, DATA_DIR=str(tmp_path / "other"))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.count("\n") == 1
    assert f"port {running.port} on 127.0.0.1 is in use by another program" in refused.stderr
    assert not (tmp_path / "other" / "postgres").exists()


def test_what_the_service_keeps_is_for_its_own_eyes(running: Service) -> None:
    assert stat.S_IMODE(running.data_dir.stat().st_mode) == 0o700
    for name in ("secrets.json", "processes.json"):
        assert stat.S_IMODE((running.data_dir / name).stat().st_mode) == 0o600


def test_the_database_listens_on_no_network_and_writes_down_what_it_commits(running: Service) -> None:
    with running.connect() as database:
        settings = dict(database.execute("SELECT name, setting FROM pg_settings").fetchall())
    assert settings["listen_addresses"] == ""
    assert (settings["fsync"], settings["synchronous_commit"], settings["full_page_writes"]) == ("on", "on", "on")
    assert (settings["log_min_error_statement"], settings["log_statement"]) == ("panic", "none")


def test_the_application_is_no_superuser_and_owns_no_table(running: Service) -> None:
    with running.connect() as database:
        assert database.execute("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = user").fetchone() == (
            False,
            False,
        )
        owned = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = user"
        assert database.execute(owned).fetchone() == (0,)


@pytest.mark.parametrize("name", ["web", "worker", "beat", "sequencer", "postgres"])
def test_a_killed_process_comes_back_and_nothing_of_it_stays(running: Service, name: str) -> None:
    before = running.children
    below = kinship.descendants_of(before[name])
    killed = running.kill(name)
    running.wait_back(name, killed)
    wait_until(lambda: is_healthy(running), 30)
    wait_until(lambda: all_gone(below), 10)
    others = {
        other: pid for other, pid in running.children.items() if other not in {name, "sequencer", "worker", "beat"}
    }
    assert others.items() <= before.items()


def test_a_killed_web_worker_is_replaced(running: Service) -> None:
    victim = kinship.children_of(running.children["web"]).pop()
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: is_gone(victim), 10)
    wait_until(lambda: is_healthy(running), 30)


def test_ctrl_c_ends_every_process_and_says_success(running: Service) -> None:
    everyone, run_folder = family(running), Path(running.record["run_folder"])
    assert running.stop(signal.SIGINT) == 0
    assert all_gone(everyone)
    assert not run_folder.exists()
    assert not (running.data_dir / "processes.json").exists()


def test_stopping_before_it_is_ready_ends_every_process_too(kept: Service) -> None:
    kept.stop()
    kept.launch()
    wait_until(lambda: len(family(kept)) > 1, 60)
    everyone = family(kept)
    assert kept.stop() == 0
    assert all_gone(everyone)


def test_killing_the_supervisor_leaves_no_process_and_loses_nothing(running: Service) -> None:
    everyone, left = family(running), Path(running.record["run_folder"])
    with running.connect() as database:
        database.execute("SELECT pgmq.create('kept')")
        database.execute("SELECT pgmq.send('kept', '{}')")
    running.stop(signal.SIGKILL)
    wait_until(lambda: all_gone(everyone), 20)
    running.start()
    assert not left.exists()
    with running.connect() as database:
        assert database.execute("SELECT count(*) FROM pgmq.q_kept").fetchone() == (1,)


def test_killing_supervisor_web_and_worker_at_once_leaves_no_process(running: Service) -> None:
    everyone, children = family(running), running.children
    for pid in (running.pid, children["web"], children["worker"], children["postgres"]):
        os.kill(pid, signal.SIGKILL)
    running.stop(signal.SIGKILL)
    wait_until(lambda: all_gone(everyone), 20)


@pytest.mark.parametrize("asked_by", [signal.SIGINT, signal.SIGKILL])
def test_ending_make_alone_stops_everything_it_started(kept: Service, asked_by: signal.Signals) -> None:
    kept.stop()
    kept.start("make", "--no-print-directory", "run")
    everyone = family(kept)
    assert len(everyone) > len(SERVING)
    kept.stop(asked_by)
    wait_until(lambda: all_gone(everyone), 30)


def test_a_pid_file_whose_number_another_program_has_does_not_keep_the_database_from_starting(kept: Service) -> None:
    kept.stop()
    folder = kept.data_dir / "postgres"
    owner, pid_file = folder.stat(), folder / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{folder}\n")
    shutil.chown(pid_file, owner.st_uid, owner.st_gid)
    assert kept.start().children["postgres"]


def test_a_step_that_fails_is_named_and_nothing_stays(make_service: MakeService) -> None:
    service = make_service(SEED_DEMO="0", ENVIRONMENT="production")
    service.launch()
    assert service.first_line(60) == ""
    assert service.process is not None
    assert service.process.wait(60) == 1
    assert "not started: " in service.log.read_text()

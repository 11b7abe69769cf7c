"""Starts the whole service in order, keeps it running, and stops it in the opposite order."""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.site.processes import data_dir, postgres, programs
from portal.site.processes.child import Child, Program
from portal.site.processes.configuration import Configuration
from portal.site.processes.watch import StepFailed, StopAsked, Watch, announce, say

STEP_SECONDS = 300.0
START_SECONDS = 120.0
IDLE_SECONDS = 1.0


class Supervisor:
    """The parent of every process of the service."""

    def __init__(self, configuration: Configuration, run_folder: Path) -> None:
        """Nothing is started yet; `run_folder` is private and short-lived."""
        self.configuration = configuration
        self.secrets = data_dir.own_secrets(configuration.data_dir)
        self.watch = Watch()
        self.run_folder = run_folder
        self.ready_folder = run_folder / "ready"
        self.ready_folder.mkdir(mode=0o700)
        self.addresses: dict[str, str] = {}
        self.database: Child | None = None
        self.serving: list[Child] = []

    def run(self) -> int:
        """Start, serve until told to stop, stop. The exit code."""
        self.record()
        try:
            self._start()
            announce(f"ready: {self.configuration.url}")
            self._keep()
        except StopAsked:
            say("stopping")
            code = 0
        except (StepFailed, postgres.Unusable) as reason:
            for line in getattr(reason, "tail", []):
                say(f"  {line}")
            say(f"not started: {reason}")
            code = 1
        self._stop()
        say("stopped")
        return code

    def _start(self) -> None:
        if self.configuration.has_own_database:
            self._start_database()
        told = programs.environment(self.configuration, self.secrets, self.addresses)
        say("preparing the database")
        self.watch.run_step(programs.prepare(self.configuration, told), STEP_SECONDS)
        say("starting web, worker, beat and sequencer")
        for program in programs.serving(self.configuration, told, self.ready_folder):
            self.serving.append(self._launch(program))
        self._wait_ready(*self.serving)

    def _start_database(self) -> None:
        """Make the cluster when there is none, start it, and see that its roles and its database are there."""
        cluster = postgres.cluster_in(self.configuration.data_dir / "postgres", self.run_folder)
        if not postgres.is_initialised(cluster):
            self._make_cluster(cluster)
        say("starting PostgreSQL")
        program = Program(
            "postgres",
            tuple(postgres.server_command(cluster, postgres.DURABLE)),
            postgres.ENVIRONMENT,
            is_ready=lambda: postgres.is_serving(cluster),
            make_way=lambda: postgres.make_way(cluster),
            stop_signal=postgres.STOP_SIGNAL,
            orphan_signal=postgres.STOP_SIGNAL,
            patience=60.0,
            spawn=cluster.spawn,
        )
        if not self.watch.until(program.make_way, START_SECONDS):
            raise postgres.Unusable(f"an earlier PostgreSQL still works in {cluster.folder}")
        self.database = self._launch(program)
        self._wait_ready(self.database)
        postgres.ensure_database(cluster, self.secrets)
        self.addresses = {name: cluster.dsn(role, self.secrets[role]) for name, role in programs.ADDRESSES.items()}

    def _make_cluster(self, cluster: postgres.Cluster) -> None:
        say(f"making a database in {cluster.folder}")
        draft = postgres.prepare_draft(cluster)
        password_file = postgres.write_password(cluster, self.secrets[postgres.SUPERUSER])
        command = tuple(postgres.initdb_command(draft, password_file))
        initdb = Program("initdb", command, postgres.ENVIRONMENT, spawn=draft.spawn, is_talkative=True)
        self.watch.run_step(initdb, STEP_SECONDS)
        password_file.unlink()
        draft.close()
        draft.folder.rename(cluster.folder)

    def _launch(self, program: Program) -> Child:
        child = Child(program)
        program.make_way()
        self.watch.start(child)
        self.record()
        return child

    def _wait_ready(self, *children: Child) -> None:
        """Wait for the children's first readiness. Raises StepFailed when one ends before, or is not ready in time."""

        def settled() -> bool:
            return any(not child.is_running for child in children) or all(map(self._look, children))

        in_time = self.watch.until(settled, START_SECONDS)
        for child in children:
            if not child.is_running:
                raise StepFailed(child, f"ended before it was ready ({child.ending})")
            if not in_time and not child.is_ready:
                raise StepFailed(child, "did not become ready")

    def _look(self, child: Child) -> bool:
        """Whether the child serves; asked until it does, and then remembered."""
        child.is_ready = child.is_ready or (child.is_running and child.program.is_ready())
        return child.is_ready

    def _keep(self) -> None:
        """Start again whatever ends, until asked to stop."""
        while not self.watch.stop_asked:
            for child in self.watch.children:
                self._revive(child)
            all_is_well = all(child.is_ready for child in self.watch.children)
            self.watch.turn(IDLE_SECONDS if all_is_well else 0.1)
        raise StopAsked

    def _revive(self, child: Child) -> None:
        if child.is_running:
            if not child.is_ready and self._look(child):
                say(f"{child.name} serves again")
        elif time.monotonic() >= child.due and child.program.make_way():
            say(f"{child.name} ended ({child.ending}); starting it again")
            self.watch.start(child)
            self.record()

    def record(self) -> None:
        """Write down what runs, for operators, tests and our own next start."""
        running = {child.name: child.pid for child in self.watch.children if child.is_running}
        content = {
            "supervisor": os.getpid(),
            "children": running,
            "url": self.configuration.url,
            "database_url": self.addresses.get("DATABASE_URL"),
            "run_folder": str(self.run_folder),
        }
        data_dir.write_private(self.configuration.run_record, content)

    def _stop(self) -> None:
        """Stop everything: first what takes work in, then what works it off, the database last."""
        others = [child for child in self.watch.children if child is not self.database]
        for together in (self.serving[:1], others, [self.database]):
            self.watch.stop(*(child for child in together if child))
        self.configuration.run_record.unlink(missing_ok=True)


@contextmanager
def run_folder(configuration: Configuration) -> Iterator[Path]:
    """A folder for the sockets and other short-lived files of one run; one that a killed run left is removed."""
    if configuration.run_record.exists():
        left = json.loads(configuration.run_record.read_text())
        shutil.rmtree(left["run_folder"], ignore_errors=True)
    folder = postgres.make_run_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)

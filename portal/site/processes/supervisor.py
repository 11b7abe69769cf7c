"""Starts the whole service in order, keeps it running, and stops it in the opposite order."""

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from portal.site.processes import data_dir, postgres, programs, stem
from portal.site.processes.child import Child, NotLaunched, Program, launch_program
from portal.site.processes.configuration import Configuration
from portal.site.processes.watch import StepFailed, StopAsked, Watch, announce, say

STEP_SECONDS = 300.0
START_SECONDS = 120.0
IDLE_SECONDS = 60.0


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
        self.cluster: postgres.Cluster | None = None
        self.database: Child | None = None
        self.stem: Child | None = None
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
        except (StepFailed, NotLaunched, postgres.Unusable) as reason:
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
        told = programs.environment(self.configuration, self.secrets["SECRET_KEY"], self._address(postgres.APPLICATION))
        say("starting the service")
        line = stem.Stem()
        self.stem = self._launch(programs.stem_program(line, told, self.ready_folder))
        migrate = programs.migrate(self.configuration, told, self._address(postgres.OWNER))
        self.watch.run_step(migrate, STEP_SECONDS)
        self._wait_ready(self.stem)
        self._run("log key", told, line, "log_key", "--ensure")
        if self.configuration.seeds:
            self._run("seed", told, line, "seed_demo")
        for program in programs.serving(self.configuration, told, line.launch, self.ready_folder):
            self.serving.append(self._launch(program))
        self._wait_ready(*self.serving)

    def _start_database(self) -> None:
        """Make the cluster when there is none, start it, and see that its roles and its database are there."""
        cluster = postgres.cluster_in(self.configuration.data_dir / "postgres", self.run_folder)
        if not postgres.is_initialised(cluster):
            self._make_cluster(cluster)
        self.cluster = cluster
        say("starting PostgreSQL")
        program = Program(
            "postgres",
            tuple(postgres.server_command(cluster, postgres.DURABLE)),
            postgres.ENVIRONMENT,
            launch_program,
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

    def _address(self, role: str) -> str | None:
        """The embedded database's address for a role."""
        return self.cluster.dsn(role, self.secrets[role]) if self.cluster else None

    def _make_cluster(self, cluster: postgres.Cluster) -> None:
        say(f"making a database in {cluster.folder}")
        draft = postgres.prepare_draft(cluster)
        password_file = postgres.write_password(cluster, self.secrets[postgres.SUPERUSER])
        command = postgres.initdb_command(draft, password_file)
        initdb = Program(
            "initdb", tuple(command), postgres.ENVIRONMENT, launch_program, spawn=draft.spawn, is_talkative=True
        )
        self.watch.run_step(initdb, STEP_SECONDS)
        password_file.unlink()
        draft.close()
        draft.folder.rename(cluster.folder)

    def _run(self, name: str, told: Mapping[str, str], line: stem.Stem, *arguments: str) -> None:
        self.watch.run_step(programs.step(name, told, line.launch, *arguments), STEP_SECONDS)

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
        children = [child for child in (self.database, self.stem, *self.serving) if child]
        while not self.watch.stop_asked:
            for child in children:
                self._revive(child)
            self.watch.turn(self._pause(children))
        raise StopAsked

    def _revive(self, child: Child) -> None:
        if child.is_running:
            if not child.is_ready and self._look(child):
                say(f"{child.name} serves again")
        elif time.monotonic() >= child.due and child.program.make_way():
            say(f"{child.name} ended ({child.ending}); starting it again")
            try:
                self.watch.start(child)
            except NotLaunched:
                return
            self.record()

    def _pause(self, children: list[Child]) -> float:
        """How long nothing needs looking at."""
        return IDLE_SECONDS if all(child.is_ready for child in children) else 0.1

    def record(self) -> None:
        """Write down what runs, for operators, tests and our own next start."""
        running = {child.name: child.pid for child in self.watch.children if child.is_running}
        content = {
            "supervisor": os.getpid(),
            "children": running,
            "url": self.configuration.url,
            "database_url": self._address(postgres.APPLICATION),
            "run_folder": str(self.run_folder),
        }
        data_dir.write_private(self.configuration.run_record, content)

    def _stop(self) -> None:
        """Stop everything: first what takes work in, then what works it off, the database last."""
        last = {self.database, self.stem}
        web, rest = self.serving[:1], [child for child in self.watch.children if child not in last]
        for together in (web, rest, [self.stem], [self.database]):
            self.watch.stop(*(child for child in together if child))
        self.configuration.run_record.unlink(missing_ok=True)
        if self.cluster:
            self.cluster.close()


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

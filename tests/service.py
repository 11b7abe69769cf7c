"""The whole service, started for a test as its operator starts it."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from portal.site.processes import kinship, postgres

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120.0
STOP_SECONDS = 60.0
NOT_PASSED_ON = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PUBLISHED_DIR", "TEST_RUN_FOLDER", "READY_FILE"}


class Service:
    """`python -m portal.site.processes` on a free port, with a DATA_DIR of its own."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        """Nothing is started yet. `settings` are environment variables."""
        self.data_dir = data_dir
        self.port = free_port()
        self.log = data_dir.with_suffix(".log")
        self.process: subprocess.Popen[str] | None = None
        passed_on = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
        self.environment = passed_on | {"DATA_DIR": str(data_dir), "PORT": str(self.port)} | settings

    @property
    def base_url(self) -> str:
        """The service's address, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The supervisor's process id."""
        if self.process is None:
            raise RuntimeError("the service is not started")
        return self.process.pid

    @property
    def demo(self) -> dict[str, Any]:
        """The demonstration's credentials, from `demo.json`: organisations and staff."""
        credentials: dict[str, Any] = json.loads((self.data_dir / "demo.json").read_text())
        return credentials

    @property
    def record(self) -> dict[str, Any]:
        """What the supervisor wrote down: `children` by name, `database_url`, `run_folder`."""
        written: dict[str, Any] = json.loads((self.data_dir / "processes.json").read_text())
        return written

    @property
    def children(self) -> dict[str, int]:
        """The process ids of postgres, web, worker, beat and sequencer."""
        children: dict[str, int] = self.record["children"]
        return children

    def connect(self) -> psycopg.Connection[Any]:
        """Open a connection to the service's database, as the application."""
        return psycopg.connect(self.record["database_url"], autocommit=True)

    def connect_as_superuser(self) -> psycopg.Connection[Any]:
        """Open a connection to the service's embedded database that may see and do all."""
        passwords = json.loads((self.data_dir / "secrets.json").read_text())
        sockets = Path(self.record["run_folder"]) / "sockets"
        return psycopg.connect(
            host=str(sockets), user=postgres.SUPERUSER, password=passwords[postgres.SUPERUSER],
            dbname=postgres.DATABASE, autocommit=True,
        )  # fmt: skip

    def start(self, *command: str) -> "Service":
        """Start it, by `make run` or the like where a command is given, and wait until it says that it is ready."""
        self.launch(*command)
        line = self.first_line(START_SECONDS)
        if line != f"ready: {self.base_url}/\n":
            raise AssertionError(f"the service said {line!r} instead of ready; its log:\n{self.log.read_text()}")
        return self

    def launch(self, *command: str) -> None:
        """Start it and do not wait."""
        parent = os.getpid()
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                command or (sys.executable, "-m", "portal.site.processes"),
                cwd=ROOT, env=self.environment, text=True, bufsize=1,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                preexec_fn=lambda: kinship.end_with_parent(parent, signal.SIGTERM),  # noqa: PLW1509 - one thread
            )  # fmt: skip

    def first_line(self, seconds: float) -> str:
        """What it says first on standard output; empty when it says nothing in time, or ends."""
        if self.process is None or self.process.stdout is None:
            raise RuntimeError("the service is not started")
        said = select.select([self.process.stdout], [], [], seconds)[0]
        return self.process.stdout.readline() if said else ""

    def kill(self, name: str) -> int:
        """End one of its processes as a crash would; the process id it had."""
        pid = self.children[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def wait_back(self, name: str, previous: int, seconds: float = 30.0) -> None:
        """Wait until a process that was ended runs again."""
        wait_until(lambda: self.children.get(name, previous) != previous, seconds)

    def stop(self, signal_number: signal.Signals = signal.SIGTERM) -> int:
        """Stop it and wait; the exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(signal_number)
        code = self.process.wait(STOP_SECONDS)
        if self.process.stdout:
            self.process.stdout.close()
        self.process = None
        return code

    def restart(self) -> "Service":
        """Stop it and start it again, on the same data."""
        self.stop()
        return self.start()


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(holds: Callable[[], bool], seconds: float) -> None:
    """Wait until something holds. Raises AssertionError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:.0f} seconds in vain")
        time.sleep(0.05)

"""One program under the supervisor: how it is started, how it says that it serves, how it is stopped."""

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, Protocol

from portal.site.processes import kinship

TAIL = 20
SETTLED = 30.0
LONGEST_PAUSE = 10.0


class NotLaunched(Exception):
    """The process could not be started now; it may be later."""


@dataclass(frozen=True)
class Program:
    """What to run. The signals and the patience are for stopping it."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    launch: "Launch"
    is_ready: Callable[[], bool] = lambda: True
    make_way: Callable[[], bool] = lambda: True
    """Clear what an earlier process left; False when a new one cannot start yet."""
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    patience: float = 10.0
    """Seconds it has to stop by itself."""
    is_talkative: bool = False
    """Whether what it says is only worth reading when it fails."""
    spawn: Mapping[str, Any] = field(default_factory=dict)
    """Further arguments for subprocess: user, folder, handles."""


class Launch(Protocol):
    """A way to start a program as a child of this process, in a process group of its own, its life tied to ours.

    It speaks into `output`. Answers with its process id; raises NotLaunched.
    """

    def __call__(self, program: Program, output: int) -> int:
        """Start it."""


def launch_program(program: Program, output: int) -> int:
    """Start a program of any kind."""
    supervisor = os.getpid()
    process = subprocess.Popen(  # noqa: S603 - our own commands, no shell
        program.command,
        env=dict(program.environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        process_group=0,
        preexec_fn=lambda: kinship.end_with_parent(supervisor, program.orphan_signal),  # noqa: PLW1509 - one thread
        **program.spawn,
    )
    process.returncode = 0  # its end is noticed elsewhere, with that of all the others
    return process.pid


class Child:
    """A program and the process that runs it now, if one does."""

    def __init__(self, program: Program) -> None:
        """Nothing is started yet."""
        self.program = program
        self.name = program.name
        self.tail: deque[str] = deque(maxlen=TAIL)
        self.pid: int | None = None
        self.output: IO[bytes] | None = None
        self.exit_code = 0
        self.is_ready = False
        self.due = 0.0
        self._failures = 0
        self._started = 0.0
        self._unfinished = b""

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self.pid is not None

    @property
    def ending(self) -> str:
        """How its last process ended, in words."""
        code = self.exit_code
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def start(self) -> None:
        """Start the process. Raises NotLaunched."""
        self.is_ready, self._started, self._unfinished = False, time.monotonic(), b""
        ours, theirs = os.pipe()
        try:
            self.pid = self.program.launch(self.program, theirs)
        except NotLaunched:
            os.close(ours)
            self._postpone()
            raise
        finally:
            os.close(theirs)
        os.set_blocking(ours, False)
        self.output = os.fdopen(ours, "rb", buffering=0)

    def hear(self, data: bytes) -> list[str]:
        """The lines that are whole now; no data is the end of output and finishes the last line."""
        *whole, self._unfinished = (self._unfinished + (data or b"\n")).split(b"\n")
        lines = [line.decode(errors="replace") for line in whole if line.strip()]
        self.tail.extend(lines)
        return lines

    def ended(self, exit_code: int) -> None:
        """Take note that the process is gone, end what is left of its group, and say when the next may start."""
        self.signal_group(signal.SIGKILL)
        if self.output:
            self.output.close()
        self.pid, self.output, self.exit_code, self.is_ready = None, None, exit_code, False
        self._postpone()

    def _postpone(self) -> None:
        """Set when to try again: at once after a long life, ever later when lives are short."""
        now = time.monotonic()
        self._failures = 0 if now - self._started > SETTLED else self._failures + 1
        self.due = now + (min(0.1 * 2**self._failures, LONGEST_PAUSE) if self._failures else 0)

    def stop(self) -> None:
        """Ask the process to finish."""
        if self.pid is not None:
            os.kill(self.pid, self.program.stop_signal)

    def signal_group(self, signal_number: signal.Signals) -> None:
        """Send a signal to the process and to all that it started."""
        if self.pid is not None:
            try:
                os.killpg(self.pid, signal_number)
            except ProcessLookupError:
                return

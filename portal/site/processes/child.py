"""One program under the supervisor: how it is started, how it says that it serves, how it is stopped."""

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from portal.site.processes import kinship

TAIL = 20
SETTLED = 30.0
LONGEST_PAUSE = 10.0


@dataclass(frozen=True)
class Program:
    """What to run. The signals and the patience are for stopping it."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
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
        """Start the process, in a process group of its own, its life tied to ours."""
        supervisor, orphan_signal = os.getpid(), self.program.orphan_signal
        self.is_ready, self._started, self._unfinished = False, time.monotonic(), b""
        process = subprocess.Popen(
            self.program.command,
            env=dict(self.program.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            process_group=0,
            preexec_fn=lambda: kinship.end_with_parent(supervisor, orphan_signal),  # noqa: PLW1509 - one thread
            **self.program.spawn,
        )
        process.returncode = 0  # its end is noticed in `Watch`, with that of all the others
        self.pid, self.output = process.pid, process.stdout
        if self.output:
            os.set_blocking(self.output.fileno(), False)

    def hear(self, data: bytes) -> list[str]:
        """The lines that are whole now; no data is the end of output and finishes the last line."""
        *whole, self._unfinished = (self._unfinished + (data or b"\n")).split(b"\n")
        lines = [line.decode(errors="replace") for line in whole if line.strip()]
        self.tail.extend(lines)
        return lines

    def ended(self, exit_code: int) -> None:
        """Take note that the process is gone, end what is left of its group, and say when the next may start.

        That is at once after a long life, and ever later while lives are short.
        """
        self.signal_group(signal.SIGKILL)
        if self.output:
            self.output.close()
        self.pid, self.output, self.exit_code, self.is_ready = None, None, exit_code, False
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

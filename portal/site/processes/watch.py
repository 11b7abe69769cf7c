"""The supervisor's one loop: signals, the children's output and their ends, in a single thread."""

import os
import select
import selectors
import signal
import sys
import time
from collections.abc import Callable

from portal.site.processes import kinship
from portal.site.processes.child import Child, Program

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TURN = 0.05
SECOND_THOUGHTS = 1.0
CHUNK = 65_536
LINE_LIMIT = 4_000
SWEEPS = 50


class StopAsked(Exception):
    """Someone wants the service to stop."""


class StepFailed(Exception):
    """A step of the start did not work; carries the end of what it said."""

    def __init__(self, child: Child, why: str) -> None:
        """Name the step, and keep what it said last where that was not passed on as it was said."""
        super().__init__(f"{child.name} {why}")
        self.tail = list(child.tail) if child.program.is_talkative else []


def say(line: str, name: str = "take-it-down") -> None:
    """Write one line for the person at the terminal; one that nobody reads for a second is dropped."""
    data = f"{name}: {line}"[:LINE_LIMIT].encode(errors="replace") + b"\n"
    if select.select([], [2], [], 1.0)[1]:
        try:
            os.write(2, data)
        except OSError:
            return


class Watch:
    """Everything that happens to the children arrives here, in `turn`."""

    def __init__(self) -> None:
        """Take over this process's signals and become the parent of orphans."""
        self.children: list[Child] = []
        self.stop_asked = False
        self._interrupted = 0.0
        self._is_impatient = False
        self._selector = selectors.DefaultSelector()
        self._wake, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        for number in STOP_SIGNALS:
            signal.signal(number, self._ask_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(self._wake, selectors.EVENT_READ)
        kinship.adopt_orphans()

    def _ask_stop(self, number: int, _: object) -> None:
        now = time.monotonic()
        if number == signal.SIGINT:  # some senders reach us twice with one Ctrl-C
            self._is_impatient = bool(self._interrupted) and now - self._interrupted > SECOND_THOUGHTS
            self._interrupted = self._interrupted or now
        self.stop_asked = True

    def start(self, child: Child) -> None:
        """Start a child and listen to it."""
        if child not in self.children:
            self.children.append(child)
        child.start()
        if child.output:
            self._selector.register(child.output, selectors.EVENT_READ, child)

    def turn(self, timeout: float = TURN) -> None:
        """Wait for something to happen, at most that many seconds, and take note of it."""
        for key, _ in self._selector.select(timeout):
            if isinstance(key.data, Child):
                self._listen(key.data)
            else:
                os.read(self._wake, CHUNK)
        self._reap()
        self.stop_asked = self.stop_asked or kinship.is_make_waiting()

    def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Turn until something holds; False when it did not in time. Raises StopAsked when asked to stop."""
        deadline = time.monotonic() + seconds
        while not holds():
            if self.stop_asked:
                raise StopAsked
            if time.monotonic() > deadline:
                return False
            self.turn()
        return True

    def run_step(self, program: Program, seconds: float) -> None:
        """Run a program to its end. Raises StepFailed when it fails or takes longer than that."""
        child = Child(program)
        self.start(child)
        if not self.until(lambda: not child.is_running, seconds):
            self.stop(child)
            raise StepFailed(child, f"did not finish in {seconds:.0f} seconds")
        self.children.remove(child)
        if child.exit_code:
            raise StepFailed(child, f"failed ({child.ending})")

    def stop(self, *together: Child) -> None:
        """Stop these children at the same time, each with its own patience; a second Ctrl-C ends all patience."""
        asked = time.monotonic()
        for child in together:
            child.stop()
        while late := [child for child in together if child.is_running]:
            for child in late:
                if self._is_impatient or time.monotonic() > asked + child.program.patience:
                    child.signal_group(signal.SIGKILL)
            self.turn()
        self.sweep()

    def sweep(self) -> None:
        """End every process that came to us because its own parent ended."""
        ours = {child.pid for child in self.children}
        for _ in range(SWEEPS):
            orphans = kinship.children_of(os.getpid()) - ours
            if not orphans:
                return
            for pid in orphans:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)

    def _listen(self, child: Child) -> bool:
        """Pass on what a child said, line by line, under its name; false when it has nothing more to say now."""
        if child.output is None or child.output not in self._listened():
            return False
        data = child.output.read(CHUNK)
        if data == b"":
            self._selector.unregister(child.output)
        for line in child.hear(data) if data is not None else ():
            if not child.program.is_talkative:
                say(line, child.name)
        return bool(data)

    def _reap(self) -> None:
        """Take note of every process that ended."""
        while ended := _next_ended():
            pid, exit_code = ended
            child = next((child for child in self.children if child.pid == pid), None)
            if child:
                while self._listen(child):
                    pass
                if child.output and child.output in self._listened():
                    self._selector.unregister(child.output)
                child.ended(exit_code)
                self.sweep()

    def _listened(self) -> set[object]:
        return {key.fileobj for key in self._selector.get_map().values()}


def _next_ended() -> tuple[int, int] | None:
    try:
        pid, status = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return None
    return (pid, os.waitstatus_to_exitcode(status)) if pid else None


def announce(line: str) -> None:
    """The one line that belongs on standard output."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()

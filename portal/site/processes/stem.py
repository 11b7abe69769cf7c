"""The stem: one process that has imported the whole service, from which every other process splits off.

Importing is most of what a start costs. Done once instead of in each process, the service starts in a fraction of
the time, a process that died is back at once, and they share the memory of what they all imported. A process that
split off becomes a child of the supervisor, not of the stem: the stem's own death takes nobody with it.
"""

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from portal.site.processes import kinship
from portal.site.processes.child import NotLaunched, Program

CONTROL = "STEM_CONTROL"
MESSAGE = 65_536
ANSWER_SECONDS = 10.0
PRELOADED = (
    "portal.site.wsgi",
    "portal.site.celery",
    "portal.site.urls",
    "portal.site.management.commands.run_beat",
    "portal.site.management.commands.run_worker",
    "registry.log.management.commands.sequence_log",
    "celery.apps.worker",
    "celery.apps.beat",
    "celery.concurrency.prefork",
    "celery.worker.consumer",
    "kombu.transport.pgmq",
    "granian.cli",
    "granian.server.mp",
)


class Stem:
    """The supervisor's end: asks the stem for processes."""

    def __init__(self) -> None:
        """Make the line to the stem; the other end goes to the process by `spawn`."""
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ours.settimeout(ANSWER_SECONDS)

    @property
    def handle(self) -> int:
        """The number of the stem's end of the line, which it inherits."""
        return self._theirs.fileno()

    def launch(self, program: Program, output: int) -> int:
        """Start `python -m module arguments` in a process split off the stem; see `child.Launch`."""
        request = {"command": program.command, "environment": dict(program.environment)}
        try:
            socket.send_fds(self._ours, [json.dumps(request).encode()], [output])
            return int(self._ours.recv(MESSAGE))
        except (OSError, ValueError):
            raise NotLaunched(program.name) from None


def main() -> None:
    """Import everything, then split off a process for each request. Only those processes return from `_serve`."""
    supervisor = os.getppid()
    control = socket.socket(fileno=int(os.environ.pop(CONTROL)))
    preload()
    Path(os.environ.pop("READY_FILE")).touch()
    command = _serve(control, supervisor)
    sys.argv = list(command)
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)


def preload() -> None:
    """Import what the processes would each import, and open nothing: no connection, no thread survives a split."""
    import django  # noqa: PLC0415 - only this process, of the supervisor's, knows Django

    django.setup()
    for name in PRELOADED:
        importlib.import_module(name)
    from django.urls import get_resolver  # noqa: PLC0415

    get_resolver().url_patterns  # noqa: B018 - reading it imports every view
    gc.collect()
    gc.freeze()


def _serve(control: socket.socket, supervisor: int) -> list[str]:
    while True:
        message, handles, _, _ = socket.recv_fds(control, MESSAGE, 1)
        if not message:
            sys.exit(0)
        request = json.loads(message)
        received, sent = os.pipe()
        between = os.fork()
        if between == 0 and _split(sent):
            control.close()
            os.close(received)
            _become(request["environment"], handles[0], supervisor)
            return list(request["command"])
        os.close(handles[0])
        os.close(sent)
        with os.fdopen(received) as answer:
            control.send(answer.read().encode())
        os.waitpid(between, 0)


def _split(sent: int) -> bool:
    """Split off the lasting process and end, so that it goes to the supervisor; true in the lasting one."""
    between = os.getpid()
    lasting = os.fork()
    if lasting:
        os.write(sent, str(lasting).encode())
        os._exit(0)
    os.close(sent)
    while os.getppid() == between:
        time.sleep(0.001)
    return True


def _become(environment: dict[str, Any], output: int, supervisor: int) -> None:
    """Take on what makes this process its own: group, life line, voice, environment."""
    os.setpgid(0, 0)
    kinship.end_with_parent(supervisor, signal.SIGKILL)
    os.register_at_fork(after_in_child=lambda: kinship.end_with_parent(os.getppid()))
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    os.environ.clear()
    os.environ.update(environment)


if __name__ == "__main__":
    main()

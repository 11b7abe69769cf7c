"""Who ends with whom: no process of ours outlives the one that answers for it. Linux only."""

import ctypes
import multiprocessing
import os
import signal
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

_prctl = ctypes.CDLL(None, use_errno=True).prctl


def end_with_parent(parent: int, signal_number: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel send this process a signal when the process `parent`, which started it, ends in whatever way.

    To be called in the new process, after it has taken its final user: changing user clears the request.
    """
    _prctl(PR_SET_PDEATHSIG, int(signal_number))
    if os.getppid() != parent:  # it ended before the request was made
        os.kill(os.getpid(), signal_number)


def end_with_master() -> None:
    """The same in a process that multiprocessing started, as granian starts its workers; nothing in any other."""
    master = multiprocessing.parent_process()
    if master and master.pid:
        end_with_parent(master.pid)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, so that none escapes."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def is_make_waiting() -> bool:
    """Whether GNU make, our parent, was interrupted: it then keeps the signal to itself and waits for us to end."""
    parent = Path(f"/proc/{os.getppid()}")
    try:
        if (parent / "comm").read_text() != "make\n":
            return False
        blocked = (parent / "status").read_text().partition("SigBlk:")[2].split()[0]
    except OSError:
        return False
    return bool(int(blocked, 16) & (1 << signal.SIGINT - 1))


def children_of(parent: int) -> set[int]:
    """The ids of the processes whose parent is this one, zombies left out."""
    return {pid for pid, (above, state) in _table().items() if above == parent and state != "Z"}


def descendants_of(ancestor: int) -> set[int]:
    """The ids of all processes below this one, zombies left out."""
    table = _table()
    found: set[int] = set()
    ring = {ancestor}
    while ring := {pid for pid, (above, _) in table.items() if above in ring}:
        found |= ring
    return {pid for pid in found if table[pid][1] != "Z"}


def _table() -> dict[int, tuple[int, str]]:
    """Parent id and state of every process on this machine that we may see."""
    table = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended while we looked
            table[int(folder.name)] = int(parent), state
    return table

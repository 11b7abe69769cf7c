"""Runs the parts of a room one after another, each in a process of its own: one that fails or hangs takes no other along.

`python -m bench._parts module part` runs one, and prints its rows as JSON on the last line.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

Row = tuple[str, str, str]
"""What was measured, what was found, what was asked for."""
Part = Callable[[], list[Row]]
LONGEST = 900
"""Seconds a part may take."""


class Failed(Exception):
    """Some parts failed. The text is the table, in which they say so."""


def table(module: str, parts: Mapping[str, Part]) -> str:
    """Run all parts of a module; give their rows as a table. Raises Failed, with the table, when a part failed."""
    rows = ["| what | found | bound |", "| --- | --- | --- |"]
    has_failed = False
    for name in parts:
        begun = time.monotonic()
        found = run(module, name)
        print(f"{module} {name}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
        has_failed |= found is None
        rows += [f"| {' | '.join(row)} |" for row in found or [(name, "**failed**", "")]]
    if has_failed:
        raise Failed("\n".join(rows))
    return "\n".join(rows)


def run(module: str, name: str) -> list[Row] | None:
    """Run one part; None when it failed."""
    command = [sys.executable, "-m", "bench._parts", module, name]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        said = process.communicate(timeout=LONGEST)[0]
    except subprocess.TimeoutExpired:
        print(f"{module} {name}: not done after {LONGEST} s", file=sys.stderr)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return None
    return None if process.returncode else json.loads(said.splitlines()[-1])


def main(module: str, name: str) -> None:
    """Run one part here, and end whatever it started and did not end."""
    try:
        print(json.dumps(importlib.import_module(module).PARTS[name]()))
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)


if __name__ == "__main__":
    main(*sys.argv[1:])

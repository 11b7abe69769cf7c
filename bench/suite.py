"""How long the tests take, browser and all, where everything is installed."""

import subprocess
import time

from tests.service import ROOT

HEADING = "The suite"


def measure() -> str:
    """Give the one line: `make test`, from its start to its end."""
    started = time.monotonic()
    subprocess.run(["make", "--silent", "test"], cwd=ROOT, check=True, capture_output=True)
    return f"`make test` took {time.monotonic() - started:.0f} s; the bound is 600 s."

"""The worker's pool: none of its processes outlives the worker."""

import subprocess
import sys

FORKED_TOO_LATE = """
import os, time
from portal.site import celery
if os.fork():
    os._exit(0)
time.sleep(0.3)
celery.end_with_worker()
print("left behind")
"""


def test_a_pool_process_ends_even_when_its_worker_was_killed_before_it_began():
    done = subprocess.run(
        [sys.executable, "-c", FORKED_TOO_LATE], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)

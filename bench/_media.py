"""Where reference pictures and videos lie: beside the checkout, or in the folder BENCH_MEDIA."""

import os
from pathlib import Path

from hashing import headless

MEDIA = Path(os.environ.get("BENCH_MEDIA") or headless.ROOT.parent / "shared" / "data")

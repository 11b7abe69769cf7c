"""Write tests/vectors/receipts.json: check characters, which the browser's module and Python must agree on."""

import json
import random
from pathlib import Path

from portal.reports import rules

draw = random.Random(1)
bodies = [
    "0" * 11,
    "Z" * 11,
    "0123456789A",
    *("".join(draw.choices(rules.ALPHABET, k=length)) for length in [11, 27] * 8),
]
vectors = [{"body": body, "check": rules.check_character(body)} for body in bodies]
(Path(__file__).parent / "receipts.json").write_text(json.dumps(vectors, indent=1) + "\n")

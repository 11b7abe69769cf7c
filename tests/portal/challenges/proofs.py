"""Solve challenges as a browser does."""

import base64
import json
from typing import Any

from altcha import v1

from portal.challenges import queries


def solved(challenge: dict[str, Any] | None = None, **changes: Any) -> str:
    """Give the header a browser sends: the answer to a challenge, with some of it changed if wanted."""
    made = challenge or queries.new_challenge("192.0.2.1")
    solution = v1.solve_challenge(made["challenge"], made["salt"], "SHA-256", made["maxnumber"])
    assert solution is not None
    answer = (
        {name: made[name] for name in ("algorithm", "challenge", "salt", "signature")}
        | {"number": solution.number}
        | changes
    )
    return base64.b64encode(json.dumps(answer).encode()).decode()

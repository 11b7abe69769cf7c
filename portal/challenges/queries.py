"""Make challenges. Nothing is stored: a challenge carries its own signature."""

import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from altcha import v1
from django.conf import settings
from django.core.cache import caches

from portal.challenges import rules

LIFE = timedelta(minutes=20)
WINDOW = 15 * 60  # seconds; the salt, and with it every digest, is thrown away after this


def signing_key() -> str:
    """Give the key challenges are signed with; every process derives the same."""
    return sha256(b"challenges:" + settings.SECRET_KEY.encode()).hexdigest()


def new_challenge(address: str) -> dict[str, Any]:
    """Give a challenge as hard as the load asks for. `address` is only counted, as a salted digest, in memory."""
    hardness = rules.difficulty(*_count(address))
    expires = datetime.now(UTC) + LIFE
    made = v1.create_challenge(
        v1.ChallengeOptions(hmac_key=signing_key(), max_number=hardness, expires=expires)
    )
    return {
        "algorithm": made.algorithm,
        "challenge": made.challenge,
        "maxnumber": made.max_number,
        "salt": made.salt,
        "signature": made.signature,
    }


def _count(address: str) -> tuple[int, int]:
    """Count this one; give how many came from its network lately, and from everywhere this minute."""
    memory = caches["memory"]
    salt = memory.get_or_set("challenges:salt", lambda: secrets.token_bytes(32), WINDOW) or b""
    digest = rules.network_digest(address, salt)
    counts = []
    for name, seconds in ((f"challenges:{digest}", WINDOW), ("challenges:all", 60)):
        memory.add(name, 0, seconds)
        counts.append(memory.incr(name))
    return counts[0], counts[1]

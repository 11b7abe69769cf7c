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
    hardness = rules.difficulty(*_scaled(_count(address)))
    expires = datetime.now(UTC) + LIFE
    made = v1.create_challenge(v1.ChallengeOptions(hmac_key=signing_key(), max_number=hardness, expires=expires))
    return {
        "algorithm": made.algorithm,
        "challenge": made.challenge,
        "maxnumber": made.max_number,
        "salt": made.salt,
        "signature": made.signature,
    }


def is_flood(address: str) -> bool:
    """Tell whether so many challenges were asked for lately that reports should be held."""
    memory = caches["memory"]
    mine, everyones = (memory.get(name, 0) for name, _ in _counters(address))
    return rules.is_flood(*_scaled((mine, everyones)))


def _scaled(counts: tuple[int, int]) -> tuple[int, int]:
    """Give the counts as they would be at the usual load."""
    return counts[0] // settings.INTAKE_SCALE, counts[1] // settings.INTAKE_SCALE


def _count(address: str) -> tuple[int, int]:
    """Count this one; give how many came from its network lately, and from everywhere this minute."""
    memory = caches["memory"]
    counts = []
    for name, seconds in _counters(address):
        memory.add(name, 0, seconds)
        counts.append(memory.incr(name))
    return counts[0], counts[1]


def _counters(address: str) -> tuple[tuple[str, int], tuple[str, int]]:
    """Give the names of the two counters and the seconds each lives."""
    salt = caches["memory"].get_or_set("challenges:salt", lambda: secrets.token_bytes(32), WINDOW) or b""
    return (f"challenges:{rules.network_digest(address, salt)}", WINDOW), ("challenges:all", 60)

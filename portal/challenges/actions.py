"""Take the answer to a challenge, once."""

import base64
import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

from altcha import v1
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.challenges import queries, rules
from portal.challenges.models import SpentChallenge

AGAIN = "The check your browser made has run out or was used. Send again: the page makes a new one."


def spend_solution(proof: str) -> None:
    """Take an answer. It counts once, in any process, and a wrong one uses the challenge up. Raises ProofNeeded."""
    payload = _read(proof)
    key = queries.signing_key()
    if v1.hmac_hex("SHA-256", str(payload["challenge"]).encode(), key) != payload["signature"]:
        raise rules.ProofNeeded(AGAIN)
    digest = sha256(str(payload["challenge"]).encode()).digest()
    try:
        with transaction.atomic():
            SpentChallenge.objects.create(digest=digest, spent_on=timezone.now().date())
    except IntegrityError:
        raise rules.ProofNeeded(AGAIN) from None
    is_right, _ = v1.verify_solution(v1.Payload(**payload), key)
    if not is_right:
        raise rules.ProofNeeded(AGAIN)


def forget_spent() -> int:
    """Delete what was spent before yesterday: those challenges have run out. Give how many."""
    yesterday = timezone.now().date() - timedelta(days=1)
    count, _ = SpentChallenge.objects.filter(spent_on__lt=yesterday).delete()
    return count


def _read(proof: str) -> dict[str, Any]:
    try:
        payload = json.loads(base64.b64decode(proof, validate=True))
        found = {name: payload[name] for name in ("algorithm", "challenge", "number", "salt", "signature")}
    except (ValueError, KeyError, TypeError):
        raise rules.ProofNeeded(
            "Your browser has to make a check before it sends. Reload the page and send again."
        ) from None
    if not all(isinstance(value, (str, int)) for value in found.values()) or found["algorithm"] != "SHA-256":
        raise rules.ProofNeeded(AGAIN)
    return found

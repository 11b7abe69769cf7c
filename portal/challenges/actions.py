"""Take the answer to a challenge, once."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from typing import Any

from altcha import v1
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.challenges import queries, rules
from portal.challenges.models import SpentChallenge

AGAIN = "The check your browser made has run out or was used. Send again: the page makes a new one."


@contextmanager
def spending(proof: str) -> Iterator[None]:
    """Take an answer in one transaction with what it is for. Raises ProofNeeded.

    It counts once, in any process: a wrong one uses the challenge up, and so does a right one for what is then refused.
    """
    payload = _read(proof)
    key = queries.signing_key()
    _check(v1.hmac_hex("SHA-256", str(payload["challenge"]).encode(), key) == payload["signature"])
    spent = SpentChallenge(digest=sha256(str(payload["challenge"]).encode()).digest(), spent_on=timezone.now().date())
    try:
        with transaction.atomic():
            _spend(spent)
            _check(v1.verify_solution(v1.Payload(**payload), key)[0])
            yield
    except Exception:
        SpentChallenge.objects.bulk_create([spent], ignore_conflicts=True)
        raise


def forget_spent() -> int:
    """Delete what was spent before yesterday: those challenges have run out. Give how many."""
    yesterday = timezone.now().date() - timedelta(days=1)
    count, _ = SpentChallenge.objects.filter(spent_on__lt=yesterday).delete()
    return count


def _check(is_right: bool) -> None:
    if not is_right:
        raise rules.ProofNeeded(AGAIN)


def _spend(spent: SpentChallenge) -> None:
    try:
        spent.save(force_insert=True)
    except IntegrityError:
        raise rules.ProofNeeded(AGAIN) from None


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

"""What a canary looks like: in every field like an entry that a person listed. Takes values; no Django."""

import random

from hashing import pdq
from hashing.pdq import Form
from hashing.signal_types import SignalType
from registry.entries.rules import SubmittedFingerprint, SubmittedItem

HOLDER = "canary"
POOL = 200
"""Canaries that are kept ready, listed over time among people's own, so that a new platform's do not stand together."""
MOST_AT_ONCE = 3
FURTHEST = 20
"""Bits between a turned digest and that of the turned photograph, at most: see `pdq.dihedral_forms`."""
_draw = random.SystemRandom()


def new_item() -> SubmittedItem:
    """Make an image that nobody has: digests at random, as far from any picture as random digests are (2^-124)."""
    quality = _draw.choices([100, _draw.randrange(60, 100)], weights=[4, 1])[0]
    forms = [
        SubmittedFingerprint(SignalType.PDQ, digest, quality=quality, form=form.value)
        for form, digest in _digests().items()
    ]
    return SubmittedItem("image", (*forms, SubmittedFingerprint(SignalType.MD5, f"{_draw.getrandbits(128):032x}")))


def balanced(bits: int) -> str:
    """Give a digest with half of its bits set, as photographs have: anything else would stand out."""
    while excess := bits.bit_count() - pdq.BITS // 2:
        bit = 1 << _draw.randrange(pdq.BITS)
        bits ^= bit if bool(bits & bit) is (excess > 0) else 0
    return f"{bits:064x}"


def to_add(pooled: int) -> int:
    """Give how many canaries to list now: a few, at odd times, while the pool is not full."""
    return min(POOL - pooled, _draw.randrange(MOST_AT_ONCE + 1)) if pooled < POOL else 0


def _digests() -> dict[Form, str]:
    """Give a digest at random in every form, each as near to the turned digest as a photograph's is."""
    while True:
        exact = pdq.dihedral_forms(balanced(_draw.getrandbits(pdq.BITS)))
        forms = {form: _nudged(turned, form) for form, turned in exact.items()}
        if all(pdq.distance(forms[form], turned) <= FURTHEST for form, turned in exact.items()):
            return forms


def _nudged(digest: str, form: Form) -> str:
    """Turn some bits, as many as lie between a turned digest and the digest of a turned picture."""
    bits = int(digest, 16)
    if form not in {Form.ORIGINAL, Form.FLIP_PLUS_1}:
        for _ in range(_draw.randrange(6)):
            bits ^= 1 << _draw.randrange(pdq.BITS)
    return balanced(bits)

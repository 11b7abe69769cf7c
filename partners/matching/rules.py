"""What may be asked, and how much. Takes values, raises Refused."""

from dataclasses import dataclass

from hashing import pdq, signal_types
from hashing.signal_types import SignalType
from partners.matching.states import Likeness
from registry.access.refusals import Impossible, TooMany

LARGEST_BATCH = 100
FINGERPRINTS_A_MINUTE = 6000
"""What one platform may ask, all its keys together: enough for a hundred uploads a second."""
MOST_MATCHES = 10
"""Entries named for one fingerprint, the nearest first."""
SIGNAL_TYPES = (SignalType.PDQ, SignalType.MD5, SignalType.SHA256)
THRESHOLD = pdq.MATCH_DISTANCE
"""Bits. It is the same for everybody: one that a caller could choose would tell distances after all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One fingerprint that a platform asks about: canonical digest."""

    signal_type: SignalType
    digest: str


@dataclass(frozen=True, slots=True)
class Found:
    """A live entry that is like what was asked."""

    entry_reference: str
    kind: str
    likeness: Likeness


def read_asked(signal_type: str, digest: str) -> Asked:
    """Read a fingerprint. Refuses one that is malformed, or of a picture that could match anything."""
    try:
        asked = Asked(SignalType(signal_type), signal_types.parse(SignalType(signal_type), digest))
    except signal_types.BadDigest as error:
        raise Impossible(str(error)) from error
    if asked.signal_type is SignalType.PDQ and not pdq.is_balanced(asked.digest):
        raise Impossible("This is the PDQ digest of a blank picture, or of none. Nothing like it is on the list.")
    return asked


def check_spent(spent: int, second: int) -> None:
    """Refuse what goes beyond a minute's allowance; `second` is the time now, since 1970."""
    if spent > FINGERPRINTS_A_MINUTE:
        wait = 60 - second % 60
        raise TooMany(
            f"A platform may ask about {FINGERPRINTS_A_MINUTE} fingerprints a minute. Ask again in {wait} seconds.",
            wait,
        )

"""What may stand on the benign list. Takes values, raises Refused."""

from hashing import signal_types
from hashing.signal_types import SignalType
from registry.access.refusals import Invalid

LONGEST_NOTE = 200


def canonical_digest(digest: str) -> str:
    """Give the canonical form of a PDQ digest. Refuse anything else."""
    try:
        return signal_types.parse(SignalType.PDQ, digest)
    except signal_types.BadDigest as error:
        raise Invalid(str(error)) from error


def check_note(note: str) -> None:
    """Refuse a picture that nobody says anything about."""
    if not note.strip() or len(note) > LONGEST_NOTE:
        raise Invalid(f"Say what the picture is, in at most {LONGEST_NOTE} characters.")

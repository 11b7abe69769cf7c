"""Hashing: which fingerprints exist, how each is written, and when two of them match."""

import enum
import json
import re

from hashing import vpdq


class BadDigest(ValueError):
    """A text is not a fingerprint of its type; the message says what to send instead."""


class SignalType(enum.StrEnum):
    """The fingerprints this service knows, under the names the field uses."""

    PDQ = "pdq"
    MD5 = "md5"
    SHA256 = "sha256"
    VPDQ = "vpdq"
    TMK_PDQF = "tmk_pdqf"
    """Its digest is the SHA-256 of the features, which `hashing.tmk` reads and compares."""

    @property
    def digest_length(self) -> int | None:
        """Characters of the canonical form; None where it grows with the video."""
        return HEX_LENGTHS.get(self)

    @property
    def match_threshold(self) -> int:
        """Largest Hamming distance, in bits, that is a match (0: only the very same). For vPDQ, between two frames."""
        return MATCH_THRESHOLDS[self]

    @property
    def is_perceptual(self) -> bool:
        """Whether pictures that merely look alike have digests close to each other."""
        return self.match_threshold > 0


HEX_LENGTHS = {SignalType.PDQ: 64, SignalType.MD5: 32, SignalType.SHA256: 64, SignalType.TMK_PDQF: 64}
MATCH_THRESHOLDS = {kind: 31 if kind in (SignalType.PDQ, SignalType.VPDQ) else 0 for kind in SignalType}
LONGEST_VPDQ_TEXT = 4_000_000
"""Characters: more than ten hours of video at one frame a second."""


def parse(signal_type: SignalType | str, text: str) -> str:
    """The canonical form of `text`: lower-case hexadecimal, or for vPDQ the JSON list that threatexchange writes.

    Raises BadDigest, in words the sender can act on, when the type is unknown or the text is not of that type.
    Canonical forms parse to themselves.
    """
    if not isinstance(text, str):
        raise BadDigest(f"A fingerprint is text, not {type(text).__name__}.")
    kind = _known(signal_type)
    if kind is SignalType.VPDQ:
        return _parse_vpdq(text)
    return _parse_hexadecimal(kind, text)


def _known(name: SignalType | str) -> SignalType:
    try:
        return SignalType(name)
    except ValueError:
        raise BadDigest(f"The signal type must be one of: {', '.join(SignalType)}.") from None


def _parse_hexadecimal(kind: SignalType, text: str) -> str:
    digest, length = text.strip().lower(), HEX_LENGTHS[kind]
    if len(digest) != length:
        raise BadDigest(f"A {kind} digest has {length} hexadecimal characters; this one has {len(digest)}.")
    if not re.fullmatch(r"[0-9a-f]+", digest):
        raise BadDigest(f"A {kind} digest holds only the characters 0-9 and a-f.")
    return digest


def _parse_vpdq(text: str) -> str:
    if len(text) > LONGEST_VPDQ_TEXT:
        raise BadDigest(f"A vpdq digest is at most {LONGEST_VPDQ_TEXT} characters long; this one has {len(text)}.")
    try:
        lines = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        raise BadDigest('A vpdq digest is a JSON list of "digest,quality,seconds" texts; this is not JSON.') from None
    if not isinstance(lines, list) or not lines:
        raise BadDigest('A vpdq digest is a JSON list with at least one "digest,quality,seconds" text.')
    try:
        return vpdq.format_frames([vpdq.parse_frame(line) for line in lines])
    except vpdq.BadFrame as error:
        raise BadDigest(str(error)) from None

"""The closed words a match is answered in."""

from enum import StrEnum


class Likeness(StrEnum):
    """How alike two fingerprints are. No number: distances would lead a stranger step by step to a fingerprint."""

    SAME = "same"
    NEAR = "near"

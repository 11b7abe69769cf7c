"""Hashing: arithmetic on PDQ digests. Numbers and names follow the PDQ reference (`hashing.pdf`, ThreatExchange)."""

import enum
import random

BITS = 256
MATCH_DISTANCE = 31
"""Two digests at most this many bits apart show the same picture (PDQ README, PDQIndex)."""
LOWEST_QUALITY = 50
"""Below this quality (0-100) a picture has too little detail: its digest is noise and must not be matched."""

SIDE = 16
ALL_BITS = (1 << BITS) - 1


class Form(enum.StrEnum):
    """How the hashed picture was turned against the original: PDQ's eight dihedral forms."""

    ORIGINAL = "original"
    ROTATE_90 = "rotate_90"
    ROTATE_180 = "rotate_180"
    ROTATE_270 = "rotate_270"
    FLIP_X = "flip_x"
    FLIP_Y = "flip_y"
    FLIP_PLUS_1 = "flip_plus_1"
    FLIP_MINUS_1 = "flip_minus_1"


def _bit_mask(*, rows: int, columns: int) -> int:
    """The digest whose bits are set in every second row (if `rows` is 1) xor every second column (if `columns` is)."""
    return sum(
        1 << (row * SIDE + column)
        for row in range(SIDE)
        for column in range(SIDE)
        if (rows * (row + 1) + columns * (column + 1)) % 2
    )


EVEN_ROWS = _bit_mask(rows=1, columns=0)
EVEN_COLUMNS = _bit_mask(rows=0, columns=1)


def distance(one: str, other: str) -> int:
    """Hamming distance, in bits (0-256), of two canonical PDQ digests."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def is_match(one: str, other: str) -> bool:
    """Whether two canonical digests show the same picture by PDQ's own threshold."""
    return distance(one, other) <= MATCH_DISTANCE


def balance(digest: str) -> int:
    """How many of the 256 bits are set. A real PDQ digest has half of them set, or a few less where values tie."""
    return int(digest, 16).bit_count()


def made_up(draw: random.Random) -> str:
    """Give a digest of no picture, with half of its bits set, as photographs have."""
    places = draw.sample(range(BITS), BITS // 2)
    return f"{sum(1 << place for place in places):064x}"


def is_balanced(digest: str, tolerance: int = 32) -> bool:
    """Whether `digest` can be a hash of a picture at all. Blank pictures and made-up values are far off balance."""
    return abs(balance(digest) - BITS // 2) <= tolerance


def dihedral_forms(digest: str) -> dict[Form, str]:
    """The digests of the same picture turned and mirrored, made from the digest alone.

    `original` and `flip_plus_1` (mirrored along the main diagonal) are exact. The other six negate coefficients, of
    which a digest keeps only the side of the median they lie on: they come out a few bits (20 at most, on reference
    photos) away from hashing the turned picture itself, so they widen a search but are never stored as fingerprints.
    """
    bits = int(digest, 16)
    turned = _transposed(bits)
    forms = {
        Form.ORIGINAL: bits,
        Form.ROTATE_90: turned ^ EVEN_ROWS,
        Form.ROTATE_180: bits ^ EVEN_ROWS ^ EVEN_COLUMNS,
        Form.ROTATE_270: turned ^ EVEN_COLUMNS,
        Form.FLIP_X: bits ^ EVEN_ROWS,
        Form.FLIP_Y: bits ^ EVEN_COLUMNS,
        Form.FLIP_PLUS_1: turned,
        Form.FLIP_MINUS_1: turned ^ EVEN_ROWS ^ EVEN_COLUMNS,
    }
    return {form: f"{value:064x}" for form, value in forms.items()}


def _transposed(bits: int) -> int:
    return sum(
        1 << (column * SIDE + row) for row in range(SIDE) for column in range(SIDE) if bits >> (row * SIDE + column) & 1
    )

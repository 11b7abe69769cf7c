"""RFC 6962 / 9162 Merkle tree: hashes, compact ranges, inclusion and consistency proofs. Plain Python."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

Hashes = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree of leaves [begin, end), which is aligned and a power of two wide."""


def leaf_hash(record: bytes) -> bytes:
    """Hash one leaf: SHA-256(0x00 ‖ record) (RFC 6962 §2.1)."""
    return sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash one inner node: SHA-256(0x01 ‖ left ‖ right) (RFC 6962 §2.1)."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a tree: one hash for each bit set in `size`, largest subtree first.

    Enough to append and to give the root; O(log n) of memory.
    """

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        """Take up a tree of `size` leaves; raises ValueError when the edge does not fit the size."""
        if len(hashes) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} edge hashes, not {len(hashes)}")
        self.size = size
        self.hashes = list(hashes)
        self.completed: list[tuple[int, int, bytes]] = []

    def append(self, hashed_leaf: bytes) -> None:
        """Add one leaf hash at the right.

        A subtree that this completes at a tile's height (every eighth) is noted in `completed`: tile level, place in
        that level, root.
        """
        carry, size, height = hashed_leaf, self.size, 0
        while size & 1:
            carry = node_hash(self.hashes.pop(), carry)
            size, height = size >> 1, height + 1
            if height % 8 == 0:
                self.completed.append((height // 8, size, carry))
        self.hashes.append(carry)
        self.size += 1

    def root(self) -> bytes:
        """Give the tree's root; SHA-256 of nothing for the empty tree."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root

    def pack(self) -> bytes:
        """Give the edge as bytes, 32 a hash."""
        return b"".join(self.hashes)

    @classmethod
    def unpack(cls, size: int, packed: bytes) -> "Frontier":
        """Read what `pack` gave."""
        return cls(size, [packed[i : i + HASH_SIZE] for i in range(0, len(packed), HASH_SIZE)])


def subtree_root(hashes: Hashes, begin: int, end: int) -> bytes:
    """Give the root over leaves [begin, end), asking only for complete aligned subtrees."""
    width = end - begin
    if width == 0:
        return EMPTY_ROOT
    if width & (width - 1) == 0 and begin % width == 0:
        return hashes(begin, end)
    split = _largest_power_below(width)
    return node_hash(subtree_root(hashes, begin, begin + split), subtree_root(hashes, begin + split, end))


def inclusion_proof(hashes: Hashes, index: int, size: int) -> list[bytes]:
    """Prove that leaf `index` is in the tree of `size` leaves (RFC 9162 §2.1.3.1). ValueError outside the tree."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size} leaves")
    proof: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _largest_power_below(end - begin)
        if index < middle:
            proof.append(subtree_root(hashes, middle, end))
            end = middle
        else:
            proof.append(subtree_root(hashes, begin, middle))
            begin = middle
    return proof[::-1]


def joint_proof(hashes: Hashes, indices: Sequence[int], size: int) -> list[bytes]:
    """Prove that many leaves, by their indices in order, are in the tree of `size` leaves. ValueError outside the tree.

    Walk from the root, left before right, into every subtree that holds one of the leaves; of each other subtree the
    walk comes by, the proof gives the root. Neighbours share nearly all of it.
    """
    if indices and not 0 <= indices[0] <= indices[-1] < size:
        raise ValueError(f"leaves {indices[0]} to {indices[-1]} are not in a tree of {size} leaves")
    return list(_beside(hashes, indices, 0, size))


def _beside(hashes: Hashes, indices: Sequence[int], begin: int, end: int) -> Iterator[bytes]:
    if not indices:
        yield subtree_root(hashes, begin, end)
    elif end - begin > 1:
        middle = begin + _largest_power_below(end - begin)
        cut = bisect_left(indices, middle)
        yield from _beside(hashes, indices[:cut], begin, middle)
        yield from _beside(hashes, indices[cut:], middle, end)


def consistency_proof(hashes: Hashes, old: int, new: int) -> list[bytes]:
    """Prove that the tree of `old` leaves is the beginning of that of `new` (RFC 9162 §2.1.4.1)."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} leaves cannot be compared with one of {new}")
    if old == 0:  # every tree begins with the empty one; c2sp.org/tlog-witness wants nothing as its proof
        return []
    proof: list[bytes] = []
    begin, end, whole = 0, new, True
    while old != end:
        middle = begin + _largest_power_below(end - begin)
        if old <= middle:
            proof.append(subtree_root(hashes, middle, end))
            end = middle
        else:
            proof.append(subtree_root(hashes, begin, middle))
            begin, whole = middle, False
    if not whole:
        proof.append(subtree_root(hashes, begin, end))
    return proof[::-1]


def _largest_power_below(width: int) -> int:
    """Give the largest power of two smaller than `width` (at least 2)."""
    return 1 << ((width - 1).bit_length() - 1)

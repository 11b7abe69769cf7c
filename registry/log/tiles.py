"""Hash tiles (c2sp.org/tlog-tiles): where every inner hash of a log is found. Plain Python."""

from collections.abc import Callable
from dataclasses import dataclass, field

from registry.log import merkle

HEIGHT = 8
WIDTH = 1 << HEIGHT
"""Hashes in a full tile: 256, or 8,192 bytes."""

Fetch = Callable[[int, int, int], list[bytes]]
"""Gives the hashes [begin, end) of a level: leaves at level 0, roots of 256 neighbours of the level below elsewhere."""


def width_at(level: int, index: int, size: int) -> int:
    """Give how many hashes tile `index` of a level has in a tree of `size` leaves: 256, fewer at the edge, or 0."""
    whole = size >> (HEIGHT * level)
    return max(0, min(WIDTH, whole - index * WIDTH))


@dataclass
class Tiles:
    """Reads inner hashes of one log, each tile at most once."""

    fetch: Fetch
    read: dict[tuple[int, int], list[bytes]] = field(default_factory=dict)

    def hashes(self, begin: int, end: int) -> bytes:
        """Give the root over leaves [begin, end), aligned and a power of two wide (`merkle.Hashes`)."""
        height = (end - begin).bit_length() - 1
        level, depth = divmod(height, HEIGHT)
        first = begin >> (HEIGHT * level)
        row = self._entries(level, first, 1 << depth)
        while len(row) > 1:
            row = [merkle.node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
        return row[0]

    def frontier(self, size: int) -> merkle.Frontier:
        """Give the right edge of the tree of `size` leaves."""
        hashes, begin = [], 0
        for bit in range(size.bit_length() - 1, -1, -1):
            if size >> bit & 1:
                hashes.append(self.hashes(begin, begin + (1 << bit)))
                begin += 1 << bit
        return merkle.Frontier(size, hashes)

    def _entries(self, level: int, first: int, count: int) -> list[bytes]:
        """Give hashes that lie in one tile. Raises ValueError when the log does not hold them all."""
        index, offset = divmod(first, WIDTH)
        tile = self.read.get((level, index))
        if tile is None:
            tile = self.read[level, index] = self.fetch(level, index * WIDTH, (index + 1) * WIDTH)
        row = tile[offset : offset + count]
        if len(row) != count:
            raise ValueError(f"level {level} of the tree ends before hash {first + count}")
        return row

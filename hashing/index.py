"""Hashing: find every PDQ digest within a distance of another, among millions.

A digest is sixteen words of 16 bits. Two digests at most 31 bits apart differ in at most one bit in at least one word
(sixteen words with two bits each would make 32). So looking up every word of the query, and that word with each of its
bits turned, finds all of them: 272 small buckets instead of a pass over everything. Nothing is approximate.
What was added since the buckets were made is kept in a `faiss.IndexBinaryFlat` until there is enough to make them anew.
"""

from collections.abc import Hashable, Iterable, Sequence

import faiss
import numpy
from numpy.typing import NDArray

from hashing.pdq import BITS, MATCH_DISTANCE

BYTES = BITS // 8
WORDS = BITS // 16
LONGEST_TAIL = 4096
"""Digests searched one by one before the buckets are made anew."""
FLIPS = numpy.array([0, *(1 << bit for bit in range(16))], dtype=numpy.uint16)

Codes = NDArray[numpy.uint8]

# A tail takes microseconds to search; threads that wait for each other take longer on a busy machine.
faiss.omp_set_num_threads(1)


class Buckets:
    """Digests that do not change, in sixteen orders: by each of their words."""

    def __init__(self, codes: Codes) -> None:
        """Take n × 32 bytes, which are copied."""
        self.codes = codes = numpy.array(codes, dtype=numpy.uint8, order="C")
        self.quarters = codes.view(numpy.uint64)
        words = codes.view(numpy.uint16)
        self.orders = numpy.empty((WORDS, len(codes)), dtype=numpy.int32)
        self.ends = numpy.zeros((WORDS, 65_537), dtype=numpy.int64)
        for word in range(WORDS):
            column = numpy.ascontiguousarray(words[:, word])
            self.orders[word] = numpy.argsort(column, kind="stable")
            numpy.cumsum(numpy.bincount(column, minlength=65_536), out=self.ends[word, 1:])

    def within(self, code: Codes, distance: int) -> tuple[NDArray[numpy.int32], NDArray[numpy.uint16]]:
        """Give places and distances of all digests at most `distance` (0-31) bits away."""
        places = self._candidates(code)
        away = numpy.bitwise_count(self.quarters[places] ^ code.view(numpy.uint64)).sum(axis=1, dtype=numpy.uint16)
        near = away <= distance
        # A near digest shares more than one word as a rule, and so comes up more than once.
        found, first = numpy.unique(places[near], return_index=True)
        return found, away[near][first]

    def forget(self, places: Sequence[int]) -> None:
        """Take digests out: their bytes, and their places in the orders, from which their words could be read."""
        words, is_gone = self.codes.view(numpy.uint16)[places], numpy.zeros(len(self.codes), dtype=bool)
        is_gone[places] = True
        self.orders = numpy.stack([order[~is_gone[order]] for order in self.orders])
        for ends, column in zip(self.ends, words.T, strict=True):
            ends[1:] -= numpy.cumsum(numpy.bincount(column, minlength=65_536))
        self.codes[places] = 0

    def _candidates(self, code: Codes) -> NDArray[numpy.int32]:
        probes = code.view(numpy.uint16)[:, None] ^ FLIPS[None, :]
        rows = numpy.arange(WORDS)[:, None]
        begins, ends = self.ends[rows, probes], self.ends[rows, probes.astype(numpy.int64) + 1]
        lengths = (ends - begins).ravel()
        # Each bucket is a slice of its word's order; all slices together are one list of positions.
        flat = (begins + rows * self.orders.shape[1]).ravel()
        steps = numpy.arange(lengths.sum())
        flat -= numpy.cumsum(lengths) - lengths
        candidates: NDArray[numpy.int32] = self.orders.ravel()[numpy.repeat(flat, lengths) + steps]
        return candidates


class PdqIndex:
    """PDQ digests by key. A key may have several digests; removing it takes all of them."""

    _keys: list[Hashable | None]
    """By place; None where the digest was removed."""
    _places: dict[Hashable | None, list[int]]
    _buckets: Buckets
    _tail: faiss.IndexBinaryFlat
    _added: list[Codes]
    """What is in the tail, in order."""
    _gone: int

    def __init__(self, keys: Sequence[Hashable] = (), codes: Codes | None = None) -> None:
        """Begin with the digests in `codes` (n × 32 bytes), one for each of `keys`."""
        self._build(keys, numpy.empty((0, BYTES), dtype=numpy.uint8) if codes is None else codes)

    def __len__(self) -> int:
        """Give how many digests can be found."""
        return sum(len(places) for places in self._places.values())

    def add(self, key: Hashable, digests: Iterable[str]) -> None:
        """Add a key's canonical digests; they are found at once."""
        added = codes_of(list(digests))
        self._tail.add(added)
        self._added.append(added)
        self._places.setdefault(key, []).extend(range(len(self._keys), len(self._keys) + len(added)))
        self._keys += [key] * len(added)
        if self._tail.ntotal > max(LONGEST_TAIL, self._buckets.codes.shape[0] // 64):
            self._rebuild()

    def remove(self, keys: Iterable[Hashable]) -> None:
        """Take these keys' digests out: they are never found again, and nowhere in memory. No error when there are none."""
        gone = [place for key in keys for place in self._places.pop(key, ())]
        begin = len(self._buckets.codes)
        built, added = [place for place in gone if place < begin], [place - begin for place in gone if place >= begin]
        for place in gone:
            self._keys[place] = None
        if built:
            self._buckets.forget(built)
        if added:
            self._added = [numpy.concatenate(self._added)]
            self._added[0][added] = 0
            self._tail.reset()
            self._tail.add(self._added[0])
        self._gone += len(gone)
        if self._gone > max(LONGEST_TAIL, len(self._keys) // 2):
            self._rebuild()

    def within(self, digest: str, distance: int = MATCH_DISTANCE) -> list[tuple[Hashable, int]]:
        """Give (key, distance) of every digest at most `distance` bits away (0-31), the nearest first."""
        if not 0 <= distance <= MATCH_DISTANCE:
            raise ValueError(f"the index answers for distances from 0 to {MATCH_DISTANCE}")
        code = codes_of([digest])
        places, away = self._buckets.within(code[0], distance)
        # faiss means "nearer than".
        _, tail_away, tail_places = self._tail.range_search(code, distance + 1)
        begin = self._buckets.codes.shape[0]
        pairs = [*zip(places.tolist(), away.tolist(), strict=True)]
        pairs += [
            (begin + place, int(bits)) for place, bits in zip(tail_places.tolist(), tail_away.tolist(), strict=True)
        ]
        found = [(self._keys[place], bits) for place, bits in pairs if self._keys[place] is not None]
        return sorted(found, key=lambda pair: pair[1])

    def _build(self, keys: Sequence[Hashable | None], codes: Codes) -> None:
        self._keys = list(keys)
        self._buckets = Buckets(codes)
        self._tail = faiss.IndexBinaryFlat(BITS)
        self._added = []
        self._gone = 0
        self._places = {}
        for place, key in enumerate(keys):
            self._places.setdefault(key, []).append(place)

    def _rebuild(self) -> None:
        """Make the buckets anew, of what has not been removed."""
        codes = numpy.concatenate([self._buckets.codes, *self._added])
        kept = [place for place, key in enumerate(self._keys) if key is not None]
        self._build([self._keys[place] for place in kept], codes[kept])


def codes_of(digests: Sequence[str]) -> Codes:
    """Give canonical PDQ digests as rows of 32 bytes."""
    joined = bytes.fromhex("".join(digests))
    return numpy.frombuffer(joined, dtype=numpy.uint8).reshape(len(digests), BYTES)

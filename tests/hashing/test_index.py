"""The near-duplicate index: everything within the distance, nothing else, and nothing that was removed."""

import random

import faiss
import numpy
import pytest

from hashing import pdq
from hashing.index import LONGEST_TAIL, PdqIndex, codes_of


def digests(count, seed=1):
    """Give random digests."""
    draw = random.Random(seed)
    return [f"{draw.getrandbits(256):064x}" for _ in range(count)]


def turned(digest, bits, draw):
    """Give a digest so many bits away."""
    value = int(digest, 16)
    for bit in draw.sample(range(256), bits):
        value ^= 1 << bit
    return f"{value:064x}"


@pytest.mark.parametrize("is_tail", [False, True])
def test_every_digest_within_the_distance_is_found(is_tail):
    """Recall 100 % against brute force by another library, and by hand at every distance there is."""
    draw = random.Random(2)
    base = digests(3000)
    near = [turned(base[i], bits, draw) for i in range(40) for bits in range(0, 48, 3)]
    everything = base + near
    index = PdqIndex() if is_tail else PdqIndex(range(len(everything)), codes_of(everything))
    if is_tail:
        for key, digest in enumerate(everything):
            index.add(key, [digest])
    flat = faiss.IndexBinaryFlat(256)
    flat.add(codes_of(everything))
    for query in [*base[:40], *near[:40]]:
        _, away, places = flat.range_search(codes_of([query]), 32)
        expected = dict(zip(places.tolist(), numpy.asarray(away, dtype=int).tolist(), strict=True))
        assert dict(index.within(query)) == expected
        for distance in (0, 10, 30):
            assert {key for key, _ in index.within(query, distance)} == {
                k for k, bits in expected.items() if bits <= distance
            }
        assert all(pdq.distance(query, everything[key]) == bits for key, bits in index.within(query))


def test_the_worst_spread_of_bits_is_found():
    """Thirty-one bits over sixteen words: two in each but one."""
    digest = digests(1)[0]
    spread = int(digest, 16)
    for number in range(31):
        spread ^= 1 << ((number % 16) * 16 + number // 16)
    assert PdqIndex(["x"], codes_of([digest])).within(f"{spread:064x}") == [("x", 31)]


def test_the_nearest_come_first_and_a_key_may_have_several_digests():
    """Each is found."""
    draw = random.Random(3)
    digest = digests(1)[0]
    index = PdqIndex()
    index.add("video", [turned(digest, bits, draw) for bits in (20, 5, 60)])
    assert index.within(digest) == [("video", 5), ("video", 20)]
    assert len(index) == 3


def test_what_is_removed_is_never_found_again_nor_kept():
    """From the buckets and from the tail; twice is no error."""
    built, added = digests(2)
    index = PdqIndex(["built"], codes_of([built]))
    index.add("added", [added])
    for key, digest in (("built", built), ("added", added), ("added", added)):
        index.remove([key])
        assert index.within(digest) == []
        assert bytes.fromhex(digest) not in index._buckets.codes.tobytes() + b"".join(a.tobytes() for a in index._added)
    assert len(index) == 0


def test_what_is_removed_cannot_be_read_from_the_order_of_the_others():
    """Buckets from which some are removed are those that the others alone would make."""
    everything = digests(40)
    index = PdqIndex(range(40), codes_of(everything))
    index.remove([*range(10), 39])
    rest = PdqIndex(range(29), codes_of(everything[10:39]))
    assert (index._buckets.orders - 10 == rest._buckets.orders).all()
    assert (index._buckets.ends == rest._buckets.ends).all()
    assert [index.within(digest) for digest in everything[10:39]] == [[(key, 0)] for key in range(10, 39)]


def test_buckets_made_anew_find_the_same():
    """Past the longest tail, and after many removals."""
    everything = digests(2 * LONGEST_TAIL + 20)
    index = PdqIndex()
    for key, digest in enumerate(everything):
        index.add(key, [digest])
    index.remove(range(LONGEST_TAIL + 10))
    assert len(index) == LONGEST_TAIL + 10
    assert index.within(everything[-1]) == [(len(everything) - 1, 0)]
    assert index.within(everything[LONGEST_TAIL + 10]) == [(LONGEST_TAIL + 10, 0)]
    assert index.within(everything[0]) == []


@pytest.mark.parametrize("distance", [-1, 32])
def test_a_distance_the_buckets_cannot_answer_is_refused(distance):
    """Rather than answered in part."""
    with pytest.raises(ValueError, match="0 to 31"):
        PdqIndex().within("0" * 64, distance)

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashing import tmk
from tests.hashing.reference_tmk import WEIGHTS, Frames, content_of, film


def features(frames: Frames) -> tmk.Features:
    return tmk.parse(content_of(frames))


films = st.builds(film, st.integers(0, 2**32), st.integers(15, 120), st.integers(2, 8))


def test_the_weights_are_the_fields_own() -> None:
    assert np.allclose(tmk.WEIGHTS, WEIGHTS, rtol=1e-8, atol=0)


@settings(max_examples=15, deadline=None)
@given(films)
def test_a_film_is_the_same_as_itself_on_both_levels(frames: Frames) -> None:
    one = features(frames)
    assert one.frame_count == len(frames)
    assert tmk.level_1(one, one) == pytest.approx(1, abs=1e-6)
    assert tmk.level_2(one, one) == pytest.approx(1, abs=1e-3)
    assert tmk.is_match(one, one)


@settings(max_examples=15, deadline=None)
@given(films, films)
def test_scores_are_symmetric_and_at_most_one(one: Frames, other: Frames) -> None:
    left, right = features(one), features(other)
    assert tmk.level_1(left, right) == pytest.approx(tmk.level_1(right, left))
    assert tmk.level_2(left, right) == pytest.approx(tmk.level_2(right, left), abs=1e-3)
    assert abs(tmk.level_1(left, right)) <= 1 + 1e-6
    assert tmk.level_2(left, right) <= 1 + 1e-3


def test_another_film_is_no_match_and_a_film_with_a_longer_lead_is() -> None:
    frames = film(1, 300)
    assert not tmk.is_match(features(frames), features(film(2, 300)))
    assert tmk.is_match(features(frames), features(np.concatenate([film(3, 45), frames])))


def test_the_second_level_is_the_best_of_the_kernels_sums_over_every_shift() -> None:
    one, other = features(film(4, 60)), features(film(5, 75))
    best = -np.inf
    for place, period in enumerate(tmk.PERIODS):
        angles = 2 * np.pi * np.outer(np.arange(period), np.arange(32)) / period
        ours, theirs = (each.cosines[place] + 1j * each.sines[place] for each in (one, other))
        pairs = np.einsum("wd,wd->w", ours, theirs.conj())
        best = max(best, (np.cos(angles) @ pairs.real + np.sin(angles) @ pairs.imag).max())
    assert tmk.level_2(one, other) == pytest.approx(best / (2 * sum(WEIGHTS) - WEIGHTS[0]))


WHOLE = content_of(film(6))
FLOATS = 48


def with_number(at: int, number: float) -> bytes:
    return WHOLE[: FLOATS + 4 * at] + struct.pack("<f", number) + WHOLE[FLOATS + 4 * at + 4 :]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "are 263344 bytes long; these are 0"),
        (WHOLE + b"\0", "these are 263345"),
        (b"TMK2" + WHOLE[4:], "begin with TMK1 FVEC PDQF"),
        (WHOLE[:12] + struct.pack("<i", 30) + WHOLE[16:], "15 frames a second"),
        (WHOLE[:28] + struct.pack("<i", 0) + WHOLE[32:], "of one frame at least"),
        (WHOLE[:32] + struct.pack("<i", 2732) + WHOLE[36:], "periods or weights"),
        (with_number(0, 0.5), "periods or weights"),
        (with_number(40, float("nan")), "finite numbers"),
        (with_number(60_000, float("inf")), "finite numbers"),
        (with_number(300, 9.0), "the length of its weight"),
        (content_of(film(7) / 200), "blank or nearly blank"),
        (content_of(np.zeros((20, 256))), "blank or nearly blank"),
    ],
)
def test_parse_says_what_is_wrong(content: bytes, words: str) -> None:
    with pytest.raises(tmk.BadFeatures, match=words):
        tmk.parse(content)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_parse_refuses_whatever_is_no_such_file(content: bytes) -> None:
    with pytest.raises(tmk.BadFeatures):
        tmk.parse(content + WHOLE[len(content) : -1])

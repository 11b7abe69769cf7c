import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashing import vpdq
from hashing.vpdq import Frame

digests = st.integers(0, 2**256 - 1).map(lambda bits: f"{bits:064x}")
frames = st.builds(
    Frame, digests, st.integers(0, 100), st.integers(0, 10**7).map(lambda thousandths: thousandths / 1000)
)
videos = st.lists(frames, min_size=1, max_size=12)


def frame(bits: int, quality: int = 100) -> Frame:
    return Frame(f"{bits:064x}", quality, 0.0)


def spread(*places: int) -> list[Frame]:
    """Frames more than the threshold apart from each other."""
    return [frame(((1 << 64) - 1) << (64 * place)) for place in places]


@given(videos)
def test_a_written_video_reads_as_the_same_frames(video: list[Frame]) -> None:
    assert vpdq.parse_frames(vpdq.format_frames(video)) == video


@given(videos, videos)
def test_compare_is_symmetric_and_a_share(one: list[Frame], other: list[Frame]) -> None:
    there, back = vpdq.compare(one, other), vpdq.compare(other, one)
    assert (there.query_percent, there.compared_percent) == (back.compared_percent, back.query_percent)
    assert 0 <= there.query_percent <= 100


@given(videos.filter(lambda video: any(each.quality >= 50 for each in video)))
def test_a_video_is_wholly_found_in_itself(video: list[Frame]) -> None:
    assert vpdq.compare(video, video) == vpdq.Similarity(100.0, 100.0)
    assert vpdq.is_match(video, video)


def test_compare_counts_each_side_by_its_own_good_frames() -> None:
    assert vpdq.compare(spread(0, 1), spread(0, 1, 2, 3)) == vpdq.Similarity(100.0, 50.0)


def test_compare_counts_a_repeated_frame_once() -> None:
    assert vpdq.compare(spread(0, 0, 0, 1), spread(1)) == vpdq.Similarity(50.0, 100.0)


def test_compare_leaves_out_frames_without_detail() -> None:
    assert vpdq.compare([*spread(0), frame(0, quality=49)], spread(0)) == vpdq.Similarity(100.0, 100.0)
    assert vpdq.compare([frame(0, quality=10)], spread(0)) == vpdq.Similarity(0.0, 0.0)


@pytest.mark.parametrize(("bits", "share"), [(31, 100.0), (32, 0.0)])
def test_compare_takes_frames_up_to_31_bits_apart(bits: int, share: float) -> None:
    assert vpdq.compare([frame(0)], [frame((1 << bits) - 1)]).query_percent == share


@pytest.mark.parametrize(("found", "matches"), [(4, True), (3, False)])
def test_is_match_asks_for_four_fifths_of_the_query(found: int, *, matches: bool) -> None:
    query = [frame(((1 << 40) - 1) << (50 * place)) for place in range(5)]
    assert vpdq.is_match(query, query[:found]) is matches

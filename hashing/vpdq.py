"""Hashing: a video as a list of PDQ frames, one a second, and how two such lists are compared."""

import dataclasses
import json
import math
import re
from collections.abc import Sequence

from hashing import pdq


class BadFrame(ValueError):
    """A text is not one frame of a vPDQ digest."""


@dataclasses.dataclass(frozen=True, slots=True)
class Frame:
    """One hashed frame: its PDQ digest, PDQ quality (0-100) and place in the video in seconds."""

    digest: str
    quality: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.digest},{self.quality},{self.seconds:.3f}"


@dataclasses.dataclass(frozen=True, slots=True)
class Similarity:
    """How much of each video is found in the other, in per cent of its good frames."""

    query_percent: float
    compared_percent: float


def parse_frame(text: object) -> Frame:
    """Read `digest,quality,seconds`. Raises BadFrame, saying which of the three is wrong."""
    parts = [part.strip() for part in text.split(",")] if isinstance(text, str) else []
    if len(parts) != 3:
        raise BadFrame('Each frame of a vpdq digest is a text "digest,quality,seconds".')
    digest, quality, seconds = parts[0].lower(), parts[1], parts[2]
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise BadFrame("A frame of a vpdq digest starts with 64 hexadecimal characters.")
    if not re.fullmatch(r"[0-9]{1,3}", quality) or int(quality) > 100:
        raise BadFrame("The quality of a vpdq frame is a whole number from 0 to 100.")
    if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,9})?", seconds):
        raise BadFrame("The time of a vpdq frame is a number of seconds, such as 12.000.")
    return Frame(digest, int(quality), float(seconds))


def format_frames(frames: Sequence[Frame]) -> str:
    """The canonical text of a vPDQ digest: the JSON list that threatexchange's `vpdq_to_json` writes."""
    return json.dumps([str(frame) for frame in frames])


def parse_frames(text: str) -> list[Frame]:
    """Read a canonical vPDQ digest."""
    return [parse_frame(line) for line in json.loads(text)]


def compare(
    query: Sequence[Frame],
    compared: Sequence[Frame],
    *,
    distance: int = pdq.MATCH_DISTANCE,
    lowest_quality: int = pdq.LOWEST_QUALITY,
) -> Similarity:
    """vPDQ's own comparison: how many per cent of the good frames of each video the other video has too.

    Two frames are the same if at most `distance` bits apart. Frames below `lowest_quality` and repeats of a digest are
    left out, as in the reference matcher. A video without a good frame has a share of 0.
    """
    ours, theirs = _good_digests(query, lowest_quality), _good_digests(compared, lowest_quality)
    return Similarity(_share_found(ours, theirs, distance), _share_found(theirs, ours, distance))


def is_match(query: Sequence[Frame], compared: Sequence[Frame], *, query_percent: float = 80.0) -> bool:
    """Whether the query video is the compared one, by the field's usual share of 80 % of its good frames."""
    share = compare(query, compared).query_percent
    return share >= query_percent or math.isclose(share, query_percent)


def _good_digests(frames: Sequence[Frame], lowest_quality: int) -> list[int]:
    return list(dict.fromkeys(int(frame.digest, 16) for frame in frames if frame.quality >= lowest_quality))


def _share_found(digests: Sequence[int], among: Sequence[int], distance: int) -> float:
    if not digests:
        return 0.0
    found = sum(any((digest ^ other).bit_count() <= distance for other in among) for digest in digests)
    return 100.0 * found / len(digests)

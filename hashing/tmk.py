"""Hashing: TMK+PDQF, a video as the waves in which its frames come and go, and how two such are compared.

Each frame, fifteen a second, is the 256 numbers PDQ makes its bits of. The first level is their mean: a blurred picture
of the whole video. The second holds how they swing in four long periods, which also finds a part of a video moved in
time. This is the field's file form (`.tmk`), 263,344 bytes whatever the length of the video.
"""

import dataclasses
import math
import struct

import numpy
from numpy.typing import NDArray

FRAMES_PER_SECOND = 15
PERIODS = (2731, 4391, 9767, 14653)
"""Frames."""
WAVES = 32
DIMENSION = 256
SHARPNESS = 32
MATCH_SCORE = 0.7
"""The field's own, for both levels; copies that are nearly the same have 0.9 and more."""
LEAST_CONTRAST = 1.0
"""Steps of brightness, of 255, by which the mean picture varies. Blank videos have less; browsers make none below 2."""

_MAGIC = (b"TMK1", b"FVEC", b"PDQF")
_HEADER = struct.Struct("<4s4s4s5i")
_SHAPE = (len(PERIODS), WAVES, DIMENSION)
_NUMBERS = WAVES + DIMENSION + 2 * math.prod(_SHAPE)
SIZE = _HEADER.size + 4 * (len(PERIODS) + _NUMBERS)
"""Bytes."""

Floats = NDArray[numpy.float64]


class BadFeatures(ValueError):
    """Bytes are not the TMK+PDQF features of a video; the message says what is wrong."""


@dataclasses.dataclass(frozen=True, slots=True)
class Features:
    """A video's mean frame (256), and its even and odd waves: by period, wave, and place in the frame."""

    frame_count: int
    mean: Floats
    cosines: Floats
    sines: Floats


def weights() -> Floats:
    """Give how much each wave counts: the Fourier coefficients of a bell (von Mises, kappa 32) that compares moments."""
    angles = (numpy.arange(4096) + 0.5) * (math.pi / 4096)
    bell = numpy.exp(SHARPNESS * (numpy.cos(angles) - 1))
    bessel = numpy.array([(bell * numpy.cos(wave * angles)).mean() for wave in range(WAVES)])
    scale = (1 - math.exp(-2 * SHARPNESS)) / 2  # sinh(kappa) / exp(kappa)
    bessel[0] = (bessel[0] - math.exp(-2 * SHARPNESS)) / 2
    return bessel / scale


WEIGHTS = weights()


def parse(content: bytes) -> Features:
    """Read a `.tmk` file. Raises BadFeatures, saying why, when it is none, or of no use: broken, blank, or of no frame."""
    if len(content) != SIZE:
        raise BadFeatures(f"TMK+PDQF features are {SIZE} bytes long; these are {len(content)}.")
    *magic, rate, periods, waves, dimension, frame_count = _HEADER.unpack_from(content)
    if tuple(magic) != _MAGIC or (rate, periods, waves, dimension) != (FRAMES_PER_SECOND, *_SHAPE):
        raise BadFeatures("TMK+PDQF features begin with TMK1 FVEC PDQF, 15 frames a second, 4 periods, 32 waves, 256.")
    if frame_count < 1:
        raise BadFeatures("TMK+PDQF features are of one frame at least.")
    own = numpy.frombuffer(content, "<i4", len(PERIODS), _HEADER.size)
    numbers = numpy.frombuffer(content, "<f4", _NUMBERS, _HEADER.size + own.nbytes).astype(numpy.float64)
    own_weights, mean, cosines, sines = numpy.split(
        numbers, [WAVES, WAVES + DIMENSION, WAVES + DIMENSION + math.prod(_SHAPE)]
    )
    if tuple(own) != PERIODS or not numpy.allclose(own_weights, WEIGHTS, rtol=1e-5, atol=0):
        raise BadFeatures("TMK+PDQF features have periods or weights here that nobody else's have.")
    features = Features(frame_count, mean, cosines.reshape(_SHAPE), sines.reshape(_SHAPE))
    _check(features)
    return features


def _check(features: Features) -> None:
    if not all(numpy.isfinite(part).all() for part in (features.mean, features.cosines, features.sines)):
        raise BadFeatures("TMK+PDQF features are finite numbers.")
    lengths = numpy.linalg.norm([features.cosines, features.sines], axis=-1)
    full = numpy.isclose(lengths, numpy.sqrt(WEIGHTS), rtol=1e-3, atol=0)
    if not (full | (lengths == 0)).all():
        raise BadFeatures("Each wave of TMK+PDQF features has the length of its weight, or none.")
    if contrast(features.mean) < LEAST_CONTRAST or not lengths[0, :, 0].all():
        raise BadFeatures("These TMK+PDQF features are of a blank or nearly blank video, which would match others.")


def contrast(mean: Floats) -> float:
    """Give how far the mean picture's brightness varies: the root of the mean square, in steps of 255."""
    return float(numpy.linalg.norm(mean)) / 64


def level_1(one: Features, other: Features) -> float:
    """Give how alike two videos look on the whole: from -1 to 1 (the same)."""
    lengths = float(numpy.linalg.norm(one.mean) * numpy.linalg.norm(other.mean))
    return float(one.mean @ other.mean) / lengths


def level_2(one: Features, other: Features) -> float:
    """Give how alike two videos are moment by moment, at the shift in time that fits best: at most 1 (the same)."""
    ours, theirs = one.cosines + 1j * one.sines, other.cosines - 1j * other.sines
    swings = numpy.einsum("pwd,pwd->pw", ours, theirs).conj()
    best = max(
        float(numpy.fft.ifft(swing, period).real.max()) * period for swing, period in zip(swings, PERIODS, strict=True)
    )
    return best / float(2 * WEIGHTS.sum() - WEIGHTS[0])


def is_match(one: Features, other: Features) -> bool:
    """Whether two videos are the same by both levels, at the field's usual threshold."""
    return level_1(one, other) >= MATCH_SCORE and level_2(one, other) >= MATCH_SCORE

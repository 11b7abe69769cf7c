"""TMK+PDQF by its definition: ffmpeg asked as the native tool asks it, `pdqhash` for the frames, then the sums as written."""

import struct
from pathlib import Path

import numpy as np
import pdqhash
from numpy.typing import NDArray

from tests.hashing import videos

PERIODS = (2731, 4391, 9767, 14653)
# Poullot et al., "Temporal matching kernel with explicit feature maps" (2015), with beta 32 and 32 coefficients.
WEIGHTS = (
    0.0708041893112, 0.13937789309, 0.132897260304, 0.122765735552, 0.109878684888, 0.09529606433, 0.0800986647852,
    0.0652590650356, 0.0515478238322, 0.0394851531195, 0.0293374252025, 0.0211492623679, 0.0147973073245,
    0.0100512818746, 0.0066306408014, 0.00424947117334, 0.0026467615764, 0.00160270959695, 0.000943882629639,
    0.000540841638603, 0.000301633183798, 0.000163800158855, 8.66454753015e-05, 4.46626303151e-05, 2.24429442235e-05,
    1.09982139799e-05, 5.25823487999e-06, 2.45358229988e-06, 1.11781474895e-06, 4.97406489221e-07, 2.16265487234e-07,
    9.19087006565e-08,
)  # fmt: skip

Frames = NDArray[np.float64]


def frames_of(file: Path) -> Frames:
    """The 256 numbers of each frame, fifteen a second, of 64 x 64 pixels, the way up it is shown. `pdqhash` gives the last number first."""
    shrunk = ["-s", "64x64", "-an", "-f", "rawvideo", "-pix_fmt", "rgb24", "-r", "15", "-"]
    pixels = np.frombuffer(videos.ffmpeg("-i", str(file), *shrunk), np.uint8).reshape(-1, 64, 64, 3)
    return np.array([pdqhash.compute_float(np.ascontiguousarray(frame))[0][::-1] for frame in pixels])


def film(seed: int, length: int = 90, scenes: int = 6) -> Frames:
    """Frames in which the scene changes now and then, as a video's do, and moves a little in between."""
    draw = np.random.default_rng(seed)
    still = draw.normal(0, 90, (scenes, 256))
    return np.repeat(still, -(-length // scenes), axis=0)[:length] + draw.normal(0, 5, (length, 256))


def unit(vectors: Frames) -> Frames:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def content_of(frames: Frames) -> bytes:
    """The file the native tool writes of these frames."""
    turns = np.outer(np.arange(32), np.arange(len(frames)))
    sizes = np.sqrt(np.array(WEIGHTS))[:, None]
    angles = [2 * np.pi * turns / period for period in PERIODS]
    cosines = [sizes * unit(np.cos(angle) @ unit(frames)) for angle in angles]
    sines = [sizes * unit(np.sin(angle) @ unit(frames)) for angle in angles]
    header = struct.pack("<4s4s4s9i", b"TMK1", b"FVEC", b"PDQF", 15, 4, 32, 256, len(frames), *PERIODS)
    numbers = [np.array(WEIGHTS), frames.mean(axis=0), *cosines, *sines]
    return header + b"".join(part.astype("<f4").tobytes() for part in numbers)

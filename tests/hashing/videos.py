"""Harmless videos made by code, and the frames a reference decoder sees in them."""

import dataclasses
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pdqhash

from tests.hashing import pictures
from tests.vectors.make_pdq import digest_of


@dataclasses.dataclass(frozen=True)
class ReferenceFrame:
    digest: str
    quality: int


def ffmpeg(*arguments: str, given: bytes = b"") -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments]
    return subprocess.run(command, input=given, check=True, capture_output=True).stdout


def make(file: Path, *, size: tuple[int, int] = (320, 240), rate: str = "10", frames: int = 31, options: str) -> None:
    """Encode `frames` frames in which the scene changes about once a second; `options` are ffmpeg's for the encoder."""
    width, height = size
    still = [pictures.draw(width + 40, height, seed) for seed in range(frames // 8 + 1)]
    raw = b"".join(still[at // 8][:, at % 8 * 4 : at % 8 * 4 + width].tobytes() for at in range(frames))
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", rate, "-i", "-"]
    ffmpeg(*source, *options.split(), str(file), given=raw)


def reference(file: Path, size: tuple[int, int], step: int) -> list[ReferenceFrame]:
    """Every `step`-th frame as stored, hashed by pdqhash from the colours ffmpeg makes of it: what vPDQ does."""
    stored = ["-noautorotate", "-i", str(file), "-fps_mode", "passthrough"]
    raw = ffmpeg(*stored, "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
    frames = np.frombuffer(raw, np.uint8).reshape(-1, size[1], size[0], 3)
    hashed = [pdqhash.compute(np.ascontiguousarray(frame)) for frame in frames[::step]]
    return [ReferenceFrame(digest_of(bits), int(quality)) for bits, quality in hashed]

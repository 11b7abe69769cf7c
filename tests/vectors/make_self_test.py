"""Writes hashing/browser/self_test_*.js. Needs ffmpeg. Run: python -m tests.vectors.make_self_test"""

import base64
import io
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pdqhash
from PIL import Image

from tests.vectors.make_pdq import digest_of

BROWSER = Path(__file__).parents[2] / "hashing" / "browser"
TARGET, CLIP_TARGET = BROWSER / "self_test_picture.js", BROWSER / "self_test_clips.js"
HEADING = (
    "// Hashing in the browser: coloured boxes, with the hashes they must give.\n"
    "// Written by tests/vectors/make_self_test.py.\n"
)
PICTURE_COMMENT = "/** A picture and its eight forms, in the order of FORMS in pdq.js. */"
CLIPS_COMMENT = "/** Clips of the same frames, one a second; the codecs by the names mediabunny gives them. */"
CLIPS = [
    ("avc", "mp4", ["-c:v", "libx264", "-profile:v", "baseline", "-crf", "32", "-movflags", "+faststart"]),
    ("vp8", "webm", ["-c:v", "libvpx", "-crf", "40", "-b:v", "100k"]),
    ("vp9", "webm", ["-c:v", "libvpx-vp9", "-crf", "24", "-b:v", "0", "-cpu-used", "2"]),
    ("av1", "mp4", ["-c:v", "libaom-av1", "-crf", "36", "-b:v", "0", "-cpu-used", "4", "-movflags", "+faststart"]),
]

# Scenes in which no bit of the hash hangs on the last digit: decoders that round otherwise give the same one.
STILL = 1753
FRAMES = (1918, 152, 2488)


def scene(width: int, height: int, seed: int) -> npt.NDArray[np.uint8]:
    """Overlapping boxes of strong colours: every mix-up of channels, planes or rows shows in the hash."""
    random = np.random.default_rng(seed)
    picture = np.full((height, width, 3), 128, np.uint8)
    for _ in range(60):
        left, top = random.integers(0, width), random.integers(0, height)
        right, bottom = left + random.integers(6, width // 3), top + random.integers(6, height // 3)
        picture[top:bottom, left:right] = random.integers(0, 256, 3)
    return picture


def still() -> str:
    file = io.BytesIO()
    Image.fromarray(scene(152, 120, STILL)).save(file, "jpeg", quality=70, optimize=True)
    digests, quality = pdqhash.compute_dihedral(np.ascontiguousarray(np.asarray(Image.open(file))))
    return record("image/jpeg", file.getvalue(), [digest_of(bits) for bits in digests], f"\n  quality: {int(quality)},")


def clip(codec: str, suffix: str, options: list[str]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"clip.{suffix}"
        raw = b"".join(scene(128, 96, seed).tobytes() for seed in FRAMES)
        command = ["ffmpeg", "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "128x96", "-r", "1", "-i", "-"]
        options = [*options, "-pix_fmt", "yuv420p", "-threads", "1", "-map_metadata", "-1", "-fflags", "+bitexact"]
        subprocess.run([*command, *options, str(file)], input=raw, check=True)
        decoded = subprocess.run(
            ["ffmpeg", "-v", "error", "-i", str(file), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
            check=True,
            capture_output=True,
        ).stdout
        frames = np.frombuffer(decoded, np.uint8).reshape(-1, 96, 128, 3)
        digests = [digest_of(pdqhash.compute(np.ascontiguousarray(frame))[0]) for frame in frames]
        return record(f"video/{suffix}", file.read_bytes(), digests, f'\n  codec: "{codec}",')


def record(mime: str, content: bytes, digests: list[str], more: str) -> str:
    encoded = base64.b64encode(content).decode()
    lines = " +\n".join(f'    "{encoded[at : at + 112]}"' for at in range(0, len(encoded), 112))
    listed = "\n".join(f'    "{digest}",' for digest in digests)
    return f'{{\n  type: "{mime}",{more}\n  digests: [\n{listed}\n  ],\n  bytes:\n{lines},\n}}'


if __name__ == "__main__":
    TARGET.write_text(f"{HEADING}\n{PICTURE_COMMENT}\nexport const PICTURE = {still()};\n")
    clips = ",\n".join(clip(*each) for each in CLIPS)
    CLIP_TARGET.write_text(f"{HEADING}\n{CLIPS_COMMENT}\nexport const CLIPS = [{clips}];\n")

"""TMK+PDQF as the browser modules make it, against the definition over what ffmpeg decodes."""

from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from hashing import headless, tmk
from tests.hashing import reference_tmk, videos

H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"

CLIPS: dict[str, dict[str, Any]] = {
    "ten.mp4": {"options": H264},
    "twelve and a half.mp4": {"rate": "25/2", "frames": 60, "options": H264},
    "ntsc.mp4": {"rate": "30000/1001", "frames": 90, "options": f"{H264} -bf 3"},
    "pal.webm": {"rate": "25", "frames": 75, "options": "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M"},
    "uneven.mp4": {
        "rate": "30",
        "frames": 120,
        "options": f"-vf select='not(mod(n\\,3))+lt(mod(n\\,20)\\,10)' -fps_mode vfr {H264}",
    },
    "slow.mp4": {"rate": "6", "frames": 24, "options": H264},
    "high definition.mp4": {
        "size": (1280, 720),
        "rate": "60",
        "frames": 60,
        "options": f"-vf scale=out_color_matrix=bt709 -colorspace bt709 {H264}",
    },
}

ONLY_COLOURS = """() => {
  globalThis.format = Object.getOwnPropertyDescriptor(VideoFrame.prototype, 'format');
  Object.defineProperty(VideoFrame.prototype, 'format', { configurable: true, get: () => 'BGRX' });
}"""
PLANES_AGAIN = "() => Object.defineProperty(VideoFrame.prototype, 'format', globalThis.format)"


@pytest.fixture(scope="module")
def asked(chromium: Browser, modules: headless.Server) -> Iterator[headless.Hasher]:
    """Give the modules as a page loads them whose operator wants TMK+PDQF."""
    context = chromium.new_context()
    yield headless.Hasher(context.new_page(), modules.origin, tmk=True)
    context.close()


def worse_level(hashed: dict[str, Any], file: Path) -> float:
    ours = tmk.parse(b64decode(hashed["tmk"]["content"]))
    theirs = tmk.parse(reference_tmk.content_of(reference_tmk.frames_of(file)))
    assert ours.frame_count == theirs.frame_count
    return min(tmk.level_1(ours, theirs), tmk.level_2(ours, theirs))


@pytest.mark.parametrize("name", CLIPS)
def test_both_levels_agree_with_the_definition(
    asked: headless.Hasher, hasher: headless.Hasher, tmp_path: Path, name: str
) -> None:
    videos.make(tmp_path / name, **CLIPS[name])
    hashed = asked.hash(tmp_path / name)
    assert worse_level(hashed, tmp_path / name) >= (0.98 if name == "uneven.mp4" else 0.999)
    assert hashed["tmk"]["digest"] == sha256(b64decode(hashed["tmk"]["content"])).hexdigest()
    plain = hasher.hash(tmp_path / name)
    assert "tmk" not in plain
    assert plain["vpdq"] == hashed["vpdq"]


@pytest.mark.parametrize("degrees", ["90", "180", "270"])
def test_a_video_to_be_turned_is_taken_as_it_is_shown(asked: headless.Hasher, tmp_path: Path, degrees: str) -> None:
    upright, turned = tmp_path / "upright.mp4", tmp_path / "turned.mp4"
    videos.make(upright, options=H264)
    videos.ffmpeg("-display_rotation", degrees, "-i", str(upright), "-c", "copy", str(turned))
    assert worse_level(asked.hash(turned), turned) >= 0.999


@pytest.mark.parametrize("says", ["", "-vf scale=out_color_matrix=bt709 -colorspace bt709"])
def test_a_browser_that_gives_colours_in_place_of_planes_agrees_too(
    asked: headless.Hasher, tmp_path: Path, says: str
) -> None:
    videos.make(tmp_path / "clip.mp4", options=f"{says} {H264}")
    asked.hash(tmp_path / "clip.mp4")
    asked.page.workers[0].evaluate(ONLY_COLOURS)
    try:
        assert worse_level(asked.hash(tmp_path / "clip.mp4"), tmp_path / "clip.mp4") >= 0.997
    finally:
        asked.page.workers[0].evaluate(PLANES_AGAIN)


def test_a_blank_video_gives_none(asked: headless.Hasher, tmp_path: Path) -> None:
    videos.make(tmp_path / "blank.mp4", options=f"-vf drawbox=color=gray:t=fill {H264}")
    hashed = asked.hash(tmp_path / "blank.mp4")
    assert hashed["refused"]["code"] == "too_blurry"
    assert "tmk" not in hashed

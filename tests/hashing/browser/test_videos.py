"""What the browser modules make of videos, against every n-th frame as ffmpeg decodes and `pdqhash` hashes it."""

from hashlib import md5
from pathlib import Path
from typing import Any

import pytest

from hashing import headless, pdq
from tests.hashing import videos

H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"
VP8 = "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M"
VP9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 1M -pix_fmt yuv420p"
AV1 = "-c:v libaom-av1 -cpu-used 8 -b:v 1M -pix_fmt yuv420p"

# File name -> how it is made, and its whole frames a second.
CLIPS: dict[str, tuple[dict[str, Any], int]] = {
    "h264.mp4": ({"options": H264}, 10),
    "h264.mov": ({"options": H264}, 10),
    "h264.mkv": ({"options": H264}, 10),
    "fragmented.mp4": ({"options": f"{H264} -movflags +frag_keyframe+empty_moov"}, 10),
    "b_frames.mp4": ({"options": "-c:v libx264 -preset fast -bf 3 -g 12 -pix_fmt yuv420p"}, 10),
    "ntsc.mp4": ({"rate": "30000/1001", "frames": 90, "options": H264}, 29),
    "ntsc.webm": ({"rate": "30000/1001", "frames": 90, "options": VP8}, 29),
    "thirty.webm": ({"rate": "30", "frames": 90, "options": VP9}, 30),
    "vp8.webm": ({"options": VP8}, 10),
    "vp9.webm": ({"options": VP9}, 10),
    "ten_bit.webm": ({"options": VP9.replace("yuv420p", "yuv420p10le")}, 10),
    "colours.webm": ({"options": VP9.replace("yuv420p", "gbrp")}, 10),
    "av1.mp4": ({"options": AV1}, 10),
    "av1.webm": ({"options": AV1}, 10),
    "444.mp4": ({"options": "-c:v libx264 -preset ultrafast -pix_fmt yuv444p"}, 10),
    "full_range.mp4": ({"options": "-c:v libx264 -preset ultrafast -pix_fmt yuvj420p -color_range pc"}, 10),
    "odd.webm": ({"size": (321, 243), "options": VP9}, 10),
    "slow.mp4": ({"rate": "1/2", "frames": 4, "options": H264}, 1),
    "one_frame.mp4": ({"frames": 1, "options": H264}, 10),
}

# Hashes the chosen clip; of the decoders it opens, the first `broken` fail. Says how many packets were decoded too, and by how many.
DECODED = """async (broken) => {
  const { hashVideo } = await import('/static/hashing/video.js');
  const { configure, decode } = VideoDecoder.prototype;
  let [decoded, decoders] = [0, 0];
  VideoDecoder.prototype.configure = function (config) {
    decoders += 1;
    if (broken-- > 0) throw new DOMException('No decoder is left', 'QuotaExceededError');
    return configure.call(this, config);
  };
  VideoDecoder.prototype.decode = function (chunk) {
    decoded += 1;
    return decode.call(this, chunk);
  };
  try {
    const hashing = hashVideo(document.querySelector('input').files[0], () => {});
    return [await hashing.then(({ vpdq }) => vpdq, ({ code }) => code), decoded, decoders];
  } finally {
    Object.assign(VideoDecoder.prototype, { configure, decode });
  }
}"""

# The same, with packets left out that are asked for.
LOSING = f"""async () => {{
  const {{ has }} = Set.prototype;
  Set.prototype.has = function (value) {{
    return typeof value !== 'number' && has.call(this, value);
  }};
  try {{
    return await ({DECODED})(0);
  }} finally {{
    Set.prototype.has = has;
  }}
}}"""


@pytest.mark.parametrize("name", CLIPS)
def test_a_video_gives_the_frames_vpdq_takes_within_eight_bits(
    hasher: headless.Hasher, tmp_path: Path, name: str
) -> None:
    made, step = CLIPS[name]
    videos.make(tmp_path / name, **made)
    hashed = hasher.hash(tmp_path / name)
    expected = videos.reference(tmp_path / name, made.get("size", (320, 240)), step)
    assert hashed["refused"] is None
    assert len(hashed["vpdq"]) == len(expected)
    for frame, reference in zip(hashed["vpdq"], expected, strict=True):
        assert pdq.distance(frame["digest"], reference.digest) <= 8
        assert abs(frame["quality"] - reference.quality) <= 1
    assert hashed["md5"] == md5((tmp_path / name).read_bytes(), usedforsecurity=False).hexdigest()
    assert (hashed["kind"], hashed["path"], hashed["pdq"]) == ("video", "webcodecs", [])


@pytest.mark.parametrize(
    ("rate", "frames", "seconds"), [("10", 31, [0, 1, 2, 3]), ("30000/1001", 59, [0, 0.968, 1.935])]
)
def test_times_are_counted_in_frames_as_vpdq_counts_them(
    hasher: headless.Hasher, tmp_path: Path, rate: str, frames: int, seconds: list[float]
) -> None:
    videos.make(tmp_path / "clip.mp4", rate=rate, frames=frames, options=H264)
    assert [frame["seconds"] for frame in hasher.hash(tmp_path / "clip.mp4")["vpdq"]] == seconds


def test_unevenly_spaced_frames_are_counted_not_timed(hasher: headless.Hasher, tmp_path: Path) -> None:
    uneven = "-vf select='not(mod(n\\,3))+lt(mod(n\\,20)\\,10)' -fps_mode vfr"
    videos.make(tmp_path / "uneven.mp4", rate="30", frames=120, options=f"{uneven} {H264}")
    frames = videos.reference(tmp_path / "uneven.mp4", (320, 240), 1)
    hashed = hasher.hash(tmp_path / "uneven.mp4")["vpdq"]
    step = int(len(frames) / 4)
    assert len(hashed) == len(frames[::step])
    assert all(
        pdq.distance(frame["digest"], reference.digest) <= 8
        for frame, reference in zip(hashed, frames[::step], strict=True)
    )


def test_a_video_to_be_turned_is_hashed_as_stored(hasher: headless.Hasher, tmp_path: Path) -> None:
    videos.make(tmp_path / "upright.mp4", options=H264)
    upright = str(tmp_path / "upright.mp4")
    videos.ffmpeg("-display_rotation", "90", "-i", upright, "-c", "copy", str(tmp_path / "turned.mp4"))
    turned = hasher.hash(tmp_path / "turned.mp4")
    assert turned["vpdq"] == hasher.hash(tmp_path / "upright.mp4")["vpdq"] != []


# Of the frames taken, 0, 10, 20 and 30, one is the middle of three between P frames: others are made of it or not, as one likes.
@pytest.mark.parametrize(("pyramid", "needs"), [("none", 10), ("normal", 16)])
def test_a_frame_nothing_is_made_of_is_only_decoded_where_it_is_taken(
    hasher: headless.Hasher, tmp_path: Path, pyramid: str, needs: int
) -> None:
    between = f"-c:v libx264 -preset fast -bf 3 -b_strategy 0 -sc_threshold 0 -b-pyramid {pyramid} -pix_fmt yuv420p"
    videos.make(tmp_path / "clip.mp4", options=between)
    hasher.page.set_input_files("input", str(tmp_path / "clip.mp4"))
    needed, decoded, _ = hasher.page.evaluate(DECODED, 0)
    everything, decoded_of_all, _ = hasher.page.evaluate(DECODED, 1)
    assert needed == everything
    assert len(needed) == 4
    assert (decoded, decoded_of_all) == (needs, 30)


def test_frames_that_come_at_other_times_are_not_taken_for_those_asked_for(
    hasher: headless.Hasher, tmp_path: Path
) -> None:
    between = "-c:v libx264 -preset fast -bf 3 -b_strategy 0 -sc_threshold 0 -b-pyramid none -pix_fmt yuv420p"
    videos.make(tmp_path / "clip.mp4", options=between)
    hasher.page.set_input_files("input", str(tmp_path / "clip.mp4"))
    asked_for, _, decoders = hasher.page.evaluate(DECODED, 0)
    assert (len(asked_for), decoders) == (4, 1)
    assert hasher.page.evaluate(LOSING)[::2] == [asked_for, 2]


def test_two_decoders_share_a_video_and_one_does_where_there_are_no_two(
    hasher: headless.Hasher, tmp_path: Path
) -> None:
    videos.make(tmp_path / "clip.mp4", frames=81, options=f"{H264} -g 20")
    hasher.page.set_input_files("input", str(tmp_path / "clip.mp4"))
    both = hasher.page.evaluate(DECODED, 0)[0]
    assert [frame["seconds"] for frame in both] == list(range(9))
    assert hasher.page.evaluate(DECODED, 1)[0] == both
    assert hasher.page.evaluate(DECODED, 2)[0] == both


REFUSED = {
    "hevc.mp4": ("undecodable", "-c:v libx265 -preset ultrafast -x265-params log-level=error"),
    "old.mp4": ("undecodable", "-c:v mpeg4"),
    "old.avi": ("undecodable", "-c:v mpeg4"),
    "locked.mp4": (
        "protected",
        f"{H264} -encryption_scheme cenc-aes-ctr -encryption_key {'7' * 32} -encryption_kid {'a' * 32}",
    ),
    "blank.mp4": ("too_blurry", f"-vf drawbox=color=gray:t=fill {H264}"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_video_that_gives_no_useful_frames_says_why_and_keeps_its_md5(
    hasher: headless.Hasher, tmp_path: Path, name: str
) -> None:
    code, options = REFUSED[name]
    videos.make(tmp_path / name, options=options)
    hashed = hasher.hash(tmp_path / name)
    assert hashed["refused"]["code"] == code
    assert hashed["kind"] == "video"
    assert hashed["md5"] == md5((tmp_path / name).read_bytes(), usedforsecurity=False).hexdigest()


def test_a_video_cut_short_is_damaged(hasher: headless.Hasher, tmp_path: Path) -> None:
    videos.make(tmp_path / "whole.mp4", options=f"{H264} -movflags +faststart")
    whole = (tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    assert hasher.hash(tmp_path / "cut.mp4")["refused"]["code"] == "damaged"


@pytest.mark.parametrize(("options", "decoders"), [(H264, 1), (f"{H264} -g 10", 3)])
def test_a_damaged_video_is_only_read_again_where_one_decoder_may_do_better(
    hasher: headless.Hasher, tmp_path: Path, options: str, decoders: int
) -> None:
    videos.make(tmp_path / "whole.mp4", options=f"{options} -movflags +faststart")
    whole = (tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    hasher.page.set_input_files("input", str(tmp_path / "cut.mp4"))
    assert hasher.page.evaluate(DECODED, 0)[::2] == ["damaged", decoders]

"""Hashing on the device: how exact, how fast, how much memory, beside pdqhash, vpdq and the browser's own decode."""

import gzip
import importlib
import importlib.util
import math
import os
import re
import subprocess
import tempfile
import time
from base64 import b64decode
from collections.abc import Callable, Iterable
from hashlib import md5
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pdqhash
import pillow_heif
import psutil
from PIL import Image

from bench._media import MEDIA
from hashing import headless, pdq, tmk
from tests.hashing import heif, pictures, reference_tmk, videos
from tests.vectors.make_pdq import digest_of

HEADING = "Hashing"
ROUNDS = 7
PHOTOS = 100
FEW = 20
H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"
Row = tuple[str, str, str]

CORE = """async ([width, height, crops]) => {
  const { hashSquare } = await import('/static/hashing/pdq.js');
  const { squareOf } = await import('/static/hashing/picture.js');
  const { PixelSource } = await import('/static/hashing/sources.js');
  const [file] = document.querySelector('input').files;
  const sheet = new Uint8Array(await file.arrayBuffer());
  const hash = async ([left, top, wide, high]) => {
    const pixels = new Uint8Array(wide * high * 4);
    for (let y = 0; y < high; y++) {
      const from = ((top + y) * width + left) * 4;
      pixels.set(sheet.subarray(from, from + wide * 4), y * wide * 4);
    }
    const rows = (first, count) => pixels.subarray(first * wide * 4, (first + count) * wide * 4);
    return hashSquare(await squareOf(new PixelSource(wide, high, rows, () => {}), false));
  };
  const hashed = [];
  for (const crop of crops) hashed.push(await hash(crop));
  return hashed;
}"""
DECODES = """async (rounds) => {
  const files = [...document.querySelector('input').files];
  const options = { colorSpaceConversion: 'none', premultiplyAlpha: 'none' };
  const timed = async (work) => {
    const started = performance.now();
    await work();
    return performance.now() - started;
  };
  const decode = async (file) => (await createImageBitmap(file, options)).close();
  const results = [];
  for (const file of files) {
    const times = { decode: [], hash: [] };
    await hasher.hash(file);
    for (let round = 0; round < rounds; round++) {
      times.decode.push(await timed(() => decode(file)));
      times.hash.push(await timed(() => hasher.hash(file)));
    }
    results.push(times);
  }
  return results;
}"""
READY = "async () => { await hasher.ready(); }"
HASH_TIMED = """async () => {
  const started = performance.now();
  await Promise.all([...document.querySelector('input').files].map((file) => hasher.hash(file)));
  return (performance.now() - started) / 1000;
}"""
HASH_FIRST = "async () => hasher.hash(document.querySelector('input').files[0])"
DECODE_EVERY_FRAME = """async () => {
  const { ALL_FORMATS, BlobSource, Input, VideoSampleSink } =
    await import('/static/vendor/mediabunny/dist/bundles/mediabunny.min.mjs');
  const started = performance.now();
  const source = new BlobSource(document.querySelector('input').files[0]);
  const track = await new Input({ source, formats: ALL_FORMATS }).getPrimaryVideoTrack();
  for await (const sample of new VideoSampleSink(track).samples()) sample.close();
  return performance.now() - started;
}"""


def measure() -> str:
    """Run everything (some minutes) and give a table."""
    pillow_heif.register_heif_opener()
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        rows = [
            *core(here),
            *stills(here),
            *throughput(here),
            *digests(here),
            *films(here),
            *features(here),
            *heic(here),
            *weight(),
        ]
    lines = ["| what | measured | bound |", "| --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def reference(pixels: pictures.Pixels) -> tuple[list[str], int]:
    bits, quality = pdqhash.compute_dihedral(np.ascontiguousarray(pixels))
    return [digest_of(each) for each in bits], int(quality)


def core(here: Path) -> list[Row]:
    """The hash of identical pixels: 1,000 random crops."""
    sheet = np.concatenate([pictures.draw(1500, 500, seed) for seed in range(3)])
    random = np.random.default_rng(2024)
    crops = []
    for _ in range(1000):
        wide, high = (int(random.integers(20, most)) for most in (1500, 1500))
        wide = min(wide, max(20, 500_000 // high))
        crops.append([int(random.integers(0, 1501 - wide)), int(random.integers(0, 1501 - high)), wide, high])
    opaque = np.dstack([sheet, np.full(sheet.shape[:2], 255, np.uint8)])
    (here / "sheet.raw").write_bytes(opaque.tobytes())
    with headless.hashing() as hasher:
        hasher.page.set_input_files("input", str(here / "sheet.raw"))
        hashed = hasher.page.evaluate(CORE, [1500, 1500, crops])
    expected = [reference(sheet[top : top + high, left : left + wide]) for left, top, wide, high in crops]
    originals = [pdq.distance(ours[0]["digest"], theirs[0]) for ours, (theirs, _) in zip(hashed, expected, strict=True)]
    turned = [
        pdq.distance(one["digest"], other)
        for ours, (theirs, _) in zip(hashed, expected, strict=True)
        for one, other in zip(ours[1:], theirs[1:], strict=True)
    ]
    qualities = sum(ours[0]["quality"] == quality for ours, (_, quality) in zip(hashed, expected, strict=True))
    same = f"{originals.count(0)} of {len(originals)} at 0 bits (most {max(originals)}), {qualities} of equal quality"
    return [
        ("PDQ of the same pixels, 1,000 random crops, beside `pdqhash`", same, "0 bits, equal quality"),
        (
            "seven dihedral forms",
            f"{100 * turned.count(0) / len(turned):.2f} % at 0, most {max(turned)}",
            "≥ 99.5 %, ≤ 2",
        ),
    ]


def large_photo() -> Image.Image:
    """12 megapixels with the detail of a photo: a shared one where there is one, otherwise drawn."""
    shared = MEDIA / "images" / "exif-rotn-6.jpg"
    if shared.exists():
        with Image.open(shared) as photo:
            return photo.convert("RGB").resize((4032, 3024))
    return Image.fromarray(pictures.draw(2016, 1512, 5)).resize((4032, 3024), Image.Resampling.BICUBIC)


def stills(here: Path) -> list[Row]:
    """Decoding, hashing (eight forms, 512 variant) and MD5 of 12 megapixels, beside the browser's decode alone."""
    photo = large_photo()
    kinds: dict[str, dict[str, Any]] = {
        "JPEG": {"file": "a.jpg", "quality": 90},
        "progressive JPEG": {"file": "b.jpg", "quality": 90, "progressive": True},
        "JPEG 4:4:4": {"file": "c.jpg", "quality": 90, "subsampling": 0},
        "WebP": {"file": "d.webp", "quality": 85, "method": 0},
        "PNG": {"file": "e.png", "compress_level": 1},
    }
    for options in kinds.values():
        file = options.pop("file")
        photo.save(here / file, **options)
    files = [here / file for file in ("a.jpg", "b.jpg", "c.jpg", "d.webp", "e.png")]
    with headless.hashing() as hasher:
        hasher.page.set_input_files("input", [str(file) for file in files])
        results = hasher.page.evaluate(DECODES, ROUNDS)
        exact = [distance_to_reference(hasher, file) for file in files]
    rows = []
    for kind, times, distance in zip(kinds, results, exact, strict=True):
        ratio = median(hash_ / decode for hash_, decode in zip(times["hash"], times["decode"], strict=True))
        milliseconds = f"{median(times['hash']):.0f} ms beside {median(times['decode']):.0f} ms"
        said = f"{ratio:.2f} x ({milliseconds}), {distance} bits off"
        bound = "≤ 1.6 x, 0 bits" if kind == "JPEG" else "0 bits"
        rows.append((f"12 MP {kind}: decode, eight forms, MD5, beside `createImageBitmap` alone", said, bound))
    native = min(
        timed(lambda: pdqhash.compute(np.ascontiguousarray(np.asarray(Image.open(files[0]))))) for _ in range(2)
    )
    ours = median(results[0]["hash"])
    rows.append(("12 MP JPEG beside Pillow and `pdqhash`", f"{native / ours:.1f} x as fast", "—"))
    return rows


def distance_to_reference(hasher: headless.Hasher, file: Path) -> int:
    with Image.open(file) as picture:
        expected, _ = reference(np.asarray(picture.convert("RGB")))
    return pdq.distance(hasher.hash(file)["pdq"][0]["digest"], expected[0])


def timed(work: Callable[[], object]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def memory_of_browser() -> float:
    """Proportional set size of every process this one started, in MB."""
    total = 0
    for process in psutil.Process().children(recursive=True):
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total / 1e6


def peak_while(hasher: headless.Hasher, script: str) -> tuple[Any, float]:
    """What `script` gives, and the most memory the browser took beyond what it had before, in MB."""
    before = min(memory_of_browser() for _ in range(3))
    hasher.page.evaluate(f"() => {{ globalThis.outcome = null; ({script})().then((done) => (outcome = done)); }}")
    most = before
    while (outcome := hasher.page.evaluate("outcome")) is None:
        time.sleep(0.3)
        most = max(most, memory_of_browser())
    return outcome, most - before


def throughput(here: Path) -> list[Row]:
    """Many photos of 12 megapixels, one worker and two. Memory is watched in another round: looking slows the browser down."""
    photo = large_photo()
    files = [here / f"photo {number}.jpg" for number in range(PHOTOS)]
    photo.save(files[0], quality=88)
    for file in files[1:]:
        file.write_bytes(files[0].read_bytes())
    seconds, growth = {}, 0.0
    for size in (1, 2):
        with headless.hashing(size) as hasher:
            hasher.page.evaluate(READY)
            hasher.hash_all(files[:size])
            hasher.page.set_input_files("input", [str(file) for file in files])
            seconds[size] = hasher.page.evaluate(HASH_TIMED)
    with headless.hashing(2) as hasher:
        hasher.page.evaluate(READY)
        hasher.page.set_input_files("input", [str(file) for file in files[:FEW]])
        _, growth = peak_while(hasher, HASH_TIMED)
    gain = seconds[1] / seconds[2]
    said = f"{gain:.2f} x one worker ({PHOTOS / seconds[2]:.1f} photos/s); {growth:.0f} MB above idle"
    return [(f"{PHOTOS} photos of 12 MP, two workers", said, "≥ 1.6 x, ≤ 300 MB")]


def digests(here: Path) -> list[Row]:
    """MD5 of two gigabytes."""
    file = here / "large.mp4"
    with file.open("wb") as large:
        large.truncate(2 * 1024**3)
    native = min(
        timed(lambda: subprocess.run(["md5sum", str(file)], check=True, capture_output=True)) for _ in range(2)
    )
    with headless.hashing() as hasher:
        hasher.page.evaluate(READY)
        hasher.page.set_input_files("input", str(file))
        _, growth = peak_while(hasher, HASH_FIRST)
        speed = native / hasher.page.evaluate(HASH_FIRST)["ms"]
    file.unlink()
    return [("MD5 of 2 GB, beside `md5sum`", f"{speed:.2f} x its speed; {growth:.0f} MB growth", "≥ 0.65 x, ≤ 50 MB")]


def films(here: Path) -> list[Row]:
    """Frames and speed of vPDQ, and memory over ten minutes."""
    clips = {
        "720p30 H.264": ((1280, 720), "30", 300, f"{H264} -g 60"),
        "1080p30 H.264": ((1920, 1080), "30", 300, f"{H264} -g 60"),
        "360p VP9 WebM": (
            (640, 360),
            "25",
            150,
            "-c:v libvpx-vp9 -pix_fmt yuv420p -deadline realtime -cpu-used 8 -b:v 1M",
        ),
        "360p 29.97": ((640, 360), "30000/1001", 180, H264),
    }
    rows = []
    with headless.hashing() as hasher:
        for name, (size, rate, frames, options) in clips.items():
            file = here / f"{name}.{'webm' if 'WebM' in name else 'mp4'}"
            videos.make(file, size=size, rate=rate, frames=frames, options=options)
            rows.append((f"vPDQ of {name}", *film(hasher, file, size, rate, frames)))
        rows += [
            (f"vPDQ of `{shared.name}`, beside its published frames", *published(hasher, shared))
            for shared in sorted((MEDIA / "video").glob("*.mp4"))
        ]
        long = here / "long.mp4"
        source = ["-stream_loop", "119", "-i", str(here / "360p 29.97.mp4"), "-c", "copy", str(long)]
        videos.ffmpeg(*source)
        hasher.page.set_input_files("input", str(long))
        outcome, growth = peak_while(hasher, HASH_FIRST)
        minutes = len(outcome["vpdq"]) / 60
        said = f"{growth:.0f} MB growth, {outcome['ms'] / 1000:.0f} s{beside_native(outcome['ms'], natively(long))}"
        rows.append((f"{minutes:.0f} minutes of 360p", said, "≤ 120 MB; ≥ 1.0 x native"))
    return rows


def features(here: Path) -> list[Row]:
    """TMK+PDQF for the operator who wants it: vPDQ and MD5 beside it in one pass, against decoding alone and the definition."""
    rows = []
    with headless.hashing(tmk=True) as hasher:
        for file in [*sorted(here.glob("*p30 H.264.mp4")), *sorted((MEDIA / "video").glob("*.mp4"))]:
            hashed = hasher.hash(file)
            ratios = [hasher.hash(file)["ms"] / max(1, hasher.page.evaluate(DECODE_EVERY_FRAME)) for _ in range(ROUNDS)]
            ours = tmk.parse(b64decode(hashed["tmk"]["content"]))
            theirs = tmk.parse(reference_tmk.content_of(reference_tmk.frames_of(file)))
            levels = f"levels {tmk.level_1(ours, theirs):.4f} and {tmk.level_2(ours, theirs):.4f}"
            counts = f"{ours.frame_count} of {theirs.frame_count} frames"
            said = f"{median(ratios):.2f} x decoding every frame; {counts}, {levels}"
            rows.append((f"MD5, vPDQ and TMK+PDQF of `{file.name}` in one pass", said, "≤ 1.6 x; ≥ 0.98"))
    return rows


def natively(file: Path) -> float:
    """Milliseconds native vpdq and MD5 take; nothing to compare with where vpdq is not installed."""
    if not importlib.util.find_spec("vpdq"):
        return math.nan
    vpdq = importlib.import_module("vpdq")
    digest = timed(lambda: md5(file.read_bytes(), usedforsecurity=False))
    return digest + timed(lambda: vpdq.computeHash(str(file), thread_count=2))


def beside_native(milliseconds: float, native: float) -> str:
    return "" if math.isnan(native) else f"; {native / milliseconds:.1f} x the speed of native `vpdq` and MD5"


def film(hasher: headless.Hasher, file: Path, size: tuple[int, int], rate: str, frames: int) -> tuple[str, str]:
    rounds = [(hasher.hash(file), natively(file)) for _ in range(ROUNDS)]
    hashed = min((ours for ours, _ in rounds), key=lambda each: each["ms"])
    native = min(each for _, each in rounds)
    per_second = eval_rate(rate)
    expected = videos.reference(file, size, int(per_second))
    pairs = list(zip(hashed["vpdq"], expected, strict=False))
    good = [
        pdq.distance(ours["digest"], theirs.digest) for ours, theirs in pairs if theirs.quality >= pdq.LOWEST_QUALITY
    ]
    said = [
        f"{len(hashed['vpdq'])} of {len(expected)} frames, most {max(good)} bits off",
        f"{frames / per_second * 1000 / hashed['ms']:.0f} x real time{beside_native(hashed['ms'], native)}",
    ]
    return "; ".join(said), "same frames, ≤ 8 bits; 1080p ≥ 7 x real time; ≥ 1.0 x native"


def eval_rate(rate: str) -> float:
    above, _, below = rate.partition("/")
    return float(above) / float(below or 1)


def published(hasher: headless.Hasher, file: Path) -> tuple[str, str]:
    """Against a file of `frame, quality, PDQ, seconds` lines for every frame."""
    lines = [line.split(",") for line in file.with_suffix(".vpdq.txt").read_text().split()]
    every = {int(number): (int(quality), digest) for number, quality, digest, *_ in lines}
    hashed = hasher.hash(file)["vpdq"]
    step = next(step for step in range(1, 121) if len(range(0, len(every), step)) == len(hashed))
    near = [
        pdq.distance(frame["digest"], every[number][1])
        for frame, number in zip(hashed, sorted(every)[::step], strict=True)
        if every[number][0] >= pdq.LOWEST_QUALITY
    ]
    return f"{len(hashed)} frames, most {max(near)} bits off", "≤ 8 bits"


def heic(here: Path) -> list[Row]:
    """A picture coded whole, and one in tiles as phones write it, beside native libheif: on all cores, and on one.

    The tiles are shared by two workers where there are two cores, as native libheif's are by its threads.
    """
    photo = large_photo()
    photo.save(here / "whole.heic", quality=60)
    heif.save_as_grid(photo, here / "tiles.heic", quality=60)
    return [beside_libheif(here / f"{name}.heic", name) for name in ("whole", "tiles")]


def beside_libheif(file: Path, name: str) -> Row:
    """The first picture has its worker make the decoder ready, and is told apart."""
    with headless.hashing() as hasher:
        hasher.page.evaluate(READY)
        decode(file)
        first = hasher.hash(file)["ms"] / decode(file)
        rounds = [(hasher.hash(file)["ms"], decode(file), on_one_core(decode, file)) for _ in range(ROUNDS)]
        bits = distance_to_reference(hasher, file)
    cores, core = (median(each[0] / each[at] for each in rounds) for at in (1, 2))
    said = f"{cores:.1f} x its time on all cores, {core:.1f} x its time on one; the first one {first:.1f} x; {bits} bits off"
    return f"HEIC of 12 MP, coded {name}, beside native libheif", said, "≤ 2 x, ≤ 2 bits"


def decode(file: Path) -> float:
    """Milliseconds Pillow takes to decode a file."""
    return timed(lambda: Image.open(file).load())


def on_one_core(work: Callable[[Path], float], file: Path) -> float:
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        return work(file)
    finally:
        os.sched_setaffinity(0, cores)


def weight() -> list[Row]:
    """Compressed bytes: our code by what needs it, the data it tests itself with, and what a page loads when."""
    browser, modules = headless.ROOT / "hashing" / "browser", headless.ROOT / "node_modules"
    known, films = browser / "self_test_picture.js", browser / "self_test_clips.js"
    video = {browser / name for name in ("video.js", "needed.js")}
    needed = ("animation.js", "heic.js", "libheif.js", "png.js", "variants.js", "tmk.js")
    rare = {browser / name for name in needed}
    picture = {*browser.glob("*.js")} - video - rare - {known, films}
    kinds = {"for a picture": picture, "more for a video": video, "more for rarer kinds, variants and TMK+PDQF": rare}
    said = [f"{total(files) / 1024:.1f} KB {kind}" for kind, files in kinds.items()]
    bare = [total(files, without_comments) / 1024 for files in (picture | video, picture | video | rare)]
    said.append(f"without comments {bare[0]:.1f} KB for picture and video, {bare[1]:.1f} KB all in all")
    first = total([browser / "pool.js", browser / "refusal.js"])
    start = total({*picture, known, modules / "hash-wasm/dist/md5.umd.min.js"})
    decoders = ["mediabunny/dist/bundles/mediabunny.min.mjs", "libheif-js/libheif-wasm/libheif-bundle.mjs"]
    rest = total({*video, *rare, films, *(modules / name for name in decoders)} - {browser / "tmk.js"})
    return [
        ("our hashing code, compressed", "; ".join(said), "≤ 30 KB"),
        (
            "what it tests itself with, compressed: a picture, and a clip of each codec",
            f"{total([known]) / 1024:.1f} KB; {total([films]) / 1024:.1f} KB",
            "—",
        ),
        (
            "what a page loads before hashing starts",
            f"{first / 1024:.1f} KB; {start / 1024:.1f} KB with the worker",
            "≤ 120 KB",
        ),
        ("what is loaded quietly after that, to need no network", f"{rest / 1024:.0f} KB", "—"),
    ]


def total(files: Iterable[Path], shown: Callable[[str], str] = str) -> int:
    return sum(len(gzip.compress(shown(file.read_text()).encode())) for file in files)


def without_comments(text: str) -> str:
    return re.sub(r"^\s*//[^\n]*\n|/\*\*.*?\*/", "", text, flags=re.DOTALL | re.MULTILINE)

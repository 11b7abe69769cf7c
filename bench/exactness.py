"""End to end, in every browser at hand: what the modules make of whole files, beside pdqhash and published hashes."""

import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pillow_heif
from PIL import Image

from bench import _firefox as firefox
from bench._media import MEDIA
from hashing import headless, pdq
from tests.hashing import videos
from tests.hashing.browser.test_pictures import EXACT, forms_of, reference
from tests.hashing.browser.test_videos import CLIPS

HEADING = "Exactness"
Row = tuple[str, str, str, str]
Hashed = Sequence[dict[str, Any]]


def measure() -> str:
    """Some minutes. Generated files are those of the tests; reference media are read where they are (see `_media`)."""
    pillow_heif.register_heif_opener()
    with tempfile.TemporaryDirectory() as folder:
        made, clips = pictures_in(Path(folder)), videos_in(Path(folder))
        stored = sorted(file for file in (MEDIA / "images").glob("*.*") if file.suffix != ".csv")
        files = [*made, *stored, *clips]
        with headless.hashing(2) as hasher:
            engines = {"Chromium": hasher.hash_all(files)}
        said = firefox.missing()
        if not said:
            with firefox.hashing() as page:
                engines["Firefox ESR"] = page.hash_all(files)
        rows = [row for name, hashed in engines.items() for row in rows_of(name, hashed, made, stored, clips)]
    lines = ["| browser | files | measured | bound |", "| --- | --- | --- | --- |"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines, *(["", f"Chromium only: {said}."] if said else [])])


def pictures_in(folder: Path) -> list[Path]:
    for name, (picture, options) in EXACT.items():
        picture.save(folder / name, **options)
    return [folder / name for name in EXACT]


def videos_in(folder: Path) -> list[Path]:
    for name, (made, _) in CLIPS.items():
        videos.make(folder / name, **made)
    return [folder / name for name in CLIPS]


def rows_of(
    engine: str, hashed: Hashed, made: Sequence[Path], stored: Sequence[Path], clips: Sequence[Path]
) -> list[Row]:
    first, second = hashed[: len(made)], hashed[len(made) : len(made) + len(stored)]
    rows = [(engine, f"{len(made)} generated edge files", beside_pdqhash(made, first), "0 bits from quality 50 on")]
    if stored:
        rows.append((engine, f"{len(stored)} reference pictures", beside_pdqhash(stored, second), rows[0][3]))
        rows.append((engine, "the same, 512 form", beside_published(stored, second), "0 bits to the published hashes"))
    films = beside_frames(clips, hashed[-len(clips) :])
    return [*rows, (engine, f"{len(clips)} generated clips", films, "same frames, ≤ 8 bits")]


def beside_pdqhash(files: Sequence[Path], hashed: Hashed) -> str:
    """How many hash as pdqhash does the pixels Pillow decodes, in all eight forms; the others by name."""
    exact, off, refused, low = 0, [], [], 0
    for file, each in zip(files, hashed, strict=True):
        with Image.open(file) as picture:
            forms, quality = reference(picture)
        if not each["pdq"]:
            refused.append(f"{file.name} ({each['refused']['code']})")
            continue
        seen = forms_of(each)
        most = max(pdq.distance(seen[form], digest) for form, digest in forms.items())
        if quality < pdq.LOWEST_QUALITY:
            low += 1
        elif most == 0 and each["pdq"][0]["quality"] == quality:
            exact += 1
        else:
            off.append(f"{file.name} {most} by `{each['path']}`")
    return said(f"{exact} of {len(files) - low} at 0 bits, of equal quality", off, refused)


def beside_published(files: Sequence[Path], hashed: Hashed) -> str:
    """The hashes published with the reference pictures are of 512 x 512 pixels, as the C++ tools first make of any larger."""
    with (MEDIA / "images" / "vectors.csv").open() as lines:
        published = {Path(name).name: digest for name, digest in csv.reader(lines)}
    exact, off = 0, []
    for file, each in zip(files, hashed, strict=True):
        digest = published.get(file.name)
        if digest is None or not each["pdq"] or each["pdq"][0]["quality"] < pdq.LOWEST_QUALITY:
            continue
        forms = forms_of(each)
        bits = pdq.distance(forms.get("resized_512", forms["original"]), digest)
        exact += bits == 0
        off += [f"{file.name} {bits}"] if bits else []
    return said(f"{exact} of {exact + len(off)} at 0 bits", off, [])


def beside_frames(clips: Sequence[Path], hashed: Hashed) -> str:
    frames, most, off, refused = 0, 0, [], []
    for file, each in zip(clips, hashed, strict=True):
        made, step = CLIPS[file.name]
        expected = videos.reference(file, made.get("size", (320, 240)), step)
        if each["refused"]:
            refused.append(f"{file.name} ({each['refused']['code']})")
            continue
        bits = [pdq.distance(one["digest"], other.digest) for one, other in zip(each["vpdq"], expected, strict=False)]
        frames, most = frames + len(bits), max(most, *bits)
        if len(each["vpdq"]) != len(expected) or max(bits) > 8:
            off.append(f"{file.name}: {len(each['vpdq'])} of {len(expected)} frames, {max(bits)} bits")
    return said(f"{frames} frames, most {most} bits off", off, refused)


def said(text: str, off: Sequence[str], refused: Sequence[str]) -> str:
    parts = [
        text,
        *([f"off: {', '.join(off)}"] if off else []),
        *([f"refused: {', '.join(refused)}"] if refused else []),
    ]
    return "; ".join(parts)

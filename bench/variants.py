"""Protective variants: how many edited copies they find, and how many unrelated pictures they wrongly match."""

import io
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pdqhash
from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

from bench._media import MEDIA
from hashing import headless, pdq
from tests.hashing import pictures
from tests.vectors.make_pdq import digest_of

HEADING = "Protective variants"
PHOTOS = ("bridge-1-original.jpg", "exif-rotn-6.jpg", "q0122.jpg", "q0746.jpg", "q1050.jpg", "q2821.jpg")
COPIES = 6
"""Of each photo by each edit; how much is cut or added differs from copy to copy."""
UNRELATED = 20_000
EIGHT = [form.value for form in pdq.Form]
Edit = Callable[[Image.Image, np.random.Generator], Image.Image]


def measure() -> str:
    """Two tables. The photos are reference ones and those in the folder BENCH_PHOTOS; without any, drawn ones."""
    with tempfile.TemporaryDirectory() as folder, headless.hashing() as hasher:
        photos = originals()
        files = [Path(folder) / f"{number}.png" for number in range(len(photos))]
        for photo, file in zip(photos, files, strict=True):
            photo.save(file)
        known = [
            {each["form"]: each["digest"] for each in hashed["pdq"] if each["quality"] >= pdq.LOWEST_QUALITY}
            for hashed in hasher.hash_all(files, protective=True)
        ]
    return "\n".join([f"{len(photos)} photos.", "", *recall(photos, known), "", *false_matches(photos, known)])


def originals() -> list[Image.Image]:
    named = [MEDIA / "images" / name for name in PHOTOS]
    if folder := os.environ.get("BENCH_PHOTOS"):
        named += sorted(Path(folder).iterdir())
    photos = [Image.open(file).convert("RGB") for file in named if file.is_file()]
    photos = photos or [Image.fromarray(pictures.draw(1200, 900, seed)) for seed in range(6)]
    for photo in photos:
        photo.thumbnail((1600, 1600))
    return photos


def digest(picture: Image.Image) -> str:
    return digest_of(pdqhash.compute(np.ascontiguousarray(np.asarray(picture.convert("RGB"))))[0])


def recall(photos: Sequence[Image.Image], known: Sequence[dict[str, str]]) -> list[str]:
    lines = [
        "| edited copy | copies | plain digest | with eight forms | with variants |",
        "| --- | --- | --- | --- | --- |",
    ]
    random = np.random.default_rng(11)
    for name, edit in EDITS.items():
        found = [0, 0, 0]
        for photo, forms in zip(photos, known, strict=True):
            sets = ([forms["original"]], [forms[form] for form in EIGHT], forms.values())
            for _ in range(COPIES):
                seen = digest(edit(photo, random))
                found = [count + matches_any(seen, among) for count, among in zip(found, sets, strict=True)]
        copies = COPIES * len(photos)
        lines.append(f"| {name} | {copies} | {' | '.join(f'{100 * count / copies:.0f} %' for count in found)} |")
    return lines


def matches_any(one: str, among: Iterable[str]) -> bool:
    return any(pdq.is_match(one, other) for other in among)


def crop(picture: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    width, height = picture.size
    sides = (left * width, top * height, width - right * width, height - bottom * height)
    return picture.crop((int(sides[0]), int(sides[1]), int(sides[2]), int(sides[3])))


def cut_all_round(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    return crop(picture, *[random.uniform(0.05, 0.25) / 2] * 4)


def cut_one_side(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    sides = [0.0] * 4
    sides[random.integers(4)] = random.uniform(0.05, 0.22)
    return crop(picture, *sides)


def cut_anyhow(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    return crop(picture, *random.uniform(0, 0.12, 4))


def cut_to_shape(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    """As a post or a story is: the largest piece of a usual shape, from the middle."""
    wide, high = [(1, 1), (4, 5), (3, 4), (4, 3), (16, 9)][random.integers(5)]
    width = min(picture.width, picture.height * wide // high)
    height = min(picture.height, picture.width * high // wide)
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return picture.crop((left, top, left + width, top + height))


def shade(random: np.random.Generator) -> str:
    return ("black", "white")[random.integers(2)]


def border(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    return ImageOps.expand(picture, int(max(picture.size) * random.uniform(0.01, 0.09)), shade(random))


def caption(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    width, height = picture.size
    bar = int(height * random.uniform(0.08, 0.2))
    top = bar * int(random.integers(2))
    fill = shade(random)
    framed = Image.new("RGB", (width, height + bar), fill)
    framed.paste(picture, (0, top))
    ink = "white" if fill == "black" else "black"
    words = ImageFont.load_default(max(10, bar // 3))
    ImageDraw.Draw(framed).text((width // 20, bar // 3 if top else height + bar // 3), "a few words", ink, words)
    return framed


def on_a_square(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    return ImageOps.pad(picture, (1080, 1080), color=shade(random))


def screenshot(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    """The picture open in an app on a phone's screen, with the bars of the app above and below."""
    fill = shade(random)
    height = [1920, 2340, 2400][random.integers(3)]
    shot = ImageOps.pad(picture, (1080, height), color=fill)
    drawn = ImageDraw.Draw(shot)
    drawn.rectangle((0, 0, 1080, 110), fill=(30, 30, 30) if fill == "black" else (235, 235, 235))
    drawn.rectangle((60, height - 160, 1020, height - 60), fill=(120, 120, 120))
    return shot


def other_screenshot(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    """As another app draws it: the field for words at another place, of other sides and another grey."""
    width, height = 1080, int(random.integers(1920, 2401))
    shot = ImageOps.pad(picture, (width, height), color=shade(random))
    left, right = random.uniform(0.02, 0.12, 2) * width
    foot = random.uniform(0.02, 0.05) * height
    top = height - foot - random.uniform(0.03, 0.05) * height
    grey = int(random.integers(60, 200))
    ImageDraw.Draw(shot).rounded_rectangle((left, top, width - right, height - foot), 40, fill=(grey,) * 3)
    return shot


def emoji(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    copy, radius = picture.copy(), int(min(picture.size) * random.uniform(0.05, 0.15))
    x, y = (int(length * random.uniform(0.2, 0.8)) for length in picture.size)
    ImageDraw.Draw(copy).ellipse((x - radius, y - radius, x + radius, y + radius), fill=(255, 210, 40))
    return copy


def filtered(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    sepia = ImageOps.colorize(ImageOps.grayscale(picture), "#201000", "#ffe8c0")
    bold = ImageEnhance.Contrast(picture).enhance(random.uniform(1.1, 1.6))
    return [sepia, bold, ImageEnhance.Brightness(picture).enhance(random.uniform(0.6, 1.2))][random.integers(3)]


def recompressed(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    content = io.BytesIO()
    picture.save(content, "jpeg", quality=int(random.integers(25, 60)))
    return Image.open(content)


def rescaled(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    scale = random.uniform(0.25, 0.75)
    return picture.resize((int(picture.width * scale), int(picture.height * scale)))


EDITS: dict[str, Edit] = {
    "cropped 5 to 25 % all round": cut_all_round,
    "cropped 5 to 22 % at one side": cut_one_side,
    "cropped up to 12 % at each side, unevenly": cut_anyhow,
    "cropped to a usual shape": cut_to_shape,
    "border of 1 to 9 %": border,
    "caption bar of 8 to 20 %": caption,
    "whole on a square": on_a_square,
    "screenshot in an app": screenshot,
    "emoji": emoji,
    "filter": filtered,
    "recompressed": recompressed,
    "rescaled": rescaled,
    "mirrored": lambda picture, _: ImageOps.mirror(picture),
    "turned": lambda picture, _: picture.transpose(Image.Transpose.ROTATE_90),
    "screenshot in another app": other_screenshot,
}


def false_matches(photos: Sequence[Image.Image], known: Sequence[dict[str, str]]) -> list[str]:
    """Against generated pictures whose detail falls off with scale as a photo's does, and pieces of all other photos."""
    random = np.random.default_rng(7)
    generated = np.stack([bits_of(random) for _ in range(UNRELATED)])
    plain = count(generated, [forms["original"] for forms in known])
    every = count(generated, [digest for forms in known for digest in forms.values()])
    nearest, wrong, pairs = pdq.BITS, 0, 0
    for at, photo in enumerate(photos):
        pieces = np.stack([packed(piece_of(photo, random)) for _ in range(UNRELATED // len(photos))])
        others = [digest for other, forms in enumerate(known) if other != at for digest in forms.values()]
        matches, least = count(pieces, others)
        wrong, nearest, pairs = wrong + matches, min(nearest, least), pairs + len(pieces) * len(others)
    digests = sum(len(forms) for forms in known)
    return [
        f"Wrong matches (at most {pdq.MATCH_DISTANCE} bits) among {UNRELATED:,} unrelated generated pictures:",
        f"{plain[0]} for {len(known)} plain digests (nearest {plain[1]} bits),",
        f"{every[0]} for all {digests} digests with variants (nearest {every[1]} bits).",
        f"Among {UNRELATED:,} pieces of these photos, each beside all digests of the other photos:",
        f"{wrong} in {pairs:,} pairs (nearest {nearest} bits).",
    ]


def piece_of(photo: Image.Image, random: np.random.Generator) -> Image.Image:
    """A piece of a quarter to the whole of each side, at random."""
    width, height = (int(length * random.uniform(0.25, 1)) for length in photo.size)
    left, top = int(random.integers(photo.width - width + 1)), int(random.integers(photo.height - height + 1))
    return photo.crop((left, top, left + width, top + height)).resize((128, 128))


def packed(picture: Image.Image) -> npt.NDArray[np.uint8]:
    bits: npt.NDArray[np.uint8] = np.packbits(pdqhash.compute(np.asarray(picture))[0].astype(np.uint8))
    return bits


def bits_of(random: np.random.Generator) -> npt.NDArray[np.uint8]:
    side = 96
    scale = np.hypot(*np.meshgrid(np.fft.rfftfreq(side), np.fft.fftfreq(side)))
    scale[0, 0] = 1
    waves = np.exp(2j * np.pi * random.random(scale.shape)) / scale
    field = np.fft.irfft2(waves, s=(side, side))
    grey = ((field - field.min()) / np.ptp(field) * 255).astype(np.uint8)
    return packed(Image.fromarray(np.dstack([grey] * 3)))


def count(others: npt.NDArray[np.uint8], digests: Sequence[str]) -> tuple[int, int]:
    """How many pairs match, and the distance of the nearest pair."""
    matches, nearest = 0, pdq.BITS
    for digest in digests:
        differing = np.bitwise_count(others ^ np.frombuffer(bytes.fromhex(digest), np.uint8)).sum(axis=1)
        matches += int((differing <= pdq.MATCH_DISTANCE).sum())
        nearest = min(nearest, int(differing.min()))
    return matches, nearest

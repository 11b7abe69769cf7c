"""Protective variants: how many edited copies they find, and how many unrelated pictures they wrongly match."""

import io
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pdqhash
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from hashing import headless, pdq
from tests.hashing import pictures
from tests.vectors.make_pdq import digest_of

HEADING = "Protective variants"
SHARED = headless.ROOT.parent / "shared" / "data" / "images"
PHOTOS = ("bridge-1-original.jpg", "exif-rotn-6.jpg", "q0122.jpg", "q0746.jpg", "q1050.jpg", "q2821.jpg")
UNRELATED = 20_000
EIGHT = [form.value for form in pdq.Form]
Edit = Callable[[Image.Image], Sequence[Image.Image]]


def measure() -> str:
    """Two tables. Photos are those shared with the project where they are there, otherwise drawn."""
    with tempfile.TemporaryDirectory() as folder, headless.hashing() as hasher:
        photos = originals()
        files = [Path(folder) / f"{number}.png" for number in range(len(photos))]
        for photo, file in zip(photos, files, strict=True):
            photo.save(file)
        known = [
            {each["form"]: each["digest"] for each in hashed["pdq"]}
            for hashed in hasher.hash_all(files, protective=True)
        ]
    return "\n".join([*recall(photos, known), "", *false_matches(known)])


def originals() -> list[Image.Image]:
    photos: list[Image.Image] = []
    for name in PHOTOS:
        if (SHARED / name).exists():
            with Image.open(SHARED / name) as stored:
                photos.append(stored.convert("RGB"))
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
    for name, edit in EDITS.items():
        found, copies = [0, 0, 0], 0
        for photo, forms in zip(photos, known, strict=True):
            sets = ([forms["original"]], [forms[form] for form in EIGHT], forms.values())
            for copy in edit(photo):
                seen = digest(copy)
                copies += 1
                found = [count + matches_any(seen, among) for count, among in zip(found, sets, strict=True)]
        lines.append(f"| {name} | {copies} | {' | '.join(f'{100 * count / copies:.0f} %' for count in found)} |")
    return lines


def matches_any(one: str, among: Iterable[str]) -> bool:
    return any(pdq.is_match(one, other) for other in among)


def crop(picture: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    width, height = picture.size
    sides = (left * width, top * height, width - right * width, height - bottom * height)
    return picture.crop((int(sides[0]), int(sides[1]), int(sides[2]), int(sides[3])))


def crop_centre(percent: int) -> Edit:
    return lambda picture: [crop(picture, *[percent / 200] * 4)]


def crop_side(percent: int) -> Edit:
    share = percent / 100
    return lambda picture: [crop(picture, *(share * (side == at) for at in range(4))) for side in range(4)]


def border(percent: int) -> Edit:
    return lambda picture: [
        ImageOps.expand(picture, max(picture.size) * percent // 100, fill) for fill in ("black", "white")
    ]


def caption(picture: Image.Image) -> list[Image.Image]:
    width, height = picture.size
    bar, captioned = int(height * 0.13), []
    for top in (0, bar):
        for fill, ink in (("white", "black"), ("black", "white")):
            framed = Image.new("RGB", (width, height + bar), fill)
            framed.paste(picture, (0, top))
            ImageDraw.Draw(framed).text((width // 20, bar // 3 if top else height + bar // 3), "a few words", fill=ink)
            captioned.append(framed)
    return captioned


def chat(picture: Image.Image) -> list[Image.Image]:
    """A screenshot of the picture open on a phone, with the bars of an app above and below."""
    shots = []
    for fill, bars in (("black", (30, 30, 30)), ("white", (235, 235, 235))):
        shot = Image.new("RGB", (1080, 2340), fill)
        shown = picture.resize((1080, picture.height * 1080 // picture.width))
        shot.paste(shown, (0, (2340 - shown.height) // 2))
        drawn = ImageDraw.Draw(shot)
        drawn.rectangle((0, 0, 1080, 110), fill=bars)
        drawn.rectangle((60, 2180, 1020, 2280), fill=(120, 120, 120))
        shots.append(shot)
    return shots


def emoji(picture: Image.Image) -> list[Image.Image]:
    stuck = []
    for share in (0.08, 0.15):
        copy, radius = picture.copy(), int(min(picture.size) * share)
        x, y = int(picture.width * 0.55), int(picture.height * 0.4)
        ImageDraw.Draw(copy).ellipse((x - radius, y - radius, x + radius, y + radius), fill=(255, 210, 40))
        stuck.append(copy)
    return stuck


def filtered(picture: Image.Image) -> list[Image.Image]:
    sepia = ImageOps.colorize(ImageOps.grayscale(picture), "#201000", "#ffe8c0")
    return [sepia, ImageEnhance.Contrast(picture).enhance(1.5), ImageEnhance.Brightness(picture).enhance(0.7)]


def recompressed(picture: Image.Image) -> list[Image.Image]:
    copies: list[Image.Image] = []
    for quality in (50, 30):
        content = io.BytesIO()
        picture.save(content, "jpeg", quality=quality)
        copies.append(Image.open(content))
    return copies


def rescaled(picture: Image.Image) -> list[Image.Image]:
    return [picture.resize((picture.width // 2, picture.height // 2)), picture.resize((640, 480))]


EDITS: dict[str, Edit] = {
    **{f"cropped {percent} % all round": crop_centre(percent) for percent in (5, 8, 12, 18, 25)},
    **{f"cropped {percent} % at one side": crop_side(percent) for percent in (7, 12, 18)},
    **{f"border of {percent} %": border(percent) for percent in (3, 6, 9)},
    "caption bar": caption,
    "screenshot in a chat": chat,
    "emoji": emoji,
    "filter": filtered,
    "recompressed": recompressed,
    "rescaled": rescaled,
    "mirrored": lambda picture: [ImageOps.mirror(picture)],
    "turned": lambda picture: [picture.transpose(Image.Transpose.ROTATE_90)],
}


def false_matches(known: Sequence[dict[str, str]]) -> list[str]:
    """Against generated pictures whose detail falls off with scale as a photo's does."""
    random = np.random.default_rng(7)
    others = np.stack([bits_of(random) for _ in range(UNRELATED)])
    plain = count(others, [forms["original"] for forms in known])
    every = count(others, [digest for forms in known for digest in forms.values()])
    digests = sum(len(forms) for forms in known)
    return [
        f"Wrong matches (at most {pdq.MATCH_DISTANCE} bits) among {UNRELATED:,} unrelated generated pictures:",
        f"{plain[0]} for {len(known)} plain digests (nearest {plain[1]} bits),",
        f"{every[0]} for all {digests} digests with variants (nearest {every[1]} bits).",
    ]


def bits_of(random: np.random.Generator) -> npt.NDArray[np.uint8]:
    side = 96
    scale = np.hypot(*np.meshgrid(np.fft.rfftfreq(side), np.fft.fftfreq(side)))
    scale[0, 0] = 1
    waves = np.exp(2j * np.pi * random.random(scale.shape)) / scale
    field = np.fft.irfft2(waves, s=(side, side))
    grey = ((field - field.min()) / np.ptp(field) * 255).astype(np.uint8)
    bits: npt.NDArray[np.uint8] = np.packbits(pdqhash.compute(np.dstack([grey] * 3))[0].astype(np.uint8))
    return bits


def count(others: npt.NDArray[np.uint8], digests: Sequence[str]) -> tuple[int, int]:
    """How many pairs match, and the distance of the nearest pair."""
    matches, nearest = 0, pdq.BITS
    for digest in digests:
        differing = np.bitwise_count(others ^ np.frombuffer(bytes.fromhex(digest), np.uint8)).sum(axis=1)
        matches += int((differing <= pdq.MATCH_DISTANCE).sum())
        nearest = min(nearest, int(differing.min()))
    return matches, nearest

"""What the browser modules make of pictures, against `pdqhash` on the pixels Pillow decodes."""

from collections.abc import Callable
from hashlib import md5
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pdqhash
import pytest
from PIL import Image, ImageCms

from hashing import headless, pdq
from tests.hashing import heif, pictures

FORMS = [form.value for form in pdq.Form]


def photo(width: int = 1000, height: int = 640, seed: int = 4) -> Image.Image:
    return Image.fromarray(pictures.draw(width, height, seed))


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def hexadecimal(bits: Any) -> str:
    return f"{int(''.join(map(str, bits)), 2):064x}"


def reference(picture: Image.Image) -> tuple[dict[str, str], int]:
    digests, quality = pdqhash.compute_dihedral(np.ascontiguousarray(np.asarray(picture.convert("RGB"))))
    return dict(zip(FORMS, map(hexadecimal, digests), strict=True)), quality


def forms_of(hashed: dict[str, Any]) -> dict[str, str]:
    return {each["form"]: each["digest"] for each in hashed["pdq"]}


def opened(file: Path) -> Image.Image:
    with Image.open(file) as picture:
        picture.load()
        return picture


# File name -> how the picture is made ready, and what Pillow is told when saving it.
EXACT: dict[str, tuple[Image.Image, dict[str, Any]]] = {
    "baseline.jpg": (photo(), {"quality": 85}),
    "odd.jpg": (photo(1001, 641), {"quality": 60}),
    "progressive.jpg": (photo(), {"progressive": True}),
    "422.jpg": (photo(801, 600), {"subsampling": 1}),
    "444.jpg": (photo(), {"subsampling": 0, "quality": 96}),
    "grey.jpg": (photo().convert("L"), {}),
    "cmyk.jpg": (photo().convert("CMYK"), {}),
    "icc.jpg": (photo(), {"icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()}),
    "small.jpg": (photo(300, 200), {}),
    "rgb.png": (photo(), {}),
    "palette.png": (photo().quantize(200), {}),
    "grey_alpha.png": (photo().convert("LA"), {}),
    "one_bit.png": (photo().convert("1"), {}),
    "narrow.png": (photo(40, 900), {}),
    "tiny.png": (photo(5, 5), {}),
    "turned.png": (photo(), {"exif": turned(6)}),
    "turned.webp": (photo(), {"exif": turned(6)}),
    "turned.avif": (photo(), {"exif": turned(6)}),
    "mirrored.avif": (photo(), {"exif": turned(7)}),
    "lossy.webp": (photo(), {"quality": 80}),
    "lossless.webp": (photo(), {"lossless": True}),
    "still.gif": (photo().quantize(250), {}),
    "picture.bmp": (photo(), {}),
    "picture.avif": (photo(), {"quality": 80}),
    "picture.heic": (photo(), {"quality": 80}),
    "named wrongly.png": (photo(), {"format": "jpeg"}),
    **{f"orientation_{number}.jpg": (photo(), {"exif": turned(number)}) for number in (1, 2, 3, 6, 8)},
}


@pytest.mark.parametrize("name", EXACT)
def test_a_picture_gives_the_very_bits_of_pdqhash_in_all_eight_forms(
    hasher: headless.Hasher, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    picture, options = EXACT[name]
    picture.save(file, **options)
    hashed = hasher.hash(file)
    forms, quality = reference(opened(file))
    assert {form: digest for form, digest in forms_of(hashed).items() if form in FORMS} == forms
    assert hashed["pdq"][0]["quality"] == quality
    assert hashed["md5"] == md5(file.read_bytes(), usedforsecurity=False).hexdigest()
    assert (hashed["kind"], hashed["vpdq"]) == ("image", [])
    assert (hashed["refused"] is None) is (quality >= pdq.LOWEST_QUALITY)


def test_a_phones_picture_in_tiles_is_within_two_bits_of_pdqhash(hasher: headless.Hasher, tmp_path: Path) -> None:
    heif.save_as_grid(photo(), tmp_path / "tiles.heic")
    hashed = hasher.hash(tmp_path / "tiles.heic")
    forms, quality = reference(opened(tmp_path / "tiles.heic"))
    assert hashed["path"] == "libheif"
    assert all(pdq.distance(forms_of(hashed)[form], digest) <= 2 for form, digest in forms.items())
    assert abs(hashed["pdq"][0]["quality"] - quality) <= 1


def test_a_16_bit_picture_is_hashed_by_its_upper_byte(hasher: headless.Hasher, tmp_path: Path) -> None:
    file = tmp_path / "deep.png"
    Image.fromarray(np.asarray(photo().convert("L")).astype(np.uint16) * 257).save(file)
    assert forms_of(hasher.hash(file))["original"] == reference(photo().convert("L"))[0]["original"]


@pytest.mark.parametrize(
    ("name", "path"), [("a.jpg", "planes"), ("a.png", "frame"), ("a.webp", "frame"), ("a.heic", "libheif")]
)
def test_each_kind_of_picture_is_read_along_its_fastest_exact_path(
    hasher: headless.Hasher, tmp_path: Path, name: str, path: str
) -> None:
    photo().save(tmp_path / name)
    assert hasher.hash(tmp_path / name)["path"] == path


def see_through(picture: Image.Image, least: int = 0) -> Image.Image:
    """The picture, fading from `least` to fully opaque downwards; the colours of hidden pixels stay stored."""
    levels = np.linspace(least, 255, picture.height).astype(np.uint8)
    faded = picture.convert("RGBA" if picture.mode == "RGB" else "LA")
    faded.putalpha(Image.fromarray(np.repeat(levels[:, None], picture.width, axis=1)))
    return faded


def on_white(picture: Image.Image) -> Image.Image:
    white = Image.new("RGBA", picture.size, "white")
    white.alpha_composite(picture.convert("RGBA"))
    return white


def with_transparent_colours() -> Image.Image:
    picture = photo().quantize(200)
    picture.info["transparency"] = bytes(range(200))
    return picture


SEE_THROUGH = {
    "colours": see_through(photo()),
    "small": see_through(photo(300, 200)),
    "grey": see_through(photo().convert("L")),
    "palette": with_transparent_colours(),
}


@pytest.mark.parametrize("name", SEE_THROUGH)
def test_a_see_through_png_is_hashed_as_stored_and_laid_on_white(
    hasher: headless.Hasher, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "see_through.png"
    SEE_THROUGH[name].save(file)
    digests = forms_of(hasher.hash(file))
    stored = opened(file).convert("RGBA")
    assert {form: digests[form] for form in FORMS} == reference(stored)[0]
    assert digests["flattened"] == reference(on_white(stored))[0]["original"]


def test_a_see_through_picture_of_another_kind_is_exact_laid_on_white(hasher: headless.Hasher, tmp_path: Path) -> None:
    picture = see_through(photo(), least=60)
    picture.save(tmp_path / "see_through.webp", lossless=True, exact=True)
    digests = forms_of(hasher.hash(tmp_path / "see_through.webp"))
    assert digests["flattened"] == reference(on_white(picture))[0]["original"]
    assert pdq.distance(digests["original"], reference(picture)[0]["original"]) <= 10


def test_an_opaque_picture_with_an_alpha_channel_has_no_flattened_form(hasher: headless.Hasher, tmp_path: Path) -> None:
    photo().convert("RGBA").save(tmp_path / "opaque.png")
    assert "flattened" not in forms_of(hasher.hash(tmp_path / "opaque.png"))


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_a_picture_longer_than_512_is_also_hashed_as_the_command_line_tools_do(
    hasher: headless.Hasher, tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"long.{suffix}"
    photo(700, 500).save(file)
    pixels = np.asarray(opened(file).convert("RGB"))
    picked = pixels[np.arange(512) * 500 // 512][:, np.arange(512) * 700 // 512]
    assert forms_of(hasher.hash(file))["resized_512"] == reference(Image.fromarray(picked))[0]["original"]


def test_a_picture_up_to_512_has_no_resized_form(hasher: headless.Hasher, tmp_path: Path) -> None:
    photo(512, 400).save(tmp_path / "short.jpg")
    assert list(forms_of(hasher.hash(tmp_path / "short.jpg"))) == FORMS


@pytest.mark.parametrize("suffix", ["gif", "webp"])
def test_an_animation_gives_its_first_picture_and_one_frame_a_second(
    hasher: headless.Hasher, tmp_path: Path, suffix: str
) -> None:
    frames = [photo(500, 400, seed).quantize(120).convert("RGB") for seed in range(5)]
    file = tmp_path / f"moving.{suffix}"
    frames[0].save(file, save_all=True, append_images=frames[1:], duration=600, lossless=True)
    hashed = hasher.hash(file)
    expected = []
    with Image.open(file) as moving:
        for index in (0, 2, 4):
            moving.seek(index)
            expected.append(reference(moving)[0]["original"])
    assert forms_of(hashed)["original"] == expected[0]
    assert [each["digest"] for each in hashed["vpdq"]] == expected
    assert [each["seconds"] for each in hashed["vpdq"]] == [0, 1.2, 2.4]


def whole(name: str, **options: Any) -> bytes:
    content = BytesIO()
    photo().save(content, name, **options)
    return content.getvalue()


REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing.jpg": ("empty", lambda: b""),
    "letter.txt": ("unsupported", lambda: b"Dear friend, this is not a picture. " * 9),
    "cut.jpg": ("damaged", lambda: whole("jpeg")[:20_000]),
    "cut.png": ("damaged", lambda: whole("png")[:20_000]),
    "cut.heic": ("damaged", lambda: whole("heif")[:6_000]),
    "scan.tiff": ("undecodable", lambda: whole("tiff")),
    "film.avi": ("undecodable", lambda: b"RIFF\x00\x10\x00\x00AVI LIST" + bytes(500)),
    "head only.mp4": ("damaged", lambda: b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(500)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_opened_says_why_and_keeps_its_md5(
    hasher: headless.Hasher, tmp_path: Path, name: str
) -> None:
    code, content = REFUSED[name]
    (tmp_path / name).write_bytes(content())
    hashed = hasher.hash(tmp_path / name)
    assert hashed["refused"]["code"] == code
    assert hashed["refused"]["text"].endswith(".")
    assert hashed["pdq"] == hashed["vpdq"] == []
    assert hashed["md5"] == (md5(content(), usedforsecurity=False).hexdigest() if content() else None)


@pytest.mark.parametrize(("size", "code"), [((4, 90), "too_small"), ((800, 600), "too_blurry")])
def test_a_picture_without_detail_is_refused(
    hasher: headless.Hasher, tmp_path: Path, size: tuple[int, int], code: str
) -> None:
    Image.new("RGB", size, "beige").save(tmp_path / "plain.png")
    hashed = hasher.hash(tmp_path / "plain.png")
    assert hashed["refused"]["code"] == code
    assert all(each["quality"] < pdq.LOWEST_QUALITY for each in hashed["pdq"])

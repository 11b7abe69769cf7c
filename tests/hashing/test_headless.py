from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pdqhash
import pytest
from PIL import Image

from hashing import headless, pdq
from tests.hashing import pictures


@pytest.fixture(scope="module")
def hasher() -> Iterator[headless.Hasher]:
    with headless.hashing() as hasher:
        yield hasher


def reference(file: Path) -> tuple[dict[str, str], int]:
    pixels = np.ascontiguousarray(np.asarray(Image.open(file).convert("RGB")))
    digests, quality = pdqhash.compute_dihedral(pixels)
    forms = {
        form.value: f"{int(''.join(map(str, bits)), 2):064x}" for form, bits in zip(pdq.Form, digests, strict=True)
    }
    return forms, quality


@pytest.mark.parametrize("size", [(1200, 800), (320, 240)])
@pytest.mark.parametrize("extension", ["jpg", "png", "webp"])
def test_a_picture_is_hashed_to_the_very_bits_of_pdqhash(
    hasher: headless.Hasher, tmp_path: Path, size: tuple[int, int], extension: str
) -> None:
    file = tmp_path / f"picture.{extension}"
    Image.fromarray(pictures.draw(*size, seed=4)).save(file)
    hashed = hasher.hash(file)
    forms, quality = reference(file)
    assert {each["form"]: each["digest"] for each in hashed["pdq"]} == forms
    assert {each["quality"] for each in hashed["pdq"]} == {quality}
    assert (hashed["kind"], hashed["refused"], hashed["vpdq"]) == ("image", None, [])


def test_a_picture_is_hashed_as_stored_whatever_its_orientation_tag(hasher: headless.Hasher, tmp_path: Path) -> None:
    file = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pictures.draw(900, 700, seed=5)).save(file, exif=exif)
    assert {each["form"]: each["digest"] for each in hasher.hash(file)["pdq"]} == reference(file)[0]

"""Writes pdq.json beside this file: what `pdqhash` says of generated pictures. Run: python -m tests.vectors.make_pdq"""

import json
from pathlib import Path

import numpy as np
import pdqhash

from hashing import pdq
from tests.hashing import pictures

SIZES = [
    (5, 5),
    (8, 40),
    (63, 65),
    (64, 64),
    (100, 64),
    (129, 130),
    (200, 150),
    (333, 97),
    (511, 383),
    (640, 480),
    (801, 603),
]


def digest_of(bits: list[int]) -> str:
    return f"{int(''.join(map(str, bits)), 2):064x}"


def vector(width: int, height: int, seed: int) -> dict[str, object]:
    digests, quality = pdqhash.compute_dihedral(np.ascontiguousarray(pictures.draw(width, height, seed)))
    forms = {form.value: digest_of(bits) for form, bits in zip(pdq.Form, digests, strict=True)}
    return {"width": width, "height": height, "seed": seed, "quality": int(quality), "forms": forms}


if __name__ == "__main__":
    vectors = [vector(width, height, seed) for seed, (width, height) in enumerate(SIZES)]
    Path(__file__).with_name("pdq.json").write_text(json.dumps(vectors, indent=1) + "\n")

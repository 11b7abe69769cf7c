import json
from pathlib import Path
from typing import Any

import numpy as np
import pdqhash
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashing import pdq
from tests.hashing import pictures

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "vectors" / "pdq.json").read_text())
digests = st.integers(0, 2**256 - 1).map(lambda bits: f"{bits:064x}")


@given(digests, digests, digests)
def test_distance_is_a_metric(one: str, two: str, three: str) -> None:
    assert pdq.distance(one, one) == 0
    assert pdq.distance(one, two) == pdq.distance(two, one) <= pdq.BITS
    assert pdq.distance(one, three) <= pdq.distance(one, two) + pdq.distance(two, three)


@given(digests, st.sets(st.integers(0, 255)))
def test_distance_counts_the_bits_that_differ(digest: str, flipped: set[int]) -> None:
    other = f"{int(digest, 16) ^ sum(1 << bit for bit in flipped):064x}"
    assert pdq.distance(digest, other) == len(flipped)
    assert pdq.is_match(digest, other) == (len(flipped) <= 31)


@pytest.mark.parametrize(
    ("digest", "bits", "balanced"),
    [("0" * 64, 0, False), ("f" * 64, 256, False), ("f0" * 32, 128, True), ("0f" * 20 + "00" * 12, 80, False)],
)
def test_balance_tells_a_picture_from_a_made_up_value(digest: str, bits: int, *, balanced: bool) -> None:
    assert pdq.balance(digest) == bits
    assert pdq.is_balanced(digest) is balanced


@given(digests)
def test_dihedral_forms_of_a_digest_make_the_group_of_the_square(digest: str) -> None:
    forms = pdq.dihedral_forms(digest)
    assert list(forms) == list(pdq.Form)
    for form in pdq.Form:
        inverse = {pdq.Form.ROTATE_90: pdq.Form.ROTATE_270, pdq.Form.ROTATE_270: pdq.Form.ROTATE_90}.get(form, form)
        assert pdq.dihedral_forms(forms[form])[inverse] == digest
        assert set(pdq.dihedral_forms(forms[form]).values()) == set(forms.values())


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["width"] > 8])
def test_dihedral_forms_of_a_digest_are_close_to_hashing_the_turned_picture(vector: dict[str, Any]) -> None:
    forms = pdq.dihedral_forms(vector["forms"]["original"])
    distances = {form: pdq.distance(forms[form], vector["forms"][form]) for form in pdq.Form}
    assert distances[pdq.Form.ORIGINAL] == distances[pdq.Form.FLIP_PLUS_1] == 0
    assert max(distances.values()) <= pdq.MATCH_DISTANCE


@pytest.mark.parametrize("vector", VECTORS)
def test_the_shared_vectors_are_what_pdqhash_says(vector: dict[str, Any]) -> None:
    bits, quality = pdqhash.compute(
        np.ascontiguousarray(pictures.draw(vector["width"], vector["height"], vector["seed"]))
    )
    assert f"{int(''.join(map(str, bits)), 2):064x}" == vector["forms"]["original"]
    assert quality == vector["quality"]

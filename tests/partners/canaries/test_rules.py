"""A canary looks like an entry that a person listed."""

import pytest

from hashing import pdq
from partners.canaries import rules
from registry.entries import rules as entry_rules


@pytest.mark.parametrize("_", range(60))
def test_a_canary_is_an_entry_like_any_other(_: int) -> None:
    item = rules.new_item()
    assert entry_rules.canonical_item(item) == item
    digests = {print_.form: print_.digest for print_ in item.fingerprints if print_.quality is not None}
    assert set(digests) == {form.value for form in pdq.Form}
    assert all(pdq.balance(digest) == 128 for digest in digests.values())
    exact = pdq.dihedral_forms(digests["original"])
    assert digests["flip_plus_1"] == exact[pdq.Form.FLIP_PLUS_1]
    assert all(pdq.distance(digests[form.value], exact[form]) <= 20 for form in pdq.Form)


def test_no_two_canaries_are_alike() -> None:
    digests = [rules.new_item().fingerprints[0].digest for _ in range(100)]
    nearest = min(pdq.distance(one, other) for n, one in enumerate(digests) for other in digests[:n])
    assert nearest > 2 * pdq.MATCH_DISTANCE


def test_the_pool_fills_little_by_little_and_no_further() -> None:
    assert {rules.to_add(0) for _ in range(200)} == {0, 1, 2, 3}
    assert max(rules.to_add(rules.POOL - 1) for _ in range(200)) == 1
    assert rules.to_add(rules.POOL) == 0

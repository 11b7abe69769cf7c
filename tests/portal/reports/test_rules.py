"""References and keys."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.reports import rules
from registry.access.refusals import Invalid, Mismatch, NotFound

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "receipts.json").read_text())

bodies = st.text(alphabet=rules.ALPHABET, min_size=11, max_size=11)


def reference(body):
    """Give a body its check character."""
    return body + rules.check_character(body)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["body"])
def test_check_characters_are_those_of_the_shared_vectors(vector):
    """The browser's module and this one agree."""
    assert rules.check_character(vector["body"]) == vector["check"]


@given(bodies)
def test_a_reference_is_read_however_it_is_typed(body):
    """Small letters, spaces, dashes, and O, I, L for the digits they look like."""
    code = reference(body)
    typed = "-".join((code[:4], code[4:8], code[8:])).lower().replace("0", "o").replace("1", "l")
    assert rules.canonical_reference(f" {typed} ") == code


@given(bodies, st.integers(0, 11), st.sampled_from(rules.ALPHABET))
def test_every_single_slip_is_noticed(body, place, letter):
    """One wrong character never reaches the database."""
    code = reference(body)
    slipped = code[:place] + letter + code[place + 1 :]
    if slipped != code:
        with pytest.raises(Invalid, match="slip"):
            rules.canonical_reference(slipped)


@pytest.mark.parametrize("typed", ["", "ABCD", "U" * 12, "é" * 12, "A" * 13])
def test_what_cannot_be_a_reference_is_refused(typed):
    """Length and letters."""
    with pytest.raises(Invalid, match="12 letters"):
        rules.canonical_reference(typed)


def test_a_key_carries_at_least_128_bits():
    """27 random characters of five bits."""
    assert (rules.KEY_LENGTH - 1) * 5 >= 128


def test_the_same_words_refuse_a_wrong_key_and_an_unknown_reference():
    """Nobody learns which references exist."""
    said = []
    for stored in (bytes(range(32)), None):
        with pytest.raises(NotFound) as caught:
            rules.check_key(stored, bytes(range(1, 33)))
        said.append(caught.value.reason)
    assert said[0] == said[1]


def test_an_unknown_reference_is_not_opened_by_a_key_that_hashes_to_nothing():
    """The stand-in for a missing hash is no key."""
    with pytest.raises(NotFound):
        rules.check_key(None, rules.key_hash("A" * 12, "B" * 28))


@pytest.mark.parametrize(("hash_differs", "mac_differs"), [(True, False), (False, True), (True, True)])
def test_a_different_report_under_a_used_reference_is_refused(hash_differs, mac_differs):
    """A retry is the same report or nothing."""
    one, other = bytes(32), bytes(range(32))
    with pytest.raises(Mismatch):
        rules.check_same(one, one, other if hash_differs else one, other if mac_differs else one)

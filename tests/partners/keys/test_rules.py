"""The form of a key."""

import re

import pytest

from partners.keys import rules


def test_every_new_key_is_well_formed_and_different() -> None:
    made = {rules.new_secret(is_test=False) for _ in range(200)}
    assert len(made) == 200
    assert all(rules.is_well_formed(secret) for secret in made)


@pytest.mark.parametrize("change", ["", " ", "\n", "é", "tid_live_"])
def test_a_key_with_something_added_or_missing_is_not_well_formed(change: str) -> None:
    secret = rules.new_secret(is_test=False)
    assert not rules.is_well_formed(secret[:-1] + change)
    assert change == "" or not rules.is_well_formed(secret + change)


def test_two_letters_changed_places_are_caught() -> None:
    secret = rules.new_secret(is_test=False)
    for i in range(len(rules.LIVE_PREFIX), len(secret) - 1):
        swapped = secret[:i] + secret[i + 1] + secret[i] + secret[i + 2 :]
        assert swapped == secret or not rules.is_well_formed(swapped)


def test_a_scanner_can_find_a_key_by_its_form() -> None:
    assert re.search(r"tid_live_[0-9A-Za-z]{36}", f"export KEY={rules.new_secret(is_test=False)}")

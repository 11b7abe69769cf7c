"""Which numbers the public may know."""

from datetime import date

import pytest

from portal.figures import rules


@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, None), (9, None), (10, 10), (19, 10), (123, 120)])
def test_a_few_are_not_told_and_the_rest_in_tens(count: int, told: int | None) -> None:
    assert rules.coarse(count) == told


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [(0, 0, None), (5, 9, None), (3, 100, None), (97, 100, None), (0, 100, 0), (100, 100, 100), (10, 20, 50)],
)
def test_a_share_is_not_told_when_it_is_of_a_few_or_leaves_a_few(part: int, whole: int, told: int | None) -> None:
    assert rules.coarse_share(part, whole) == told


def test_the_public_is_told_of_whole_months_alone() -> None:
    assert rules.told_until(date(2026, 3, 31)) == date(2026, 2, 28)
    assert rules.told_until(date(2026, 1, 1)) == date(2025, 12, 31)

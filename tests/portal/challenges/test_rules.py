"""How hard a challenge is, and how an address is counted without being kept."""

import pytest
from django.core.cache import caches
from hypothesis import given
from hypothesis import strategies as st

from portal.challenges import queries, rules


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_difficulty_rises_with_load_and_never_shuts_anyone_out(from_address, from_all):
    """Between the two bounds, and never falling as load rises."""
    now = rules.difficulty(from_address, from_all)
    assert rules.EASIEST <= now <= rules.HARDEST
    assert rules.difficulty(from_address + 10, from_all) >= now <= rules.difficulty(from_address, from_all + 300)


def test_a_quiet_site_asks_the_least_and_a_flood_the_most():
    """The two ends."""
    assert rules.difficulty(1, 1) == rules.EASIEST
    assert rules.difficulty(100, 1) == rules.difficulty(1, 10_000) == rules.HARDEST


def test_neighbours_share_a_digest_and_another_salt_gives_another():
    """A /24 or a /56 is one; after the salt is gone nothing leads back."""
    assert rules.network_digest("192.0.2.1", b"a") == rules.network_digest("192.0.2.250", b"a")
    assert rules.network_digest("2001:db8:0:1::1", b"a") == rules.network_digest("2001:db8:0:2::9", b"a")
    assert rules.network_digest("192.0.2.1", b"a") != rules.network_digest("192.0.2.1", b"b")
    assert len(rules.network_digest("192.0.2.1", b"a")) == 6
    assert rules.network_digest("", b"a") == "unknown"


@pytest.fixture
def quiet(settings):
    """Begin with no load, at production's scale, and leave none."""
    settings.INTAKE_SCALE = 1
    caches["memory"].clear()
    yield
    caches["memory"].clear()


@pytest.mark.usefixtures("quiet")
def test_one_busy_network_makes_it_harder_for_itself_alone():
    """The others still have the easiest."""
    for _ in range(40):
        last = queries.new_challenge("198.51.100.7")
    assert last["maxnumber"] == rules.HARDEST
    assert queries.new_challenge("203.0.113.9")["maxnumber"] == rules.EASIEST

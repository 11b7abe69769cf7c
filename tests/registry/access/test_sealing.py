"""What is sealed opens for its owner alone, and under a key that is still held."""

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from registry.access import sealing

KEY, OLD_KEY = (Fernet.generate_key().decode() for _ in range(2))


@given(secret=st.binary(max_size=64), owner=st.binary(max_size=64))
def test_a_sealed_secret_opens_for_its_owner(secret: bytes, owner: bytes) -> None:
    sealed = sealing.seal(secret, owner=owner, keys=[KEY])
    assert sealing.unseal(sealed, owner=owner, keys=[KEY]) == secret


def test_a_sealed_secret_does_not_show_itself() -> None:
    assert b"twenty secret bytes!" not in sealing.seal(b"twenty secret bytes!", owner=b"me", keys=[KEY])


@pytest.mark.parametrize("other", [b"mee", b"m", b"you", b""])
def test_a_sealed_secret_moved_to_another_owner_stays_closed(other: bytes) -> None:
    sealed = sealing.seal(b"e secret", owner=b"me", keys=[KEY])
    with pytest.raises(sealing.Broken):
        sealing.unseal(sealed, owner=other, keys=[KEY])


def test_a_new_key_is_put_before_the_old_one_without_losing_what_that_sealed() -> None:
    sealed = sealing.seal(b"secret", owner=b"me", keys=[OLD_KEY])
    assert sealing.unseal(sealed, owner=b"me", keys=[KEY, OLD_KEY]) == b"secret"


def test_a_sealed_secret_stays_closed_once_its_key_is_gone() -> None:
    sealed = sealing.seal(b"secret", owner=b"me", keys=[OLD_KEY])
    with pytest.raises(sealing.Broken):
        sealing.unseal(sealed, owner=b"me", keys=[KEY])

from collections.abc import Iterator

import pytest

from hashing import headless


@pytest.fixture(scope="session")
def hasher() -> Iterator[headless.Hasher]:
    """The hashing modules in a headless browser, one for all tests."""
    with headless.hashing() as hasher:
        yield hasher

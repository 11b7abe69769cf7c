"""Tools for the tests of hashing: the very modules in a browser."""

from collections.abc import Iterator

import pillow_heif
import pytest
from playwright.sync_api import Browser

from hashing import headless

pillow_heif.register_heif_opener()


@pytest.fixture(scope="session")
def modules() -> Iterator[headless.Server]:
    """Give the server of the hashing modules. It writes down what it is asked."""
    with headless.serving() as server:
        yield server


@pytest.fixture(scope="session")
def hasher(chromium: Browser, modules: headless.Server) -> Iterator[headless.Hasher]:
    """Give the hashing modules in a page of their own, the same for all tests."""
    context = chromium.new_context()
    yield headless.Hasher(context.new_page(), modules.origin)
    context.close()

"""Static files: served as written, packed for slow lines, scripts sealed."""

import gzip
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import RequestFactory
from whitenoise.middleware import WhiteNoiseMiddleware

from hashing import browser_policy

ROOT = Path(__file__).resolve().parents[3]
WRITTEN = {
    "/static/hashing/worker.js": ROOT / "hashing" / "browser" / "worker.js",
    "/static/site.css": ROOT / "portal" / "static" / "site.css",
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of static files as `prepare` leaves it."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def serve(prepared: Path, settings: Any) -> WhiteNoiseMiddleware:
    """Give what serves them."""
    settings.STATIC_ROOT = prepared
    settings.WHITENOISE_USE_FINDERS = False
    call_command("collectstatic", interactive=False, verbosity=0)
    return WhiteNoiseMiddleware(lambda request: HttpResponse(status=404))


@pytest.mark.parametrize("address", WRITTEN)
def test_a_file_comes_packed_and_unpacks_to_the_bytes_that_were_written(
    serve: WhiteNoiseMiddleware, address: str
) -> None:
    with closing(serve(RequestFactory().get(address, headers={"Accept-Encoding": "gzip"}))) as answer:
        assert answer["Content-Encoding"] == "gzip"
        assert gzip.decompress(b"".join(answer)) == WRITTEN[address].read_bytes()


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_script_is_sealed_packed_or_not(serve: WhiteNoiseMiddleware, encoding: str) -> None:
    with closing(
        serve(RequestFactory().get("/static/hashing/worker.js", headers={"Accept-Encoding": encoding}))
    ) as answer:
        assert answer["Content-Security-Policy"] == browser_policy.SEALED
        assert answer["Cache-Control"] == "no-cache"

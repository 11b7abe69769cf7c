"""Once all is loaded, files of every kind are hashed without any network, whatever happens to the workers."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error

from hashing import headless
from tests.hashing import heif, videos
from tests.hashing.browser.test_pictures import photo, see_through

NAMES = ("photo.jpg", "picture.png", "picture.webp", "phone.heic", "film.mp4", "film.webm", "tiles.heic")
READY = "async () => { await hasher.ready(); }"
REPLACED = """async () => {
  const settled = () => hasher.places.length === before.length && hasher.places.every(({ isHeard }) => isHeard);
  while (!settled()) await new Promise((resolve) => setTimeout(resolve, 20));
  return hasher.places.filter(({ worker }) => !before.includes(worker)).length;
}"""
LEAVE_FIRST = """async () => {
  const stopping = new AbortController();
  const [first, ...others] = document.querySelector('input').files;
  const left = hasher.hash(first, { signal: stopping.signal, onProgress: () => stopping.abort() }).catch(({ name }) => name);
  return [await left, ...await Promise.all(others.map((file) => hasher.hash(file)))];
}"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("files")
    files = [folder / name for name in NAMES]
    photo().save(files[0])
    see_through(photo()).save(files[1])
    for file in files[2:4]:
        photo().save(file)
    videos.make(files[4], options="-c:v libx264 -preset ultrafast -pix_fmt yuv420p")
    videos.make(files[5], options="-c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M")
    heif.save_as_grid(photo(), files[6])
    return files


@pytest.fixture
def tab(chromium: Browser) -> Any:
    """Give a browser that has stored nothing."""
    context = chromium.new_context()
    yield context
    context.close()


@pytest.mark.parametrize("size", [1, 2])
def test_every_kind_is_hashed_with_the_network_switched_off(
    tab: BrowserContext, modules: headless.Server, files: list[Path], size: int
) -> None:
    hasher = headless.Hasher(tab.new_page(), modules.origin, size)
    hasher.page.evaluate(READY)
    asked = len(modules.requests)
    tab.set_offline(offline=True)
    for _ in range(2):  # the worker that held the HEIC decoder would have been ended after the first time
        hashed = hasher.hash_all(files * 2, protective=True)
        assert [each["refused"] for each in hashed] == [None] * len(files) * 2
        assert [each["path"] for each in hashed[: len(files)]] == [
            "planes",
            "frame",
            "frame",
            "libheif",
            *["webcodecs"] * 2,
            "libheif",
        ]
    assert len(modules.requests) == asked


def test_taking_a_file_away_leaves_a_worker_for_the_others(
    tab: BrowserContext, modules: headless.Server, files: list[Path]
) -> None:
    hasher = headless.Hasher(tab.new_page(), modules.origin)
    hasher.page.evaluate(READY)
    tab.set_offline(offline=True)
    hasher.page.set_input_files("input", [str(file) for file in (files[5], *files[:4])])
    for _ in range(2):
        left, *others = hasher.page.evaluate(LEAVE_FIRST)
        assert left == "AbortError"
        assert [each["refused"] for each in others] == [None] * 4


def test_with_a_network_the_worker_that_held_the_heic_decoder_is_replaced(
    tab: BrowserContext, modules: headless.Server, files: list[Path]
) -> None:
    hasher = headless.Hasher(tab.new_page(), modules.origin)
    hasher.page.evaluate(READY)
    hasher.page.evaluate("() => { globalThis.before = hasher.places.map(({ worker }) => worker); }")
    with hasher.page.expect_worker():
        hasher.hash(files[3])
    assert hasher.page.evaluate(REPLACED) == 1
    assert hasher.hash(files[3])["path"] == "libheif"


def test_a_page_is_told_when_something_could_not_be_loaded(tab: BrowserContext, modules: headless.Server) -> None:
    hasher = headless.Hasher(tab.new_page(), modules.origin)
    tab.route("**/libheif-bundle.mjs", lambda route: route.abort())
    with pytest.raises(Error, match="import"):
        hasher.page.evaluate(READY)


def test_without_workers_a_file_is_given_up_in_plain_words(
    tab: BrowserContext, modules: headless.Server, files: list[Path]
) -> None:
    hasher = headless.Hasher(tab.new_page(), modules.origin, size=2)
    tab.set_offline(offline=True)
    assert [each["refused"]["code"] for each in hasher.hash_all(files[:3])] == ["not_loaded"] * 3


def test_a_worker_that_cannot_be_started_leaves_its_file_to_the_others(
    tab: BrowserContext, modules: headless.Server, files: list[Path]
) -> None:
    hasher = headless.Hasher(tab.new_page(), modules.origin, size=2)
    hasher.hash(files[0])
    tab.set_offline(offline=True)
    assert [each["refused"] for each in hasher.hash_all(files[:1] * 4)] == [None] * 4

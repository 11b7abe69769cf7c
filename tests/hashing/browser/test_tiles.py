"""The HEIC of a phone is made of tiles: an idle worker decodes some of them, and nothing hangs on whether it does."""

from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pdqhash
import pytest
from playwright.sync_api import Browser, Worker

from hashing import headless, pdq
from tests.hashing import heif
from tests.hashing.browser.test_pictures import forms_of, hexadecimal, opened, photo, reference

MOST_BITS = 2
READY = "async () => { await hasher.ready(); }"
COUNT_SENT = """() => {
  self.sent = 0;
  const post = MessagePort.prototype.postMessage;
  MessagePort.prototype.postMessage = function (message, ...given) {
    if (message?.pixels) self.sent += 1;
    return post.call(this, message, ...given);
  };
}"""
SEND_NOTHING = """() => {
  const post = MessagePort.prototype.postMessage;
  MessagePort.prototype.postMessage = function (message, ...given) {
    if (!message?.pixels) post.call(this, message, ...given);
  };
}"""
BREAK_WHEN_SENDING = """() => {
  const post = MessagePort.prototype.postMessage;
  MessagePort.prototype.postMessage = function (message, ...given) {
    if (message?.pixels) throw new RangeError('No memory is left.');
    post.call(this, message, ...given);
  };
}"""
HANG_ON_PNG = """() => {
  const open = createImageBitmap;
  createImageBitmap = (blob, ...given) => blob.type === 'image/png' ? new Promise(() => {}) : open(blob, ...given);
}"""
HASH_LAST_BESIDE_OTHERS = """async () => {
  const files = [...document.querySelector('input').files];
  for (const file of files.slice(0, -1)) void hasher.hash(file);
  return await hasher.hash(files.at(-1));
}"""
CANCEL_HALF_WAY = """async () => {
  const stopping = new AbortController();
  const onProgress = (share) => { if (share > 0.2) stopping.abort(); };
  const [file] = document.querySelector('input').files;
  return await hasher.hash(file, { signal: stopping.signal, onProgress }).catch(({ name }) => name);
}"""
PROGRESS = """async () => {
  const heard = [];
  const [file] = document.querySelector('input').files;
  await hasher.hash(file, { onProgress: (share) => heard.push(share) });
  return heard;
}"""
WAIT_FOR_ONE_LESS = """async () => {
  while (hasher.places.length > 1) await new Promise((resolve) => setTimeout(resolve, 20));
}"""
MEMORY = """async () => {
  const { startDecoder } = await import('/static/hashing/libheif.js');
  return (await startDecoder()).HEAPU8.length;
}"""
COMPARE_WITH_WHOLE = """async (content) => {
  const { openHeic } = await import('/static/hashing/heic.js');
  const { Picture } = await import('/static/hashing/libheif.js');
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const picture = await Picture.open(bytes);
  const { width, height, tiles } = picture;
  picture.tiles = [{ left: 0, top: 0, width, height, x: 0, y: 0 }];
  const whole = picture.rows(picture.decode(0), 0);
  const rows = Array.from({ length: height }, (_, row) => {
    const start = whole.start + row * whole.step;
    return whole.bytes.slice(start, start + width * 4);
  });
  const source = await openHeic(bytes, { onProgress: () => {}, plead: () => {} });
  const read = await source.read(0, height);
  const same = rows.every((row, at) => row.every((value, column) => value === read[at * width * 4 + column]));
  return [tiles.length, same && source.width === width && source.height === height];
}"""
SHOWN = {
    "as stored": [],
    "turned left": [heif.turned(1)],
    "upside down": [heif.turned(2)],
    "turned right": [heif.turned(3)],
    "mirrored": [heif.mirrored(1)],
    "mirrored upside down": [heif.mirrored(0)],
    "turned and mirrored": [heif.turned(1), heif.mirrored(1)],
    "cut": [heif.cut(900, 500)],
}
LEFT_TO_LIBHEIF = ("turned and mirrored", "cut")


@pytest.fixture(scope="module")
def tiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a picture of 20 tiles."""
    file = tmp_path_factory.mktemp("tiled") / "phone.heic"
    heif.save_as_grid(photo(2500, 1800, 5), file)
    return file


@pytest.fixture
def pair(chromium: Browser, modules: headless.Server) -> Iterator[headless.Hasher]:
    """Give two workers that have loaded everything."""
    context = chromium.new_context()
    hasher = headless.Hasher(context.new_page(), modules.origin, 2)
    hasher.page.evaluate(READY)
    yield hasher
    context.close()


def sent(workers: list[Worker]) -> int:
    return sum(worker.evaluate("self.sent") for worker in workers)


@cache
def expected(file: Path) -> str:
    bits, _ = pdqhash.compute(np.ascontiguousarray(np.asarray(opened(file))))
    return hexadecimal(bits)


def is_right(hashed: dict[str, Any], file: Path) -> bool:
    return pdq.distance(forms_of(hashed)["original"], expected(file)) <= MOST_BITS


@pytest.mark.parametrize("name", SHOWN)
def test_a_picture_in_tiles_is_within_two_bits_of_pdqhash_however_it_is_shown(
    hasher: headless.Hasher, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "tiles.heic"
    heif.save_as_grid(photo(1100, 700), file, shown=SHOWN[name])
    hashed = forms_of(hasher.hash(file))
    assert all(pdq.distance(hashed[form], digest) <= MOST_BITS for form, digest in reference(opened(file))[0].items())


@pytest.mark.parametrize("name", SHOWN)
def test_tiles_give_the_very_pixels_of_the_picture_decoded_whole(
    pair: headless.Hasher, tmp_path: Path, name: str
) -> None:
    heif.save_as_grid(photo(1100, 700), tmp_path / "tiles.heic", shown=SHOWN[name])
    content = b64encode((tmp_path / "tiles.heic").read_bytes()).decode()
    tiles, same = pair.page.workers[0].evaluate(COMPARE_WITH_WHOLE, content)
    assert (tiles, same) == (1 if name in LEFT_TO_LIBHEIF else 6, True)


def test_an_idle_worker_decodes_some_of_the_tiles(pair: headless.Hasher, tiled: Path) -> None:
    for worker in pair.page.workers:
        worker.evaluate(COUNT_SENT)
    hashed = pair.hash_all([tiled, tiled])
    assert [is_right(each, tiled) for each in [*hashed, pair.hash(tiled)]] == [True] * 3
    assert sent(pair.page.workers) > 0


def test_with_no_worker_idle_a_worker_decodes_every_tile(pair: headless.Hasher, tiled: Path, tmp_path: Path) -> None:
    photo().save(tmp_path / "hangs.png")
    for worker in pair.page.workers:
        worker.evaluate(COUNT_SENT)
        worker.evaluate(HANG_ON_PNG)
    pair.page.set_input_files("input", [str(tmp_path / "hangs.png"), str(tiled)])
    assert is_right(pair.page.evaluate(HASH_LAST_BESIDE_OTHERS), tiled)
    assert sent(pair.page.workers) == 0


def test_nobody_waits_for_a_helper_that_hangs(pair: headless.Hasher, tiled: Path) -> None:
    for worker in pair.page.workers:
        worker.evaluate(SEND_NOTHING)
    assert is_right(pair.hash(tiled), tiled)


def test_a_helper_that_breaks_is_ended_and_the_picture_is_hashed(pair: headless.Hasher, tiled: Path) -> None:
    for worker in pair.page.workers:
        worker.evaluate(BREAK_WHEN_SENDING)
    assert is_right(pair.hash(tiled), tiled)
    pair.page.evaluate(WAIT_FOR_ONE_LESS)
    assert is_right(pair.hash(tiled), tiled)


def test_a_picture_cancelled_half_way_leaves_nothing_in_the_next_one(
    pair: headless.Hasher, tiled: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.heic"
    heif.save_as_grid(photo(2500, 1800, 7), other)
    for _ in range(3):
        pair.page.set_input_files("input", str(tiled))
        assert pair.page.evaluate(CANCEL_HALF_WAY) == "AbortError"
        assert is_right(pair.hash(other), other)
    assert len(pair.page.workers) == 2


def test_pictures_hashed_side_by_side_keep_their_tiles_apart(
    pair: headless.Hasher, tiled: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.heic"
    heif.save_as_grid(photo(1800, 2500, 8), other)
    files = [tiled, other, other, tiled, other]
    assert all(is_right(hashed, file) for hashed, file in zip(pair.hash_all(files), files, strict=True))


def test_progress_moves_with_the_tiles(pair: headless.Hasher, tiled: Path) -> None:
    pair.page.set_input_files("input", str(tiled))
    heard = pair.page.evaluate(PROGRESS)
    assert heard == sorted(heard)
    assert len([share for share in heard if 0.1 < share < 0.6]) >= 5


def test_the_decoder_takes_no_more_memory_for_more_pictures(pair: headless.Hasher, tiled: Path) -> None:
    pair.hash_all([tiled] * 2)
    before = [worker.evaluate(MEMORY) for worker in pair.page.workers]
    pair.hash_all([tiled] * 8)
    assert [worker.evaluate(MEMORY) for worker in pair.page.workers] == before


def test_a_pool_of_one_has_a_second_worker_to_help_where_there_is_a_core(
    chromium: Browser, modules: headless.Server
) -> None:
    context = chromium.new_context()
    hasher = headless.Hasher(context.new_page(), modules.origin, 1)
    hasher.page.evaluate(READY)
    assert len(hasher.page.workers) == min(2, hasher.page.evaluate("navigator.hardwareConcurrency"))
    context.close()

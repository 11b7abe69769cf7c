"""Many files at once, cancelling, and workers that break: one bad file never spoils the rest."""

from hashlib import md5
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser

from hashing import headless
from tests.hashing import pictures, videos

OPEN = """async ([size, patience]) => {
  const { createHasher } = await import('/static/hashing/pool.js');
  const policy = trustedTypes.createPolicy('hashing', { createScriptURL: (url) => url });
  const workerUrl = policy.createScriptURL('/static/hashing/worker.js');
  globalThis.hasher = createHasher({ workerUrl, size, patience });
}"""
CANCEL_ONE = """async () => {
  const files = [...document.querySelector('input').files];
  const stopping = new AbortController();
  const heard = [];
  const work = files.map((file, at) => hasher.hash(file, {
    signal: at === 0 ? stopping.signal : undefined,
    onProgress: (share) => at === 0 && (heard.push(share), stopping.abort()),
  }).then((hashed) => hashed.refused, (error) => error.name));
  return { outcomes: await Promise.all(work), heard: heard.length };
}"""
CANCEL_BEFORE = """async () => {
  const [file] = document.querySelector('input').files;
  return await hasher.hash(file, { signal: AbortSignal.abort() }).catch((error) => error.name);
}"""
CANCEL_WAITING = """async () => {
  const stopping = new AbortController();
  const work = [...document.querySelector('input').files].map((file, at) =>
    hasher.hash(file, { signal: at === 1 ? stopping.signal : undefined }).catch((error) => error.name));
  stopping.abort();
  return (await Promise.all(work)).map((outcome) => outcome.md5 ? 'hashed' : outcome);
}"""
PROGRESS = """async () => {
  const [file] = document.querySelector('input').files;
  const heard = [];
  await hasher.hash(file, { onProgress: (share) => heard.push(share) });
  return heard;
}"""
CLOSE = """async () => {
  const work = [...document.querySelector('input').files].map((file) => hasher.hash(file).catch((error) => error.name));
  hasher.close();
  return await Promise.all(work);
}"""

HANG_DECODERS = """() => {
  const never = () => new Promise(() => {});
  Object.assign(VideoDecoder.prototype, { configure: () => {}, decode: () => {}, flush: never });
}"""


@pytest.fixture
def pool(chromium: Browser, modules: headless.Server) -> Any:
    """Give a page in which tests open a pool of a size and patience (milliseconds) of their own."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(modules.origin)
    yield page
    context.close()


def photos(folder: Path, count: int) -> list[str]:
    files = [folder / f"photo {number}.jpg" for number in range(count)]
    for number, file in enumerate(files):
        Image.fromarray(pictures.draw(300, 200, number % 7)).save(file)
    return [str(file) for file in files]


def test_a_hundred_files_chosen_at_once_are_hashed_by_two_workers(pool: Any, tmp_path: Path) -> None:
    files = photos(tmp_path, 98)
    (tmp_path / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 and nothing more")
    (tmp_path / "bad.txt").write_text("not a picture at all, " * 20)
    pool.evaluate(OPEN, [2, 60_000])
    pool.set_input_files("input", [str(tmp_path / "bad.jpg"), *files, str(tmp_path / "bad.txt")])
    hashed = pool.evaluate(headless.HASH_CHOSEN)
    assert [each["refused"] and each["refused"]["code"] for each in hashed] == ["damaged", *[None] * 98, "unsupported"]
    assert len(pool.workers) == 2


def test_cancelling_a_file_spares_the_others(pool: Any, tmp_path: Path) -> None:
    pool.evaluate(OPEN, [1, 60_000])
    pool.set_input_files("input", photos(tmp_path, 3))
    assert pool.evaluate(CANCEL_ONE) == {"outcomes": ["AbortError", None, None], "heard": 1}


def test_a_file_is_not_begun_once_cancelled(pool: Any, tmp_path: Path) -> None:
    pool.evaluate(OPEN, [1, 60_000])
    pool.set_input_files("input", photos(tmp_path, 2))
    assert pool.evaluate(CANCEL_BEFORE) == "AbortError"
    assert pool.workers == []
    assert pool.evaluate(CANCEL_WAITING) == ["hashed", "AbortError"]


def test_a_file_that_hangs_is_given_up_and_the_next_ones_go_on(pool: Any, tmp_path: Path) -> None:
    pool.evaluate(OPEN, [1, 1500])
    pool.set_input_files("input", photos(tmp_path, 1))
    pool.evaluate(headless.HASH_CHOSEN)
    pool.workers[0].evaluate("() => { createImageBitmap = () => new Promise(() => {}); }")
    Image.fromarray(pictures.draw(300, 200, 1)).save(tmp_path / "hangs.png")
    pool.set_input_files("input", [str(tmp_path / "hangs.png"), *photos(tmp_path, 1)])
    hung, fine = pool.evaluate(headless.HASH_CHOSEN)
    assert hung["refused"]["code"] == "gave_up"
    assert hung["md5"] is not None
    assert fine["refused"] is None


def test_a_video_its_decoder_hangs_on_keeps_its_md5(pool: Any, tmp_path: Path) -> None:
    videos.make(tmp_path / "short.mp4", options="-c:v libx264 -preset ultrafast -pix_fmt yuv420p")
    (tmp_path / "long.mp4").write_bytes((tmp_path / "short.mp4").read_bytes() + bytes(17 * 1024 * 1024))
    pool.evaluate(OPEN, [2, 1500])
    pool.set_input_files("input", photos(tmp_path, 2))
    pool.evaluate(headless.HASH_CHOSEN)
    for worker in pool.workers:
        worker.evaluate(HANG_DECODERS)
    hung = [tmp_path / "short.mp4", tmp_path / "long.mp4"]
    pool.set_input_files("input", [str(file) for file in hung])
    hashed = pool.evaluate(headless.HASH_CHOSEN)
    assert [each["refused"]["code"] for each in hashed] == ["gave_up", "gave_up"]
    expected = [md5(file.read_bytes(), usedforsecurity=False).hexdigest() for file in hung]
    assert [each["md5"] for each in hashed] == expected


def test_a_worker_that_breaks_gives_up_its_file_only(pool: Any, tmp_path: Path) -> None:
    pool.evaluate(OPEN, [1, 60_000])
    pool.set_input_files("input", photos(tmp_path, 1))
    pool.evaluate(headless.HASH_CHOSEN)
    pool.workers[0].evaluate("() => { Uint8Array = null; }")
    pool.set_input_files("input", photos(tmp_path, 2))
    broken, fine = pool.evaluate(headless.HASH_CHOSEN)
    assert broken["refused"]["code"] == "gave_up"
    assert fine["refused"] is None


def test_a_worker_that_does_not_leave_a_cancelled_file_is_ended(pool: Any, tmp_path: Path) -> None:
    pool.clock.install()
    pool.evaluate(OPEN, [1, 60_000])
    pool.set_input_files("input", photos(tmp_path, 1))
    pool.evaluate(headless.HASH_CHOSEN)
    pool.workers[0].evaluate("() => { createImageBitmap = () => new Promise(() => {}); }")
    Image.fromarray(pictures.draw(300, 200, 1)).save(tmp_path / "hangs.png")
    pool.set_input_files("input", str(tmp_path / "hangs.png"))
    assert pool.evaluate(CANCEL_ONE)["outcomes"] == ["AbortError"]
    pool.clock.fast_forward(11_000)
    pool.set_input_files("input", photos(tmp_path, 1))
    assert [each["refused"] for each in pool.evaluate(headless.HASH_CHOSEN)] == [None]


def test_the_heic_decoder_is_gone_when_its_picture_is_done(pool: Any, tmp_path: Path) -> None:
    Image.fromarray(pictures.draw(300, 200, 1)).save(tmp_path / "phone.heic")
    pool.evaluate(OPEN, [1, 60_000])
    pool.set_input_files("input", [str(tmp_path / "phone.heic"), *photos(tmp_path, 1)])
    assert [each["path"] for each in pool.evaluate(headless.HASH_CHOSEN)] == ["libheif", "planes"]
    assert pool.evaluate("hasher.places.length") == 0


def test_progress_moves_and_ends_at_one(pool: Any, tmp_path: Path) -> None:
    videos.make(tmp_path / "clip.mp4", options="-c:v libx264 -preset ultrafast -pix_fmt yuv420p")
    pool.evaluate(OPEN, [1, 60_000])
    pool.set_input_files("input", str(tmp_path / "clip.mp4"))
    heard = pool.evaluate(PROGRESS)
    assert heard == sorted(heard)
    assert (len(heard) >= 4, heard[-1]) == (True, 1)


def test_closing_the_pool_ends_everything(pool: Any, tmp_path: Path) -> None:
    pool.evaluate(OPEN, [1, 60_000])
    pool.set_input_files("input", photos(tmp_path, 3))
    assert pool.evaluate(CLOSE) == ["AbortError"] * 3
    assert pool.workers == []

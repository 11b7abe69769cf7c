"""The worker that reads a photo cannot send it anywhere, and nothing is asked of the network while it works."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Worker

from hashing import browser_policy, headless
from tests.hashing import heif, pictures

ESCAPES = {
    "fetch": "fetch(address).then(() => 'out')",
    "fetch no-cors": "fetch(address, { method: 'POST', mode: 'no-cors', body: 'x' }).then(() => 'out')",
    "fetch keepalive": "fetch(address, { keepalive: true }).then(() => 'out')",
    "XMLHttpRequest": """new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.onload = () => resolve('out');
        request.onerror = () => reject(new Error('blocked'));
        request.open('POST', address);
        request.send('x');
    })""",
    "WebSocket": """new Promise((resolve, reject) => {
        const socket = new WebSocket(address.replace('http', 'ws'));
        socket.onopen = () => resolve('out');
        socket.onerror = () => reject(new Error('blocked'));
    })""",
    "EventSource": """new Promise((resolve, reject) => {
        const source = new EventSource(address);
        source.onopen = () => resolve('out');
        source.onerror = () => reject(new Error('blocked'));
    })""",
    "import from elsewhere": "import(address + 'x.js').then(() => 'out')",
    "import of data": "import('data:text/javascript,export default 1').then(() => 'out')",
    "import of a blob": "import(URL.createObjectURL(new Blob(['1'], { type: 'text/javascript' }))).then(() => 'out')",
    "worker of a blob": """new Promise((resolve, reject) => {
        const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'], { type: 'text/javascript' })));
        worker.onmessage = () => resolve('out');
        worker.onerror = () => reject(new Error('blocked'));
    })""",
    "cache of the site": "caches.open('x').then((cache) => cache.add(address)).then(() => 'out')",
}
ATTEMPT = """async (address) => {
  try {
    return await (%s);
  } catch (error) {
    return 'blocked';
  }
}"""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[headless.Server]:
    with headless.serving() as server:
        yield server


@pytest.fixture(scope="module")
def sealed(hasher: headless.Hasher, tmp_path_factory: pytest.TempPathFactory) -> Worker:
    file = tmp_path_factory.mktemp("sealed") / "picture.jpg"
    Image.fromarray(pictures.draw(300, 200, 1)).save(file)
    hasher.hash(file)
    return hasher.page.workers[0]


@pytest.mark.parametrize("way", ESCAPES)
@pytest.mark.parametrize("home", [True, False])
def test_no_way_out_of_the_worker_is_open(
    sealed: Worker, hasher: headless.Hasher, elsewhere: headless.Server, way: str, *, home: bool
) -> None:
    before = len(elsewhere.requests)
    address = hasher.page.url if home and way != "import from elsewhere" else f"{elsewhere.origin}/"
    assert sealed.evaluate(ATTEMPT % ESCAPES[way], address) == "blocked"
    assert len(elsewhere.requests) == before


def test_beacons_do_not_exist_in_the_worker(sealed: Worker) -> None:
    assert sealed.evaluate("typeof navigator.sendBeacon") == "undefined"


def test_the_policy_of_scripts_names_no_connection() -> None:
    directives: dict[str, Any] = dict(part.split(" ", 1) for part in browser_policy.SEALED.split("; "))
    assert directives["default-src"] == "'none'"
    assert not [name for name in directives if name.startswith("connect")]
    assert set(directives["script-src"].split()) == {"'self'", "'wasm-unsafe-eval'"}


def test_nothing_is_asked_of_the_network_while_files_are_hashed(chromium: Browser, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("one.jpg", "two.png", "three.heic", "four.webp", "tiles.heic")]
    picture = Image.fromarray(pictures.draw(600, 400, 2))
    for file in files[:4]:
        picture.save(file)
    heif.save_as_grid(picture, files[4])
    # The server doubles as the proxy for every address: whatever the browser asks of any host, it writes down.
    with headless.serving() as server:
        context = chromium.new_context(proxy={"server": server.origin, "bypass": "<-loopback>"})
        hasher = headless.Hasher(context.new_page(), server.origin)
        hasher.page.evaluate("() => hasher.ready()")
        assert f"{server.origin}/static/hashing/worker.js" in server.requests
        own = {path for path in server.requests if path.startswith(f"{server.origin}/")}
        assert own == set(server.requests)
        before = len(server.requests)
        assert [each["refused"] for each in hasher.hash_all(files)] == [None] * 5
        assert server.requests[before:] == []
        context.close()


def test_the_server_answers_only_what_it_serves(elsewhere: headless.Server, hasher: headless.Hasher) -> None:
    for path in ("/static/hashing/../headless.py", "/static/hashing/none.js", "/etc/passwd"):
        assert hasher.page.request.get(f"{elsewhere.origin}{path}").status == HTTPStatus.NOT_FOUND

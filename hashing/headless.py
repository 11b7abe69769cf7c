"""Hashing: the browser modules run in headless Chromium, served from this machine. Needs the develop lock."""

import http.server
import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from hashing import browser_policy

ROOT = Path(__file__).resolve().parent.parent
MOUNTS = {"/static/hashing/": ROOT / "hashing" / "browser", "/static/vendor/": ROOT / "node_modules"}
MIME_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}
ISOLATION = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types hashing"
)
PAGE = b"<!doctype html><html lang=en><title>Hashing</title><input type=file multiple>"
CHROMIUM_FLAGS = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]

OPEN_HASHER = """async ([size, tmk]) => {
  const { createHasher } = await import('/static/hashing/pool.js');
  const policy = trustedTypes.createPolicy('hashing', { createScriptURL: (url) => url });
  const trusted = (name) => policy.createScriptURL('/static/hashing/' + name);
  globalThis.hasher = createHasher({ workerUrl: trusted('worker.js'), size, tmk });
}"""
HASH_CHOSEN = """async (options) => {
  const files = [...document.querySelector('input').files];
  return await Promise.all(files.map((file) => globalThis.hasher.hash(file, options ?? {})));
}"""


class NoBrowser(RuntimeError):
    """No Chromium was found; the message says where one is looked for."""


def chromium_path() -> str:
    """The browser to drive: the environment's CHROMIUM, or one on the path. Raises NoBrowser."""
    named = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not named:
        raise NoBrowser("No Chromium found: install one, or name it in the environment variable CHROMIUM.")
    return named


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.server.requests.append(self.path)  # type: ignore[attr-defined]
        if path == "/":
            self._answer(PAGE, "text/html; charset=utf-8", PAGE_POLICY)
            return
        file = _file_for(path)
        if file is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        mime_type = MIME_TYPES.get(file.suffix, "application/octet-stream")
        self._answer(file.read_bytes(), mime_type, browser_policy.SEALED)

    def _answer(self, body: bytes, content_type: str, policy: str) -> None:
        self.send_response(HTTPStatus.OK)
        for name, value in ISOLATION.items():
            self.send_header(name, value)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Security-Policy", policy)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing: the caller's output is its own."""


def _file_for(path: str) -> Path | None:
    for prefix, folder in MOUNTS.items():
        file = (folder / path.removeprefix(prefix)).resolve()
        if path.startswith(prefix) and file.is_file() and file.is_relative_to(folder.resolve()):
            return file
    return None


class Server(http.server.ThreadingHTTPServer):
    """Serves the modules as the site does. `requests` lists every path asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[str] = []

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def serving() -> Iterator[Server]:
    """A running Server on a free port of this machine."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def browsing() -> Iterator[Browser]:
    """A headless Chromium with nothing of the user's in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=CHROMIUM_FLAGS, chromium_sandbox=os.geteuid() != 0
        )
        try:
            yield browser
        finally:
            browser.close()


class Hasher:
    """A page with the hashing modules loaded."""

    def __init__(self, page: Page, origin: str, size: int = 1, *, tmk: bool = False) -> None:
        self.page = page
        page.goto(origin)
        page.evaluate(OPEN_HASHER, [size, tmk])

    def hash(self, file: Path) -> dict[str, Any]:
        """What the browser makes of one file: the HashedFile of `browser/hash_file.js`, as a dictionary."""
        return self.hash_all([file])[0]

    def hash_all(self, files: Sequence[Path], *, protective: bool = False) -> list[dict[str, Any]]:
        """The same for files chosen together, in their order; `protective` adds the derived forms of pictures."""
        self.page.set_input_files("input", [str(file) for file in files])
        hashed: list[dict[str, Any]] = self.page.evaluate(HASH_CHOSEN, {"protective": protective})
        return hashed


@contextmanager
def hashing(size: int = 1, *, tmk: bool = False) -> Iterator[Hasher]:
    """A Hasher in a browser of its own, `size` workers wide; with `tmk` it makes TMK+PDQF of videos too."""
    with serving() as server, browsing() as browser:
        yield Hasher(browser.new_page(), server.origin, size, tmk=tmk)

"""The person reporting: how long pages take, on a good line and on a bad one, and how many reports a server takes."""

import gzip
import http.client
import json
import os
import secrets
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import django
import environ

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler  # noqa: E402 - after the settings
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from playwright.sync_api import Browser, Page, Response, sync_playwright  # noqa: E402

from portal.challenges import rules as challenge_rules  # noqa: E402
from portal.reports import rules  # noqa: E402
from portal.reports.models import Report  # noqa: E402
from tests import browser  # noqa: E402
from tests.portal.challenges import proofs  # noqa: E402
from tests.registry.entries import samples  # noqa: E402
from tests.service import Service  # noqa: E402

HEADING = "The person reporting"
PAGES = ["/", "/start/", "/return/", "/threatened/", "/guides/"]
SLOW_3G = {"offline": False, "latency": 2000, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOWDOWN = 6
REPORTS, SENDERS, RETRIES, PROOFS = 600, 8, 50, 40
HERE = Client(SERVER_NAME="127.0.0.1")
FORM = "application/x-www-form-urlencoded"
SOLVE = """async ({ count, hardness }) => {
  const { trusted } = await import('/static/reports/trusted.js');
  const times = [];
  for (let i = 0; i < count; i += 1) {
    const salt = `${crypto.randomUUID().slice(0, 24)}?expires=9999999999&`;
    const number = Math.floor(Math.random() * hardness);
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(salt + number));
    const challenge = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
    const worker = new Worker(trusted('/static/reports/proof_worker.js'), { type: 'module' });
    const begun = performance.now();
    await new Promise((done) => { worker.onmessage = done; worker.postMessage({ salt, challenge, maxnumber: hardness }); });
    times.push(performance.now() - begun);
    worker.terminate();
  }
  return times;
}"""


def measure() -> str:
    """One table: what was measured, what was found, what was asked for."""
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder) / "data").start()
        try:
            use(service)
            rows = [*pages(), *intake(), *in_browser(service.base_url)]
        finally:
            service.stop()
    table = ["| what | found | bound |", "| --- | --- | --- |", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(table)


def in_browser(base_url: str) -> list[tuple[str, str, str]]:
    """What only a browser can tell."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.executable(), args=browser.FLAGS)
        try:
            return [*loads(chromium, base_url), *proofs_of_work(chromium, base_url)]
        finally:
            chromium.close()


def use(service: Service) -> None:
    """Have this process speak to the service's own database, which writes through to the disk."""
    connections.settings["default"].update(environ.Env.db_url_config(service.record["database_url"]))
    connections.settings["default"]["ENGINE"] = "django.db.backends.postgresql"
    connection.close()


def pages() -> Iterator[tuple[str, str, str]]:
    """Time each page on the server, its queries included."""
    sent = payload()
    HERE.post("/start/send", sent, content_type="application/json", headers={"Proof-Of-Work": proofs.solved()})
    codes = urlencode({"reference": json.loads(sent)["reference"], "key": KEY})
    ways: dict[str, Callable[[], Any]] = {path: partial(HERE.get, path) for path in PAGES}
    ways["/return/ with codes"] = lambda: HERE.post("/return/", codes, content_type=FORM)
    for name, ask in ways.items():
        times = sorted(timed(ask) for _ in range(60))[:-5]  # what loads at first use is not the page's
        yield f"page {name}, server time", f"p50 {statistics.median(times):.1f} ms, p95 {times[52]:.1f} ms", "≤ 50 ms"


def timed(ask: Callable[[], Any]) -> float:
    """Milliseconds one answer takes; it must be a good one."""
    begun = time.perf_counter()
    if ask().status_code != 200:
        raise RuntimeError("the page was refused")
    return (time.perf_counter() - begun) * 1000


def intake() -> Iterator[tuple[str, str, str]]:
    """Send reports to one server and bare inserts to another like it, in turns; then one report many times at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('fsync')")
        durability = cursor.fetchone()
    if durability != ("on", "on"):
        raise RuntimeError("what is accepted must be durable")
    bodies = [(payload(), proofs.solved()) for _ in range(REPORTS)]
    full, bare = get_wsgi_application(), bare_application()
    rates: dict[str, list[float]] = {"full": [], "bare": []}
    for turn in range(3):
        with serving(full) as port:
            rates["full"].append(rate(port, "/start/send", bodies[turn::3]))
        with override_settings(ROOT_URLCONF="bench._bare"), serving(bare) as port:
            rates["bare"].append(rate(port, "/bare", [("", "")] * (REPORTS // 3)))
    ours, least = statistics.median(rates["full"]), statistics.median(rates["bare"])
    yield (
        f"reports accepted, durable, {SENDERS} senders",
        f"{ours:.0f}/s; {ours / least:.2f} × a bare insert on the same server ({least:.0f}/s)",
        "≥ 0.5 ×",
    )
    before, one = Report.objects.count(), payload()
    with serving(full) as port:
        rate(port, "/start/send", [(one, proofs.solved()) for _ in range(RETRIES)], senders=RETRIES)
    yield f"{RETRIES} retries of one report at once", f"{Report.objects.count() - before} report", "1 report"


def bare_application() -> Any:
    """A Django with one view and nothing around it, on the same database."""
    with override_settings(MIDDLEWARE=[]):
        return get_wsgi_application()


class Quiet(WSGIRequestHandler):
    """Writes no log."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        pass


@contextmanager
def serving(application: Any) -> Iterator[int]:
    """Serve the application, a thread a request; give the port."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(application)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def rate(port: int, path: str, bodies: list[tuple[str, str]], senders: int = SENDERS) -> float:
    """Send all of them, so many at once; give how many were accepted a second. Each must be."""

    def send(share: list[tuple[str, str]]) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port)
        for body, proof in share:
            line.request("POST", path, body, {"Content-Type": "application/json", "Proof-Of-Work": proof})
            answer = line.getresponse()
            if answer.status != 201:
                raise RuntimeError(answer.read().decode())
            answer.read()
        line.close()

    begun = time.perf_counter()
    with ThreadPoolExecutor(senders) as pool:
        list(pool.map(send, [bodies[i::senders] for i in range(senders)]))
    return len(bodies) / (time.perf_counter() - begun)


KEY = "A" * 27 + rules.check_character("A" * 27)


def payload() -> str:
    """What the page sends for one photo, with its eight forms."""
    seed = secrets.randbits(48)
    body = "".join(secrets.choice(rules.ALPHABET) for _ in range(11))
    reference = body + rules.check_character(body)
    prints: list[dict[str, Any]] = [
        {
            "type": "pdq",
            "digest": samples.pdq_digest(seed + form),
            "quality": 100,
            "form": f"f{form}" if form else "original",
        }
        for form in range(8)
    ]
    prints.append({"type": "md5", "digest": samples.md5_digest(seed)})
    items = [{"kind": "image", "fingerprints": prints}]
    return json.dumps({"reference": reference, "key_hash": rules.key_hash(reference, KEY).hex(), "items": items})


def heard_by(page: Page) -> list[Response]:
    """Give a list that each answer the page gets is put into."""
    answers: list[Response] = []

    def keep(answer: Response) -> None:
        answers.append(answer)

    page.on("response", keep)
    return answers


def loads(chromium: Browser, base_url: str) -> Iterator[tuple[str, str, str]]:
    """Weigh a first visit, and time it on a slow line with a slow processor."""
    for path, ready in (("/", "main a.button"), ("/start/", "[data-step=leave]:not([hidden]) [type=submit]")):
        page = chromium.new_context().new_page()
        answers = heard_by(page)
        page.goto(base_url + path)
        page.wait_for_load_state("networkidle")
        bodies = [answer.body() for answer in answers if counts(answer.url)]
        packed = sum(len(gzip.compress(body)) for body in bodies)
        raw = sum(map(len, bodies))
        yield (
            f"first load of {path} before hashing code",
            f"{packed / 1024:.1f} KB compressed, {raw / 1024:.1f} KB plain",
            "≤ 60 KB",
        )
        page.context.close()
        times = sorted(seconds_to_usable(chromium, base_url + path, ready) for _ in range(3))
        yield f"{path} usable on slow 3G, processor 6 × slower", f"{times[1]:.1f} s", "usable"


def counts(address: str) -> bool:
    """Whether a file belongs to the first load: hashing code and its parts come after."""
    return "/static/hashing/" not in urlsplit(address).path


def slow(page: Page) -> None:
    """Give the page a slow phone on a slow line."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW_3G)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})


def seconds_to_usable(chromium: Browser, address: str, ready: str) -> float:
    """From the address being entered until what one presses first can be pressed."""
    page = chromium.new_context().new_page()
    slow(page)
    begun = time.perf_counter()
    page.goto(address, wait_until="commit", timeout=120_000)
    page.locator(ready).first.wait_for(timeout=120_000)
    taken = time.perf_counter() - begun
    page.context.close()
    return taken


def proofs_of_work(chromium: Browser, base_url: str) -> Iterator[tuple[str, str, str]]:
    """Time the work a report is sent with. A worker is not slowed with its page, so its time is taken six times."""
    page = chromium.new_context().new_page()
    page.goto(base_url + "/start/")
    for name, hardness in (("when it is calm", challenge_rules.EASIEST), ("at the hardest", challenge_rules.HARDEST)):
        times = sorted(page.evaluate(SOLVE, {"count": PROOFS, "hardness": hardness}))
        p95 = times[int(PROOFS * 0.95)] * SLOWDOWN / 1000
        p50 = statistics.median(times) * SLOWDOWN / 1000
        yield f"proof of work {name}, processor 6 × slower", f"p50 {p50:.1f} s, p95 {p95:.1f} s", "p95 ≤ 3 s"
    page.context.close()

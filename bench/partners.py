"""The partners' doors: pages, polls, the export, a first sync by the field's own client, and outcomes in batches.

The web process and PostgreSQL run as their operator runs them, what is accepted goes through to the disk, and whoever asks is
a process of its own.
"""

import gzip
import http.client
import json
import os
import random
import secrets
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock as replacing
from urllib.parse import urlsplit

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.conf import settings  # noqa: E402 - after the settings
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from requests.adapters import HTTPAdapter  # noqa: E402
from threatexchange.exchanges.clients.ncmec.hash_api import NCMECHashAPI  # noqa: E402
from threatexchange.exchanges.impl.ncmec_api import NCMECCollabConfig, NCMECSignalExchangeAPI  # noqa: E402

from bench import _parts  # noqa: E402
from bench import _web as beside  # noqa: E402
from bench._parts import Row  # noqa: E402
from bench._server import Server, fresh  # noqa: E402
from bench._sizes import use  # noqa: E402
from bench._web import Web  # noqa: E402
from partners.feed import actions as snapshots  # noqa: E402
from partners.feed import queries as feed  # noqa: E402
from partners.feed.models import Snapshot  # noqa: E402
from partners.keys import actions as keys  # noqa: E402
from partners.ncmec import queries as ncmec  # noqa: E402
from partners.ncmec import serializers  # noqa: E402
from partners.organisations import actions as organisations  # noqa: E402
from registry.access.actors import Scope, system  # noqa: E402
from registry.entries.states import Confidence  # noqa: E402
from registry.log.states import LogName  # noqa: E402

HEADING = "Partners"
ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
FIRST_SYNC = 100_000
TWO_YEARS = 2 * 365 * 86_400
SYNCS = 3
BATCHES, BATCH = 12, 1000
DOWNLOADS = 5
BENCH = system("bench")

RAW = """COPY (
    SELECT leaf_index, record, kind, nonce, signal_type, form, quality, digest FROM log_leaf
    JOIN entries_entry ON reference = subject JOIN entries_fingerprint ON entry_id = entries_entry.id
    WHERE log = 'list' AND leaf_index < %s ORDER BY leaf_index
) TO STDOUT"""


def measure() -> str:
    return _parts.table(__name__, PARTS)


@contextmanager
def listed(size: int) -> Iterator[tuple[Server, Web, Path]]:
    """A list of this many entries behind the web process, and a folder."""
    with fresh() as (server, _), tempfile.TemporaryDirectory() as folder:
        use(server.address)
        settings.SNAPSHOT_DIR = Path(folder) / "data" / "snapshots"
        fill(0, size)
        server.settle()
        with beside.web(server.address, Path(folder) / "data") as web:
            yield server, web, Path(folder)


def as_it_begins() -> list[Row]:
    """What is asked of a list that is still short."""
    with listed(FIRST_SYNC) as (server, web, folder):
        return [*page(), *poll(FIRST_SYNC), *first_sync(server, web, folder), *outcomes(server, web)]


def as_it_has_grown() -> list[Row]:
    """What is asked of a long list."""
    with listed(ROWS) as (server, web, folder):
        return [*poll(ROWS), *export(web), *downloads(server, web, folder)]


def new_key() -> tuple[str, str]:
    """The name and the secret of a new platform's key: each part has an allowance of its own."""
    organisation = organisations.add_organisation(f"Bench {secrets.token_hex(4)}", actor=BENCH)
    key, secret = keys.issue_key(organisation, Scope, actor=BENCH)
    return key.name, secret


def fill(begin: int, end: int) -> None:
    """List entries straight in the tables, a tenth of them videos, their leaves spread over two years."""
    draw, newest = random.Random(begin), int(time.time()) - 600
    times = sorted(newest - draw.randrange(TWO_YEARS) for _ in range(begin, end))
    names = [f"{second // 86_400:04x}{draw.getrandbits(104):026x}" for second in times]
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        with cursor.copy(
            "COPY entries_entry (id, reference, kind, state, confidence, commit, nonce) FROM STDIN"
        ) as copy:
            for number, name in enumerate(names, begin):
                kind = "video" if number % 10 == 0 else "image"
                drawn = made_of(name, "commit"), made_of(name, "nonce")
                copy.write_row((number + 1, name, kind, "listed", Confidence.SELF_REPORTED, *drawn))
        with cursor.copy("COPY entries_fingerprint (entry_id, signal_type, digest, form, quality) FROM STDIN") as copy:
            for number, name in enumerate(names, begin):
                digest = made_of(name, "digest").hex()
                if number % 10:
                    copy.write_row((number + 1, "pdq", digest, "original", 90))
                copy.write_row((number + 1, "md5", digest[:32], "original", None))
        with cursor.copy("COPY log_leaf (log, leaf_index, record, leaf_hash) FROM STDIN") as copy:
            for number, (name, second) in enumerate(zip(names, times, strict=True), begin):
                commit = made_of(name, "commit")
                line = {"commit": commit.hex(), "event": "list", "published": second, "subject": name}
                copy.write_row(("list", number, json.dumps(line, separators=(",", ":")), commit))
        with cursor.copy("COPY log_live (subject, commit, leaf_index) FROM STDIN") as copy:
            for number, name in enumerate(names, begin):
                copy.write_row((name, made_of(name, "commit"), number))
        upsert = "INSERT INTO log_head VALUES ('list', %s, '', %s) ON CONFLICT (log) DO UPDATE SET size = excluded.size"
        cursor.execute(upsert, [end, times[-1]])
        cursor.execute("INSERT INTO log_checkpoint (log, size, note) VALUES ('list', %s, 'bench')", [end])
        cursor.execute("VACUUM ANALYZE")


def made_of(name: str, what: str) -> bytes:
    return sha256(f"{what} {name}".encode()).digest()


def cpu(work: Callable[[], Any], times: int) -> float:
    """Give the milliseconds of CPU of this thread and of its database process together; the least of many."""
    connection.ensure_connection()
    usage = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    found = []
    for _ in range(times):
        server, own = int(usage.read_text().split()[0]), time.thread_time_ns()
        work()
        found.append(int(usage.read_text().split()[0]) - server + time.thread_time_ns() - own)
    return min(found) / 1e6


def page() -> list[Row]:
    def serve() -> str:
        return serializers.entries_document(
            feed.page(LogName.LIST, FIRST_SYNC // 2, FIRST_SYNC - 1, 1000, feed.NOBODY).rows, "/v2/entries?cursor=x"
        )

    document = serve().encode()
    client = NCMECHashAPI("u", "p", SimpleNamespace(value="http://127.0.0.1:9"))  # type: ignore[arg-type]
    answer = SimpleNamespace(content=document, raise_for_status=lambda: None)
    session = SimpleNamespace(get=lambda *_, **__: answer)

    @contextmanager
    def opened() -> Iterator[Any]:
        yield session

    vars(client)["_get_session"] = opened
    parse = cpu(lambda: client.get_entries(end_timestamp=1), 20)
    serving = cpu(serve, 20)

    def copy_and_format() -> None:
        lines: list[str] = []
        with connection.connection.cursor() as cursor, cursor.copy(f"{RAW % (FIRST_SYNC // 100)}") as copy:
            lines.extend(f"<image>{row[0]}{row[7]}</image>" for row in copy.rows())
        "".join(lines)

    bare = cpu(copy_and_format, 10)
    found = f"{serving:.1f} ms CPU, database included; {serving / parse:.2f} × the client's parse ({parse:.1f} ms)"
    return [("NCMEC page of 1,000", f"{found}; bare COPY and format {bare / serving:.2f} ×", "≤ 1 ×; ≥ 0.5 ×")]


def poll(size: int) -> list[Row]:
    _, secret = new_key()
    client = Client(headers={"Authorization": f"Bearer {secret}"}, SERVER_NAME="127.0.0.1")
    address = f"/api/v1/changes?after={size - 1}"
    assert client.get(address).status_code == 200
    spent = cpu(lambda: b"".join(client.get(address)), 60)
    name = f"poll with no change, {size:,} entries (key checked, download recorded)"
    return [(name, f"{spent:.1f} ms CPU, database included", "≤ 2 ms")]


def first_sync(server: Server, web: Web, folder: Path) -> list[Row]:
    """Sync from us and from a server that only repeats our pages, in turns; each is a process of its own.

    They work one after another, so what they need of a processor together is what it takes on a machine with nothing else to do.
    """
    (name, secret), pages = new_key(), folder / "pages"
    pages.mkdir()
    with recorded(pages):
        sync(f"{web.address}/ncmec", name, secret)
    requests = len(list(pages.iterdir()))
    with beside.mock(pages) as least:

        def both(address: str, *servers: "subprocess.Popen[bytes]") -> tuple[float, float]:
            begun, before = time.process_time(), beside.spent(*servers)
            wall = sync(address, name, secret)
            return wall, time.process_time() - begun + beside.spent(*servers) - before

        turns = [
            (
                *both(f"{web.address}/ncmec", web.process, server.process),
                *both(least.address, least.process),
            )
            for _ in range(SYNCS)
        ]
    ours, ours_cpu, mock, mock_cpu = (statistics.median(times) for times in zip(*turns, strict=True))
    found = (
        f"{requests} requests, {ours:.2f} s; {ours / mock:.2f} × its time against a server that only repeats the pages "
        f"({mock:.2f} s); processor time of all together {ours_cpu:.2f} s, {ours_cpu / mock_cpu:.2f} ×: "
        f"{(ours_cpu - mock_cpu) / requests * 1e3:.1f} ms a page"
    )
    what = f"first sync of {FIRST_SYNC:,} by the unmodified client, pages of {ncmec.PAGE_SIZE:,}"
    return [(what, found, "≤ 190; ≤ 1.05 ×")]


@contextmanager
def recorded(folder: Path) -> Iterator[None]:
    """Keep every body that the client gets, packed as it was served."""
    send, count = HTTPAdapter.send, 0

    def kept(*given: Any, **named: Any) -> Any:
        nonlocal count
        answer = send(*given, **named)
        (folder / f"{count:06}").write_bytes(gzip.compress(answer.content, 1, mtime=0))
        count += 1
        return answer

    with replacing.patch.object(HTTPAdapter, "send", kept):
        yield


def sync(address: str, name: str, secret: str) -> float:
    """The seconds of a whole first sync."""
    collab = NCMECCollabConfig(environment=SimpleNamespace(value=address), name="bench")  # type: ignore[arg-type]
    exchange = NCMECSignalExchangeAPI(collab, name, secret)
    seen: set[str] = set()
    begun = time.perf_counter()
    for delta in exchange.fetch_iter([], None):
        seen.update(delta.updates)
    taken = time.perf_counter() - begun
    assert len(seen) == FIRST_SYNC, len(seen)
    return taken


def outcomes(server: Server, web: Web) -> list[Row]:
    """Send batches, each twice, by one program on one connection; what is answered is on the disk."""
    _, secret = new_key()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('fsync')")
        assert cursor.fetchone() == ("on", "on")
        cursor.execute("SELECT subject FROM log_leaf WHERE log = 'list' ORDER BY leaf_index LIMIT %s", [BATCH])
        entries = [subject for (subject,) in cursor.fetchall()]
    decided = {"decision": "not_violating", "decided_at": "2026-01-02T03:04:05Z"}
    body = json.dumps({"outcomes": [{"entry": entry, **decided} for entry in entries]})
    line = http.client.HTTPConnection(urlsplit(web.address).netloc)

    def send(number: int) -> tuple[float, bytes]:
        headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": f"bench-{number}"}
        begun = time.perf_counter()
        line.request("POST", "/api/v1/outcomes/batch", body, headers | {"Content-Type": "application/json"})
        answer = line.getresponse()
        said = answer.read()
        assert answer.status == 201, said
        return time.perf_counter() - begun, said

    walls, costs = [], []
    for number in range(BATCHES):
        before = beside.spent(web.process, server.process)
        wall, first = send(number)
        costs.append(beside.spent(web.process, server.process) - before)
        walls.append(wall)
        assert send(number)[1] == first
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM outcomes_outcome")
        assert cursor.fetchone() == (BATCHES * BATCH,)
    rate, cost = BATCH / statistics.median(walls), statistics.median(costs)
    what = f"outcomes over HTTP, {BATCHES} batches of {BATCH:,}, each sent twice, durable"
    return [
        (
            what,
            f"{rate:,.0f}/s, each recorded once; {BATCH / cost:,.0f} in a second of processor, database included",
            "≥ 5,000/s",
        )
    ]


def export(web: Web) -> list[Row]:
    """Read all of `changes` beside a bare COPY, both in this process; then have curl read it while memory is watched."""
    begun = time.perf_counter()
    sent = sum(len(chunk) for chunk in feed.changes(LogName.LIST, -1, ROWS - 1, feed.NOBODY))
    ours = time.perf_counter() - begun
    begun = time.perf_counter()
    with connection.connection.cursor() as cursor, cursor.copy(RAW % ROWS) as copy:
        for _ in copy:
            pass
    raw = time.perf_counter() - begun
    _, secret = new_key()
    address = f"{web.address}/api/v1/changes?after={{}}"
    beside.fetch(address.format(ROWS - 2), secret)
    before, begun = web.megabytes(), time.perf_counter()
    command = ["curl", "--silent", "--fail", "--output", os.devnull, *beside.header(secret), address.format(-1)]
    with subprocess.Popen(command) as reader:
        most = beside.peak(web, reader)
    served = time.perf_counter() - begun
    found = (
        f"{ROWS / ours:,.0f} leaves/s, {sent / 1e6:.0f} MB; {raw / ours:.2f} × raw COPY; by curl {ROWS / served:,.0f} leaves/s, "
        f"the web process at {before:.0f} MB grew by {most - before:.0f} MB"
    )
    return [(f"changes, {ROWS:,} leaves", found, "≥ 0.5 ×; flat")]


def downloads(server: Server, web: Web, folder: Path) -> list[Row]:
    """Fetch one snapshot from us, and from nginx that serves the same file: by itself, and as we tell it to."""
    snapshots.make_snapshots(actor=BENCH)
    snapshot = Snapshot.objects.get()
    path = f"/api/v1/snapshots/{snapshot.size}"
    what = f"snapshot of {snapshot.size:,} leaves, {snapshot.bytes / 1e6:.0f} MB"
    if beside.NGINX is None:
        return [(what, "not measured: there is no nginx on this machine", "≥ 0.8 × nginx")]
    _, secret = new_key()
    with (
        beside.web(server.address, folder / "data", SNAPSHOT_ACCEL_PREFIX="/internal") as told,
        beside.nginx(folder, settings.SNAPSHOT_DIR, told.address) as front,
    ):
        ways = [(web.address + path, secret), (front + path, secret), (f"{front}/plain/{snapshot.file_name}", "")]
        rates = [[], [], []]  # type: list[list[float]]
        for _ in range(DOWNLOADS):
            for found, (address, key) in zip(rates, ways, strict=True):
                seconds, size = beside.fetch(address, key)
                assert size == snapshot.bytes, (size, snapshot.bytes)
                found.append(size / seconds / 1e6)
    ours, accelerated, plain = map(statistics.median, rates)
    text = (
        f"{ours:,.0f} MB/s from our own process, {ours / plain:.2f} × nginx ({plain:,.0f} MB/s); through nginx by "
        f"X-Accel-Redirect, key checked and download recorded, {accelerated / plain:.2f} ×"
    )
    return [(what, text, "≥ 0.8 × nginx, or by a path that allows it")]


PARTS: dict[str, _parts.Part] = {"a list that begins": as_it_begins, "a list that has grown": as_it_has_grown}

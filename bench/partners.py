"""The partners' doors: pages, polls, the export, a first sync by the field's own client, and outcomes in batches."""

import json
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler  # noqa: E402 - after the settings
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from threatexchange.exchanges.clients.ncmec.hash_api import GetEntriesResponse, NCMECHashAPI  # noqa: E402
from threatexchange.exchanges.impl.ncmec_api import NCMECCollabConfig, NCMECSignalExchangeAPI  # noqa: E402

from partners.feed import queries as feed  # noqa: E402
from partners.keys import actions as keys  # noqa: E402
from partners.keys import rules as key_rules  # noqa: E402
from partners.ncmec import queries as ncmec  # noqa: E402
from partners.ncmec import serializers  # noqa: E402
from partners.organisations import actions as organisations  # noqa: E402
from registry.access.actors import Scope, system  # noqa: E402
from registry.entries.states import Confidence  # noqa: E402
from registry.log.states import LogName  # noqa: E402
from tests import database  # noqa: E402

HEADING = "Partners"
ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
FIRST_SYNC = 100_000
TWO_YEARS = 2 * 365 * 86_400
BENCH = system("bench")
Row = tuple[str, str, str]

RAW = """COPY (
    SELECT leaf_index, record, kind, nonce, signal_type, form, quality, digest FROM log_leaf
    JOIN entries_entry ON reference = subject JOIN entries_fingerprint ON entry_id = entries_entry.id
    WHERE log = 'list' AND leaf_index < %s ORDER BY leaf_index
) TO STDOUT"""


def measure() -> str:
    """One table: what was measured, what was found, what was asked for."""
    database.start()
    key_rules.REQUESTS_A_MINUTE = 10**9  # the limit is not what is measured
    organisation = organisations.add_organisation("Bench", actor=BENCH)
    key, secret = keys.issue_key(organisation, Scope, actor=BENCH)
    rows = []
    fill(0, FIRST_SYNC)
    rows += [page(), poll(key.name, secret, FIRST_SYNC), first_sync(key.name, secret), outcomes(secret)]
    fill(FIRST_SYNC, ROWS)
    rows += [poll(key.name, secret, ROWS), export()]
    table = ["| work | found | bound |", "| --- | --- | --- |", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(table)


def fill(begin: int, end: int) -> None:
    """List entries straight in the tables, a tenth of them videos, their leaves spread over two years."""
    draw, newest = random.Random(begin), int(time.time()) - 600
    spread = TWO_YEARS if begin == 0 else 60
    times = sorted(newest - spread * (begin == 0) + draw.randrange(spread) for _ in range(begin, end))
    names = [f"{draw.getrandbits(120):030x}" for _ in range(begin, end)]
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        with cursor.copy(
            "COPY entries_entry (id, reference, kind, state, confidence, commit, nonce) FROM STDIN"
        ) as copy:
            for number, name in enumerate(names, begin):
                nonce = sha256(name.encode()).digest()
                kind = "video" if number % 10 == 0 else "image"
                copy.write_row((number + 1, name, kind, "listed", Confidence.SELF_REPORTED, nonce, nonce))
        with cursor.copy("COPY entries_fingerprint (entry_id, signal_type, digest, form, quality) FROM STDIN") as copy:
            for number, name in enumerate(names, begin):
                digest = sha256(name.encode()).hexdigest()
                if number % 10:
                    copy.write_row((number + 1, "pdq", digest, "original", 90))
                copy.write_row((number + 1, "md5", digest[:32], "original", None))
        with cursor.copy("COPY log_leaf (log, leaf_index, record, leaf_hash) FROM STDIN") as copy:
            for number, (name, second) in enumerate(zip(names, times, strict=True), begin):
                digest_of = sha256(name.encode())
                line = {"commit": digest_of.hexdigest(), "event": "list", "published": second, "subject": name}
                copy.write_row(("list", number, json.dumps(line, separators=(",", ":")), digest_of.digest()))
        with cursor.copy("COPY log_live (subject, commit, leaf_index) FROM STDIN") as copy:
            for number, name in enumerate(names, begin):
                copy.write_row((name, sha256(name.encode()).digest(), number))
        upsert = "INSERT INTO log_head VALUES ('list', %s, '', %s) ON CONFLICT (log) DO UPDATE SET size = excluded.size"
        cursor.execute(upsert, [end, times[-1]])
        cursor.execute("INSERT INTO log_checkpoint (log, size, note) VALUES ('list', %s, 'bench')", [end])
        cursor.execute("VACUUM ANALYZE")


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


def page() -> Row:
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
    assert isinstance(GetEntriesResponse, type)
    found = f"{serving:.1f} ms CPU, database included; {serving / parse:.2f} × the client's parse ({parse:.1f} ms)"
    return ("NCMEC page of 1,000", f"{found}; bare COPY and format {bare / serving:.2f} ×", "≤ 1 ×; ≥ 0.5 ×")


def poll(name: str, secret: str, size: int) -> Row:
    client = Client(headers={"Authorization": f"Bearer {secret}"}, SERVER_NAME="127.0.0.1")
    address = f"/api/v1/changes?after={size - 1}"
    assert client.get(address).status_code == 200
    spent = cpu(lambda: b"".join(client.get(address)), 60)
    return (
        f"poll with no change, {size:,} entries ({name[:3]} key checked, download recorded)",
        f"{spent:.1f} ms",
        "≤ 2 ms",
    )


def export() -> Row:
    begun = time.perf_counter()
    sent = sum(len(chunk) for chunk in feed.changes(LogName.LIST, -1, ROWS - 1, feed.NOBODY))
    ours = time.perf_counter() - begun
    begun = time.perf_counter()
    with connection.connection.cursor() as cursor, cursor.copy(RAW % ROWS) as copy:
        for _ in copy:
            pass
    raw = time.perf_counter() - begun
    found = f"{ROWS / ours:,.0f} leaves/s, {sent / 1e6:.0f} MB; {raw / ours:.2f} × raw COPY"
    return (f"changes, {ROWS:,} leaves", found, "≥ 0.5 ×")


class Quiet(WSGIRequestHandler):
    """Django's handler, that says nothing."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(server: Any) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def first_sync(name: str, secret: str) -> Row:
    bodies: list[bytes] = []
    application = get_wsgi_application()

    def recorded(environ: Any, start: Any) -> Any:
        answer = application(environ, start)
        body = b"".join(answer)
        bodies.append(body)
        return [body]

    ours = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    ours.set_app(recorded)
    with serving(ours) as address:
        wall, entries = sync(f"{address}/ncmec", name, secret)
    requests, replies = len(bodies), iter(list(bodies))

    class Mock(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = next(replies)
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip" if body[:2] == b"\x1f\x8b" else "identity")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Mock)) as address:
        least, same = sync(address, name, secret)
    assert entries == same == FIRST_SYNC, (entries, same)
    found = (
        f"{requests} requests, {wall:.1f} s; {wall / least:.2f} × its time against a server that only repeats the pages"
    )
    return (
        f"first sync of {FIRST_SYNC:,} by the unmodified client, pages of {ncmec.PAGE_SIZE:,}",
        found,
        "≤ 190; ≤ 1.05 ×",
    )


def sync(address: str, name: str, secret: str) -> tuple[float, int]:
    collab = NCMECCollabConfig(environment=SimpleNamespace(value=address), name="bench")  # type: ignore[arg-type]
    exchange = NCMECSignalExchangeAPI(collab, name, secret)
    seen: set[str] = set()
    begun = time.perf_counter()
    for delta in exchange.fetch_iter([], None):
        seen.update(delta.updates)
    return time.perf_counter() - begun, len(seen)


def outcomes(secret: str) -> Row:
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject FROM log_leaf WHERE log = 'list' ORDER BY leaf_index LIMIT 1000")
        entries = [subject for (subject,) in cursor.fetchall()]
    decided = "2026-01-02T03:04:05Z"
    batch = [{"entry": entry, "decision": "not_violating", "decided_at": decided} for entry in entries]
    walls = []
    for number in range(5):
        headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": f"bench-{number}"}
        client = Client(headers=headers, SERVER_NAME="127.0.0.1")
        begun = time.perf_counter()
        first = client.post("/api/v1/outcomes/batch", {"outcomes": batch}, content_type="application/json")
        walls.append(time.perf_counter() - begun)
        assert first.status_code == 201, first.content
        again = client.post("/api/v1/outcomes/batch", {"outcomes": batch}, content_type="application/json")
        assert first.content == again.content
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM outcomes_outcome")
        assert cursor.fetchone() == (5000,)
    return (
        "outcomes, batches of 1,000, each sent twice",
        f"{1000 / min(walls):,.0f}/s, each recorded once",
        "≥ 5,000/s",
    )

"""What nobody means well by: the native API against its own description, and made-up XML, all far longer than the tests do."""

import os
import random
import re
import tempfile
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.conf import settings  # noqa: E402 - after the settings
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.test import Client  # noqa: E402

from bench import _parts  # noqa: E402
from bench._parts import Row  # noqa: E402
from bench._server import fresh  # noqa: E402
from bench._sizes import use  # noqa: E402
from partners.feed import actions as feed  # noqa: E402
from partners.keys import actions as keys  # noqa: E402
from partners.keys import rules as key_rules  # noqa: E402
from partners.ncmec.serializers import NAMESPACE  # noqa: E402
from partners.organisations import actions as organisations  # noqa: E402
from partners.outcomes.models import Feedback  # noqa: E402
from partners.outcomes.states import REASONS  # noqa: E402
from registry.access.actors import Scope, system  # noqa: E402
from registry.entries.models import Entry  # noqa: E402
from registry.log.sequencer import Sequencer  # noqa: E402
from tests.partners.conftest import accept, image, video, withdraw  # noqa: E402
from tests.partners.reference.examination import examine  # noqa: E402

HEADING = "Hostile requests"
EXAMPLES = int(os.environ.get("BENCH_EXAMPLES", "200"))
BODIES, ADDRESSES = 20_000, 5_000
SLOWEST_SECONDS = 1.0
BENCH = system("bench")
GENERATED = re.compile(r"([\d,]+) generated, ([\d,]+) passed")
REASON = f"<negative><reasonIds><guid>{next(iter(REASONS))}</guid></reasonIds></negative>"
SEEDS = [f'<feedbackSubmission xmlns="{NAMESPACE}">{vote}</feedbackSubmission>' for vote in ("<affirmative />", REASON)]
PIECES = [
    '<!DOCTYPE f [<!ENTITY x "y">]>', '<!DOCTYPE f SYSTEM "http://127.0.0.1:9/">',
    '<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;', "&x;", "&amp;", "&#0;", "&#x110000;", "<![CDATA[", "]]>", "<!--", "-->",
    "<?xml version='1.1'?>", "<?pi", "?>", "<a>", "</a>", "<a" * 50, " xmlns:x='y'", "x:", "\0", "\ufeff", "\u202e", "<guid>",
    "</guid>", "<negative>", "<affirmative/>", "'", '"', "=", ">" * 9, "🜁" * 20,
]  # fmt: skip
TIMES = [
    "2026-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z", "9999-12-31T23:59:59Z", "2026-02-30T00:00:00Z", "-1",
    "٢٠٢٦-01-01T00:00:00Z", "",
]  # fmt: skip
ENCODINGS = ["utf-8", "utf-16", "utf-16-be", "utf-32", "utf-7", "latin-1", "cp037", "shift_jis"]


def measure() -> str:
    return _parts.table(__name__, PARTS)


@contextmanager
def listed() -> Iterator[tuple[Entry, str, str]]:
    """A short list with a tombstone and a snapshot; an entry of it, and the name and the secret of a platform's key."""
    key_rules.REQUESTS_A_MINUTE = 10**9  # the limit is not what is tried
    with fresh() as (server, publication), tempfile.TemporaryDirectory() as folder, server.connect() as connection:
        use(server.address)
        settings.SNAPSHOT_DIR = Path(folder) / "snapshots"
        sequencer = Sequencer(connection, publication)
        sequencer.resume()
        entry, gone = accept(image(1)), accept(image(2))
        accept(video(3))
        sequencer.step()
        withdraw(gone)
        sequencer.step()
        feed.make_snapshots(actor=BENCH)
        key, secret = keys.issue_key(organisations.add_organisation("Bench", actor=BENCH), Scope, actor=BENCH)
        yield entry, key.name, secret


def described() -> list[Row]:
    """Let Schemathesis ask whatever the description allows, and whatever it forbids."""
    with listed() as (_, _, secret), serving() as url, tempfile.TemporaryDirectory() as folder:
        is_clean, said = examine(url, secret, paths=".*", examples=EXAMPLES, folder=Path(folder))
    found = GENERATED.search(said)
    assert is_clean, said
    assert found, said
    what = f"native API, by Schemathesis, all checks and phases, {EXAMPLES} examples an operation"
    return [(what, f"{found[1]} requests, nothing found", "nothing found")]


def bodies() -> list[Row]:
    """Send XML that was cut, joined, bent and encoded at random to the only door that reads XML."""
    draw, seen, slowest = random.Random(1), Counter[int](), 0.0
    with listed() as (entry, name, secret):
        client, path = asking(name, secret), f"/ncmec/v2/entries/1/{entry.reference}/PDQ/feedback"
        for _ in range(BODIES):
            body, votes = bent(draw), Feedback.objects.count()
            begun = time.process_time()
            answer = client.put(path, body, content_type="application/xml")
            slowest = max(slowest, time.process_time() - begun)
            seen[answer.status_code] += 1
            assert answer.status_code in {200, 400, 413}, (answer.status_code, body)
            assert b"root:" not in answer.content, body
            assert answer.status_code == 200 or Feedback.objects.count() == votes, body
    assert slowest < SLOWEST_SECONDS, slowest
    refused = f"{seen[400] + seen[413]:,} refused in words, {seen[200]:,} read as votes, no error"
    what = f"NCMEC feedback, {BODIES:,} bodies bent at random"
    return [(what, f"{refused}; the slowest {slowest * 1e3:.0f} ms", "no error; nothing kept of what is refused")]


def asking(name: str, secret: str) -> Client:
    """A client of the NCMEC dialect that is told of errors as anybody is."""
    basic = "Basic " + b64encode(f"{name}:{secret}".encode()).decode()
    return Client(SERVER_NAME="127.0.0.1", raise_request_exception=False, headers={"Authorization": basic})


def bent(draw: random.Random) -> bytes:
    """A vote, bent."""
    text = draw.choice(SEEDS)
    for _ in range(draw.randrange(1, 6)):
        place, end = sorted((draw.randrange(len(text) + 1), draw.randrange(len(text) + 1)))
        way = draw.randrange(4)
        if way == 0:
            text = text[:place] + draw.choice(PIECES) + text[place:]
        elif way == 1:
            text = text[:place] + text[end:]
        elif way == 2:
            text = text[:place] + text[place:end] * draw.randrange(2, 9) + text[end:]
        else:
            text = text[:place] + chr(draw.randrange(1, 0xD7FF)) + text[place + 1 :]
        text = text[:40_000]
    said = draw.choice(ENCODINGS)
    declared = f'<?xml version="1.0" encoding="{draw.choice(ENCODINGS)}"?>' if draw.random() < 0.3 else ""
    body = bytearray((declared + text).encode(said if draw.random() < 0.3 else "utf-8", "replace"))
    if body and draw.random() < 0.3:
        body[draw.randrange(len(body))] = draw.randrange(256)
    return bytes(body)


def addresses() -> list[Row]:
    """Ask for windows, cursors and names that were bent at random."""
    draw, seen = random.Random(2), Counter[int]()
    with listed() as (_, name, secret):
        client = asking(name, secret)
        for _ in range(ADDRESSES):
            address = bent_address(draw)
            answer = client.get(address)
            seen[answer.status_code] += 1
            assert answer.status_code in {200, 400, 404}, (answer.status_code, address)
    found = f"{seen[200]:,} answered, {seen[400] + seen[404]:,} refused in words, no error"
    return [(f"NCMEC addresses, {ADDRESSES:,} bent at random", found, "no error")]


def bent_address(draw: random.Random) -> str:
    """An address of the NCMEC dialect, bent."""
    begin, end = draw.choice(TIMES), draw.choice(TIMES)
    text = draw.choice(
        [f"from={quote(begin)}&to={quote(end)}", f"cursor={quote(begin)}", f"to={quote(end)}&size=1", ""]
    )
    place = draw.randrange(len(text) + 1)
    text = text[:place] + quote(chr(draw.randrange(0xD7FF))) * draw.randrange(3) + text[place + draw.randrange(3) :]
    name = draw.choice(["status", "members", "entries", "feedback/PDQ/reasons", "feedback/pdq/reasons", quote(begin)])
    return f"/ncmec/v2/{name}?{text}"


@contextmanager
def serving() -> Iterator[str]:
    """Django's own server, a thread a request, in this process: an error here is one that nothing hid."""

    class Quiet(WSGIRequestHandler):
        disable_nagle_algorithm = True  # head and body are sent apart, and one would wait for the other

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


PARTS: dict[str, _parts.Part] = {"native API": described, "bent XML": bodies, "bent addresses": addresses}

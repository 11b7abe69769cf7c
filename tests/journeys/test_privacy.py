"""Canaries: what a reporter brings along is looked for, afterwards, in everything the service keeps."""

import json

import pytest
from psycopg import sql

from tests.journeys.people import Reporter, photo

pytestmark = pytest.mark.journey

AGENT, ADDRESS, FILE = "CanaryAgent/7.31", "203.0.113.77", "canary-file-name"
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
    page.get_by_role("button", name="Go to my page").click()
    page.get_by_label("Your message").fill(WORDS)
    page.get_by_role("button", name="Send the message").click()
    assert WORDS in page.get_by_role("main").inner_text()
    assert LINK in page.get_by_role("main").inner_text()
    places = kept(service)
    key = reporter.key.replace("-", "")
    for canary in (AGENT, ADDRESS, FILE, LINK, "canary-mail", WORDS, reporter.key, key):
        assert not [name for name, text in places.items() if canary.lower() in text.lower()], canary
    for fingerprint in sent["items"][0]["fingerprints"]:
        assert {name for name, text in places.items() if fingerprint["digest"] in text} == {"entries_fingerprint"}

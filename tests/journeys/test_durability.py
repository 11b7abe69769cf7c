"""Processes die in the middle of reports being sent; nothing that was acknowledged is lost or doubled."""

import json
import time

import pytest

from portal.reports import rules
from tests.journeys.people import Platform
from tests.registry.entries import samples

pytestmark = pytest.mark.journey

REPORTS = 150
SENDERS = 6
SEND_ALL = """
({ payloads, senders }) => {
  window.acknowledged = [];
  window.unsent = [];
  const queue = [...payloads];
  const work = async ({ send }, { makeProof }, { trusted }) => {
    const prove = () => makeProof('/start/challenge', trusted('/static/reports/proof_worker.js'));
    for (let body = queue.shift(); body; body = queue.shift()) {
      const reference = JSON.parse(body).reference;
      if (await send({ address: '/start/send', body, prove })) window.acknowledged.push(reference);
      else window.unsent.push(reference);
      await new Promise((done) => setTimeout(done, 100));
    }
  };
  const modules = Promise.all(['send', 'proof', 'trusted'].map((name) => import(`/static/reports/${name}.js`)));
  window.finished = modules.then((all) =>
    Promise.all(Array.from({ length: senders }, () => work(...all))));
}
"""


def body_of(number: int) -> str:
    """Give the text the page would send for report `number`."""
    body = "".join(rules.ALPHABET[number // 32**place % 32] for place in range(11))
    reference = body + rules.check_character(body)
    fingerprints = [
        {"type": "pdq", "digest": samples.pdq_digest(number), "quality": 100, "form": "original"},
        {"type": "md5", "digest": samples.md5_digest(number)},
    ]
    key_hash = rules.key_hash(reference, "A" * 28).hex()
    return json.dumps(
        {"reference": reference, "key_hash": key_hash, "items": [{"kind": "image", "fingerprints": fingerprints}]}
    )


def test_every_acknowledged_report_is_on_the_list_exactly_once_whatever_was_killed(make_service, person):
    """kill -9 of web, worker, sequencer and PostgreSQL, one after another."""
    service = make_service().start()
    page = person().new_page()
    page.goto(service.base_url + "/start/")
    page.evaluate(SEND_ALL, {"payloads": [body_of(i) for i in range(REPORTS)], "senders": SENDERS})
    for name in ("web", "worker", "sequencer", "postgres"):
        time.sleep(0.7)
        assert page.evaluate("window.acknowledged.length") < REPORTS, "the killing came too late"
        killed = service.kill(name)
        service.wait_back(name, killed)
    page.evaluate("window.finished")
    acknowledged = page.evaluate("window.acknowledged")
    assert page.evaluate("window.unsent") == []
    assert len(acknowledged) == len(set(acknowledged)) == REPORTS
    wait_until_all_have_leaves(service)
    with service.connect() as connection:
        listed = connection.execute("""
            SELECT r.reference, count(DISTINCT e.id), count(l.leaf_index)
            FROM reports_report r
            JOIN entries_claim c ON c.holder = r.id::text
            JOIN entries_entry e ON e.id = c.entry_id
            LEFT JOIN log_leaf l ON l.log = 'list' AND l.subject = e.reference AND l.event = 'list'
            GROUP BY r.reference
        """).fetchall()
        dense = connection.execute("SELECT count(*) = max(leaf_index) + 1 FROM log_leaf WHERE log = 'list'").fetchone()
    assert {row[0]: row[1:] for row in listed} == dict.fromkeys(acknowledged, (1, 1))
    assert dense == (True,)
    platform = Platform(service.demo["organisations"][0], service.base_url)
    platform.fetch_until(lambda: len(platform.state) == REPORTS)


def wait_until_all_have_leaves(service) -> None:
    """Wait until the sequencer has caught up."""
    deadline = time.monotonic() + 20
    with service.connect() as connection:
        while connection.execute("SELECT count(*) FROM log_pending").fetchone() != (0,):
            assert time.monotonic() < deadline, "the sequencer did not catch up"
            time.sleep(0.1)

"""The logs on their pages: filters, and a proof that somebody else can check."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from django.core.cache import cache
from django.test import Client

from partners.sandbox import actions as sandbox
from portal.records import queries
from registry.access.actors import Role, system
from registry.entries.models import Fingerprint
from registry.log import queries as log
from registry.log.states import LogName
from tests.partners.conftest import MakeListed, Sequence, image
from tests.portal.staff.people import make_person
from tests.registry.log import rfc6962

HERE = "/staff/log/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(sequence: Sequence) -> Client:
    cache.clear()
    for name in ("bo", "cy"):
        make_person(f"{name}@example.org", Role.REVIEWER)
    client = make_person("aud@example.org", Role.AUDITOR).sign_in()
    sequence()
    return client


def lines(client: Client, query: str = "") -> list[int]:
    page = client.get(f"{HERE}{query}")
    assert page.status_code == 200
    return [line.index for line, *_ in page.context["page"].lines]


def test_the_newest_line_comes_first_and_names_who_acted(auditor: Client) -> None:
    page = auditor.get(HERE)
    assert lines(auditor) == sorted(lines(auditor), reverse=True)
    assert page.context["page"].lines[0][1] == "aud@example.org"
    assert b"account:sign_in" in page.content


def test_lines_are_found_by_act_person_subject_and_day(auditor: Client) -> None:
    every = lines(auditor)
    (signed_in,) = lines(auditor, "?event=account:sign_in")
    line, _, _ = log.line(LogName.AUDIT, signed_in)
    assert lines(auditor, f"?actor={line.actor}") == [signed_in]
    about = lines(auditor, f"?subject={line.subject}")
    assert set(about) > {signed_in}
    assert len(about) < len(every)
    today = datetime.now(UTC).date()
    assert lines(auditor, f"?since={today}&until={today}") == every
    assert lines(auditor, f"?since={today + timedelta(days=1)}") == []
    assert lines(auditor, f"?until={today - timedelta(days=1)}") == []


@pytest.mark.parametrize(
    "query",
    ["?event=no:such", "?log=none", "?log=list&event=account:sign_in", "?actor=%25", "?since=never", "?before=-1"],
)
def test_a_filter_there_is_not_is_said(auditor: Client, query: str) -> None:
    assert auditor.get(f"{HERE}{query}").status_code == 400


def test_older_lines_are_a_page_away(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    every, before = [], ""
    while True:
        page = auditor.get(f"{HERE}{before}")
        every += [line.index for line, *_ in page.context["page"].lines]
        if (older := page.context["page"].older) is None:
            break
        before = f"?before={older}"
    assert every == list(range(len(every) - 1, -1, -1))


def test_a_line_has_a_proof_that_leads_to_the_signed_root(auditor: Client) -> None:
    (index,) = lines(auditor, "?event=account:sign_in")
    proved = auditor.get(f"{HERE}{index}/").context["proved"]
    assert json.loads(proved.record)["event"] == "account:sign_in"
    check_proof(LogName.AUDIT, index, proved)


def check_proof(name: LogName, index: int, proved: queries.ProvedLine) -> None:
    """Follow the proof from the line as it was hashed to the root that was signed."""
    assert proved.proof
    leaf_hash = sha256(b"\0" + proved.record.encode()).digest()
    assert leaf_hash.hex() == proved.leaf_hash
    head = proved.proof.checkpoint
    root = rfc6962.root_by([bytes.fromhex(hashed) for hashed in proved.proof.hashes], index, head.size, leaf_hash)
    assert root == head.root == log.root(name, head.size)


def test_a_line_that_is_not_there_is_not_found(auditor: Client) -> None:
    assert auditor.get(f"{HERE}999999/").status_code == 404
    assert auditor.get(f"{HERE}0/?log=list").status_code == 404


def test_the_lists_log_is_read_and_proved_like_the_audit_log_and_shows_no_fingerprint(
    auditor: Client, make_listed: MakeListed
) -> None:
    one, two = make_listed(image(1), image(2))
    assert lines(auditor, "?log=list") == [1, 0]
    assert lines(auditor, f"?log=list&subject={two.reference}&event=list") == [1]
    assert lines(auditor, "?log=list&event=withdraw") == []
    today = datetime.now(UTC).date()
    assert lines(auditor, f"?log=list&since={today}&until={today}") == [1, 0]
    assert lines(auditor, f"?log=list&since={today + timedelta(days=1)}") == []
    page = auditor.get(f"{HERE}0/?log=list")
    proved = page.context["proved"]
    assert (json.loads(proved.record)["subject"], proved.line.data) == (one.reference, {})
    check_proof(LogName.LIST, 0, proved)
    shown = auditor.get(f"{HERE}?log=list").content.decode() + page.content.decode()
    assert not [f for f in Fingerprint.objects.all() if f.digest in shown]


def test_the_sandboxs_log_is_read_apart_from_the_lists(auditor: Client, sequence: Sequence) -> None:
    sandbox.fill(actor=system("test"))
    sequence()
    assert lines(auditor, "?log=list") == []
    *_, first = lines(auditor, "?log=sandbox")
    check_proof(LogName.SANDBOX, first, auditor.get(f"{HERE}{first}/?log=sandbox").context["proved"])

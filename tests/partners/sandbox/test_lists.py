"""Two lists behind the same addresses: a test key never sees the real one, a live key never the sandbox's."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from partners.feed import actions as feed
from partners.feed import queries as feed_queries
from partners.keys import actions as keys
from partners.outcomes import queries as outcomes
from partners.outcomes.models import AnsweredRequest
from partners.sandbox import actions
from partners.sandbox.models import Entry
from registry.access import doors
from registry.access.doors import Dialect
from registry.entries.models import Entry as RealEntry
from registry.log.states import LogName
from tests.architecture.test_doors import addresses, example
from tests.partners.conftest import DEMONSTRATION, MakeListed, Partner, Sequence, image, video
from tests.partners.keys.test_actions import headers

pytestmark = pytest.mark.django_db

PARTNER_DOORS = [
    (route, door)
    for route, pattern in addresses(get_resolver().url_patterns)
    if (door := doors.door_of(pattern.callback)) and door.scope
]
WHOLE = {
    "/ncmec/v2/entries": {"from": "1970-01-01T00:00:00Z", "to": "2020-01-01T00:00:00Z"},
    "/stopncii/v1/FetchHashes": {"startTimestamp": "10"},
    "/api/v1/changes": {"after": "-1"},
}


@pytest.fixture
def real(make_listed: MakeListed) -> list[RealEntry]:
    return make_listed(image(1), video(2))


def ask(who: Partner, route: str, dialect: Dialect, method: str = "get", **query: str) -> Any:
    client = Client(headers=headers(dialect, who.key.name, who.secret))
    if method == "get":
        return client.get(route, query)
    return client.generic(method.upper(), route, b"{}", content_type="application/json")


def words(entries: Any) -> set[bytes]:
    """Give every word that tells an entry: its name and its digests."""
    named = {entry.reference for entry in entries}
    return {word.encode() for word in named | {f.digest for entry in entries for f in entry.fingerprints.all()}}


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


@pytest.mark.parametrize("dialect", list(Dialect))
def test_each_key_reads_its_own_list_whole(
    partner: Partner, tester: Partner, real: list[RealEntry], filled: list[Entry], dialect: Dialect
) -> None:
    route = next(route for route, door in PARTNER_DOORS if door.dialect is dialect and route in WHOLE)
    query = dict(WHOLE[route])
    if "to" in query:
        query["to"] = f"{timezone.now() + timedelta(seconds=2):%Y-%m-%dT%H:%M:%SZ}"
    for who, own, other in ((partner, real, filled), (tester, filled, real)):
        seen = body(ask(who, route, dialect, **query))
        names = {entry.reference.encode() for entry in own}
        shown = {f.digest.encode() for entry in own for f in entry.fingerprints.all() if f.signal_type == "pdq"}
        assert all(word in seen for word in (shown if dialect is Dialect.STOPNCII else names))
        assert not any(word in seen for word in words(other))


@pytest.mark.parametrize(("route", "door"), PARTNER_DOORS, ids=[route for route, _ in PARTNER_DOORS])
@pytest.mark.parametrize("method", ["get", "post", "put"])
def test_no_address_shows_a_test_key_anything_real(
    tester: Partner, real: list[RealEntry], filled: list[Entry], route: str, door: doors.Door, method: str
) -> None:
    """Also one that is written tomorrow: without `has_sandbox` on its door a test key is refused."""
    answer = ask(tester, example(route), door.dialect or Dialect.NATIVE, method, **WHOLE.get(route, {}))
    assert door.has_sandbox or answer.status_code == 403
    assert not any(word in body(answer) for word in words(real))


def test_what_is_tried_in_a_sandbox_never_leaves_it(
    partner: Partner, tester: Partner, real: list[RealEntry], filled: list[Entry]
) -> None:
    """The same Idempotency-Key, the same code; yet neither hears of the other, and no review is opened."""
    sent = {"decision": "not_found", "decided_at": "2026-01-01T00:00:00Z"}

    def report(who: Partner, entry: str) -> Any:
        client = Client(headers=who.bearer | {"Idempotency-Key": "1"})
        return client.post("/api/v1/outcomes", sent | {"entry": entry}, content_type="application/json")

    assert report(tester, real[0].reference).status_code == 404
    assert report(partner, filled[0].reference).status_code == 404
    assert report(tester, filled[0].reference).status_code == 201
    assert report(partner, real[0].reference).status_code == 201
    assert AnsweredRequest.objects.count() == 2
    assert [outcome.entry_reference for outcome in outcomes.unreviewed()] == [real[0].reference]
    own = Client(headers=partner.bearer).get("/api/v1/outcomes").json()["outcomes"]
    assert [outcome["entry"] for outcome in own] == [real[0].reference]


def test_feedback_is_about_the_keys_own_list(
    partner: Partner, tester: Partner, real: list[RealEntry], filled: list[Entry]
) -> None:
    def affirm(who: Partner, entry: str) -> int:
        client = Client(headers=headers(Dialect.NCMEC, who.key.name, who.secret))
        sent = "<feedbackSubmission><affirmative/></feedbackSubmission>"
        path = f"/ncmec/v2/entries/1/{entry}/MD5/feedback"
        return client.put(path, sent, content_type="application/xml").status_code

    assert affirm(tester, filled[0].reference) == 200
    assert affirm(partner, real[0].reference) == 200
    assert affirm(tester, real[0].reference) == 404
    assert affirm(partner, filled[0].reference) == 404


def test_each_list_has_snapshots_of_its_own(
    partner: Partner, tester: Partner, real: list[RealEntry], filled: list[Entry], settings: Any, tmp_path: Any
) -> None:
    settings.SNAPSHOT_DIR = tmp_path / "snapshots"
    for name in (LogName.LIST, LogName.SANDBOX):
        assert feed.make_snapshots(name, actor=DEMONSTRATION)
    for who, own, other in ((partner, 2, len(filled)), (tester, len(filled), 2)):
        client = Client(headers=who.bearer)
        assert [shown["size"] for shown in client.get("/api/v1/snapshots").json()] == [own]
        assert len(body(client.get(f"/api/v1/snapshots/{own}"))) > 0
        assert client.get(f"/api/v1/snapshots/{other}").status_code == 404


def test_a_test_key_tells_itself_from_a_live_one(partner: Partner, tester: Partner) -> None:
    assert partner.secret.startswith("tid_live_")
    assert tester.secret.startswith("tid_test_")
    live = keys.authenticate(Dialect.NATIVE, partner.bearer, "192.0.2.7")
    test = keys.authenticate(Dialect.NATIVE, tester.bearer, "192.0.2.7")
    assert live is not None
    assert test is not None
    assert (feed_queries.list_of(live), feed_queries.list_of(test)) == (LogName.LIST, LogName.SANDBOX)


def test_fill_tops_up_what_was_withdrawn(filled: list[Entry], sequence: Sequence) -> None:
    assert actions.fill(actor=DEMONSTRATION) == 0
    Entry.objects.filter(pk=filled[0].pk).update(state="withdrawn")
    assert actions.fill(actor=DEMONSTRATION) == 1

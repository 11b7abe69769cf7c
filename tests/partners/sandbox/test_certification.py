"""A platform tries the sandbox with the field's own clients, and is certified by what they show."""

import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from django.test import Client
from pytest_django.live_server_helper import LiveServer
from threatexchange.exchanges.clients.ncmec.hash_api import FingerprintType, NCMECHashAPI
from threatexchange.exchanges.impl.ncmec_api import NCMECCheckpoint, NCMECCollabConfig, NCMECSignalExchangeAPI

from partners.keys import actions as keys
from partners.organisations.models import Application
from partners.organisations.states import TESTS, ApplicationState
from partners.sandbox import actions, rules
from partners.sandbox.models import Entry
from registry.access.actors import Scope
from registry.access.refusals import Invalid
from tests.partners.conftest import DEMONSTRATION, Partner, Sequence
from tests.partners.organisations.test_applications import STEPS, receive

pytestmark = pytest.mark.django_db(transaction=True)

AGREED = [name for name, _ in STEPS].index("accept_agreement") + 1


@pytest.fixture
def application(filled: list[Entry]) -> Application:
    """Give the application of a platform that may try the sandbox."""
    return receive(AGREED)


@pytest.fixture
def applicant(application: Application) -> Partner:
    """Give that platform, with a test key."""
    assert application.organisation is not None
    sandbox = application.organisation.sandbox
    return Partner(sandbox, *keys.issue_key(sandbox, Scope, actor=DEMONSTRATION))


class Software:
    """A platform's software: the unmodified NCMEC client, and its own few lines for outcomes."""

    def __init__(self, url: str, who: Partner) -> None:
        self.url, self.who = url, who
        self.held: dict[str, Any] = {}
        self.checkpoint: NCMECCheckpoint | None = None
        environment: Any = SimpleNamespace(value=f"{url}/ncmec")
        self.client = NCMECHashAPI(who.key.name, who.secret, environment)
        collab = NCMECCollabConfig(environment=environment, name="t")
        self.exchange = NCMECSignalExchangeAPI(collab, who.key.name, who.secret)

    def fetch(self) -> None:
        for delta in self.exchange.fetch_iter([], self.checkpoint):
            self.exchange.naive_fetch_merge(self.held, delta.updates)
            self.checkpoint = delta.checkpoint

    def fetch_until(self, count: int) -> None:
        """Poll until so many entries are held: the client asks only for what is five seconds old."""
        deadline = time.monotonic() + 20
        while len(self.held) != count and time.monotonic() < deadline:
            self.fetch()
            time.sleep(0.5)
        assert len(self.held) == count

    def report(self, entry: str, decided_at: datetime) -> None:
        sent = {"entry": entry, "decision": "not_violating", "decided_at": decided_at.isoformat()}
        headers = self.who.bearer | {"Idempotency-Key": f"{entry} {decided_at}"}
        requests.post(f"{self.url}/api/v1/outcomes", json=sent, headers=headers, timeout=5).raise_for_status()


def now() -> datetime:
    return datetime.now(UTC)


def passed(application: Application) -> list[str]:
    actions.look_at_all(actor=DEMONSTRATION)
    application.refresh_from_db()
    return list(application.passed)


def test_the_unmodified_client_gets_a_platform_certified(
    live_server: LiveServer, application: Application, applicant: Partner, sequence: Sequence, mailoutbox: list[Any]
) -> None:
    software = Software(live_server.url, applicant)
    assert passed(application) == []
    software.fetch_until(rules.SIZE)
    before = {key.partition("-")[2] for key in software.held}
    assert passed(application) == ["read"]
    sequence()
    software.fetch_until(rules.SIZE - 1)
    [gone] = before - {key.partition("-")[2] for key in software.held}
    assert passed(application) == ["read"]
    actions.name_withdrawn(applicant.organisation, f" {gone} ", actor=DEMONSTRATION)
    entry = next(iter(before - {gone}))
    software.client.submit_upvote(1, entry, FingerprintType.md5)
    software.report(entry, now())
    sequence()
    mailoutbox.clear()
    assert passed(application) == [name for name, _ in TESTS]
    assert application.state == ApplicationState.CERTIFIED
    assert application.contact_email in {mail.to[0] for mail in mailoutbox}


def test_a_tombstone_is_planted_once_all_was_fetched_and_once_only(filled: list[Entry], tester: Partner) -> None:
    assert actions.plant_tombstone(tester.organisation, actor=DEMONSTRATION) is None
    answer = read_whole(tester)
    assert answer == len(filled)
    trial = actions.plant_tombstone(tester.organisation, actor=DEMONSTRATION)
    assert trial is not None
    assert not trial.planted.fingerprints.exists()
    assert actions.plant_tombstone(tester.organisation, actor=DEMONSTRATION) is None


def test_name_withdrawn_refuses_another_entry_and_a_guess_before_its_time(filled: list[Entry], tester: Partner) -> None:
    with pytest.raises(Invalid, match="Nothing was withdrawn"):
        actions.name_withdrawn(tester.organisation, filled[0].reference, actor=DEMONSTRATION)
    read_whole(tester)
    trial = actions.plant_tombstone(tester.organisation, actor=DEMONSTRATION)
    assert trial is not None
    other = next(entry for entry in filled if entry != trial.planted)
    with pytest.raises(Invalid, match="not the entry"):
        actions.name_withdrawn(tester.organisation, other.reference, actor=DEMONSTRATION)


def read_whole(who: Partner) -> int:
    """Read the whole list natively; give how many leaves came."""
    return len(Client(headers=who.bearer).get("/api/v1/changes?after=-1").getvalue().splitlines()) - 1

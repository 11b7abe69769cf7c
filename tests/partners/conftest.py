"""What partners' tests start from: organisations with keys, and a list filled and sequenced by the real verbs."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from pytest_django.live_server_helper import LiveServer
from threatexchange.exchanges.clients.ncmec.hash_api import NCMECHashAPI
from threatexchange.exchanges.impl.ncmec_api import NCMECCollabConfig, NCMECSignalExchangeAPI

from hashing.signal_types import SignalType
from partners.keys import actions as keys
from partners.keys.models import Key
from partners.organisations import actions as organisations
from partners.organisations.models import Organisation
from registry.access.actors import REPORTER, Actor, ActorKind, Role, Scope, system
from registry.entries import actions as entries
from registry.entries.models import Entry
from registry.entries.rules import SubmittedFingerprint, SubmittedItem
from registry.log.publication import Publication
from registry.log.sequencer import Sequencer

DEMONSTRATION = system("demonstration")
STAFF = Actor(ActorKind.STAFF, "7f3a", roles=frozenset({Role.REVIEWER}))


@dataclass(frozen=True, slots=True)
class Partner:
    """A platform with a key that may do everything a key can."""

    organisation: Organisation
    key: Key
    secret: str

    @property
    def actor(self) -> Actor:
        organisation_id = self.organisation.pk
        return Actor(ActorKind.PARTNER, self.key.name, scopes=frozenset(Scope), organisation_id=organisation_id)

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


MakePartner = Callable[[str], Partner]
MakeListed = Callable[..., list[Entry]]
Sequence = Callable[[], int]


@pytest.fixture
def make_partner() -> MakePartner:
    def make(name: str) -> Partner:
        organisation = organisations.add_organisation(name, actor=DEMONSTRATION)
        key, secret = keys.issue_key(organisation, Scope, actor=DEMONSTRATION)
        return Partner(organisation, key, secret)

    return make


@pytest.fixture
def partner(db: None, make_partner: MakePartner) -> Partner:
    return make_partner("Platform A")


@pytest.fixture
def sequence(tmp_path: Path, db: None) -> Iterator[Sequence]:
    """Give the real sequencer's step, on the test's own transaction where there is one, else on its own connection."""
    publication = Publication(tmp_path / "published", "log.example", Ed25519PrivateKey.generate())
    connection.ensure_connection()
    with ExitStack() as stack:
        own = connection.connection
        if not connection.in_atomic_block:
            parameters = connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}
            own = stack.enter_context(psycopg.connect(**parameters, autocommit=True))
        sequencer = Sequencer(own, publication)
        sequencer.wait_for_lock()
        sequencer.resume()

        yield sequencer.step

        # The lock belongs to the connection, which outlives the test's transaction.
        own.execute("SELECT pg_advisory_unlock_all()")


def balanced_digest(seed: int) -> str:
    """Give a PDQ digest as photographs have them: half its bits set."""
    bits = [1] * 128 + [0] * 128
    random.Random(seed).shuffle(bits)
    return f"{int(''.join(map(str, bits)), 2):064x}"


def image(seed: int, *more: SubmittedFingerprint) -> SubmittedItem:
    fingerprints = (
        SubmittedFingerprint(SignalType.PDQ, balanced_digest(seed), quality=90),
        SubmittedFingerprint(SignalType.MD5, md5(b"image %d" % seed).hexdigest()),
    )
    return SubmittedItem("image", fingerprints + more)


def video(seed: int) -> SubmittedItem:
    return SubmittedItem("video", (SubmittedFingerprint(SignalType.MD5, md5(b"video %d" % seed).hexdigest()),))


def accept(item: SubmittedItem, holder: str = "holder") -> Entry:
    return entries.accept_items([item], holder=holder, actor=REPORTER)[0]


def withdraw(entry: Entry) -> None:
    for claim in entry.claims.all():
        entries.withdraw_claims(claim.holder, actor=REPORTER, references=[entry.reference])


@pytest.fixture
def make_listed(sequence: Sequence) -> MakeListed:
    """Give the verb that lists items, one leaf each, in the order given."""

    def make(*items: SubmittedItem) -> list[Entry]:
        made = []
        for item in items:
            made.append(accept(item))
            sequence()
        return made

    return make


def environment_at(live_server: LiveServer) -> Any:
    """Give what stands for an environment: the client reads nothing but its value."""
    return SimpleNamespace(value=f"{live_server.url}/ncmec")


@pytest.fixture
def ncmec_client(live_server: LiveServer, partner: Partner) -> NCMECHashAPI:
    """Give the field's own client, unmodified; only its address is ours."""
    return NCMECHashAPI(partner.key.name, partner.secret, environment_at(live_server))


@pytest.fixture
def ncmec_exchange(live_server: LiveServer, partner: Partner) -> NCMECSignalExchangeAPI:
    """Give the field's own exchange, unmodified; only its address is ours."""
    collab = NCMECCollabConfig(environment=environment_at(live_server), name="t")
    return NCMECSignalExchangeAPI(collab, partner.key.name, partner.secret)

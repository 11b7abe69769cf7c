"""Each platform has canaries that it alone is shown, in every dialect, and cannot tell from other entries."""

import json
from typing import Any

import pytest
import time_machine
import zstandard
from django.test import Client
from threatexchange.exchanges.impl.ncmec_api import NCMECSignalExchangeAPI

from partners.canaries import actions, rules
from partners.canaries.models import Canary
from partners.feed import actions as feed
from partners.outcomes import actions as outcomes
from partners.outcomes.states import Vote
from registry.access.actors import system
from registry.entries.models import Entry
from registry.log import merkle, notes
from tests.partners.conftest import MakeListed, MakePartner, Partner, Sequence, image

CLOCK = system("clock")
EACH = 3


@pytest.fixture
def other(make_partner: MakePartner) -> Partner:
    return make_partner("Platform B")


@pytest.fixture
def planted(partner: Partner, other: Partner, make_listed: MakeListed, sequence: Sequence, settings: Any) -> Entry:
    settings.CANARIES_EACH = EACH
    [entry] = make_listed(image(1))
    feed.plant_canaries(actor=CLOCK)
    sequence()
    return entry


def of(partner: Partner) -> set[str]:
    found = Canary.objects.filter(organisation=partner.organisation)
    return set(found.values_list("entry_reference", flat=True))


def changes(partner: Partner) -> list[dict[str, Any]]:
    answer = Client(headers=partner.bearer).get("/api/v1/changes?after=-1")
    return [json.loads(line) for line in b"".join(answer).splitlines()]


def live(lines: list[dict[str, Any]]) -> set[str]:
    return {json.loads(line["record"])["subject"] for line in lines if line.get("state") == "live"}


def test_every_platform_gets_its_own(planted: Entry, partner: Partner, other: Partner) -> None:
    assert len(of(partner)) == len(of(other)) == EACH
    assert not of(partner) & of(other)
    assert feed.plant_canaries(actor=CLOCK) == 0


def test_a_new_platform_gets_some_that_were_listed_long_before(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "to_add", lambda _: 5)
    actions.fill_pool(actor=CLOCK)
    pooled = set(Canary.objects.values_list("entry_reference", flat=True))
    assert actions.plant(partner.organisation, EACH, is_new=True, actor=CLOCK) == EACH
    assert of(partner) < pooled


def test_a_platform_that_has_read_gets_some_that_it_will_still_be_shown(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "to_add", lambda _: 5)
    actions.fill_pool(actor=CLOCK)
    pooled = set(Canary.objects.values_list("entry_reference", flat=True))
    actions.plant(partner.organisation, EACH, is_new=False, actor=CLOCK)
    assert not of(partner) & pooled


def test_the_native_list_holds_ones_own_and_withholds_the_others_without_a_gap(
    planted: Entry, partner: Partner, other: Partner
) -> None:
    for reader, stranger in ((partner, other), (other, partner)):
        *lines, last = changes(reader)
        assert [line["index"] for line in lines] == list(range(len(lines)))
        assert live(lines) == {planted.reference} | of(reader)
        withheld = [line for line in lines if line["state"] == "withheld"]
        assert all(set(line) == {"index", "record", "state"} for line in withheld)
        assert {json.loads(line["record"])["subject"] for line in withheld} >= of(stranger)
        tree = merkle.Frontier()
        for line in lines:
            tree.append(merkle.leaf_hash(line["record"].encode()))
        assert tree.root() == notes.parse(last["checkpoint"]).root


def test_a_snapshot_is_the_same_list(
    planted: Entry, partner: Partner, other: Partner, settings: Any, tmp_path: Any
) -> None:
    settings.SNAPSHOT_DIR = tmp_path / "snapshots"
    feed.make_snapshots(actor=CLOCK)
    for reader in (partner, other):
        client = Client(headers=reader.bearer)
        [shown] = client.get("/api/v1/snapshots").json()
        packed = b"".join(client.get(shown["path"]))
        lines = zstandard.ZstdDecompressor().decompressobj().decompress(packed).splitlines()
        assert [json.loads(line) for line in lines] == changes(reader)


def test_stopncii_is_served_the_same_entries(planted: Entry, partner: Partner) -> None:
    headers = {"x-functions-key": partner.secret, "Ocp-Apim-Subscription-Key": partner.key.name}
    served = Client(headers=headers).get("/stopncii/v1/FetchHashes").json()
    assert served["count"] == 1 + EACH


@pytest.mark.django_db(transaction=True)
def test_the_unmodified_ncmec_client_is_served_the_same_entries(
    ncmec_exchange: NCMECSignalExchangeAPI, partner: Partner, other: Partner, sequence: Sequence, settings: Any
) -> None:
    settings.CANARIES_EACH = EACH
    with time_machine.travel("2026-01-02T03:04:05Z"):
        feed.plant_canaries(actor=CLOCK)
        sequence()
    seen = {key for delta in ncmec_exchange.fetch_iter([], None) for key in delta.updates}
    assert seen == {f"1-{reference}" for reference in of(partner)}


def test_a_vote_on_ones_own_is_taken_like_any_other(planted: Entry, partner: Partner) -> None:
    feedback = outcomes.submit_feedback(min(of(partner)), "pdq", Vote.AFFIRM, actor=partner.actor)
    assert feedback.vote == Vote.AFFIRM


def test_without_a_setting_there_are_none(partner: Partner, settings: Any) -> None:
    settings.CANARIES_EACH = 0
    assert feed.plant_canaries(actor=CLOCK) == 0
    assert not Canary.objects.exists()

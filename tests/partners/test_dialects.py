"""One list, three dialects: whatever takes an entry off the list takes it off in each, and what puts it back does too."""

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
import time_machine
from django.test import Client

from partners.keys import actions as keys
from partners.stopncii import rules
from registry.access.actors import REPORTER
from registry.entries import actions, tasks
from registry.entries.models import Entry
from registry.entries.rules import DEFAULT_YEARS
from registry.entries.states import Reason
from tests.partners.conftest import STAFF, MakeListed, Partner, Sequence, balanced_digest, image, withdraw

NAMESPACE = "{https://hashsharing.ncmec.org/hashsharing/v2}"
Step = Callable[[Entry], Any]
WHY = Reason.REVIEWED


def pause(entry: Entry) -> None:
    actions.pause_claims("holder", actor=REPORTER, references=[entry.reference])


def resume(entry: Entry) -> None:
    actions.resume_claims("holder", actor=REPORTER, references=[entry.reference])


def quarantine(entry: Entry) -> None:
    actions.quarantine_entry(entry, reason=WHY, actor=STAFF)


def restore(entry: Entry) -> None:
    actions.restore_entry(entry, reason=WHY, actor=STAFF)


def reject(entry: Entry) -> None:
    actions.reject_entry(entry, reason=WHY, actor=STAFF)


def weigh(entry: Entry) -> None:
    actions.weigh_feedback(entry, affirming=2, negative=0, actor=STAFF)


def expire(entry: Entry) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(days=366 * DEFAULT_YEARS)):
        actions.accept_items([image(1)], holder="another", actor=REPORTER)  # keeps its entry on the list
        tasks.expire_claims()


def stop(entry: Entry) -> None:
    actions.withdraw_claims("holder", actor=REPORTER, references=[entry.reference])


def ncmec(partner: Partner) -> set[str]:
    """Give the digests a platform holds after a whole read in this dialect."""
    shown = b64encode(f"{partner.key.name}:{partner.secret}".encode()).decode()
    window = {"from": "1970-01-01T00:00:00Z", "to": f"{datetime.now(UTC) + timedelta(seconds=9):%Y-%m-%dT%H:%M:%SZ}"}
    answer = Client(headers={"Authorization": f"Basic {shown}"}).get("/ncmec/v2/entries", window)
    return {pdq.text or "" for pdq in fromstring(answer.content).iter(f"{NAMESPACE}pdq")}


def native(partner: Partner) -> set[str]:
    answer = Client(headers=partner.bearer).get("/api/v1/changes")
    *lines, _ = [json.loads(line) for line in answer.getvalue().splitlines()]
    return {line["fingerprints"][-1]["digest"] for line in lines if line["state"] == "live"}


def shown(partner: Partner, secret: str) -> dict[str, dict[str, str]]:
    """Give an address of each dialect, and the headers that show it a key."""
    basic = b64encode(f"{partner.key.name}:{secret}".encode()).decode()
    stopncii = {"x-functions-key": secret, "Ocp-Apim-Subscription-Key": partner.key.name}
    return {
        "/ncmec/v2/status": {"Authorization": f"Basic {basic}"},
        "/api/v1/changes": {"Authorization": f"Bearer {secret}"},
        "/stopncii/v1/FetchHashes?startTimestamp=10": stopncii,
    }


def fetch_hashes(partner: Partner, start: int) -> Any:
    headers = {"x-functions-key": partner.secret, "Ocp-Apim-Subscription-Key": partner.key.name}
    return Client(headers=headers).get("/stopncii/v1/FetchHashes", {"startTimestamp": start})


def stopncii(partner: Partner) -> set[str]:
    return {record["hashValue"] for record in fetch_hashes(partner, 10).json()["hashRecords"]}


@pytest.mark.parametrize(
    ("steps", "is_live"),
    [
        ([weigh], True),
        ([pause], False),
        ([pause, resume], True),
        ([quarantine], False),
        ([quarantine, restore], True),
        ([quarantine, pause, restore], False),
        ([quarantine, reject], False),
        ([pause, quarantine, restore], False),
        ([withdraw], False),
        ([stop], False),
        ([expire], False),
    ],
    ids=lambda steps: "-".join(step.__name__ for step in steps) if isinstance(steps, list) else "",
)
def test_an_entry_is_live_in_every_dialect_or_in_none(
    partner: Partner, make_listed: MakeListed, sequence: Sequence, steps: list[Step], is_live: bool
) -> None:
    _, entry = make_listed(image(1), image(2))
    for step in steps:
        step(entry)
        sequence()
    kept = {balanced_digest(1)} | ({balanced_digest(2)} if is_live else set())
    assert ncmec(partner) == native(partner) == stopncii(partner) == kept


@pytest.mark.parametrize("step", [pause, quarantine, withdraw, stop], ids=lambda step: step.__name__)
def test_a_stopncii_copy_too_old_to_delete_from_is_refused_whatever_took_the_entry_off(
    partner: Partner, make_listed: MakeListed, sequence: Sequence, step: Step
) -> None:
    [entry] = make_listed(image(1))
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        start = fetch_hashes(partner, 10).json()["nextSetTimestamp"]
        clock.shift(timedelta(days=1))
        step(entry)
        sequence()
        assert fetch_hashes(partner, start).status_code == 200
        clock.shift(rules.REFETCH_AFTER)
        assert fetch_hashes(partner, start).status_code == 409
        assert fetch_hashes(partner, 10).json()["hashRecords"] == []


def test_every_dialect_tells_a_key_that_was_cut_off_from_one_that_has_ended(partner: Partner) -> None:
    keys.revoke_key(partner.key, actor=STAFF)
    for secret, words in ((partner.secret[:-1], "Copy the whole key again"), (partner.secret, "revoked or expired")):
        for address, headers in shown(partner, secret).items():
            answer = Client(headers=headers).get(address)
            assert (answer.status_code, words in answer.content.decode()) == (401, True)
    unasked = [Client().get(address).content.decode() for address in shown(partner, "")]
    assert all("No valid key was shown" in said for said in unasked)

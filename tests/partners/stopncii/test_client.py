"""The field's own StopNCII client, unmodified, against the real server."""

import time
from typing import Any

import pytest
import requests
import time_machine
from pytest_django.live_server_helper import LiveServer
from threatexchange.exchanges.clients.stopncii.api import (
    StopNCIIAPI,
    StopNCIICSPFeedbackValue,
    StopNCIIEndpoint,
    StopNCIISignalType,
)
from threatexchange.exchanges.collab_config import CollaborationConfigBase
from threatexchange.exchanges.impl.stop_ncii_api import StopNCIICheckpoint, StopNCIISignalExchangeAPI
from threatexchange.signal_type.pdq.signal import PdqSignal

from partners.outcomes.models import Feedback
from partners.stopncii import rules
from tests.partners.conftest import MakeListed, Partner, Sequence, balanced_digest, image, withdraw
from tests.registry.entries import samples

pytestmark = pytest.mark.django_db(transaction=True)

DAY = 86_400


@pytest.fixture
def client(live_server: LiveServer, partner: Partner) -> StopNCIIAPI:
    more = {StopNCIIEndpoint.SubmitFeedback: partner.secret, StopNCIIEndpoint.SubmitHashes: partner.secret}
    return StopNCIIAPI(partner.key.name, partner.secret, more, base_url_override=f"{live_server.url}/stopncii/v1")


@pytest.fixture
def exchange(client: StopNCIIAPI) -> StopNCIISignalExchangeAPI:
    return StopNCIISignalExchangeAPI(CollaborationConfigBase("t", "stop_ncii", enabled=True), client)


def drain(
    exchange: StopNCIISignalExchangeAPI, known: dict[Any, Any], checkpoint: StopNCIICheckpoint | None = None
) -> StopNCIICheckpoint | None:
    """Fetch until done, as tx and HMA do, into `known`."""
    for delta in exchange.fetch_iter([PdqSignal], checkpoint):
        exchange.naive_fetch_merge(known, delta.updates)
        checkpoint = delta.checkpoint
    return checkpoint


def test_the_exchange_reads_images_and_videos(exchange: StopNCIISignalExchangeAPI, make_listed: MakeListed) -> None:
    film = samples.video_with_features(2)
    make_listed(image(1), film)
    known: dict[Any, Any] = {}
    drain(exchange, known)
    assert set(known) == {("pdq", balanced_digest(1)), ("video_md5", film.fingerprints[0].digest)}


def test_no_record_tells_which_hashes_one_person_sent(client: StopNCIIAPI, make_listed: MakeListed) -> None:
    make_listed(image(1), image(2))
    assert [record.caseNumbers for record in client.fetch_hashes().hashRecords] == [{}, {}]


def test_the_exchange_reads_an_empty_list(exchange: StopNCIISignalExchangeAPI) -> None:
    assert drain(exchange, {}) == StopNCIICheckpoint(10, int(time.time()))


def test_pages_follow_each_other_to_the_end(client: StopNCIIAPI, make_listed: MakeListed) -> None:
    make_listed(*(image(seed) for seed in range(7)))
    seen, token = [], ""
    for _ in range(4):
        answer = client.fetch_hashes(page_size=2, next_page=token)
        seen += [record.hashValue for record in answer.hashRecords]
        token = answer.nextPageToken or ""
    assert sorted(seen) == sorted(balanced_digest(seed) for seed in range(7))
    assert (token, answer.hasMoreRecords) == ("", False)


def test_polls_go_on_where_the_last_one_ended(exchange: StopNCIISignalExchangeAPI, make_listed: MakeListed) -> None:
    known: dict[Any, Any] = {}
    checkpoint = None
    with time_machine.travel(time.time(), tick=True) as clock:
        for seed in range(4):
            make_listed(image(2 * seed), image(2 * seed + 1))
            checkpoint = drain(exchange, known, checkpoint)
            clock.shift(seed)
    assert {digest for _, digest in known} == {balanced_digest(seed) for seed in range(8)}


def test_fetching_afresh_is_what_makes_a_withdrawn_hash_go(
    exchange: StopNCIISignalExchangeAPI, make_listed: MakeListed, sequence: Sequence
) -> None:
    """Its digest is destroyed, and the client knows no other name; so an old copy is refused until it is renewed."""
    _, gone = make_listed(image(1), image(2))
    known: dict[Any, Any] = {}
    with time_machine.travel(time.time(), tick=True) as clock:
        checkpoint = drain(exchange, known)
        withdraw(gone)
        sequence()
        clock.shift(rules.REFETCH_AFTER.days * DAY)
        drain(exchange, known, checkpoint)
        clock.shift(DAY)
        with pytest.raises(requests.HTTPError, match="409"):
            drain(exchange, known, checkpoint)
        afresh: dict[Any, Any] = {}
        renewed = drain(exchange, afresh)
        drain(exchange, afresh, renewed)
    assert ("pdq", balanced_digest(2)) in known
    assert set(afresh) == {("pdq", balanced_digest(1))}


def test_an_old_copy_is_good_while_nothing_was_withdrawn(
    exchange: StopNCIISignalExchangeAPI, make_listed: MakeListed
) -> None:
    make_listed(image(1))
    with time_machine.travel(time.time(), tick=True) as clock:
        checkpoint = drain(exchange, {})
        clock.shift(30 * DAY)
        drain(exchange, {}, checkpoint)


def test_the_client_votes(client: StopNCIIAPI, make_listed: MakeListed) -> None:
    [entry] = make_listed(image(1))
    for value in (StopNCIICSPFeedbackValue.Blocked, StopNCIICSPFeedbackValue.NotBlocked):
        client.submit_feedback(StopNCIISignalType.ImagePDQ, balanced_digest(1), value, {"a tag"})
    votes = Feedback.objects.order_by("pk").values_list("entry_reference", "vote", "is_current")
    assert list(votes) == [(entry.reference, "affirm", False), (entry.reference, "negative", True)]


def test_what_is_no_vote_is_taken_and_not_recorded(client: StopNCIIAPI, make_listed: MakeListed) -> None:
    make_listed(image(1))
    client.submit_feedback(StopNCIISignalType.ImagePDQ, balanced_digest(1), StopNCIICSPFeedbackValue.PendingReview)
    assert not Feedback.objects.exists()


def test_feedback_on_an_unknown_hash_records_nothing_of_its_batch(client: StopNCIIAPI, make_listed: MakeListed) -> None:
    make_listed(image(1))
    blocked = StopNCIICSPFeedbackValue.Blocked
    client.submit_feedback(StopNCIISignalType.ImagePDQ, balanced_digest(1).upper(), blocked)
    with pytest.raises(requests.HTTPError, match="404"):
        client.submit_feedback(StopNCIISignalType.ImagePDQ, balanced_digest(2), blocked)
    assert Feedback.objects.count() == 1


def test_platforms_list_nothing(client: StopNCIIAPI) -> None:
    with pytest.raises(requests.HTTPError, match="403"):
        client.submit_hash(StopNCIISignalType.ImagePDQ, balanced_digest(1))

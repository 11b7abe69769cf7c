"""The field's own client, unmodified, against the real server: it reads, matches, votes and forgets."""

import re
import time
from typing import Any
from urllib.parse import quote

import pytest
import requests
import time_machine
from django.conf import settings
from django.utils.module_loading import import_string
from pytest_django.live_server_helper import LiveServer
from threatexchange.exchanges.clients.ncmec.hash_api import FeedbackType, FingerprintType, NCMECHashAPI
from threatexchange.exchanges.impl.ncmec_api import NCMECCheckpoint, NCMECSignalExchangeAPI
from threatexchange.signal_type.md5 import VideoMD5Signal
from threatexchange.signal_type.pdq.signal import PdqSignal

from hashing.signal_types import SignalType
from partners.feed.models import Download
from partners.keys import actions as keys
from partners.ncmec import queries
from partners.outcomes.models import Feedback
from partners.outcomes.states import REASONS
from registry.access.actors import Scope
from registry.entries.rules import SubmittedFingerprint
from registry.log.models import Leaf
from tests.partners.conftest import (
    DEMONSTRATION,
    MakeListed,
    Partner,
    Sequence,
    accept,
    balanced_digest,
    environment_at,
    image,
    video,
    withdraw,
)
from tests.registry.entries import samples

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = 3600


def flipped(digest: str, bits: int) -> str:
    """Give a digest that differs in this many bits."""
    return f"{int(digest, 16) ^ ((1 << bits) - 1):064x}"


def drain(
    exchange: NCMECSignalExchangeAPI, known: dict[str, Any], checkpoint: NCMECCheckpoint | None = None
) -> NCMECCheckpoint | None:
    """Fetch until done, as tx and HMA do, into `known`."""
    for delta in exchange.fetch_iter([PdqSignal, VideoMD5Signal], checkpoint):
        exchange.naive_fetch_merge(known, delta.updates)
        checkpoint = delta.checkpoint
    return checkpoint


def test_the_client_learns_who_it_is_and_who_publishes(ncmec_client: NCMECHashAPI, partner: Partner) -> None:
    me = ncmec_client.status()
    assert (me.esp_id, me.esp_name) == (partner.organisation.member_id, "Platform A")
    assert [(member.esp_id, member.esp_name) for member in ncmec_client.members()] == [
        (1, "Take It Down"),
        (partner.organisation.member_id, "Platform A"),
    ]


def test_the_client_reads_an_empty_list(ncmec_client: NCMECHashAPI) -> None:
    answer = ncmec_client.get_entries(start_timestamp=0)
    assert (answer.updates, answer.next) == ([], "")


def test_the_client_reads_live_and_withdrawn_entries(
    ncmec_client: NCMECHashAPI, make_listed: MakeListed, sequence: Sequence
) -> None:
    an_image, a_video, gone = make_listed(image(1), video(2), image(3))
    withdraw(gone)
    sequence()
    answer = ncmec_client.get_entries(start_timestamp=0, end_timestamp=int(time.time()) + 2)
    by_id = {update.id: update for update in answer.updates}
    assert set(by_id) == {an_image.reference, a_video.reference, gone.reference}
    assert by_id[an_image.reference].fingerprints == {
        "pdq": balanced_digest(1),
        "md5": image(1).fingerprints[1].digest,
    }
    assert by_id[a_video.reference].entry_type.value == "video"
    assert by_id[gone.reference].deleted
    assert by_id[gone.reference].fingerprints == {}
    assert {update.member_id for update in answer.updates} == {1}
    assert answer.max_timestamp == Leaf.objects.filter(log="list").latest("leaf_index").published


def test_the_client_reads_a_video_with_features_and_votes_on_them(
    ncmec_client: NCMECHashAPI, make_listed: MakeListed
) -> None:
    item = samples.video_with_features(1)
    [entry] = make_listed(item)
    [update] = ncmec_client.get_entries(start_timestamp=0, end_timestamp=int(time.time()) + 2).updates
    assert update.fingerprints == {"md5": item.fingerprints[0].digest}
    ncmec_client.submit_upvote(1, entry.reference, FingerprintType.tmk_pdqf)
    assert Feedback.objects.get().signal_type == "tmk_pdqf"


def test_derived_forms_stay_out_of_this_dialect(ncmec_client: NCMECHashAPI, make_listed: MakeListed) -> None:
    rotated = SubmittedFingerprint(SignalType.PDQ, balanced_digest(99), quality=90, form="rotated 90")
    make_listed(image(1, rotated))
    [update] = ncmec_client.get_entries(start_timestamp=0, end_timestamp=int(time.time()) + 2).updates
    assert update.fingerprints["pdq"] == balanced_digest(1)


def test_an_edited_copy_matches_through_the_clients_own_index(
    ncmec_exchange: NCMECSignalExchangeAPI, make_listed: MakeListed
) -> None:
    make_listed(image(1), image(2))
    known: dict[str, Any] = {}
    with time_machine.travel(time.time() + 10):
        drain(ncmec_exchange, known)
    signals = ncmec_exchange.naive_convert_to_signal_type([PdqSignal], ncmec_exchange.collab, known)[PdqSignal]
    index = PdqSignal.get_index_cls().build((digest, meta) for digest, meta in signals.items())
    assert len(index.query(flipped(balanced_digest(1), 20))) == 1
    assert index.query(flipped(balanced_digest(1), 40)) == []


def test_a_withdrawn_entry_leaves_the_clients_state_at_the_next_poll(
    ncmec_exchange: NCMECSignalExchangeAPI, make_listed: MakeListed, sequence: Sequence
) -> None:
    kept, gone = make_listed(image(1), image(2))
    known: dict[str, Any] = {}
    with time_machine.travel(time.time() + 10, tick=True) as clock:
        checkpoint = drain(ncmec_exchange, known)
        assert set(known) == {f"1-{kept.reference}", f"1-{gone.reference}"}
        clock.shift(HOUR)
        withdraw(gone)
        sequence()
        clock.shift(10)
        drain(ncmec_exchange, known, checkpoint)
    assert set(known) == {f"1-{kept.reference}"}


def test_a_tombstone_is_told_for_ever(
    ncmec_client: NCMECHashAPI, make_listed: MakeListed, sequence: Sequence, partner: Partner, live_server: LiveServer
) -> None:
    """A client that was switched off for years still learns what to delete, when all that is forgotten is forgotten."""
    [gone] = make_listed(image(1))
    before = int(time.time()) - 2
    withdraw(gone)
    sequence()
    with time_machine.travel(time.time() + 5 * 365 * 24 * HOUR, tick=True):
        tasks = [each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()]
        for task in (name for name in tasks if re.search("forget|expire", name)):
            import_string(task)()
        key, secret = keys.issue_key(partner.organisation, [Scope.FEED_READ], actor=DEMONSTRATION)
        client = NCMECHashAPI(key.name, secret, environment_at(live_server))
        [update] = client.get_entries(start_timestamp=before, end_timestamp=int(time.time()) - 5).updates
    assert (update.id, update.deleted) == (gone.reference, True)


@pytest.mark.parametrize("skew", [-240, -60, 0, 60, 240])
def test_a_client_whose_clock_is_wrong_loses_nothing(
    ncmec_exchange: NCMECSignalExchangeAPI, make_listed: MakeListed, skew: int
) -> None:
    """Every poll ends at the client's own idea of now; rows published meanwhile must still reach it."""
    known: dict[str, Any] = {}
    listed, checkpoint = [], None
    with time_machine.travel(time.time(), tick=True) as clock:
        for round_ in range(6):
            listed += make_listed(image(2 * round_), image(2 * round_ + 1))
            clock.shift(skew)
            checkpoint = drain(ncmec_exchange, known, checkpoint) or checkpoint
            clock.shift(20 - skew)
        clock.shift(400)
        drain(ncmec_exchange, known, checkpoint)
    assert set(known) == {f"1-{entry.reference}" for entry in listed}


def test_a_client_east_of_utc_fails_loudly_and_keeps_no_checkpoint(
    ncmec_exchange: NCMECSignalExchangeAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        with pytest.raises(requests.HTTPError, match="400"):
            drain(ncmec_exchange, {})
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_wrong_password_is_refused(ncmec_client: NCMECHashAPI) -> None:
    ncmec_client.password = ncmec_client.password[:-1] + ("B" if ncmec_client.password[-1] == "A" else "A")
    with pytest.raises(requests.HTTPError, match="401"):
        ncmec_client.status()


def test_the_client_votes(ncmec_client: NCMECHashAPI, make_listed: MakeListed) -> None:
    [entry] = make_listed(image(1))
    ncmec_client.submit_feedback(1, entry.reference, FingerprintType.pdq, FeedbackType.upvote)
    reasons = ncmec_client.feedback_reasons(FingerprintType.pdq)
    assert reasons == {reason.guid: reason.name for reason in REASONS.values()}
    guid = next(iter(reasons))
    ncmec_client.submit_feedback(1, entry.reference, FingerprintType.pdq, FeedbackType.downvote, guid)
    [current] = Feedback.objects.filter(is_current=True)
    assert (current.entry_reference, current.signal_type, current.vote, current.reason) == (
        entry.reference, "pdq", "negative", guid,
    )  # fmt: skip


def test_a_vote_that_is_sent_again_counts_once(ncmec_client: NCMECHashAPI, make_listed: MakeListed) -> None:
    """A client whose answer was lost does not know whether it was heard."""
    [entry] = make_listed(image(1))
    for _ in range(2):
        ncmec_client.submit_upvote(1, entry.reference, FingerprintType.pdq)
    assert Feedback.objects.count() == 1


def test_the_clients_mistakes_are_refused(ncmec_client: NCMECHashAPI, make_listed: MakeListed) -> None:
    [entry] = make_listed(image(1))
    for member_id, reference, kind in ((2, entry.reference, "pdq"), (1, "0" * 30, "pdq"), (1, entry.reference, "sha1")):
        with pytest.raises(requests.HTTPError, match="404"):
            ncmec_client.submit_upvote(member_id, reference, FingerprintType[kind])
    with pytest.raises(requests.HTTPError, match="400"):
        ncmec_client.submit_feedback(1, entry.reference, FingerprintType.pdq, FeedbackType.downvote, "no-such-guid")
    assert not Feedback.objects.exists()


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 3)


@pytest.mark.usefixtures("small_pages")
def test_the_exchange_reads_a_list_of_many_pages_whole(
    ncmec_exchange: NCMECSignalExchangeAPI, make_listed: MakeListed
) -> None:
    with time_machine.travel(time.time(), tick=True) as clock:
        listed = []
        for seed in range(20):
            listed += make_listed(image(seed))
            clock.shift(seed % 3 * HOUR)
        clock.shift(10)
        known: dict[str, Any] = {}
        drain(ncmec_exchange, known)
    assert set(known) == {f"1-{entry.reference}" for entry in listed}


@pytest.mark.usefixtures("small_pages")
def test_a_huge_window_is_answered_with_one_page(ncmec_client: NCMECHashAPI, make_listed: MakeListed) -> None:
    """The client asks for all since 1970 first, only to see how much there is, and throws that page away."""
    make_listed(*(image(seed) for seed in range(8)))
    answer = ncmec_client.get_entries(start_timestamp=0, end_timestamp=int(time.time()) + 2)
    assert len(answer.updates) == 3
    assert [download.rows for download in Download.objects.all()] == [3]


def test_a_poll_without_news_is_one_request(ncmec_exchange: NCMECSignalExchangeAPI, make_listed: MakeListed) -> None:
    with time_machine.travel(time.time(), tick=True) as clock:
        make_listed(image(1))
        clock.shift(10)
        checkpoint = drain(ncmec_exchange, {})
        before = Download.objects.count()
        clock.shift(240)
        drain(ncmec_exchange, {}, checkpoint)
    assert Download.objects.count() == before + 1


@pytest.mark.usefixtures("small_pages")
def test_entries_that_change_between_two_pages_are_not_lost(
    ncmec_client: NCMECHashAPI, make_listed: MakeListed, sequence: Sequence
) -> None:
    """With numbered pages the rows behind a changed one slip forward and are lost for good."""
    listed = make_listed(*(image(seed) for seed in range(10)))
    with time_machine.travel(time.time() + 10, tick=True) as clock:
        end = int(time.time()) - 5
        first = ncmec_client.get_entries(start_timestamp=0, end_timestamp=end)
        for entry in listed[:3]:
            withdraw(entry)
        sequence()
        rest = list(ncmec_client.get_entries_iter(end_timestamp=end, resume_paging_url=first.next))
        seen = {update.id for answer in [first, *rest] for update in answer.updates}
        assert seen == {entry.reference for entry in listed}
        clock.shift(10)
        later = ncmec_client.get_entries(start_timestamp=end, end_timestamp=int(time.time()) - 5)
        assert {update.id for update in later.updates if update.deleted} == {entry.reference for entry in listed[:3]}


@pytest.mark.usefixtures("small_pages")
def test_a_next_address_still_works_twelve_hours_later_and_twice(
    ncmec_client: NCMECHashAPI, make_listed: MakeListed
) -> None:
    make_listed(*(image(seed) for seed in range(5)))
    with time_machine.travel(time.time() + 10, tick=True) as clock:
        first = ncmec_client.get_entries(start_timestamp=0, end_timestamp=int(time.time()) - 5)
        assert first.next.startswith("/v2/entries?cursor=")
        assert quote(first.next, safe="/?=:") == first.next, "nothing in it to be written in two ways"
        clock.shift(12 * HOUR)
        again = [ncmec_client.get_entries(next_=first.next) for _ in range(2)]
    assert again[0].updates == again[1].updates
    assert len(first.updates) + len(again[0].updates) == 5


def test_what_became_visible_late_is_served_by_the_next_window(
    ncmec_client: NCMECHashAPI, make_listed: MakeListed, sequence: Sequence
) -> None:
    """A row may carry a time that a window has already passed; the next one goes on at the leaf, not at the time."""
    with time_machine.travel(time.time(), tick=False) as clock:
        make_listed(image(1))
        end = int(time.time()) + 60
        ncmec_client.get_entries(start_timestamp=0, end_timestamp=end)
        late = accept(image(2))
        sequence()
        clock.shift(120)
        answer = ncmec_client.get_entries(start_timestamp=end, end_timestamp=int(time.time()) - 5)
    assert [update.id for update in answer.updates] == [late.reference]


def test_every_read_is_recorded(ncmec_client: NCMECHashAPI, make_listed: MakeListed, partner: Partner) -> None:
    make_listed(image(1), image(2))
    end = int(time.time()) + 2
    ncmec_client.get_entries(start_timestamp=0, end_timestamp=end)
    [download] = Download.objects.all()
    assert download.organisation == partner.organisation
    assert (download.key_name, download.dialect) == (partner.key.name, "ncmec")
    assert (download.after, download.reached, download.rows, download.window_end) == (-1, 1, 2, end)

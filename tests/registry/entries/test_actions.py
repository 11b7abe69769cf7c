"""Entries and claims."""

import threading
from hashlib import sha256

import pytest
import rfc8785
from django.db import connection

from registry.access.actors import REPORTER
from registry.access.refusals import Invalid, Refused
from registry.entries import actions, rules
from registry.entries.models import Claim, Entry, Features, Fingerprint
from registry.entries.states import ClaimState, EntryState
from registry.log.models import Leaf, PendingChange
from tests.registry.entries import samples


def accept(*items, holder="a"):
    """Accept items for a holder."""
    return actions.accept_items(items, holder=holder, actor=REPORTER)


def acts():
    """Give the audit log's acts so far, in order."""
    return [change.record["event"] for change in PendingChange.objects.filter(log="audit").order_by("pk")]


@pytest.mark.django_db
def test_accept_items_lists_an_entry_with_its_fingerprints_and_one_claim():
    """The thin path."""
    (entry,) = accept(samples.image(1))
    assert entry.state == EntryState.LISTED
    assert entry.fingerprints.count() == 2
    assert Claim.objects.get().entry == entry
    assert acts() == ["entry:accept", "entry:list", "claim:make"]
    change = PendingChange.objects.get(log="list").record
    assert change == {"commit": bytes(entry.commit).hex(), "event": "list", "subject": entry.reference}


@pytest.mark.django_db
def test_the_commitment_opens_with_nonce_and_fingerprints():
    """commit = SHA-256(nonce ‖ canonical fingerprints)."""
    (entry,) = accept(samples.image(1))
    opening = bytes(entry.nonce) + rfc8785.dumps(rules.canonical_fingerprints(samples.image(1).fingerprints))
    assert bytes(entry.commit) == sha256(opening).digest()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        (samples.image(1), samples.image(1), True),
        (samples.image(1), samples.image(2, md5=1), True),
        (samples.image(1), samples.image(1, md5=2), True),
        (samples.image(1), samples.image(2), False),
        (samples.video(1), samples.video(1), True),
        (samples.video(1), samples.image(9, md5=1), False),
    ],
)
def test_two_reports_of_the_same_file_share_one_entry(first, second, shared):
    """Same MD5, or same PDQ, and the same kind."""
    entries = [*accept(first, holder="a"), *accept(second, holder="b")]
    assert (entries[0] == entries[1]) is shared
    assert Claim.objects.count() == 2
    assert PendingChange.objects.filter(log="list").count() == (1 if shared else 2)


@pytest.mark.django_db
def test_one_report_with_the_same_file_twice_holds_one_claim():
    """A slip of the finger is not a second claim."""
    one, two = accept(samples.image(1), samples.image(1))
    assert one == two
    assert Claim.objects.count() == 1


@pytest.mark.django_db
def test_features_are_kept_once_beside_the_digest_that_the_commitment_is_made_over():
    """The log grows by a digest, however long they are."""
    item = samples.video_with_features(1)
    (entry,) = accept(item)
    accept(item, holder="b")
    assert bytes(Features.objects.get(entry=entry).content) == item.fingerprints[-1].content
    lines = rules.canonical_fingerprints(rules.canonical_item(item).fingerprints)
    assert {"digest": samples.features(1).digest, "form": "original", "type": "tmk_pdqf"} in lines
    assert bytes(entry.commit) == sha256(bytes(entry.nonce) + rfc8785.dumps(lines)).digest()


@pytest.mark.django_db
def test_an_entry_leaves_the_list_only_with_its_last_claim():
    """The second holder keeps it there."""
    (entry,) = accept(samples.image(1), holder="a")
    accept(samples.image(1), holder="b")
    actions.withdraw_claims("a", actor=REPORTER)
    entry.refresh_from_db()
    assert entry.state == EntryState.LISTED
    actions.withdraw_claims("b", actor=REPORTER)
    entry.refresh_from_db()
    assert entry.state == EntryState.WITHDRAWN


@pytest.mark.django_db
def test_withdrawal_destroys_fingerprints_and_nonce_and_publishes_a_tombstone(sequencer):
    """Nothing that could test an image against the log remains."""
    (entry,) = accept(samples.video_with_features(1))
    actions.withdraw_claims("a", actor=REPORTER)
    entry.refresh_from_db()
    assert entry.nonce is None
    assert not Fingerprint.objects.exists()
    assert not Features.objects.exists()
    sequencer.step()
    leaves = Leaf.objects.filter(log="list").order_by("leaf_index")
    assert [(leaf.event, leaf.subject) for leaf in leaves] == [("list", entry.reference), ("withdraw", entry.reference)]


@pytest.mark.django_db
def test_withdrawing_twice_changes_nothing_more():
    """Every retry is safe."""
    accept(samples.image(1))
    actions.withdraw_claims("a", actor=REPORTER)
    before = acts()
    actions.withdraw_claims("a", actor=REPORTER)
    assert acts() == before


@pytest.mark.django_db
def test_a_withdrawn_file_reported_again_is_a_new_entry():
    """Names are never used again."""
    (old,) = accept(samples.image(1))
    actions.withdraw_claims("a", actor=REPORTER)
    (new,) = accept(samples.image(1), holder="b")
    assert new != old
    assert new.state == EntryState.LISTED


@pytest.mark.django_db
def test_a_withdrawn_entry_cannot_be_listed_again():
    """An end is an end."""
    (entry,) = accept(samples.image(1))
    actions.withdraw_claims("a", actor=REPORTER)
    with pytest.raises(Refused, match="withdrawn"):
        actions.list_entry(entry, actor=REPORTER)


@pytest.mark.django_db
def test_one_bad_item_refuses_the_whole_report_and_changes_nothing():
    """All or nothing."""
    with pytest.raises(Invalid):
        accept(samples.image(1), samples.image(2, quality=3))
    assert not Entry.objects.exists()
    assert not PendingChange.objects.exists()


def in_threads(calls):
    """Run calls at the same time, each on a connection of its own; give what they raised."""
    raised = []

    def run(call):
        try:
            call()
        except Exception as error:  # noqa: BLE001 - the test looks at whatever came
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.mark.django_db(transaction=True)
def test_many_reports_of_one_file_at_the_same_time_make_one_entry():
    """No race makes a second entry, in whatever order files are given."""
    one, two = samples.image(1), samples.image(2)
    orders = [(one, two), (two, one)] * 4
    assert in_threads([lambda i=i, o=o: accept(*o, holder=str(i)) for i, o in enumerate(orders)]) == []
    assert Entry.objects.count() == 2
    assert Claim.objects.filter(state=ClaimState.ACTIVE).count() == 16


@pytest.mark.django_db(transaction=True)
def test_a_claim_made_during_the_last_withdrawal_is_never_lost():
    """Whoever comes second, the active claim's entry is on the list."""
    for seed in range(12):
        accept(samples.image(seed), holder="first")
        calls = [
            lambda: actions.withdraw_claims("first", actor=REPORTER),
            lambda s=seed: accept(samples.image(s), holder=f"second {s}"),
        ]
        assert in_threads(calls) == []
        claim = Claim.objects.get(holder=f"second {seed}")
        assert claim.entry.state == EntryState.LISTED, seed

"""The sequencer: dense indices, a signed head, no way back."""

import json
import threading

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from registry.access.actors import system
from registry.log import actions as log
from registry.log import merkle
from registry.log.events import Change, Event
from registry.log.models import Head, Leaf, Live, PendingChange, SignedCheckpoint
from registry.log.sequencer import Forked, Sequencer, shuffled
from tests.registry.log import rfc6962

pytestmark = pytest.mark.django_db


def publish(*subjects):
    """Put one list change a subject in line."""
    for subject in subjects:
        log.publish(Change.LIST, subject=subject, commit=bytes(32))


def test_every_pending_change_gets_the_next_index(sequencer):
    """Dense from 0, in each log for itself."""
    publish("a", "b")
    log.record(Event.ENTRY_LIST, actor=system("test"), subject="entry:a")
    sequencer.step()
    publish("c")
    sequencer.step()
    assert sorted(Leaf.objects.filter(log="list").values_list("leaf_index", flat=True)) == [0, 1, 2]
    assert list(Leaf.objects.filter(log="audit").values_list("leaf_index", flat=True)) == [0]
    assert not PendingChange.objects.exists()


def test_the_root_is_the_rfcs_root_over_the_stored_records(sequencer, publication):
    """Anyone can rebuild it from the records."""
    publish(*"abcdefg")
    sequencer.step()
    records = [leaf.record.encode() for leaf in Leaf.objects.filter(log="list").order_by("leaf_index")]
    published = publication.latest("list")
    assert (published.size, published.root) == (7, rfc6962.tree_hash(records))
    assert [bytes(leaf.leaf_hash) for leaf in Leaf.objects.order_by("leaf_index")] == [
        merkle.leaf_hash(r) for r in records
    ]


def test_a_record_is_canonical_json_with_its_publication_time(sequencer):
    """Keys sorted, no spaces, seconds since 1970."""
    publish("a")
    sequencer.step()
    leaf = Leaf.objects.get()
    line = json.loads(leaf.record)
    assert leaf.record == json.dumps(line, sort_keys=True, separators=(",", ":"))
    assert (leaf.subject, leaf.event, leaf.published) == ("a", "list", line["published"])


def test_publication_times_never_go_back(sequencer):
    """A clock set back does not put rows behind a reader's cursor."""
    Head.objects.filter(log="list").update(published=32_503_680_000)
    publish("a")
    sequencer.step()
    assert Leaf.objects.get().published == 32_503_680_000


def test_inside_a_window_entries_change_places_but_an_entrys_own_changes_do_not():
    """Neighbours on the list say nothing about who sent them."""
    changes = [(i, {"subject": f"entry {i // 2}"}) for i in range(200)]
    mixed = shuffled(changes)
    assert mixed != changes
    assert sorted(mixed) == changes
    for subject in {change["subject"] for _, change in changes}:
        own = [i for i, change in mixed if change["subject"] == subject]
        assert own == sorted(own)


def test_a_window_holds_the_list_back_but_not_the_audit_log(db, publication):
    """The list waits for company; a record of an act does not."""
    connection.ensure_connection()
    sequencer = Sequencer(connection.connection, publication, window=3600)
    sequencer.resume()
    publish("first")
    sequencer.step()
    publish("second")
    log.record(Event.ENTRY_LIST, actor=system("test"), subject="entry:second")
    assert sequencer.step() == 1
    assert list(Leaf.objects.filter(log="list").values_list("subject", flat=True)) == ["first"]


def test_a_database_behind_what_was_published_is_refused(sequencer, publication):
    """A restored backup must not fork the log."""
    publish("a", "b")
    sequencer.step()
    publication.publish("list", publication.sign("list", 3, bytes(32)))
    with pytest.raises(Forked, match=r"published with 3 leaves; the database has 2.*recover_log"):
        sequencer.resume()


def test_a_database_that_differs_from_what_was_published_is_refused(sequencer, publication):
    """Same length, other history."""
    publish("a", "b")
    sequencer.step()
    publication.publish("list", publication.sign("list", 2, bytes(32)))
    with pytest.raises(Forked, match="not those that were published"):
        sequencer.resume()


def test_a_head_that_was_never_signed_is_signed_at_the_next_start(sequencer, publication):
    """A crash between commit and signature loses nothing."""
    publish("a")
    sequencer.step()
    (publication.directory / "list" / "checkpoint").unlink()
    sequencer.resume()
    assert publication.latest("list").size == 1


def test_an_empty_log_is_signed_once_before_its_first_leaf(sequencer, publication):
    """Whoever follows a log from its first day finds a head to begin from, and every later one continues it."""
    assert publication.latest("list").size == 0
    assert publication.latest("list").root == rfc6962.tree_hash([])
    sequencer.resume()
    publish("a")
    sequencer.step()
    sequencer.resume()
    assert list(SignedCheckpoint.objects.filter(log="list").order_by("size").values_list("size", flat=True)) == [0, 1]


def test_records_that_a_crash_kept_from_the_disk_are_kept_at_the_next_start(sequencer, publication):
    """The journal outside the database catches up, also past a line cut in two."""
    publish(*"abc")
    sequencer.step()
    journal = publication.directory / "list" / "leaves" / "000000.jsonl"
    whole = journal.read_text()
    journal.write_text(whole[: len(whole) // 2])
    sequencer.resume()
    assert journal.read_text() == whole
    assert list(publication.kept("list", 1)) == whole.splitlines()[1:]


def test_the_fold_holds_what_is_live_after_the_newest_leaf(sequencer):
    """Listed, paused, resumed, withdrawn: the table follows."""
    publish(*"abcd")
    for subject, changes in {"b": [Change.WITHDRAW], "c": [Change.PAUSE], "d": [Change.PAUSE, Change.RESUME]}.items():
        for change in changes:
            log.publish(change, subject=subject, commit=bytes(32))
    sequencer.step()
    assert set(Live.objects.values_list("subject", flat=True)) == {"a", "d"}


def test_a_head_moved_by_somebody_else_is_refused(sequencer):
    """Compare-and-swap: two writers cannot both win."""
    publish("a")
    original = sequencer._extend

    def late(log_name, size, *rest):
        Head.objects.filter(log=log_name).update(size=size + 5)
        original(log_name, size, *rest)

    sequencer._extend = late
    with pytest.raises(Forked, match="Another writer"):
        sequencer.step()
    assert PendingChange.objects.count() == 1


@pytest.mark.parametrize("table", ["log_leaf", "log_checkpoint"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET log = 'audit'", "DELETE FROM {}", "TRUNCATE {}"])
def test_history_cannot_be_changed(sequencer, table, statement):
    """Not even by the tables' owner, short of switching the trigger off."""
    publish("a")
    sequencer.step()
    before = list(Leaf.objects.values()), list(SignedCheckpoint.objects.values())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert (list(Leaf.objects.values()), list(SignedCheckpoint.objects.values())) == before


@pytest.mark.django_db(transaction=True)
def test_only_one_sequencer_works_at_a_time(publication, own_connection):
    """The second waits for the first's lock."""
    one, two = own_connection(), own_connection()
    Sequencer(one, publication).wait_for_lock()
    two.execute("SET lock_timeout = '100ms'")
    with pytest.raises(psycopg.errors.LockNotAvailable):
        Sequencer(two, publication).wait_for_lock()


@pytest.mark.django_db(transaction=True)
def test_a_writer_rings_while_the_sequencer_sleeps_and_not_otherwise(publication, own_connection):
    """Notifications make commits queue for each other; most commits need none."""
    one, two = own_connection(), own_connection()
    two.execute("LISTEN log_pending")
    sleeper = Sequencer(one, publication)
    for asleep, rings in ((True, 1), (False, 0)):
        sleeper._say_asleep(asleep)
        with transaction.atomic():
            publish("a")
        assert len(list(two.notifies(timeout=0.2, stop_after=1))) == rings


@pytest.mark.django_db(transaction=True)
def test_a_sleeping_sequencer_wakes_at_once(publication, own_connection):
    """Well before the longest nap ends."""
    sequencer = Sequencer(own_connection(), publication)
    sequencer.resume()
    sequencer.listen()
    writer = threading.Timer(
        0.05, lambda: own_connection().execute("INSERT INTO log_pending (log, record) VALUES ('audit', '{}')")
    )
    writer.start()
    sequencer.nap()
    writer.join()
    assert sequencer._has_work()

"""What `verify_log` finds: every kind of tampering, by the first leaf that is wrong."""

import os
import random
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from registry.access.actors import REPORTER, system
from registry.log import actions as log
from registry.log import signing, verification
from registry.log.events import Change, Event
from registry.log.models import Leaf, Live, SignedCheckpoint
from registry.log.sequencer import Sequencer
from registry.log.states import LogName
from tests.registry.conftest import KEY
from tests.registry.log import auditor

PUBLIC = KEY.public_key().public_bytes_raw()
TAMPERINGS = int(os.environ.get("TAMPERINGS", "400"))


def fill(sequencer, leaves, batches):
    """Sequence changes of all kinds in several batches."""
    draw = random.Random(leaves)
    kinds = [Change.LIST, Change.PAUSE, Change.RESUME, Change.WITHDRAW]
    for _ in range(batches):
        for _ in range(leaves // batches):
            subject = f"entry{draw.randrange(leaves)}"
            log.publish(draw.choice(kinds), subject=subject, commit=draw.randbytes(32))
            log.record(Event.ENTRY_LIST, actor=draw.choice([REPORTER, system("test")]), subject=f"entry:{subject}")
        sequencer.step()


def verdict(publication, name=LogName.LIST):
    """Verify on the test's own connection, inside its transaction."""
    return verification.Verification(connection.connection, publication, name).run()


@pytest.mark.django_db
@pytest.mark.parametrize("leaves", [0, 1, 40, 700])
def test_an_honest_log_has_no_fault(sequencer, publication, leaves):
    """Both logs, whatever their size; the root is the published one."""
    if leaves:
        fill(sequencer, leaves, min(leaves, 5))
    for name in (LogName.LIST, LogName.AUDIT):
        found = verdict(publication, name)
        assert (found.size, found.faults) == (leaves, [])
        if leaves:
            assert found.root == publication.latest(name).root


Tamper = Callable[[random.Random, int], tuple[str, list[object]]]


def flipped(draw, size):
    """One bit of a record."""
    at = draw.randrange(13, 70)
    change = f"overlay(record placing chr(ascii(substr(record, {at}, 1)) # 1) from {at})"
    return f"UPDATE log_leaf SET record = {change} WHERE log = 'list' AND leaf_index = %s", [draw.randrange(size)]


ALTERED = """UPDATE log_leaf SET record = replace(record, '"event":"', '"event":"x')
    WHERE log = 'list' AND leaf_index = %s"""
ALTERED_WITH_HASH = """UPDATE log_leaf SET record = replace(record, 'entry', 'entrx'),
    leaf_hash = sha256('\\x00'::bytea || convert_to(replace(record, 'entry', 'entrx'), 'UTF8'))
    WHERE log = 'list' AND leaf_index = %s"""
INSERTED = """INSERT INTO log_leaf (log, leaf_index, record, leaf_hash)
    SELECT log, %s, record, leaf_hash FROM log_leaf WHERE log = 'list' AND leaf_index = %s"""
SWAPPED = """UPDATE log_leaf AS one SET record = other.record, leaf_hash = other.leaf_hash FROM log_leaf AS other
    WHERE one.log = 'list' AND other.log = 'list' AND one.leaf_index + other.leaf_index = %s
    AND one.leaf_index <> other.leaf_index"""
CLOSED_UP = """WITH gone AS (DELETE FROM log_leaf WHERE log = 'list' AND leaf_index >= %s RETURNING *)
    INSERT INTO log_leaf (log, leaf_index, record, leaf_hash)
    SELECT log, leaf_index - 1, record, leaf_hash FROM gone OFFSET 1"""
HASH_ALONE = """UPDATE log_leaf SET leaf_hash = set_bit(leaf_hash, 5, 1 - get_bit(leaf_hash, 5))
    WHERE log = 'list' AND leaf_index = %s"""
CHECKPOINTS_ROOT = """UPDATE log_checkpoint SET note =
    overlay(note placing 'AAAA' from strpos(note, chr(10) || size || chr(10)) + length(size::text) + 6)
    WHERE log = 'list' AND size = (SELECT size FROM log_checkpoint WHERE log = 'list' ORDER BY random() LIMIT 1)"""
DROPPED = "DELETE FROM log_live WHERE subject = (SELECT min(subject) FROM log_live)"
TRUNCATED = "DELETE FROM log_leaf WHERE log = 'list' AND leaf_index >= %s"

TAMPERINGS_BY_NAME: dict[str, Tamper] = {
    "one flipped bit": flipped,
    "altered": lambda draw, size: (ALTERED, [draw.randrange(size)]),
    "altered with its hash": lambda draw, size: (ALTERED_WITH_HASH, [draw.randrange(size)]),
    "removed": lambda draw, size: (
        "DELETE FROM log_leaf WHERE log = 'list' AND leaf_index = %s",
        [draw.randrange(size)],
    ),
    "truncated": lambda draw, size: (TRUNCATED, [draw.randrange(size)]),
    "inserted": lambda draw, size: (INSERTED, [draw.choice([-1, size, size + 7]), draw.randrange(size)]),
    "swapped": lambda draw, size: (SWAPPED, [draw.randrange(1, size) | 1]),
    "removed and closed up": lambda draw, size: (CLOSED_UP, [draw.randrange(size - 1)]),
    "hash alone": lambda draw, size: (HASH_ALONE, [draw.randrange(size)]),
    "checkpoint's root": lambda draw, size: (CHECKPOINTS_ROOT, []),
    "checkpoint's size": lambda draw, size: (
        "UPDATE log_checkpoint SET size = size + 1000 WHERE log = 'list' AND size = %s",
        [size],
    ),
    "head": lambda draw, size: ("UPDATE log_head SET size = size - 1 WHERE log = 'list'", []),
    "fold kept": lambda draw, size: (
        "INSERT INTO log_live VALUES (%s, %s, 0)",
        [f"entry never {draw.random()}", bytes(32)],
    ),
    "fold dropped": lambda draw, size: (DROPPED, []),
}
REFOLD = """INSERT INTO log_live SELECT subject, decode(record::jsonb ->> 'commit', 'hex'), leaf_index FROM (
    SELECT DISTINCT ON (subject) * FROM log_leaf WHERE log = 'list' AND event <> 'state'
    ORDER BY subject, leaf_index DESC) AS last WHERE event IN ('list', 'resume')"""
ROWS = ("leaf_index", "record", "leaf_hash", "event", "subject", "published")
NOT_THE_AUDITORS = {"head", "checkpoint's size"}


def auditors_objections(publication):
    """Ask the independent auditor about the same rows."""
    rows = list(Leaf.objects.filter(log="list").order_by("leaf_index").values_list(*ROWS))
    notes = list(SignedCheckpoint.objects.filter(log="list").values_list("note", flat=True))
    notes.append((publication.directory / "list" / "checkpoint").read_text())
    live = {(subject, bytes(commit).hex()) for subject, commit in Live.objects.values_list("subject", "commit")}
    return auditor.objections(rows, notes, PUBLIC, live, list(publication.kept("list", 0)))


def tampered(statement, values):
    """Do it as somebody who owns the tables would, and undo it afterwards."""
    connection.connection.execute("SET LOCAL session_replication_role = replica")
    done = connection.connection.execute(statement, values).rowcount
    connection.connection.execute("SET LOCAL session_replication_role = origin")
    return done


@pytest.mark.django_db
def test_every_tampering_is_found_by_verify_log_and_by_an_independent_auditor(sequencer, publication):
    """Alter, remove, insert, swap, truncate, one flipped bit, and the derived tables."""
    size = 36
    fill(sequencer, size, 3)
    assert not verdict(publication).faults
    assert not auditors_objections(publication)
    draw = random.Random(7)
    for number in range(TAMPERINGS):
        name = list(TAMPERINGS_BY_NAME)[number % len(TAMPERINGS_BY_NAME)]
        with transaction.atomic():
            assert tampered(*TAMPERINGS_BY_NAME[name](draw, size)), name
            assert verdict(publication).faults, name
            if name not in NOT_THE_AUDITORS:
                assert auditors_objections(publication), name
            transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("one flipped bit", "list at leaf {}: the hash is not that of the record"),
        ("altered with its hash", "list at leaf {}: the record is not the one kept outside the database"),
        ("removed", "list at leaf {}: missing"),
    ],
)
def test_the_first_wrong_leaf_is_named(sequencer, publication, name, words):
    """So that somebody can look at it."""
    fill(sequencer, 300, 3)
    for seed in range(5):
        with transaction.atomic():
            statement, values = TAMPERINGS_BY_NAME[name](random.Random(seed), 299)
            tampered(statement, values)
            assert str(verdict(publication).faults[0]).startswith(words.format(values[-1]))
            transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("leaf", [3, verification.CHUNK + 3])
def test_the_first_wrong_leaf_of_a_long_log_is_named(sequencer, publication, leaf):
    """Also while most of the log has not been read yet."""
    log.publish_all(Change.LIST, [(f"entry{number}", bytes(32)) for number in range(2 * verification.CHUNK)])
    sequencer.step()
    tampered(HASH_ALONE, [leaf])
    assert list(map(str, verdict(publication).faults)) == [f"list at leaf {leaf}: the hash is not that of the record"]


@pytest.mark.django_db
def test_without_the_journal_the_batch_with_the_wrong_leaf_is_named(sequencer, publication):
    """Checkpoints alone say between which two sizes it lies."""
    fill(sequencer, 30, 3)
    (publication.directory / "list" / "leaves" / "000000.jsonl").unlink()
    tampered(*TAMPERINGS_BY_NAME["altered with its hash"](random.Random(1), 10))
    assert str(verdict(publication).faults[0]) == "list at leaf 0: a leaf from 0 to 9 is not the one that was signed"


@pytest.mark.django_db
def test_an_inner_hash_that_does_not_fit_is_found(sequencer, publication):
    """Proofs are made from these."""
    fill(sequencer, 600, 2)
    tampered("UPDATE log_node SET hash = %s WHERE place = 1", [bytes(32)])
    assert [str(fault) for fault in verdict(publication).faults] == [
        "list: an inner hash is not that of the leaves under it"
    ]


@pytest.mark.django_db
def test_a_state_that_is_not_the_leaves_is_found(sequencer, publication):
    """A list that keeps or drops an entry unseen commits to a lie."""
    fill(sequencer, 30, 1)
    tampered(DROPPED, [])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log, "STATE_EVERY", 1)
        assert log.commit_state(actor=system("test"))
        sequencer.step()
    tampered("DELETE FROM log_live", [])
    connection.connection.execute(REFOLD)
    assert "live entries" in str(verdict(publication).faults[0])


@pytest.mark.django_db(transaction=True)
def test_verify_log_says_that_all_is_well_or_ends_with_what_is_not(
    publication, own_connection, settings, tmp_path, capsys
):
    """The command, on connections of its own."""
    settings.LOG_SIGNING_KEY_FILE, settings.PUBLISHED_DIR = tmp_path / "log.key", publication.directory
    settings.LOG_ORIGIN = publication.origin
    signing.ensure_key(settings.LOG_SIGNING_KEY_FILE)
    publication.take_keys(signing.load_keys(settings.LOG_SIGNING_KEY_FILE), [])
    sequencer = Sequencer(own_connection(), publication)
    sequencer.resume()
    with transaction.atomic():
        log.publish(Change.LIST, subject="a", commit=bytes(32))
    sequencer.step()
    call_command("verify_log")
    assert "as it was signed" in capsys.readouterr().out
    with transaction.atomic():
        tampered("UPDATE log_leaf SET record = record || ' '", [])
    with pytest.raises(CommandError, match="list at leaf 0: the hash"):
        call_command("verify_log")

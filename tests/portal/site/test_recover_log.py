"""Last night's backup, restored: nothing that was withdrawn since comes back, and the log never forks."""

import subprocess
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from partners.feed import queries as feed
from partners.sandbox import actions as sandbox
from partners.sandbox import rules as sandbox_rules
from portal.site.processes import postgres
from registry.access.actors import REPORTER, system
from registry.entries import actions
from registry.entries.models import Features, Fingerprint
from registry.entries.states import ClaimState, EntryState
from registry.log import signing, verification
from registry.log.models import Head, Leaf, Live, PendingChange
from registry.log.sequencer import ADVISORY_LOCK, Forked, Sequencer
from registry.log.states import LogName
from tests.registry.entries import samples

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def publication(publication, settings, tmp_path):
    """Let the commands see the publication and its key."""
    settings.LOG_SIGNING_KEY_FILE, settings.PUBLISHED_DIR = tmp_path / "log.key", publication.directory
    settings.LOG_ORIGIN = publication.origin
    signing.ensure_key(settings.LOG_SIGNING_KEY_FILE)
    publication.take_keys(signing.load_keys(settings.LOG_SIGNING_KEY_FILE), [])
    return publication


def run(program, *arguments):
    """Run one of PostgreSQL's programs on the test's database."""
    binaries = Path(postgres._installed()) / "bin"
    given = connection.get_connection_params()
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password"}
    address = {variable: str(given[name]) for variable, name in names.items() if given.get(name)}
    subprocess.run([binaries / program, *arguments], env=address, check=True, capture_output=True)


@pytest.fixture
def restore(tmp_path):
    """Give the verb that backs the database up, and the one that continues on the restored backup."""
    original = connection.settings_dict["NAME"]
    copy, file = f"{original}_restored", tmp_path / "backup"

    def back_up():
        run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}", original)

    def restored():
        run("createdb", copy)
        run("pg_restore", "--no-owner", "--no-privileges", f"--dbname={copy}", file)
        connection.close()
        connection.settings_dict["NAME"] = copy

    yield back_up, restored
    connection.close()
    connection.settings_dict["NAME"] = original
    run("dropdb", "--if-exists", copy)  # not by force: autovacuum, which an owner may not end, is then asked to leave


def accept(*seeds, holder, is_held=False):
    """List made-up videos, or only take them."""
    return actions.accept_items(
        list(map(samples.video_with_features, seeds)), holder=holder, actor=REPORTER, is_held=is_held
    )


def fill_sandbox(monkeypatch, size):
    """Have so many made-up entries."""
    monkeypatch.setattr(sandbox_rules, "SIZE", size)
    sandbox.fill(actor=system("clock"))


def told(log):
    """Give what a platform is told of each entry: whether it is live."""
    rows = feed.page(log, feed.BEFORE_THE_FIRST, feed.last_leaf(log), 100, feed.NOBODY).rows
    return {row.reference: row.is_live for row in rows}


def test_a_restored_backup_does_not_bring_back_what_was_withdrawn_since(
    restore, publication, own_connection, monkeypatch
):
    """Withdrawn (with its leaf, before it, or before it was ever listed), paused, resumed, waiting, never backed up."""
    back_up, restored = restore
    sequencer = Sequencer(own_connection(), publication)
    sequencer.resume()
    holders = ("kept", "gone", "paused", "late")
    kept, gone, paused, late = (accept(seed, holder=holder)[0] for seed, holder in enumerate(holders, 1))
    fill_sandbox(monkeypatch, 2)
    sequencer.step()
    (waiting,) = accept(5, holder="waiting")
    (pending,) = accept(6, holder="pending", is_held=True)
    back_up()
    actions.withdraw_claims("gone", actor=REPORTER)
    actions.pause_claims("paused", actor=REPORTER)
    (lost,) = accept(7, holder="lost")
    actions.withdraw_claims("pending", actor=REPORTER)
    fill_sandbox(monkeypatch, 3)
    sequencer.window = 60
    sequencer.step()
    actions.withdraw_claims("late", actor=REPORTER)
    sequencer.step()
    assert PendingChange.objects.get().record["subject"] == late.reference
    published = publication.latest("list")

    restored()
    behind = Sequencer(own_connection(), publication)
    with pytest.raises(Forked, match="recover_log"):
        behind.resume()
    assert Fingerprint.objects.filter(entry__reference=gone.reference).count() == 3
    call_command("recover_log")

    for entry in (gone, late, pending):
        entry.refresh_from_db()
        assert (entry.state, entry.nonce) == (EntryState.WITHDRAWN, None)
        assert not entry.fingerprints.exists()
    assert set(Features.objects.values_list("entry", flat=True)) == {kept.pk, paused.pk, waiting.pk}
    paused.refresh_from_db()
    assert paused.state == EntryState.PAUSED
    assert [claim.state for claim in paused.claims.all()] == [ClaimState.PAUSED]
    assert Head.objects.get(log="list").size == published.size
    behind.resume()
    behind.step()
    assert set(Live.objects.values_list("subject", flat=True)) == {kept.reference, waiting.reference}
    assert Leaf.objects.filter(log="list", event="list", subject=waiting.reference).count() == 1
    assert not PendingChange.objects.exists()
    assert told(LogName.LIST) == dict.fromkeys((kept.reference, waiting.reference), True) | dict.fromkeys(
        (gone.reference, late.reference, paused.reference, lost.reference), False
    )
    assert sorted(told(LogName.SANDBOX).values()) == [False, True, True]
    for log in LogName:
        assert verification.verify(own_connection(), publication, log).faults == []
    before = Leaf.objects.count()
    call_command("recover_log")
    assert Leaf.objects.count() == before
    actions.resume_claims("paused", actor=REPORTER)
    paused.refresh_from_db()
    assert paused.state == EntryState.LISTED


def test_recovery_refuses_to_run_beside_the_sequencer(publication, own_connection):
    """Two writers would fork the log."""
    own_connection().execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
    with pytest.raises(CommandError, match="stop it first"):
        call_command("recover_log")


def test_recovery_refuses_records_that_were_tampered_with(publication, own_connection):
    """They must lead to what was signed; nothing is changed."""
    sequencer = Sequencer(own_connection(), publication)
    sequencer.resume()
    accept(1, 2, holder="a")
    sequencer.step()
    journal = publication.directory / "list" / "leaves" / "000000.jsonl"
    journal.write_text(journal.read_text().replace('"subject":"', '"subject":"z', 1))
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE log_leaf, log_node, log_head")
        cursor.execute("RESET session_replication_role")
    with pytest.raises(CommandError, match="not those that were published"):
        call_command("recover_log")
    assert not Leaf.objects.exists()

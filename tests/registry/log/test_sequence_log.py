"""The sequencer's own process."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.db import connection, transaction

from registry.log import actions as log
from registry.log import notes, signing
from registry.log.events import Change
from registry.log.models import SignedCheckpoint
from tests.registry.log.test_signing import public

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def start(tmp_path):
    """Give the verb that starts a sequencer and waits until it says that it serves, or not; all are stopped at the end."""
    given = connection.get_connection_params()
    address = f"postgres://{given['user']}:{given.get('password', '')}@/{given['dbname']}?host={given['host']}"
    key = tmp_path / "keys" / "log.key"
    signing.ensure_key(key)
    started = []

    def begin(*, waits=True):
        ready = tmp_path / f"ready {len(started)}"
        own = {
            "DATABASE_URL": address,
            "SEQUENCER_DATABASE_URL": address,
            "LOG_SIGNING_KEY_FILE": str(key),
            "PUBLISHED_DIR": str(tmp_path / "published"),
            "LOG_WINDOW_SECONDS": "0",
            "LOG_ORIGIN": "test.invalid",
            "READY_FILE": str(ready),
            "DJANGO_SETTINGS_MODULE": "portal.site.settings",
        }
        process = subprocess.Popen([sys.executable, "-W", "ignore", "manage.py", "sequence_log"], env=os.environ | own)
        started.append(process)
        if waits:
            until(ready.exists)
        return process, ready

    yield begin, key
    for process in started:
        process.kill()
        process.wait()


def until(condition):
    """Wait for something that comes soon."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def publish(name):
    """Commit a change."""
    with transaction.atomic():
        log.publish(Change.LIST, subject=name, commit=bytes(32))


def newest():
    """Give the newest checkpoint's note; nothing before the first."""
    return SignedCheckpoint.objects.filter(log="list").order_by("-size").values_list("note", flat=True).first() or ""


def test_of_two_sequencers_one_works_and_one_waits_and_follows(start):
    """Told to stop, the first goes at once, and the second takes over."""
    begin, _ = start
    first, _ = begin()
    second, ready = begin(waits=False)
    publish("a")
    until(lambda: "\n1\n" in newest())
    assert not ready.exists()
    first.send_signal(signal.SIGTERM)
    assert first.wait(10) == 0
    until(ready.exists)
    publish("b")
    until(lambda: "\n2\n" in newest())
    assert second.poll() is None


def test_a_waiting_sequencer_stops_when_told(start):
    """It holds nothing that would have to be finished."""
    begin, _ = start
    begin()
    waiting, _ = begin(waits=False)
    until(is_waiting)
    waiting.send_signal(signal.SIGTERM)
    assert waiting.wait(10) != 0


def is_waiting():
    """Tell whether somebody waits for the sequencer's lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
        return cursor.fetchone()[0]


def test_a_running_sequencer_signs_with_a_new_key_by_itself(start):
    """Both keys during the overlap; a leaf that comes in the very moment of the change may still have the old one alone."""
    begin, key = start
    begin()
    publish("a")
    until(newest)
    old = public(signing.load_keys(key)[0])
    signing.rotate_key(key)
    publish("b")
    until(lambda: "\n2\n" in newest())
    publish("c")
    until(lambda: "\n3\n" in newest())
    for known in (old, public(signing.load_keys(key)[0])):
        assert notes.verify(newest(), "test.invalid/list", known).size == 3

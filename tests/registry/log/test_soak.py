"""0 missed, 0 doubled; killed anywhere, nothing lost and never a fork."""

import os
import signal
from functools import partial
from typing import Any

import psycopg
import pytest
from django.db import connection

from registry.log import merkle, signing, verification
from registry.log import publication as publications
from registry.log.models import Leaf, PendingChange
from registry.log.sequencer import Sequencer
from registry.log.states import LogName
from tests.registry.log.soak import forked, soak

pytestmark = pytest.mark.django_db(transaction=True)
CHANGES = int(os.environ.get("SOAK_CHANGES", "8000"))
BATCH = CHANGES // 1000


@pytest.fixture
def connect():
    """Give connections of their own, also to other processes."""
    parameters = connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}
    return lambda: psycopg.connect(**parameters, autocommit=True)


def test_sixteen_writers_some_slow_some_dying_lose_and_double_nothing(connect, publication, tmp_path):
    """By leaf index, by window of time and by timestamp."""
    connection.close()
    found = soak(connect, publication, tmp_path, CHANGES, BATCH)
    assert len(found.committed) > CHANGES * 0.9
    for name, seen in found.seen.items():
        assert len(seen) == len(set(seen)), name
        assert set(seen) >= found.committed, name
        assert set(seen) <= found.tried, name
    assert found.seen["native"] == list(Leaf.objects.order_by("leaf_index").values_list("subject", flat=True))
    with connect() as own:
        assert verification.verify(own, publication, LogName.LIST).faults == []


class Dying(psycopg.Connection[Any]):
    """A connection whose process is killed before the nth exchange with the server."""

    left = 0

    def wait(self, *args, **kwargs):
        count_down()
        return super().wait(*args, **kwargs)


def count_down():
    """Die when it is time."""
    Dying.left -= 1
    if Dying.left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


def dying_sequencer(publication, monkeypatch_targets, parameters, place):
    """Sequence what is there, and die at the given place; statements and writes to disk count."""
    synced = os.fsync

    def sync(descriptor):
        count_down()
        synced(descriptor)

    for module in monkeypatch_targets:
        module.os.fsync = sync
    own = Dying.connect(**parameters, autocommit=True)
    Dying.left = place
    sequencer = Sequencer(own, publication)
    sequencer.wait_for_lock()
    sequencer.resume()
    sequencer.step()


def test_a_sequencer_killed_at_every_statement_loses_nothing_and_never_forks(connect, publication):
    """Each time the next one goes on, and everything that was ever published still holds."""
    parameters = connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}
    published, place, killed = {}, 0, True
    while killed:
        place += 1
        with connect() as writer:
            for name in ("list", "list", "audit"):
                line = f'{{"commit": "{"00" * 32}", "event": "list", "subject": "{place}"}}'
                writer.execute("INSERT INTO log_pending (log, record) VALUES (%s, %s)", [name, line])
        child = forked(partial(dying_sequencer, publication, [publications, signing], parameters, place))
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status)
        for name in LogName:
            if newest := publication.latest(name):
                published[name, newest.size] = newest.root
        with connect() as own:
            heir = Sequencer(own, publication)
            heir.wait_for_lock()
            heir.resume()
            heir.step()
        assert not PendingChange.objects.exists()
        assert Leaf.objects.count() == 3 * place
    assert place > 25
    for name in LogName:
        with connect() as own:
            assert verification.verify(own, publication, name).faults == []
        frontier, hashes = merkle.Frontier(), Leaf.objects.filter(log=name).order_by("leaf_index")
        for hashed in hashes.values_list("leaf_hash", flat=True):
            frontier.append(bytes(hashed))
            assert published.get((name, frontier.size), frontier.root()) == frontier.root()

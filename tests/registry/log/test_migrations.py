"""A log from before there were inner hashes and a fold."""

import importlib

import pytest
from django.apps import apps
from django.db import connection

from registry.log import actions as log
from registry.log import verification
from registry.log.events import Change
from registry.log.states import LogName

fill = importlib.import_module("registry.log.migrations.0005_fill_nodes_and_fold").fill


@pytest.mark.django_db
def test_an_older_log_gets_its_inner_hashes_and_its_fold(sequencer, publication):
    """As if it had always had them; again changes nothing."""
    log.publish_all(Change.LIST, [(str(number), bytes(32)) for number in range(600)])
    log.publish_all(Change.PAUSE, [("7", bytes(32))])
    sequencer.step()
    connection.connection.execute("SET LOCAL session_replication_role = replica")
    connection.connection.execute("DELETE FROM log_node; DELETE FROM log_live")
    connection.connection.execute("SET LOCAL session_replication_role = origin")
    for _ in range(2):
        with connection.schema_editor() as editor:
            fill(apps, editor)
    assert verification.Verification(connection.connection, publication, LogName.LIST).run().faults == []

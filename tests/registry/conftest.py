"""The registry's own tools for tests: a sequencer on the test's connection."""

from contextlib import ExitStack

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from registry.log.publication import Publication
from registry.log.sequencer import Sequencer

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.fixture
def publication(tmp_path):
    """Give a publication of the test's own."""
    return Publication(tmp_path / "published", "test.invalid", KEY)


@pytest.fixture
def sequencer(db, publication):
    """Give a sequencer inside the test's transaction."""
    connection.ensure_connection()
    sequencer = Sequencer(connection.connection, publication)
    sequencer.resume()
    return sequencer


@pytest.fixture
def own_connection(db):
    """Give connections to the test's database that are nobody else's."""
    with ExitStack() as stack:

        def connect():
            parameters = connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}
            return stack.enter_context(psycopg.connect(**parameters, autocommit=True))

        yield connect

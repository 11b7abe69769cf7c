"""A durable PostgreSQL of a benchmark's own, and a log in it."""

import json
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal.site.processes import postgres
from registry.log.publication import Publication
from tests import database

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


class Server:
    """A durable PostgreSQL of its own, migrated, that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.cluster = postgres.cluster_in(folder / "rows", folder)
        database._copy(database._migrated(), self.cluster.folder)
        self.address = self.cluster.dsn(postgres.OWNER, database.PASSWORD)
        self.start()

    def start(self) -> None:
        while not postgres.make_way(self.cluster):
            time.sleep(0.02)
        command = postgres.server_command(self.cluster, postgres.DURABLE)
        self.process = subprocess.Popen(command, env=postgres.ENVIRONMENT, **self.cluster.spawn)
        while not postgres.is_serving(self.cluster):
            time.sleep(0.02)

    def settle(self) -> None:
        """Have what was filled in bulk on disk, so that nothing is timed while it is still being written."""
        superuser = self.cluster.dsn(postgres.SUPERUSER, database.PASSWORD)
        with psycopg.connect(superuser, autocommit=True) as connection:
            connection.execute("CHECKPOINT")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.send_signal(postgres.STOP_SIGNAL)
        self.process.wait()

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.address, autocommit=True)


@contextmanager
def fresh() -> Iterator[tuple[Server, Publication]]:
    """A server and a publication of their own."""
    folder = postgres.make_run_folder()
    server = Server(folder)
    try:
        yield server, Publication(Path(tempfile.mkdtemp(dir=folder)), "bench.invalid", KEY)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def line(name: str, event: str = "list") -> str:
    """A change of an entry, as it waits for its leaf."""
    return json.dumps({"commit": secrets.token_hex(32), "event": event, "subject": name})


def new_name() -> str:
    """A name as `registry.entries.models.new_reference` gives them."""
    return f"{int(time.time()) // 86_400:04x}{secrets.token_hex(13)}"


def stand_in_line(connection: psycopg.Connection[Any], lines: Iterable[str]) -> None:
    """Put changes in line for the list."""
    with connection.cursor().copy("COPY log_pending (log, record) FROM STDIN") as copy:
        for each in lines:
            copy.write_row(("list", each))

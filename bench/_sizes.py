"""What a change and a poll without change cost in a list of any size."""

import os
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import django
import psycopg
from psycopg.conninfo import conninfo_to_dict

from bench._server import Server, fresh, wait_in_line
from registry.log.publication import Publication
from registry.log.sequencer import Sequencer
from registry.log.states import LogName

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.db import connection as django_connection  # noqa: E402 - after the settings

from partners.feed import queries as feed  # noqa: E402
from partners.ncmec import queries as ncmec  # noqa: E402
from partners.ncmec.rules import Window  # noqa: E402
from partners.stopncii import queries as stopncii  # noqa: E402
from partners.stopncii.rules import Query  # noqa: E402

SIZES = [int(size) for size in os.environ.get("BENCH_SIZES", "10000 1000000 10000000").split()]
BATCHES = 40
POLLS = 400
BULK = """
INSERT INTO log_leaf (log, leaf_index, record, leaf_hash)
SELECT 'list', i, record, sha256(convert_to(record, 'UTF8')) FROM (
    SELECT i, format('{"commit":"%%s","event":"list","published":%%s,"subject":"%%s"}', encode(hashed, 'hex'),
        %(published)s::bigint, left(encode(hashed, 'hex'), 30)) AS record
    FROM (SELECT i, sha256(i::text::bytea) AS hashed FROM generate_series(%(begin)s::bigint, %(end)s - 1) AS i) AS made
OFFSET 0) AS leaf;
INSERT INTO log_live (subject, commit, leaf_index)
SELECT left(encode(hashed, 'hex'), 30), hashed, i
FROM (SELECT i, sha256(i::text::bytea) AS hashed FROM generate_series(%(begin)s::bigint, %(end)s - 1) AS i) AS made;
INSERT INTO log_node (log, level, place, hash)
SELECT 'list', 1, i, sha256(i::text::bytea) FROM generate_series(%(begin)s / 256, %(end)s / 256 - 1) AS i
ON CONFLICT DO NOTHING;
INSERT INTO log_checkpoint (log, size, note)
SELECT 'list', i, repeat('n', 160) FROM generate_series(%(begin)s::bigint + 1000, %(end)s, 1000) AS i
ON CONFLICT DO NOTHING;
INSERT INTO log_head VALUES ('list', %(end)s, %(frontier)s, %(published)s)
ON CONFLICT (log) DO UPDATE SET size = EXCLUDED.size, frontier = EXCLUDED.frontier;
"""
INDEXES = """
SELECT indexdef FROM pg_indexes WHERE indexname IN ('log_leaf_of_subject', 'log_leaf_by_time', 'log_live_by_commit')
"""


def flat_cost() -> list[tuple[str, str, str]]:
    """A thousand changes sequenced, and a poll of each kind that finds nothing, in a log of each size."""
    costs: dict[int, dict[str, float]] = {}
    with fresh() as (server, publication), server.connect() as connection:
        size = 0
        for wanted in SIZES:
            grow(connection, size, wanted)
            server.settle()
            costs[wanted], size = measured(server, connection, publication)
    first = costs[SIZES[0]]
    rows = []
    for wanted, cost in costs.items():
        found = ", ".join(f"{what} {spent:.0f} µs ({spent / first[what]:.2f} ×)" for what, spent in cost.items())
        rows.append((f"at {wanted:,} leaves", found, "within 1.3 ×"))
    return rows


def measured(
    server: Server, connection: psycopg.Connection[Any], publication: Publication
) -> tuple[dict[str, float], int]:
    """Give the microseconds of a change and of each kind of poll, and the size the log then has."""
    publication.publish_keys(LogName.LIST)
    sequencer, changes = Sequencer(connection, publication), []
    for number in range(BATCHES + 1):
        count = (
            1000 if number < BATCHES else 1
        )  # the last second of the list, which one dialect serves again, has one row
        time.sleep(1.1 * (number == BATCHES))
        wait_in_line(connection, count)
        begun = time.perf_counter()
        assert sequencer.step() == count
        changes.append((time.perf_counter() - begun) * 1e6 / count)
    use(server.address)
    size = feed.last_leaf() + 1
    return {"a change": median(changes[:-1]), **polls(size)}, size


def polls(size: int) -> dict[str, float]:
    now = int(time.time()) + 1

    def native() -> None:
        feed.checkpoint_beyond(size - 1)
        assert not list(feed.changes(size - 1, size - 1))

    def window() -> None:
        asked = Window(now, now)
        assert not ncmec.entries_page(asked, ncmec.page_start(asked, 1)).rows

    def timestamp() -> None:
        asked = Query(now, 1000)
        assert not stopncii.hashes_page(asked, stopncii.page_start(asked)).rows

    return {f"a {poll.__name__} poll": timed(poll) for poll in (native, window, timestamp)}


def timed(work: Callable[[], None]) -> float:
    spent = []
    for _ in range(POLLS):
        begun = time.perf_counter()
        work()
        spent.append((time.perf_counter() - begun) * 1e6)
    return median(spent)


def use(address: str) -> None:
    """Let Django's queries ask this server."""
    named = conninfo_to_dict(address)
    django_connection.close()
    django_connection.settings_dict.update(
        NAME=named["dbname"], USER=named["user"], PASSWORD=named["password"], HOST=named["host"]
    )


def grow(connection: psycopg.Connection[Any], begin: int, end: int) -> None:
    """Fill a log with leaves in bulk, on the server. Its head is made up: this log is timed, never verified."""
    indexes = [row[0] for row in connection.execute(INDEXES).fetchall()]
    connection.execute("SET maintenance_work_mem = '1GB'")
    for index in indexes:
        connection.execute(f"DROP INDEX {index.split()[2]}")
    published = (connection.execute("SELECT max(published) FROM log_head").fetchone() or (0,))[0] or int(
        time.time()
    ) - 9
    values = {"begin": begin, "end": end, "frontier": bytes(32 * end.bit_count()), "published": published}
    psycopg.ClientCursor(connection).execute(BULK, values)
    for index in indexes:
        connection.execute(index)
    connection.execute("VACUUM ANALYZE")

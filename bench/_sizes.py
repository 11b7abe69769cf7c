"""What a change, a withdrawal and a poll without change cost in a list of any size."""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import islice
from statistics import median
from typing import Any

import django
import psycopg
from psycopg.conninfo import conninfo_to_dict

from bench._parts import Row
from bench._server import Server, fresh, line, new_name, stand_in_line
from registry.access.actors import Actor, ActorKind
from registry.log.sequencer import Sequencer
from registry.log.states import LogName

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.db import connection as django_connection  # noqa: E402 - after the settings

from partners.feed import queries as feed  # noqa: E402
from partners.ncmec import queries as ncmec  # noqa: E402
from partners.ncmec.rules import Window  # noqa: E402
from partners.stopncii import queries as stopncii  # noqa: E402
from partners.stopncii.rules import Query  # noqa: E402
from registry.access.actors import REPORTER  # noqa: E402
from registry.entries import actions as entries  # noqa: E402
from registry.log import queries as log_queries  # noqa: E402

SIZES = [int(size) for size in os.environ.get("BENCH_SIZES", "10000 1000000 10000000").split()]
PLATFORM = Actor(ActorKind.PARTNER, "bench", organisation_id=1)
BATCHES = 40
ROUNDS = 10
POLLS = 40
VERBS, STEP = 40, 500
"""Entries withdrawn in each round: by the verb, and at the sequencer alone."""
NAMED = """
SELECT i, sha256(i::text::bytea) AS hashed,
    lpad(to_hex(20000 + i * 600 / %(size)s), 4, '0') || left(encode(sha256(i::text::bytea), 'hex'), 26) AS name
FROM generate_series(0::bigint, %(size)s - 1) AS i
"""
"""Entries of six hundred days, with names as the registry gives them."""
BULK = f"""
INSERT INTO log_leaf (log, leaf_index, record, leaf_hash)
SELECT 'list', i, record, sha256(convert_to(record, 'UTF8')) FROM (
    SELECT i, format('{{"commit":"%%s","event":"list","published":%%s,"subject":"%%s"}}', encode(hashed, 'hex'),
        %(published)s::bigint, name) AS record FROM ({NAMED}) AS named
OFFSET 0) AS leaf;
INSERT INTO log_live (subject, commit, leaf_index) SELECT name, hashed, i FROM ({NAMED}) AS named;
INSERT INTO log_node (log, level, place, hash)
SELECT 'list', 1, i, sha256(i::text::bytea) FROM generate_series(0, %(size)s / 256 - 1) AS i;
INSERT INTO log_checkpoint (log, size, note)
SELECT 'list', i, repeat('n', 160) FROM generate_series(1000::bigint, %(size)s, 1000) AS i;
INSERT INTO log_head VALUES ('list', %(size)s, %(frontier)s, %(published)s), ('audit', 0, '', 0);
INSERT INTO entries_entry (id, reference, kind, state, confidence, commit, nonce)
SELECT i + 1, name, 'image', 'listed', 'self-reported', hashed, hashed FROM ({NAMED}) AS named;
INSERT INTO entries_fingerprint (id, entry_id, signal_type, digest, form)
SELECT i + 1, i + 1, 'md5', left(encode(hashed, 'hex'), 32), 'original' FROM ({NAMED}) AS named;
INSERT INTO entries_claim (id, entry_id, holder, state, expires_on)
SELECT i + 1, i + 1, left(encode(hashed, 'hex'), 36), 'active', '2040-01-01' FROM ({NAMED}) AS named;
"""
INDEXES = """
SELECT indexdef FROM pg_indexes WHERE indexname IN ('log_leaf_of_subject', 'log_leaf_by_time', 'fingerprint_by_digest',
    'claim_by_holder', 'claim_by_expiry')
"""


@dataclass(frozen=True, slots=True)
class Log:
    """A log of one size, on a server of its own."""

    server: Server
    connection: psycopg.Connection[Any]
    sequencer: Sequencer


def flat_cost() -> list[Row]:
    """A change sequenced, a withdrawal, and a poll of each kind that finds nothing, in a log of each size, all in turn."""
    with ExitStack() as stack:
        logs = {size: stack.enter_context(filled(size)) for size in SIZES}
        for log in logs.values():
            log.server.settle()
        costs = measured(logs)
        gone = withdrawn(logs)
        states = {size: stated(log) for size, log in logs.items()}
        django_connection.close()
    for size, (verb, step) in gone.items():
        costs[size]["a withdrawal"] = verb + step
    first = costs[SIZES[0]]
    rows = []
    for size, cost in costs.items():
        found = ", ".join(f"{what} {spent:.0f} µs ({spent / first[what]:.2f} ×)" for what, spent in cost.items())
        rows.append((f"at {size:,} leaves", found, "within 1.3 ×"))
    found = ", ".join(f"{step:.0f} µs at {size:,}" for size, (_, step) in gone.items())
    rows.append(("the sequencer's part of a withdrawal; a long list's page is touched for the first time", found, ""))
    found = ", ".join(
        f"{spent:.2f} s ({spent * 8e6 / size:.1f} µs a leaf) at {size:,}" for size, spent in states.items()
    )
    return [*rows, ("a commitment to all live entries, made once an eighth of the list", found, "")]


@contextmanager
def filled(size: int) -> Iterator[Log]:
    with fresh() as (server, publication), server.connect() as connection:
        fill(connection, size)
        for log in (LogName.LIST, LogName.AUDIT):
            publication.publish_keys(log)
        yield Log(server, connection, Sequencer(connection, publication))


def measured(logs: dict[int, Log]) -> dict[int, dict[str, float]]:
    """Give the microseconds of a change and of each kind of poll, by size."""
    changes: dict[int, list[float]] = {size: [] for size in logs}
    for _ in range(BATCHES):
        for size, log in logs.items():
            changes[size].append(sequenced(log, 1000))
    time.sleep(1.1)
    spent: dict[int, dict[str, list[float]]] = {size: {} for size in logs}
    for log in logs.values():
        sequenced(log, 1)  # the last second, which one dialect serves again, has one row
    for _ in range(ROUNDS):
        for size, log in logs.items():
            use(log.server.address)
            for name, poll in polls(feed.last_leaf(LogName.LIST) + 1).items():
                spent[size].setdefault(name, []).extend(timed(poll))
    return {
        size: {
            "a change": median(changes[size]),
            **{name: median(times) for name, times in spent[size].items()},
        }
        for size in logs
    }


def withdrawn(logs: dict[int, Log]) -> dict[int, tuple[float, float]]:
    """Withdraw entries of any age; give the microseconds of the verb, and of a tombstone at the sequencer, by size."""
    draw = random.Random(1)
    chosen = {size: iter(draw.sample(range(size), ROUNDS * (VERBS + STEP))) for size in logs}
    verbs: dict[int, list[float]] = {size: [] for size in logs}
    steps: dict[int, list[float]] = {size: [] for size in logs}
    for _ in range(ROUNDS):
        for size, log in logs.items():
            use(log.server.address)
            verbs[size] += [spent_on(partial(withdraw, number)) for number in islice(chosen[size], VERBS)]
            log.sequencer.step()
            stand_in_line(log.connection, (line(named(n, size), "withdraw") for n in islice(chosen[size], STEP)))
            steps[size].append(spent_on(log.sequencer.step) / STEP)
    return {size: (median(verbs[size]), median(steps[size])) for size in logs}


def withdraw(number: int) -> None:
    """Withdraw an entry as its reporter does."""
    entries.withdraw_claims(sha256(str(number).encode()).hexdigest()[:36], actor=REPORTER)


def named(number: int, size: int) -> str:
    """Give an entry's name, as NAMED does."""
    return f"{20000 + number * 600 // size:04x}{sha256(str(number).encode()).hexdigest()[:26]}"


def stated(log: Log) -> float:
    """Give the seconds that a commitment to all live entries takes."""
    use(log.server.address)
    return spent_on(lambda: log_queries.live_state(0)) / 1e6


def sequenced(log: Log, count: int) -> float:
    """Give the microseconds a change took."""
    stand_in_line(log.connection, (line(new_name()) for _ in range(count)))
    begun = time.perf_counter()
    assert log.sequencer.step() == count
    return (time.perf_counter() - begun) * 1e6 / count


def polls(size: int) -> dict[str, Callable[[], None]]:
    now = int(time.time()) + 1

    def native() -> None:
        feed.checkpoint_beyond(LogName.LIST, size - 1)
        assert not list(feed.changes(LogName.LIST, size - 1, size - 1, feed.NOBODY))

    def window() -> None:
        asked = Window(now, now)
        assert not ncmec.entries_page(asked, PLATFORM)[1].rows

    def timestamp() -> None:
        asked = Query(now, 1000)
        begin = stopncii.page_start(LogName.LIST, asked)
        assert not stopncii.hashes_page(LogName.LIST, asked, begin, feed.NOBODY).rows

    return {f"a {poll.__name__} poll": poll for poll in (native, window, timestamp)}


def timed(work: Callable[[], None]) -> list[float]:
    return [spent_on(work) for _ in range(POLLS)]


def spent_on(work: Callable[[], Any]) -> float:
    """Give the microseconds it takes."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1e6


def use(address: str) -> None:
    """Let Django's queries ask this server."""
    named = conninfo_to_dict(address)
    django_connection.close()
    django_connection.settings_dict.update(
        NAME=named["dbname"], USER=named["user"], PASSWORD=named["password"], HOST=named["host"]
    )


def fill(connection: psycopg.Connection[Any], size: int) -> None:
    """Fill a log with leaves in bulk, on the server. Its head is made up: this log is timed, never verified."""
    indexes = [row[0] for row in connection.execute(INDEXES).fetchall()]
    connection.execute("SET maintenance_work_mem = '1GB'")
    connection.execute("SET session_replication_role = replica")  # what refers to an entry is not looked up row by row
    for index in indexes:
        connection.execute(f"DROP INDEX {index.split()[2]}")
    values = {"size": size, "frontier": bytes(32 * size.bit_count()), "published": int(time.time()) - 9}
    psycopg.ClientCursor(connection).execute(BULK, values)
    for index in indexes:
        connection.execute(index)
    connection.execute("SET session_replication_role = origin")
    connection.execute("VACUUM ANALYZE")

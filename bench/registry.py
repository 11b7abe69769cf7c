"""The registry: sequencing, lag, verification, search, and what is lost under attack: nothing."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import faiss
import numpy
import psycopg

from bench import _parts
from bench._parts import Row
from bench._server import Server, fresh, line, new_name, stand_in_line
from bench._sizes import flat_cost
from hashing.index import PdqIndex
from registry.log import verification
from registry.log.publication import Publication
from registry.log.sequencer import Sequencer
from registry.log.states import LogName
from tests import database
from tests.registry.log.soak import forked, sequence

HEADING = "Registry"
CRASHES = 50


def sequencing() -> list[Row]:
    """Throughput with everything durable, then the replay of what it wrote."""
    count = 100_000
    with fresh() as (server, publication), server.connect() as connection:
        stand_in_line(connection, (line(new_name()) for _ in range(count)))
        sequencer = Sequencer(connection, publication)
        sequencer.resume()
        begun = time.perf_counter()
        assert sequencer.step() == count
        rate = count / (time.perf_counter() - begun)
        rows = [("sequencing, 1,000 to a commit, fsync on", f"{rate:,.0f} changes/s", "≥ 4,000")]
        begun = time.perf_counter()
        sequencer.resume()
        rows.append(
            (
                "resuming: published head checked against the tree",
                f"{1000 * (time.perf_counter() - begun):.0f} ms",
                "not O(n)",
            )
        )
        return [*rows, replay(connection, publication)]


def replay(connection: psycopg.Connection[Any], publication: Publication) -> Row:
    walls, works = [], []
    for _ in range(3):
        check = verification.Verification(connection, publication, LogName.LIST)
        wall, work = time.perf_counter(), time.process_time()
        with connection.transaction():
            check._read_checkpoints()
            assert check._read_leaves(), check.faults
            check._check_head()
            check._check_nodes()
        walls.append(check.tree.size / (time.perf_counter() - wall))
        works.append(check.tree.size / (time.process_time() - work))
    found = f"{max(works):,.0f} leaves/s of CPU; {max(walls):,.0f} of wall clock with the server beside it"
    return ("replay: records, columns, journal, inner hashes, roots, signatures", found, "≥ 200,000 on one core")


def lag() -> list[Row]:
    """From a writer's commit to the leaf being there, at 1,000 changes a second from four writers."""
    with fresh() as (server, publication), tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / str(number) for number in range(4)]
        children = [forked(lambda: sequence(server.connect, publication))]
        time.sleep(1)
        children += [forked(partial(paced, server, file, 250, 8.0)) for file in files]
        seen: dict[str, float] = {}
        with server.connect() as connection:
            after, written = -1, 0
            while written < len(files) or len(seen) < 2000 * len(files):
                written += os.waitpid(-1, os.WNOHANG)[0] in children
                query = "SELECT leaf_index, subject FROM log_leaf WHERE log = 'list' AND leaf_index > %s ORDER BY 1"
                for index, subject in connection.execute(query, [after]).fetchall():
                    after, seen[subject] = index, time.time()
                time.sleep(0.004)
        os.kill(children[0], signal.SIGKILL)
        os.waitpid(children[0], 0)
        committed = [text.split() for file in files for text in file.read_text().splitlines()]
    waits = sorted(max(0.0, seen[name] - float(moment)) * 1000 for name, moment in committed)
    cut = quantiles(waits, n=100)
    found = f"p50 {cut[49]:.0f} ms, p99 {cut[98]:.0f} ms, at {len(waits) / 8:,.0f}/s"
    return [("lag from commit to leaf, 1,000 changes/s asked for, zero window", found, "p99 ≤ 250 ms")]


def paced(server: Server, file: Path, rate: int, seconds: float) -> None:
    """Commit so many changes a second, each alone; write down when each commit returned."""
    begun = time.time()
    with server.connect() as connection, file.open("w") as receipt:
        for number in range(int(rate * seconds)):
            time.sleep(max(0.0, begun + number / rate - time.time()))
            name = f"{file.name}-{number}"
            connection.execute("INSERT INTO log_pending (log, record) VALUES ('list', %s)", [line(name)])
            receipt.write(f"{name} {time.time()}\n")


def bell() -> list[Row]:
    """What ringing at every commit would cost eight writers."""
    rates = {}
    with fresh() as (server, _), tempfile.TemporaryDirectory() as folder, server.connect() as connection:
        for asleep in (False, True):
            connection.execute(
                "INSERT INTO log_sleep VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET asleep = EXCLUDED.asleep", [asleep]
            )
            files = [Path(folder) / f"{asleep}-{number}" for number in range(8)]
            for child in [forked(partial(paced, server, file, 4000, 0.25)) for file in files]:
                os.waitpid(child, 0)
            moments = [float(text.split()[1]) for file in files for text in file.read_text().splitlines()]
            rates[asleep] = len(moments) / (max(moments) - min(moments))
    found = (
        f"{rates[False]:,.0f} commits/s; {rates[True]:,.0f} ({rates[True] / rates[False]:.2f} ×) if every commit rang"
    )
    return [("eight writers, while the sequencer is awake", found, "")]


def crashes() -> list[Row]:
    """Kill PostgreSQL at random under writers and a sequencer; count what was acknowledged and is gone."""
    draw = random.Random(1)
    with fresh() as (server, publication), tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / str(number) for number in range(4)]
        sequencer = forked(lambda: sequence(server.connect, publication))  # lives on, and begins again each time
        for crash in range(CRASHES):
            children = [forked(partial(stubborn, server, file, crash)) for file in files]
            time.sleep(0.2 + draw.random() * 0.6)
            server.kill()
            for child in children:
                os.waitpid(child, 0)
            server.start()
        os.kill(sequencer, signal.SIGKILL)
        os.waitpid(sequencer, 0)
        with server.connect() as connection:
            heir = Sequencer(connection, publication)
            heir.resume()
            heir.step()
            kept = [name for (name,) in connection.execute("SELECT subject FROM log_leaf WHERE log = 'list'")]
            faults = verification.verify(connection, publication, LogName.LIST).faults
        acknowledged = {name for file in files for name in file.read_text().split()}
    assert not faults, faults
    lost, doubled = len(acknowledged - set(kept)), len(kept) - len(set(kept))
    found = f"{len(acknowledged):,} acknowledged, {lost} lost, {doubled} doubled; the root rebuilds"
    return [(f"PostgreSQL killed {CRASHES} times under load", found, "0 lost, no fork")]


def stubborn(server: Server, file: Path, crash: int) -> None:
    """Write until the server is gone."""
    with suppress(psycopg.Error), server.connect() as connection, file.open("a") as receipt:
        for number in range(1_000_000):
            name = f"{file.name}-{crash}-{number}"
            connection.execute("INSERT INTO log_pending (log, record) VALUES ('list', %s)", [line(name)])
            receipt.write(f"{name}\n")
            receipt.flush()


def search() -> list[Row]:
    """A million digests: build, query beside faiss's flat index, recall against it."""
    faiss.omp_set_num_threads(1)
    count, draw = 1_000_000, numpy.random.default_rng(1)
    codes = draw.integers(0, 256, (count, 32), dtype=numpy.uint8)
    flat = faiss.IndexBinaryFlat(256)
    flat.add(codes)
    begun = time.perf_counter()
    index = PdqIndex(range(count), codes)
    build = time.perf_counter() - begun
    queries = codes[draw.integers(0, count, 200)].copy()
    for query in queries:
        for bit in draw.choice(256, draw.integers(0, 40), replace=False):
            query[bit // 8] ^= 1 << (bit % 8)
    mine = timed(lambda query: {key for key, _ in index.within(query.tobytes().hex())}, queries)
    theirs = timed(lambda query: set(flat.range_search(query[None, :], 32)[2].tolist()), queries)
    found, expected = sum(map(len, mine[1])), sum(map(len, theirs[1]))
    assert mine[1] == theirs[1]
    return [
        ("near-duplicates: build over 1,000,000 digests", f"{build:.1f} s", "≤ 5 s"),
        (
            "query at distance 31",
            f"{mine[0]:.2f} ms; faiss.IndexBinaryFlat {theirs[0]:.2f} ms ({theirs[0] / mine[0]:.1f} × slower)",
            "no slower",
        ),
        ("recall against brute force", f"{found} of {expected}", "100 %"),
    ]


def timed(work: Callable[[Any], set[Any]], queries: Any) -> tuple[float, list[set[Any]]]:
    times, answers = [], []
    for query in queries:
        begun = time.perf_counter()
        answers.append(work(query))
        times.append(time.perf_counter() - begun)
    return median(times) * 1000, answers


def tampering() -> list[Row]:
    seconds = held(
        "test_verification.py::test_every_tampering_is_found_by_verify_log_and_by_an_independent_auditor",
        TAMPERINGS="10000",
    )
    words = "10,000 tamperings with history, found by verify_log and by an independent auditor"
    return [(words, f"all ({seconds:.0f} s)", "100 % found")]


def soak(changes: int) -> list[Row]:
    seconds = held(
        "test_soak.py::test_sixteen_writers_some_slow_some_dying_lose_and_double_nothing", SOAK_CHANGES=str(changes)
    )
    words = f"16 writers, some slow, some dying, {changes:,} changes; readers by leaf, by window and by timestamp"
    return [(words, f"0 missed, 0 doubled ({seconds:.0f} s)", "0 missed, 0 doubled")]


def held(test: str, **more: str) -> float:
    """Run one of the suite's own tests at full size, which must hold; give the seconds that took."""
    begun = time.perf_counter()
    # This process has a throw-away database of its own, which its settings put into the environment.
    own = {database.RUN_FOLDER, *database.environment()}
    environment = {name: value for name, value in os.environ.items() if name not in own}
    command = [sys.executable, "-m", "pytest", "-q", "-n0", f"tests/registry/log/{test}"]
    subprocess.run(command, env=environment | more, check=True)
    return time.perf_counter() - begun


PARTS: dict[str, _parts.Part] = {
    "search": search,
    "sequencing": sequencing,
    "lag": lag,
    "bell": bell,
    "sizes": flat_cost,
    "crashes": crashes,
    "tampering": tampering,
    "soak of 100,000": partial(soak, 100_000),
    "soak of 1,000,000": partial(soak, 1_000_000),
}


def measure() -> str:
    """All of it as a table."""
    return _parts.table(__name__, PARTS)

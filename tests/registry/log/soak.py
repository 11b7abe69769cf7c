"""Writers at their worst, a sequencer, and readers by all three kinds of cursor: real processes on a real database."""

import json
import os
import random
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from registry.log.publication import Publication
from registry.log.sequencer import Sequencer

BEHIND = 4
"""Seconds that readers by time stay behind the clock; the NCMEC client stays 5."""
NATIVE = """SELECT leaf_index, subject FROM log_leaf WHERE log = 'list' AND leaf_index > %s
    ORDER BY leaf_index LIMIT 1000"""
WINDOW = "SELECT subject FROM log_leaf WHERE log = 'list' AND published >= %s AND published < %s"
TIMESTAMP = """SELECT published, subject FROM log_leaf WHERE log = 'list' AND published > %s AND published <= %s
    ORDER BY published, leaf_index"""

Connect = Callable[[], psycopg.Connection[Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """What writers were told is committed, what they tried, and what each reader saw, in order."""

    committed: set[str]
    tried: set[str]
    seen: dict[str, list[str]]


def forked(work: Callable[[], None]) -> int:
    """Run work in a process of its own, which never comes back here; give its id."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


def write(connect: Connect, number: int, changes: int, batch: int, tried: Path, committed: Path) -> None:
    """Commit changes in transactions, some slow; die in the middle of one now and then, and begin again."""
    draw = random.Random(number)
    done = sum(1 for _ in tried.open()) if tried.exists() else 0
    with connect() as connection, tried.open("a") as intent, committed.open("a") as receipt:
        while done < changes:
            names = [f"{number}-{done + i}" for i in range(draw.randint(1, batch))]
            done += len(names)
            intent.write("".join(f"{name}\n" for name in names))
            intent.flush()
            with connection.transaction():
                for name in names:
                    line = json.dumps({"commit": "00" * 32, "event": "list", "subject": name})
                    connection.execute("INSERT INTO log_pending (log, record) VALUES ('list', %s)", [line])
                fate = draw.random()
                if fate < 0.004:
                    time.sleep(draw.random() * 2)
                elif fate < 0.008:
                    os.kill(os.getpid(), signal.SIGKILL)
            receipt.write("".join(f"{name}\n" for name in names))
            receipt.flush()


def sequence(connect: Connect, publication: Publication) -> None:
    """Sequence until killed; after an error, such as a statement out of time, begin again as under its supervisor."""
    while True:
        try:
            with connect() as connection:
                _sequence(Sequencer(connection, publication))
        except psycopg.Error:
            time.sleep(0.1)


def _sequence(sequencer: Sequencer) -> None:
    sequencer.wait_for_lock()
    sequencer.resume()
    sequencer.listen()
    while True:
        if not sequencer.step():
            sequencer.nap()


class Readers:
    """One reader of each kind, each with nothing but its cursor."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        """Nothing is read yet."""
        self.connection = connection
        self.seen: dict[str, list[str]] = {"native": [], "window": [], "timestamp": []}
        self.index, self.window, self.timestamp = -1, 0, 0

    def poll(self) -> None:
        """Each reads on from its cursor."""
        while rows := self.connection.execute(NATIVE, [self.index]).fetchall():
            self.index = rows[-1][0]
            self.seen["native"] += [row[1] for row in rows]
        until = int(time.time()) - BEHIND
        if until > self.window:
            rows = self.connection.execute(WINDOW, [self.window, until]).fetchall()
            self.window = until
            self.seen["window"] += [row[0] for row in rows]
        rows = self.connection.execute(TIMESTAMP, [self.timestamp, until]).fetchall()
        if rows:
            self.timestamp = rows[-1][0]
            self.seen["timestamp"] += [row[1] for row in rows]


def soak(
    connect: Connect, publication: Publication, folder: Path, changes: int, batch: int, writers: int = 16
) -> Found:
    """Run it until all is written and read."""
    files = [(folder / f"tried {n}", folder / f"committed {n}") for n in range(writers)]
    sequencer = forked(lambda: sequence(connect, publication))
    begin = {
        n: partial(forked, partial(write, connect, n, changes // writers, batch, *files[n])) for n in range(writers)
    }
    running = {begin[n](): n for n in begin}
    with connect() as connection:
        readers = Readers(connection)
        _attend(readers, running, begin)
    os.kill(sequencer, signal.SIGKILL)
    os.waitpid(sequencer, 0)
    tried = {name for file, _ in files for name in file.read_text().split()}
    committed = {name for _, file in files for name in file.read_text().split()}
    return Found(committed, tried, readers.seen)


def _attend(readers: Readers, running: dict[int, int], begin: Mapping[int, Callable[[], int]]) -> None:
    """Read while writers write; start again those that died; read the rest."""
    while running:
        readers.poll()
        child, status = os.waitpid(-1, os.WNOHANG)
        if child in running:
            number = running.pop(child)
            if os.WIFSIGNALED(status):
                running[begin[number]()] = number
        else:
            time.sleep(0.005)
    while readers.connection.execute("SELECT EXISTS (SELECT FROM log_pending)").fetchone() == (True,):
        time.sleep(0.05)
    time.sleep(BEHIND + 2)
    readers.poll()

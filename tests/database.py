"""The tests' database: a real PostgreSQL of this run's own, copied from one that was migrated before.

Migrating takes seconds and starting takes tenths of one, so a migrated cluster is kept in `.tools`, under a key made
from everything that shapes it. TEST_DATABASE_URL names another server instead; a new database is made there.
"""

import atexit
import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.db import connection
from psycopg import connect, sql

from portal.site.processes import kinship, postgres

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".tools"
RUN_FOLDER = "TEST_RUN_FOLDER"
PASSWORD = "throw-away"  # of a server that lives for one test run, behind a private folder
SECONDS = 60.0


def environment() -> dict[str, str]:
    """What the settings are to read. Made by the first process of a run; pytest-xdist's workers inherit it."""
    if RUN_FOLDER not in os.environ:
        folder = postgres.make_run_folder()
        os.environ[RUN_FOLDER] = str(folder)
        atexit.register(_remove, folder, os.getpid())
    run_folder = Path(os.environ[RUN_FOLDER])
    own = {"DATA_DIR": str(run_folder / "data"), "PUBLISHED_DIR": str(run_folder / "published")}
    address = os.environ.get("TEST_DATABASE_URL") or _cluster(run_folder).dsn(postgres.OWNER, PASSWORD)
    return own | {"DATABASE_URL": address, "ENVIRONMENT": "demonstration"}


def is_elsewhere() -> bool:
    """Whether the operator of this run named a server of theirs."""
    return bool(os.environ.get("TEST_DATABASE_URL"))


def start() -> None:
    """Start this run's server, unless it runs already or another one is named."""
    cluster = _cluster(Path(os.environ[RUN_FOLDER]))
    if is_elsewhere() or postgres.is_serving(cluster):
        return
    _copy(_migrated(), cluster.folder)
    server = _serve(cluster)
    atexit.register(_stop, server, signal.SIGQUIT)


def use_copy_for(worker: str) -> None:
    """Give one of pytest-xdist's workers a database of its own."""
    name = f"{postgres.DATABASE}_{worker}"
    source = settings.DATABASES["default"]["NAME"]
    superuser = _cluster(Path(os.environ[RUN_FOLDER])).dsn(postgres.SUPERUSER, PASSWORD, "postgres")
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
    with connect(superuser, autocommit=True) as server:
        server.execute(statement.format(*map(sql.Identifier, (name, source, postgres.OWNER))))
    connection.settings_dict["NAME"] = name


def _cluster(run_folder: Path) -> postgres.Cluster:
    return postgres.cluster_in(run_folder / "rows", run_folder)


def _migrated() -> Path:
    """The kept cluster that today's migrations lead to; made when there is none."""
    kept = CACHE / f"test-database-{_key()}"
    if not kept.exists():
        for outdated in CACHE.glob("test-database-*"):
            shutil.rmtree(outdated, ignore_errors=True)
        made = _make()
        CACHE.mkdir(exist_ok=True)
        draft = kept.with_suffix(f".{os.getpid()}")
        _copy(made.folder, draft)
        with contextlib.suppress(OSError):  # another run was quicker
            draft.rename(kept)
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(made.run_folder, ignore_errors=True)
    return kept


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "--archive", "--reflink=auto", source, target], check=True)


def _make() -> postgres.Cluster:
    """Make a cluster of its own in a folder of its own, migrate it, stop it."""
    run_folder = postgres.make_run_folder()
    cluster = _cluster(run_folder)
    draft = postgres.prepare_draft(cluster)
    command = postgres.initdb_command(draft, postgres.write_password(cluster, PASSWORD), "--no-sync", "--wal-segsize=1")
    subprocess.run(command, env=postgres.ENVIRONMENT, check=True, capture_output=True, **draft.spawn)
    draft.close()
    draft.folder.rename(cluster.folder)
    server = _serve(cluster)
    superuser = cluster.dsn(postgres.SUPERUSER, PASSWORD, "postgres")
    passwords = dict.fromkeys((postgres.SUPERUSER, *postgres.ROLES), PASSWORD)
    postgres.ensure_database(cluster, passwords, owner_may="CREATEDB CREATEROLE")
    with connect(superuser, autocommit=True) as connected:  # for emptying append-only tables between tests
        connected.execute(f"GRANT SET ON PARAMETER session_replication_role TO {postgres.OWNER}")
    owner = cluster.dsn(postgres.OWNER, PASSWORD)
    told = {**os.environ, "DATABASE_URL": owner, "DJANGO_SETTINGS_MODULE": "portal.site.settings"}
    migrate = [sys.executable, "-m", "django", "migrate", "--no-input", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=told, check=True)
    _stop(server, postgres.STOP_SIGNAL)
    return cluster


def _serve(cluster: postgres.Cluster) -> subprocess.Popen[bytes]:
    """Start a server that dies with this process; wait until it takes connections."""
    postgres.make_way(cluster)
    parent = os.getpid()
    server = subprocess.Popen(
        postgres.server_command(cluster, postgres.THROW_AWAY),
        env=postgres.ENVIRONMENT,
        process_group=0,
        preexec_fn=lambda: kinship.end_with_parent(parent, signal.SIGQUIT),  # noqa: PLW1509 - one thread
        **cluster.spawn,
    )
    deadline = time.monotonic() + SECONDS
    while not postgres.is_serving(cluster):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the tests' PostgreSQL did not start; what it said is above")
        time.sleep(0.01)
    return server


def _stop(server: subprocess.Popen[bytes], signal_number: signal.Signals) -> None:
    server.send_signal(signal_number)
    server.wait(SECONDS)


def _remove(folder: Path, maker: int) -> None:
    if os.getpid() == maker:
        shutil.rmtree(folder, ignore_errors=True)


def _key() -> str:
    """A digest of all that shapes a migrated cluster."""
    shaping = [ROOT / "requirements" / "runtime.lock", Path(__file__), Path(postgres.__file__)]
    for room in ("registry", "partners", "portal"):
        shaping += sorted((ROOT / room).rglob("migrations/*.py"))
    content = b"\0".join(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() for file in shaping)
    return hashlib.sha256(content).hexdigest()[:16]

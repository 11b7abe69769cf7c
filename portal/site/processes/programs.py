"""Every program of the service: its command, its environment, and how it says that it serves."""

import http.client
import sys
from collections.abc import Mapping
from pathlib import Path

from portal.site.processes import postgres
from portal.site.processes.child import Program
from portal.site.processes.configuration import BASE_DIR, Configuration

PYTHON = sys.executable
CELERY = (PYTHON, "-m", "celery", "--app", "portal.site.celery", "--quiet")
ADDRESSES = {
    "DATABASE_URL": postgres.APPLICATION,
    "MIGRATION_DATABASE_URL": postgres.OWNER,
    "SEQUENCER_DATABASE_URL": postgres.SEQUENCER,
}
"""Which role of the database each address is for. The operator may set each; all but the first have a default."""
GUARDED = ("MIGRATION_DATABASE_URL", "SEQUENCER_DATABASE_URL", "LOG_SIGNING_KEY_FILE")
"""What only the program that needs it is told."""


def environment(
    configuration: Configuration, secrets: Mapping[str, str], embedded: Mapping[str, str]
) -> dict[str, str]:
    """What the programs may be told: what the operator set, and ours for the rest.

    `embedded` holds the addresses of the embedded database by their names; it is empty where there is none.
    """
    own = {
        "SECRET_KEY": secrets["SECRET_KEY"],
        "FIELD_ENCRYPTION_KEYS": secrets["FIELD_ENCRYPTION_KEYS"],
        "PUBLISHED_DIR": str(configuration.data_dir / "published"),
        "LOG_SIGNING_KEY_FILE": str(configuration.data_dir / "keys" / "log.key"),
    }
    set_by_operator = {name: value for name, value in configuration.base.items() if value}
    fixed = {"PORT": str(configuration.port), "DATA_DIR": str(configuration.data_dir)}
    told: dict[str, str] = {**own, **embedded, **set_by_operator, **fixed}
    for name in ADDRESSES:
        told.setdefault(name, told["DATABASE_URL"])
    return told


def prepare(configuration: Configuration, told: Mapping[str, str]) -> Program:
    """The step that may change the shape of the database."""
    command = (PYTHON, "manage.py", "prepare", *(["--seed"] if configuration.seeds else []))
    return Program("prepare", command, {**told, "AS_OWNER": "1"}, spawn={"cwd": BASE_DIR})


def serving(configuration: Configuration, told: Mapping[str, str], ready: Path) -> list[Program]:
    """The four programs that serve; the web comes first, since it is stopped first."""
    public = {name: value for name, value in told.items() if name not in GUARDED}
    signing = {name: value for name, value in told.items() if name != "MIGRATION_DATABASE_URL"}
    return [
        _web(configuration, public),
        _announcing("worker", (*CELERY, "worker", "--loglevel", "WARNING", "--concurrency", "2"), public, ready),
        _announcing("beat", (*CELERY, "beat", "--loglevel", "WARNING"), public, ready),
        _announcing("sequencer", (PYTHON, "manage.py", "sequence_log"), signing, ready),
    ]


def _web(configuration: Configuration, told: Mapping[str, str]) -> Program:
    numbers = {
        "--host": configuration.bind,
        "--port": configuration.port,
        "--workers": configuration.web_workers,
        "--blocking-threads": configuration.web_threads,
        "--workers-kill-timeout": 5,
    }
    options = (str(part) for pair in numbers.items() for part in pair)
    granian = (PYTHON, "-m", "granian", "--interface", "wsgi", "--no-ws", "--no-access-log", "--log-level", "warning")
    command = (*granian, *options, "portal.site.wsgi:application")
    return Program("web", command, told, lambda: answers_health(configuration, told), spawn={"cwd": BASE_DIR})


def _announcing(name: str, command: tuple[str, ...], told: Mapping[str, str], folder: Path) -> Program:
    """A program that touches READY_FILE when it serves."""
    file = folder / name

    def make_way() -> bool:
        file.unlink(missing_ok=True)
        return True

    return Program(name, command, {**told, "READY_FILE": str(file)}, file.exists, make_way, spawn={"cwd": BASE_DIR})


def answers_health(configuration: Configuration, told: Mapping[str, str]) -> bool:
    """Whether GET /health is answered with 200."""
    everywhere = configuration.bind in {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound
    address = "127.0.0.1" if everywhere else configuration.bind
    hosts = [host for host in told.get("ALLOWED_HOSTS", "").split(",") if host and host[0] not in ".*"]
    connection = http.client.HTTPConnection(address, configuration.port, timeout=2)
    try:
        connection.request("GET", "/health", headers={"Host": (hosts or ["127.0.0.1"])[0]})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()

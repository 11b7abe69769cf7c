"""Every program of the service: its command, its environment, and how it says that it serves."""

import http.client
import sys
from collections.abc import Mapping
from pathlib import Path

from portal.site.processes import stem
from portal.site.processes.child import Launch, Program, launch_program
from portal.site.processes.configuration import BASE_DIR, Configuration

OWNERS_ADDRESS = "MIGRATION_DATABASE_URL"
HERE = {"cwd": BASE_DIR}


def environment(configuration: Configuration, secret_key: str, database: str | None) -> dict[str, str]:
    """What every program of ours is told: what the operator set, except the owner's address, and ours for the rest."""
    data_dir = configuration.data_dir
    own = {
        "SECRET_KEY": secret_key,
        "PUBLISHED_DIR": str(data_dir / "published"),
        "DJANGO_SETTINGS_MODULE": "portal.site.settings",
    }
    if database:
        own["DATABASE_URL"] = database
    told = {name: value for name, value in configuration.base.items() if value and name != OWNERS_ADDRESS}
    fixed = {"PORT": str(configuration.port), "DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1"}
    return own | told | fixed


def migrate(configuration: Configuration, told: Mapping[str, str], owner: str | None) -> Program:
    """The one step that may change the shape of the database; `owner` is the embedded one's address for it."""
    address = owner or configuration.base.get(OWNERS_ADDRESS) or told["DATABASE_URL"]
    command = (sys.executable, "-m", "django", "migrate", "--no-input", "--verbosity", "0")
    owners = {**told, OWNERS_ADDRESS: address, "AS_OWNER": "1"}
    return Program("migrate", command, owners, launch_program, spawn=HERE)


def stem_program(line: stem.Stem, told: Mapping[str, str], ready: Path) -> Program:
    """The process that the others split off."""
    file = ready / "stem"
    command = (sys.executable, "-m", stem.__name__)
    told = {**told, stem.CONTROL: str(line.handle), "READY_FILE": str(file)}
    spawn = {**HERE, "pass_fds": [line.handle]}
    return Program("stem", command, told, launch_program, file.exists, lambda: _cleared(file), spawn=spawn)


def step(name: str, told: Mapping[str, str], launch: Launch, *arguments: str) -> Program:
    """One management command, run to its end."""
    return Program(name, ("django", *arguments), told, launch)


def serving(configuration: Configuration, told: Mapping[str, str], launch: Launch, ready: Path) -> list[Program]:
    """The four programs that serve, in the order in which they are stopped."""
    commands = {
        "beat": ("django", "run_beat"),
        "worker": ("django", "run_worker"),
        "sequencer": ("django", "sequence_log"),
    }
    others = [_with_ready_file(name, command, told, launch, ready) for name, command in commands.items()]
    return [_web(configuration, told, launch), *others]


def _web(configuration: Configuration, told: Mapping[str, str], launch: Launch) -> Program:
    numbers = {
        "--host": configuration.bind,
        "--port": configuration.port,
        "--workers": configuration.web_workers,
        "--blocking-threads": configuration.web_threads,
        "--workers-kill-timeout": 5,
        "--log-level": "warning",
    }
    options = (str(part) for pair in numbers.items() for part in pair)
    command = ("granian", "--interface", "wsgi", "--no-ws", "--no-access-log", *options, "portal.site.wsgi:application")
    return Program("web", command, told, launch, lambda: answers_health(configuration, told))


def _with_ready_file(
    name: str, command: tuple[str, ...], told: Mapping[str, str], launch: Launch, folder: Path
) -> Program:
    """A program that touches READY_FILE when it serves."""
    file = folder / name
    return Program(name, command, {**told, "READY_FILE": str(file)}, launch, file.exists, lambda: _cleared(file))


def _cleared(file: Path) -> bool:
    file.unlink(missing_ok=True)
    return True


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

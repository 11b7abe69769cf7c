"""What the supervisor reads from the environment, once, and refuses in one line."""

import errno
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[3]


class Refusal(Exception):
    """A setting with which the service cannot start; the message says which."""


@dataclass(frozen=True)
class Configuration:
    """Where to serve, and from what."""

    base: Mapping[str, str]
    """The environment we were started with."""
    port: int
    bind: str
    data_dir: Path
    has_own_database: bool
    """Whether the embedded PostgreSQL is to run; false when DATABASE_URL names another."""
    seeds: bool
    web_workers: int
    web_threads: int

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the service."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def run_record(self) -> Path:
        """Where it is written what runs now; see `Supervisor.record`."""
        return self.data_dir / "processes.json"


def read(environment: Mapping[str, str]) -> Configuration:
    """Read the environment. Raises Refusal."""
    has_own_database = not environment.get("DATABASE_URL")
    folder = Path(environment.get("DATA_DIR") or BASE_DIR / ".data").expanduser()
    return Configuration(
        base=environment,
        port=_number(environment, "PORT", 8000, 65_535),
        bind=environment.get("BIND") or "127.0.0.1",
        data_dir=folder.resolve(),
        has_own_database=has_own_database,
        seeds=environment.get("SEED_DEMO", "1" if has_own_database else "0") == "1",
        web_workers=_number(environment, "WEB_WORKERS", 1, 64),
        web_threads=_number(environment, "WEB_THREADS", 4, 256),
    )


def check_port(configuration: Configuration) -> None:
    """Raise Refusal when something else serves on our port, or we may not."""
    address = configuration.bind, configuration.port
    family = socket.AF_INET6 if ":" in configuration.bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as reason:
            why = (
                "is in use by another program"
                if reason.errno == errno.EADDRINUSE
                else f"cannot be used ({reason.strerror})"
            )
            raise Refusal(
                f"port {configuration.port} on {configuration.bind} {why}; name another, as in: make run PORT=8001"
            ) from None


def _number(environment: Mapping[str, str], name: str, default: int, largest: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= largest:
        raise Refusal(f"{name} must be a number from 1 to {largest}, not {text!r}")
    return int(text)

"""The web process as its operator runs it, nginx beside it, and a program that reads from either."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from portal.site.processes import configuration, data_dir, kinship, programs
from tests.service import NOT_PASSED_ON, ROOT, free_port, wait_until

NGINX = shutil.which("nginx")
SITE = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr crit; user root;
events {{}}
http {{
  access_log off; sendfile on; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location /plain/ {{ alias {files}/; }}
    location /internal/ {{ internal; alias {files}/; }}
    location / {{ proxy_pass {behind}; proxy_set_header Host 127.0.0.1; }}
  }}
}}
"""
FETCHED = re.compile(r"([\d.]+) (\d+) (\d+)")


@dataclass(frozen=True, slots=True)
class Web:
    """A web process and where it is."""

    process: "subprocess.Popen[bytes]"
    address: str

    def megabytes(self) -> float:
        """What it and its workers hold in memory, what they share counted once each."""
        return sum(each.memory_info().rss for each in family(self.process)) / 1e6


@contextmanager
def web(database: str, folder: Path, **settings: str) -> Iterator[Web]:
    """The web process alone, its defaults untouched, on a database of ours."""
    passed_on = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
    own = {"DATABASE_URL": database, "DATA_DIR": str(folder), "PORT": str(free_port())}
    configured = configuration.read(passed_on | own | settings)
    configured.data_dir.mkdir(mode=0o700, exist_ok=True)
    told = programs.environment(configured, data_dir.own_secrets(configured.data_dir), {})
    program = programs.serving(configured, told, folder)[0]
    with running(program.command, program.environment) as process:
        wait_until(program.is_ready, 60)
        yield Web(process, configured.url.rstrip("/"))


@contextmanager
def nginx(folder: Path, files: Path, behind: str) -> Iterator[str]:
    """Nginx, which serves files itself under /plain/ and asks what is behind it for all else."""
    assert NGINX is not None
    port = free_port()
    site = folder / "nginx.conf"
    site.write_text(SITE.format(folder=folder, files=files, behind=behind, port=port))
    with running((NGINX, "-p", str(folder), "-c", str(site)), os.environ):
        wait_until(lambda: is_open(port), 20)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def mock(folder: Path) -> Iterator[Web]:
    """A server that can do nothing but give the files of a folder, one after another."""
    port = free_port()
    with running((sys.executable, "-m", "bench._mock", str(folder), str(port)), os.environ) as process:
        wait_until(lambda: is_open(port), 20)
        yield Web(process, f"http://127.0.0.1:{port}")


@contextmanager
def running(command: tuple[str, ...], environment: Mapping[str, str]) -> "Iterator[subprocess.Popen[bytes]]":
    """A program that ends with this block, and with us."""
    parent = os.getpid()
    process = subprocess.Popen(
        command, cwd=ROOT, env=dict(environment), stdout=subprocess.DEVNULL,
        preexec_fn=lambda: kinship.end_with_parent(parent, signal.SIGTERM),  # noqa: PLW1509 - one thread
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def family(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    """A process and all it started."""
    own = psutil.Process(process.pid)
    return [own, *own.children(recursive=True)]


def spent(*processes: "subprocess.Popen[bytes]") -> float:
    """The seconds of processor that these and all they started have used so far."""
    times = [each.cpu_times() for process in processes for each in family(process)]
    return sum(time.user + time.system for time in times)


def fetch(address: str, key: str = "") -> tuple[float, int]:
    """Seconds and bytes of one download by curl; it must be a whole one."""
    command = ["curl", "--silent", "--output", os.devnull, "--write-out", "%{time_total} %{size_download} %{http_code}"]
    said = subprocess.run([*command, *header(key), address], capture_output=True, text=True, check=True).stdout
    found = FETCHED.fullmatch(said)
    assert found, said
    assert found[3] == "200", said
    return float(found[1]), int(found[2])


def header(key: str) -> list[str]:
    """What shows a key to the native addresses."""
    return ["--header", f"Authorization: Bearer {key}"] if key else []


def peak(watched: Web, work: "subprocess.Popen[bytes]") -> float:
    """The most megabytes a web process held until a program had ended."""
    most = watched.megabytes()
    while work.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess):
            most = max(most, watched.megabytes())
        time.sleep(0.05)
    assert work.returncode == 0
    return most


def is_open(port: int) -> bool:
    """Whether somebody listens."""
    return any(
        line.laddr and line.laddr.port == port and line.status == "LISTEN" for line in psutil.net_connections("tcp")
    )

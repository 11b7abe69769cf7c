"""Everything `make check` holds the code to, one tool after another; all of them run, and what failed is named at the end."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("hashing", "registry", "partners", "portal")
PYTHON = (sys.executable, "-W", "ignore")
BIN = Path(sys.executable).parent
CHECKS = {
    "style": (str(BIN / "ruff"), "check", "--quiet", "."),
    "format": (str(BIN / "ruff"), "format", "--check", "--quiet", "."),
    "types": (str(BIN / "mypy"), *ROOMS, "bin", "bench"),
    "imports": (str(BIN / "lint-imports"), "--no-cache"),
    "templates": (str(BIN / "djlint"), "templates", "--lint", "--quiet"),
    "migrations": (*PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"),
    "script types": ("npm", "run", "--silent", "types"),
    "script tests": ("npm", "test", "--silent"),
}


def main() -> int:
    """Run each check; 0 when all hold."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "DATABASE_URL": "postgres:///none"}
    failed = []
    for name, command in CHECKS.items():
        started = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        word = "ok    " if done.returncode == 0 else "FAILED"
        print(f"{word} {name} ({time.monotonic() - started:.0f} s)", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout + done.stderr, flush=True)
    if failed:
        print(f"does not hold: {', '.join(failed)}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())

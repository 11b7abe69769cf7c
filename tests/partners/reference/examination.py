"""Schemathesis over the whole API, by its own description: all checks, all phases."""

import subprocess
import sys
from pathlib import Path

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


def examine(url: str, secret: str, *, paths: str, examples: int, folder: Path) -> tuple[bool, str]:
    """Give whether nothing was found, and what was said. `paths` is a pattern.

    `examples` are tried for each operation.
    """
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION), "run"]
    command += [
        f"{url}/api/v1/openapi.json",
        "--header",
        f"Authorization: Bearer {secret}",
        "--include-path-regex",
        paths,
        "--checks",
        "all",
    ]
    command += ["--max-examples", str(examples), "--seed", "1", "--suppress-health-check", "all", "--no-color"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]

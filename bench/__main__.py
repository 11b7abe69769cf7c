"""Runs the benchmarks named, or all: `python -m bench [room ...]`. Each module here has HEADING and measure()."""

import importlib
import pkgutil
import re
import sys
from pathlib import Path

import bench
from bench import _parts

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
PREFACE = "# Benchmarks\n\nWritten by `make bench`. Ratios are of one run on one machine; absolute times vary.\n"


def rooms() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_"))


def replace_section(page: str, heading: str, body: str) -> str:
    """`page` with the section under `heading` replaced, or added at the end."""
    section = f"## {heading}\n\n{body.strip()}\n"
    found = re.compile(rf"^## {re.escape(heading)}\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    if found.search(page):
        return found.sub(lambda _: f"{section}\n", page).rstrip() + "\n"
    return f"{page.rstrip()}\n\n{section}"


def main(names: list[str]) -> int:
    """Measure and write down; 1 when something could not be measured."""
    has_failed = False
    for name in names or rooms():
        module = importlib.import_module(f"bench.{name}")
        try:
            found = module.measure()
        except _parts.Failed as failed:
            found, has_failed = str(failed), True
        page = PAGE.read_text() if PAGE.exists() else PREFACE
        PAGE.write_text(replace_section(page, module.HEADING, f"`python -m bench {name}`\n\n{found}"))
    return int(has_failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

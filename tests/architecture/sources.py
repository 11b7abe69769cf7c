"""The project's own Python files, parsed."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("hashing", "registry", "partners", "portal")


def modules(*names: str) -> Iterator[tuple[Path, ast.Module]]:
    """Give (path from the root, syntax tree) of each module with one of these names; of all when none is given."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts and (not names or path.stem in names):
                yield path.relative_to(ROOT), ast.parse(path.read_text())


def called(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Give the dotted name and line of every call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Attribute, ast.Name)):
            yield ast.unparse(node.func), node.lineno


def imported(tree: ast.AST) -> Iterator[str]:
    """Give every imported module or name, dotted."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)

"""The house's own rules about files: who writes, who records, how long things may be."""

import ast

import pytest

from tests.architecture import sources

WRITES = {
    "save",
    "create",
    "bulk_create",
    "update_or_create",
    "get_or_create",
    "delete",
    "update",
    "bulk_update",
    "execute",
}


@pytest.mark.parametrize(
    ("path", "tree"),
    list(sources.modules("views")),
    ids=lambda value: str(value) if not isinstance(value, ast.AST) else "",
)
def test_views_write_nothing(path, tree):
    """A view parses, calls and answers; a write belongs to an action."""
    writes = [(name, line) for name, line in sources.called(tree) if name.split(".")[-1] in WRITES]
    assert not writes, f"{path} writes: {writes}"


@pytest.mark.parametrize(
    ("path", "tree"),
    list(sources.modules("views")),
    ids=lambda value: str(value) if not isinstance(value, ast.AST) else "",
)
def test_views_neither_rule_nor_touch_models(path, tree):
    """A view reaches data only through queries and actions."""
    forbidden = [
        name for name in sources.imported(tree) if name.split(".")[-1] in {"rules", "models"} or ".models." in name
    ]
    forbidden = [name for name in forbidden if not name.startswith("django")]
    assert not forbidden, f"{path} imports {forbidden}"


def test_the_log_is_written_only_by_actions():
    """Audit and list changes are recorded inside the verb that made them."""
    found = [
        f"{path}:{line}"
        for path, tree in sources.modules()
        for name, line in sources.called(tree)
        if name in {"log.record", "log.publish"} and path.name != "actions.py"
    ]
    assert not found


def test_no_module_has_a_nameless_purpose():
    """A line should know its room."""
    assert not [str(path) for path, _ in sources.modules("utils", "helpers", "services", "common", "misc")]


def test_files_and_functions_stay_short():
    """No file over 500 lines, no function over 50."""
    long = []
    for path, tree in sources.modules():
        if len((sources.ROOT / path).read_text().splitlines()) > 500:
            long.append(str(path))
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and (node.end_lineno or 0) - node.lineno >= 50:
                long.append(f"{path}:{node.lineno} {node.name}")
    assert not long


def test_every_module_says_which_room_it_is():
    """The first line of a module is its purpose."""
    assert not [str(path) for path, tree in sources.modules() if tree.body and not ast.get_docstring(tree)]

"""Nothing is destroyed by a DAG, a scheduled job, a command or a model: one button on the desk reaches it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import search_ui.routes.eliminations as desk
from search_ui.permissions import ROLES, Action

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
DESTROYS = {"archiveia/pipeline/destroying.py", "search_ui/routes/eliminations.py"}
"""The module that destroys, and the only file that speaks of it."""


def code() -> Iterator[Path]:
    for folder in ("archiveia", "search_ui", "dags", "tools", "bench"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """The last part of every name that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.rpartition(".")[2] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found |= {alias.name for alias in node.names} | {(node.module or "").rpartition(".")[2]}
    return found


def test_only_the_desk_imports_what_destroys():
    importers = {path.relative_to(ROOT).as_posix() for path in code() if "destroying" in imported(path)}
    assert importers <= DESTROYS
    erasing = [path for path in code() if "erasing.erase(" in path.read_text("utf-8")]
    assert [path.name for path in erasing] == ["destroying.py"]


def test_no_module_is_imported_by_a_name_that_is_made_up():
    texts = [path for path in code() if "import_module(" in path.read_text("utf-8")]
    assert [p for p in texts if "destroying" in p.read_text("utf-8")] == []


def test_one_route_destroys_and_its_form_is_a_persons():
    tree = ast.parse(Path(desk.__file__).read_text("utf-8"))
    calling = [
        function.name
        for function in tree.body
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "destroy"
    ]
    assert calling == ["press"]
    route = next(r for r in desk.router.routes if getattr(r, "endpoint", None) is desk.press)
    assert route.methods == {"POST"}  # type: ignore[attr-defined]
    assert [d.dependency.action for d in route.dependencies] == [Action.DESTROY]  # type: ignore[attr-defined]


def test_who_makes_accounts_does_not_destroy_with_them():
    assert not ROLES[Action.DESTROY] & ROLES[Action.MANAGE_ACCOUNTS]

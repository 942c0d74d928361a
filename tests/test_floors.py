"""The structure of the package is a claim too: imports go down, doors are single, files stay readable."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "grader"
FLOORS = {
    "verdict": 0, "limits": 0, "errors": 0, "__init__": 0,
    "score": 1, "scope": 1, "tables": 1, "answers": 1, "inside": 1,
    "notebook": 2, "assignment": 2, "report": 2, "store": 2,
    "sandbox": 3,
    "kernel": 4, "diagnosis": 4,
    "rubric": 5,
    "grade": 6,
    "workers": 7,
    "run": 8, "check": 8, "watch": 8,
    "cli": 9,
}  # fmt: skip
DOORS = {
    "nbformat": {"notebook"},
    "jupyter_client": {"sandbox", "kernel"},
    "pytest": {"rubric"},
    "sqlite3": {"store"},
    "dask": {"workers"},
    "typer": {"cli"},
    "rich": {"cli"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))
LINES, FUNCTION_LINES = 400, 60


def part(path: Path) -> str:
    """The module or subpackage of ``grader`` that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Dotted names that a file imports, with their lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            if node.module == "grader":
                yield from ((f"grader.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield node.module or "", node.lineno


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_strictly_down(path: Path) -> None:
    """A module imports lower floors and its own package only."""
    here = part(path)
    for name, line in imports(path):
        if name.startswith("grader."):
            there = name.split(".")[1]
            if there in FLOORS and there != here:
                assert FLOORS[there] < FLOORS[here], f"{path}:{line}: {here} imports {there}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_dependency_has_one_door(path: Path) -> None:
    """Only the module that exists for a dependency imports it."""
    for name, line in imports(path):
        top = name.split(".")[0]
        if top in DOORS:
            assert part(path) in DOORS[top], f"{path}:{line}: {top} is not this module's business"


def test_inner_init_files_are_empty() -> None:
    """Knots are born in ``__init__.py``; ours hold nothing."""
    for path in MODULES:
        if path.name == "__init__.py" and path.parent != PACKAGE:
            assert not path.read_text(encoding="utf-8").strip(), path


def test_modules_and_functions_fit_on_a_few_screens() -> None:
    """At most 400 lines a module and 60 a function."""
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= LINES, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                assert length <= FUNCTION_LINES, f"{path}:{node.lineno} {node.name} has {length} lines"


def test_student_side_and_fork_server_know_only_the_standard_library() -> None:
    """What a forked child inherits has never held a rubric, a solution or a secret."""
    allowed = sys.stdlib_module_names | {
        "numpy",
        "tensorflow",
        "keras",
        "ipykernel",
        "IPython",
        "zmq",
        "traitlets",
        "matplotlib",
        "matplotlib_inline",
        "jupyter_client",
        "comm",
        "tornado",
    }
    secret = {
        "grader." + name
        for name in (
            "assignment",
            "rubric",
            "diagnosis",
            "grade",
            "run",
            "workers",
            "kernel",
            "notebook",
            "verdict",
            "answers",
            "report",
            "score",
        )
    }
    paths = [*(PACKAGE / "inside").glob("*.py"), *(PACKAGE / "sandbox").glob("forkserver*.py")]
    assert paths
    for path in paths:
        for name, line in imports(path):
            top = name.split(".")[0]
            assert top in allowed | {"grader"}, f"{path}:{line}: {name}"
            assert not any(name == one or name.startswith(one + ".") for one in secret), f"{path}:{line}: {name}"

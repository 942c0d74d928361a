"""The points marker, and the checks that a rubric's collection yields.

@pytest.mark.points(1, exercise="softmax", title="Large logits stay finite", hidden=True)
def test_large_logits(student): ...
"""

import ast
import inspect
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.assignment import Assignment
from grader.errors import AssignmentError, Fault
from grader.score import is_exact

MARKER = "points"
MARKER_HELP = (
    "points(points, *, exercise, title, hidden=False): what the check is worth (a multiple of 0.25), the exercise of assignment.toml "
    "it belongs to, the line the student reads, and whether the student sees more of it than that"
)
TEST_PREFIX = "test_"


@dataclass(frozen=True, slots=True)
class Check:
    """One rubric test as the result names it: ``id`` is ``<exercise>/<name of the test>``."""

    id: str
    exercise: str
    title: str
    points: float
    hidden: bool
    item: pytest.Item


def read_checks(items: Sequence[pytest.Item], assignment: Assignment) -> tuple[Check, ...]:
    """The checks of a collected rubric, in order. Raises AssignmentError with every fault of the markers."""
    faults: list[Fault] = []
    checks = [check for item in items if (check := _read(item, assignment, faults)) is not None]
    faults += _repeated(checks)
    faults += _replaced({item.path for item in items})
    if not faults:
        faults += _wrong_totals(checks, assignment)
    if faults:
        raise AssignmentError(tuple(faults))
    return tuple(checks)


def _place(item: pytest.Item) -> tuple[Path, int | None]:
    line = item.location[1]
    return item.path, None if line is None else line + 1


def _read(item: pytest.Item, assignment: Assignment, faults: list[Fault]) -> Check | None:
    marker = item.get_closest_marker(MARKER)
    path, line = _place(item)
    if marker is None:
        faults.append(Fault(path, line, f"{item.name} has no points marker", "add @pytest.mark.points(…)"))
        return None
    values = dict(zip(("points",), marker.args, strict=False)) | dict(marker.kwargs)
    known = {one.name for one in assignment.exercises}
    wrong = [*_marker_faults(item.name, len(marker.args), values, known), *_function_faults(item)]
    faults += [Fault(path, line, problem, remedy) for problem, remedy in wrong]
    if wrong:
        return None
    name = item.name.removeprefix(TEST_PREFIX).replace("_", "-")
    exercise = str(values["exercise"])
    hidden = bool(values.get("hidden", False))
    return Check(f"{exercise}/{name}", exercise, str(values["title"]), float(values["points"]), hidden, item)


def _marker_faults(
    test: str, positional: int, values: Mapping[str, Any], known: AbstractSet[str]
) -> Iterator[tuple[str, str]]:
    """What is wrong with a marker: problem and remedy."""
    points, exercise, title = values.get("points"), values.get("exercise"), values.get("title")
    if isinstance(points, bool) or not isinstance(points, int | float) or not is_exact(points):
        yield f"points = {points!r} of {test}", "give a positive multiple of 0.25"
    if exercise not in known:
        yield f"exercise = {exercise!r} of {test} is not in assignment.toml", f"give one of {', '.join(sorted(known))}"
    if not isinstance(title, str) or not title.strip():
        yield f"title = {title!r} of {test}", "give the line that the student reads"
    if not isinstance(values.get("hidden", False), bool):
        yield f"hidden = {values['hidden']!r} of {test}", "give True or False"
    if positional > 1:
        yield f"{positional} values without a name in the marker of {test}", "name all but the points"
    if unknown := values.keys() - {"points", "exercise", "title", "hidden"}:
        yield f"unknown {', '.join(sorted(unknown))} in the marker of {test}", "remove it"


def _function_faults(item: pytest.Item) -> Iterator[tuple[str, str]]:
    """What keeps a test from being carried out on any submission: problem and remedy."""
    if not isinstance(item, pytest.Function):
        return
    if inspect.iscoroutinefunction(item.obj) or inspect.isgeneratorfunction(item.obj):
        yield f"{item.name} is no plain function, so pytest would not run its body", "write it without async and yield"
    there = item._fixtureinfo.name2fixturedefs  # noqa: SLF001 - pytest tells of a missing one only when the test is run
    if missing := [name for name in item.fixturenames if name not in there and name != "request"]:
        yield f"{item.name} asks for {', '.join(missing)}, which is no fixture", "define it in the rubric, or remove it"


def _repeated(checks: Sequence[Check]) -> list[Fault]:
    faults = []
    for what, key in (("title", lambda check: (check.exercise, check.title)), ("id", lambda check: check.id)):
        counts = Counter(map(key, checks))
        for check in checks:
            if counts[key(check)] > 1:
                path, line = _place(check.item)
                value = check.title if what == "title" else check.id
                faults.append(Fault(path, line, f"{what} {value!r} stands more than once", "give each check its own"))
    return faults


def _replaced(files: AbstractSet[Path]) -> Iterator[Fault]:
    """Tests that a later one of the same name replaces, so that pytest never sees them."""
    for path in sorted(files):
        first: dict[str, int] = {}
        for node in ast.parse(path.read_bytes()).body:
            if not isinstance(node, ast.FunctionDef) or not node.name.startswith(TEST_PREFIX):
                continue
            line = first.setdefault(node.name, node.lineno)
            if line != node.lineno:
                problem = f"{node.name} replaces the test of that name in line {line}, which is never run"
                yield Fault(path, node.lineno, problem, "give each test its own name")


def _wrong_totals(checks: Sequence[Check], assignment: Assignment) -> list[Fault]:
    faults = []
    for exercise in assignment.exercises:
        total = sum(check.points for check in checks if check.exercise == exercise.name)
        if total != exercise.points:
            problem = f"exercise {exercise.name!r} has {exercise.points:g} points, its checks add up to {total:g}"
            faults.append(Fault(assignment.folder / "assignment.toml", None, problem, "make them equal"))
    return faults

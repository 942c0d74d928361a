"""The points marker, and the checks that a rubric's collection yields.

@pytest.mark.points(1, exercise="softmax", title="Large logits stay finite", hidden=True)
def test_large_logits(student): ...
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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
    points, exercise, title = values.get("points"), values.get("exercise"), values.get("title")
    known = {one.name for one in assignment.exercises}
    if not isinstance(points, int | float) or not is_exact(points):
        faults.append(Fault(path, line, f"points = {points!r} of {item.name}", "give a positive multiple of 0.25"))
        return None
    if exercise not in known:
        remedy = f"give one of {', '.join(sorted(known))}"
        faults.append(Fault(path, line, f"exercise = {exercise!r} of {item.name} is not in assignment.toml", remedy))
        return None
    if not isinstance(title, str) or not title.strip():
        faults.append(Fault(path, line, f"title = {title!r} of {item.name}", "give the line that the student reads"))
        return None
    if unknown := values.keys() - {"points", "exercise", "title", "hidden"}:
        problem = f"unknown {', '.join(sorted(unknown))} in the marker of {item.name}"
        faults.append(Fault(path, line, problem, "remove it"))
    name = item.name.removeprefix(TEST_PREFIX).replace("_", "-")
    return Check(f"{exercise}/{name}", str(exercise), title, float(points), bool(values.get("hidden", False)), item)


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


def _wrong_totals(checks: Sequence[Check], assignment: Assignment) -> list[Fault]:
    faults = []
    for exercise in assignment.exercises:
        total = sum(check.points for check in checks if check.exercise == exercise.name)
        if total != exercise.points:
            problem = f"exercise {exercise.name!r} has {exercise.points:g} points, its checks add up to {total:g}"
            faults.append(Fault(assignment.folder / "assignment.toml", None, problem, "make them equal"))
    return faults

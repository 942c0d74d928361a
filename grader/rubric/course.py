"""What an assignment brings of its own for naming mistakes: stand-ins and misconceptions. Read, and checked against its texts."""

import importlib.util
import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from numpy.typing import NDArray

from grader.assignment import Assignment
from grader.diagnosis.misconception import Misconception
from grader.diagnosis.texts import NEEDED, OURS, PLACEHOLDERS, Texts
from grader.errors import AssignmentError, Fault

StandIn = Callable[..., NDArray[Any]]


def load_stand_ins(assignment: Assignment) -> dict[str, StandIn]:
    """The functions of ``rubric/stand_ins.py`` that assignment.toml names. Raises AssignmentError for a missing one."""
    wanted = [name for exercise in assignment.exercises for name in exercise.stands_in]
    if not wanted:
        return {}
    path = assignment.rubric / "stand_ins.py"
    if not path.is_file():
        raise AssignmentError((Fault(path, None, "is missing", f"define {', '.join(wanted)} there, with NumPy only"),))
    module = _run(path, "stand_ins")
    if absent := [name for name in wanted if not callable(getattr(module, name, None))]:
        raise AssignmentError(
            (Fault(path, None, f"does not define {', '.join(absent)}", "define a function of that name"),)
        )
    return {name: getattr(module, name) for name in wanted}


def load_misconceptions(assignment: Assignment) -> tuple[Misconception, ...]:
    """The course's own misconceptions: every ``MISCONCEPTIONS`` in ``misconceptions/*.py``. Raises AssignmentError."""
    made: list[Misconception] = []
    faults: list[Fault] = []
    for path in sorted((assignment.folder / "misconceptions").glob("*.py")):
        listed = getattr(_run(path, f"misconceptions_{path.stem}"), "MISCONCEPTIONS", None)
        if not isinstance(listed, tuple | list) or not all(isinstance(item, Misconception) for item in listed):
            fault = Fault(path, None, "has no MISCONCEPTIONS", "set it to a tuple of Misconception objects")
            raise AssignmentError((fault,))
        made += listed
        faults += [fault for one in listed for fault in _misconception_faults(path, one)]
    if faults:
        raise AssignmentError(tuple(faults))
    return tuple(made)


def _misconception_faults(path: Path, one: Misconception) -> list[Fault]:
    """What keeps a misconception from being told apart from ours, or planted."""
    faults = []
    if one.id.partition(".")[0] in OURS or "." not in one.id:
        remedy = f"begin it with the course's name: ids that begin with {', '.join(OURS)} are the grader's"
        faults.append(Fault(path, _line(one), f"id = {one.id!r} of a misconception", remedy))
    for wrong in (one.wrong, *one.others):
        if not inspect.isfunction(wrong) or wrong.__name__ == "<lambda>" or wrong.__qualname__ != wrong.__name__:
            problem = f"wrong of {one.id} is not a function with a name of its own"
            faults.append(Fault(path, _line(one), problem, "write it with def, at the top of the file"))
    return faults


def _line(one: Misconception) -> int | None:
    """The line on which its wrong implementation begins."""
    code = getattr(one.wrong, "__code__", None)
    return None if code is None else int(code.co_firstlineno)


def check_course(assignment: Assignment, misconceptions: Sequence[Misconception], texts: Texts) -> None:
    """Require of each misconception that its function is graded, and a whole text with values for all its braces.

    ``assignment`` is the whole one, with all its exercises. Raises AssignmentError with every fault.
    """
    faults: list[Fault] = []
    graded = [name for exercise in assignment.exercises for name in exercise.names]
    for one in misconceptions:
        if one.function not in graded:
            problem = f"function = {one.function!r} of {one.id} is graded in no exercise"
            place = Path(inspect.getsourcefile(one.wrong) or assignment.folder)
            faults.append(Fault(place, _line(one), problem, f"give one of {', '.join(graded)}"))
        path, line = texts.place(one.id) or (assignment.folder / "texts", None)
        if one.id not in texts.ids():
            remedy = f'write a table ["{one.id}"] in a .toml file there, with {", ".join(NEEDED)}'
            faults.append(Fault(path, None, f"the misconception {one.id} has no text", remedy))
            continue
        text = texts.text(one.id)
        faults += [
            Fault(path, line, f"{one.id} has no {name}", "write it") for name in NEEDED if not getattr(text, name)
        ]
        known = PLACEHOLDERS | set(inspect.signature(one.wrong).parameters)
        if stray := texts.wanted(text) - known:
            problem = f"{one.id}: nothing fills {', '.join(f'{{{name}}}' for name in sorted(stray))}"
            faults.append(Fault(path, line, problem, f"use {', '.join(f'{{{name}}}' for name in sorted(known))}"))
    if faults:
        raise AssignmentError(tuple(faults))


def _run(path: Path, name: str) -> ModuleType:
    """Execute a file of the assignment's, without its folder on the import path. Raises AssignmentError."""
    spec = importlib.util.spec_from_file_location(f"grader_assignment_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        problem = f"cannot be imported: {type(error).__name__}: {error}"
        raise AssignmentError((Fault(path, getattr(error, "lineno", None), problem, "mend it"),)) from error
    return module

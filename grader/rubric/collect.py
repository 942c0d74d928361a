"""Collect a rubric once, and rule on one check at a time, any number of times.

One ``pytest.main`` stays open for as long as submissions come: its run-test loop is the grader's loop, and each ruling is one public
``pytest_runtest_protocol`` call.
"""

import sys
import time
from collections.abc import Callable, Container, Generator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import pytest

from grader.assignment import Assignment
from grader.errors import AssignmentError, Fault, GraderFault, RubricFault
from grader.rubric.marks import Check, read_checks
from grader.rubric.outcomes import CallTimedOut, CarriedForward, Failure
from grader.rubric.plugin import STUDENT
from grader.rubric.student import Student
from grader.verdict import Outcome

CONFIGURATION = Path(__file__).with_name("pytest.ini")
PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Ruling:
    """The outcome of one run of one check."""

    outcome: Outcome
    message: str = ""
    because: str | None = None
    seconds: float = 0.0


class Rubric:
    """A collected rubric: its checks, and the means to run one on a submission."""

    def __init__(self, checks: tuple[Check, ...], config: pytest.Config, loop: "_Loop") -> None:
        self.checks = checks
        self._config = config
        self._loop = loop

    def part(self, exercises: Container[str], *, backwards: bool = False) -> "Rubric":
        """The checks of some exercises, in their order or in the opposite one."""
        checks = tuple(check for check in self.checks if check.exercise in exercises)
        return Rubric(checks[::-1] if backwards else checks, self._config, self._loop)

    def rule(self, check: Check, student: Student) -> Ruling:
        """Run one check on one submission. Raises RubricFault when the check fails by its own fault."""
        self._config.stash[STUDENT] = student
        self._loop.raised = None
        began = time.monotonic()
        try:
            check.item.config.hook.pytest_runtest_protocol(item=check.item, nextitem=None)
        except (pytest.exit.Exception, KeyboardInterrupt) as error:
            # pytest would end here, and leaves its fixtures set up; this session goes on. Ctrl-C does not reach a conductor.
            check.item.config.hook.pytest_runtest_teardown(item=check.item, nextitem=None)
            raise RubricFault(check.id, f"{check.item.path}", f"{type(error).__name__}: {error}") from None
        finally:
            del self._config.stash[STUDENT]
            _forget_last_failure()
        seconds = time.monotonic() - began
        return _classify(check, self._loop.raised, seconds)


def open_rubric(assignment: Assignment, body: Callable[[Rubric], None]) -> None:
    """Collect the assignment's rubric and run ``body`` with it, inside one pytest session.

    Raises AssignmentError with every fault of the rubric, or whatever ``body`` raises.
    """
    loop = _Loop(assignment, body)
    sys.dont_write_bytecode = True
    # Only what a rubric needs: a plugin that belongs to the machine must not change a verdict.
    off = [
        f"no:{name}"
        for name in (
            "terminal",
            "cacheprovider",
            "junitxml",
            "pastebin",
            "faulthandler",
            "logging",
            "unraisableexception",
            "threadexception",
        )
    ]
    options = [part for name in off for part in ("-p", name)]
    folder = str(assignment.rubric)
    plugins: list[Any] = [loop]
    if not _autoloads():
        options += ["-p", "grader.rubric.plugin"]
    try:
        pytest.main(
            [
                folder,
                *options,
                "-c",
                str(CONFIGURATION),
                "--rootdir",
                folder,
                "--confcutdir",
                folder,
                "--import-mode=importlib",
                "--capture=sys",
            ],
            plugins=plugins,
        )
    finally:
        _forget_modules(assignment.rubric)
    if loop.failure is not None:
        raise loop.failure
    if loop.faults:
        raise AssignmentError(tuple(loop.faults))
    if not loop.ran:
        raise GraderFault(f"pytest did not run the rubric in {folder}")


def _forget_modules(folder: Path) -> None:
    """Leave no module of the rubric behind: another rubric may have files of the same names."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file is not None and Path(file).is_relative_to(folder):
            del sys.modules[name]


def _autoloads() -> bool:
    """Whether pytest loads the plugin by its entry point (it must then not be named a second time)."""
    import os  # noqa: PLC0415 - placed with its only use

    return not os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")


class _Loop:
    """The plugin object of one open rubric."""

    def __init__(self, assignment: Assignment, body: Callable[[Rubric], None]) -> None:
        self.assignment = assignment
        self.body = body
        self.faults: list[Fault] = []
        self.failure: BaseException | None = None
        self.raised: pytest.ExceptionInfo[BaseException] | None = None
        self.ran = False

    def pytest_exception_interact(self, call: pytest.CallInfo[Any], report: object) -> None:
        """A test file that cannot be imported is a fault of the assignment."""
        if isinstance(report, pytest.CollectReport) and call.excinfo is not None:
            self.faults.append(_import_fault(call.excinfo.value, self.assignment.rubric))

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """A file that ends the process where it is imported is one too."""
        if isinstance(excinfo.value, SystemExit):
            self.faults.append(_import_fault(excinfo.value, self.assignment.rubric))

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """So is one that calls ``pytest.exit`` or raises KeyboardInterrupt there: Ctrl-C does not reach a conductor."""
        self.faults.append(_import_fault(excinfo.value, self.assignment.rubric))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Serve submissions instead of running the collected items once."""
        self.ran = True
        if self.faults:
            return True
        try:
            checks = read_checks(session.items, self.assignment)
            self.body(Rubric(checks, session.config, self))
        except BaseException as error:  # noqa: BLE001 - handed on to the caller of open_rubric, outside pytest's own handling
            self.failure = error
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
        """Keep the first exception of setup, call and teardown."""
        if call.excinfo is not None and self.raised is None:
            self.raised = call.excinfo
        return (yield)


def _import_fault(error: BaseException, rubric: Path) -> Fault:
    """The fault of a file that could not be imported, with the innermost line of the rubric that the exception passed."""
    cause = error.__cause__ or error
    problem = f"{type(cause).__name__}: {cause}".removesuffix(": ")
    if isinstance(cause, SyntaxError) and cause.filename:
        return Fault(Path(cause.filename), cause.lineno, f"{type(cause).__name__}: {cause.msg}", "mend the rubric")
    path, line = rubric, None
    traceback = cause.__traceback__
    while traceback is not None:
        file = Path(traceback.tb_frame.f_code.co_filename)
        if file.is_relative_to(rubric):
            path, line = file, traceback.tb_lineno
        traceback = traceback.tb_next
    return Fault(path, line, problem, "mend the rubric")


def _classify(check: Check, raised: pytest.ExceptionInfo[BaseException] | None, seconds: float) -> Ruling:
    if raised is None:
        return Ruling("passed", seconds=seconds)
    error = raised.value
    match error:
        case CallTimedOut():
            return Ruling("timed_out", error.message, error.because, seconds)
        case Failure():
            return Ruling("failed", error.message, error.because, seconds)
        case AssertionError() | pytest.fail.Exception(pytrace=True) if _last(error.__traceback__, check) == "rubric":
            first = (str(error).strip().splitlines() or ["the check does not hold"])[0]
            return Ruling("failed", first, None, seconds)
        case CarriedForward():
            return Ruling("carried_forward", error.text, error.because, seconds)
        case pytest.skip.Exception():
            return Ruling("skipped", error.msg or "", None, seconds)
    raise RubricFault(check.id, _place(error.__traceback__, check), f"{type(error).__name__}: {error}")


def _last(traceback: TracebackType | None, check: Check) -> Literal["rubric", "grader", ""]:
    """Whose line came last on the way to an assertion: where it is the grader's own, it is not the student's that failed."""
    last: Literal["rubric", "grader", ""] = ""
    while traceback is not None:
        file = Path(traceback.tb_frame.f_code.co_filename)
        if file.is_relative_to(check.item.path.parent):
            last = "rubric"
        elif file.is_relative_to(PACKAGE):
            last = "grader"
        traceback = traceback.tb_next
    return last


def _place(traceback: TracebackType | None, check: Check) -> str:
    """The innermost line of the rubric's own file that the traceback passes."""
    place = str(check.item.path)
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == str(check.item.path):
            place = f"{check.item.path}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place


def _forget_last_failure() -> None:
    """The last failure, which pytest keeps in ``sys``: it would keep a whole submission alive, and show it to the next."""
    for name in ("last_exc", "last_type", "last_value", "last_traceback"):
        if hasattr(sys, name):
            delattr(sys, name)

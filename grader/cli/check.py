"""``grader check``: a rubric's own test."""

import sys
from pathlib import Path

from grader.assignment import find as find_assignment
from grader.check import plan, runner, show, solutions
from grader.check.cases import Matrix, written
from grader.check.verdict import verdict
from grader.cli import options as values
from grader.cli.paint import Painter
from grader.cli.statuses import BELOW, NO_GRADE, REACHED
from grader.errors import UsageError

OWN_FAULT = "by its own fault"
"""In the error of a submission that could not be graded because a check is faulty: that is the rubric's failure, not the grader's."""


def run(  # noqa: PLR0917 - one parameter an option
    assignment: str, folder: str | None, jobs: str | None, mode: str, record: str | None, quiet: bool
) -> int:
    """Test the rubric of an assignment with its solutions; the exit status. Raises UsageError and GraderFault."""
    cwd = values.current_folder()
    chosen = find_assignment(assignment, cwd)
    read = solutions.read(solutions.find(chosen, Path(folder) if folder else None, cwd), chosen)
    size, isolation = values.jobs(jobs), values.mode(mode)
    if record is not None and not Path(record).absolute().parent.is_dir():
        raise UsageError(f"--record {record}: there is no folder {Path(record).parent}; make it first")
    counter = _Counter(quiet)
    try:
        matrix = runner.grade(chosen, plan.tasks(chosen, read), mode=isolation, jobs=size, each=counter.count)
    finally:
        counter.end()
    if record is not None:
        Path(record).write_bytes(written(matrix))
    Painter(sys.stdout).show(show.report(matrix, quiet=quiet))
    return status(matrix)


def status(matrix: Matrix) -> int:
    """The contract's: 3 where the grader itself failed, 1 where the rubric does, else 0."""
    lost = [one for one in matrix.graded if one.status == "grader_error" and OWN_FAULT not in one.error]
    if lost:
        return NO_GRADE
    return BELOW if verdict(matrix) else REACHED


class _Counter:
    """Says how far the work is, on a terminal only."""

    def __init__(self, quiet: bool) -> None:
        self._on = sys.stderr.isatty() and not quiet

    def count(self, done: int, total: int) -> None:
        """Say it."""
        if self._on:
            print(f"\r{done} of {total} solutions graded", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the line."""
        if self._on:
            print(file=sys.stderr)

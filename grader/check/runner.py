"""Grade every case with the grader itself: the same conductors, kernels and examiner that a class is graded with."""

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.assignment import Assignment
from grader.check.cases import Answer, Case, CheckInfo, Graded, Matrix
from grader.check.solutions import Prepared
from grader.sandbox.launch import start_server
from grader.scope import Scope
from grader.verdict import Diagnosis, SubmissionResult
from grader.workers.pool import Pool
from grader.workers.protocol import Work

OUTPUT_LIMIT = "notebook.output-limit"


@dataclass(frozen=True, slots=True)
class Task:
    """One run of one case. ``run`` 0 is the verdict's; the others are compared with it."""

    prepared: Prepared
    run: int = 0
    salt: str = ""
    backwards: bool = False

    @property
    def case(self) -> Case:
        """The case that is run."""
        return self.prepared.case

    @property
    def scope(self) -> Scope:
        """The part of the assignment that is ruled on: a case that concerns one exercise runs that one alone."""
        exercises = (self.case.exercise,) if self.case.exercise else ()
        return Scope(exercises=exercises, salt=self.salt, backwards=self.backwards, limits=self.case.limits)


def grade(
    assignment: Assignment,
    tasks: Sequence[Task],
    *,
    mode: str,
    jobs: int | None,
    each: Callable[[int, int], None] = lambda *_: None,
) -> Matrix:
    """Run all tasks; ``each`` hears how many are done, and how many there are.

    Raises UsageError where the rubric is broken or the isolation cannot be had, GraderFault where no grading process starts.
    """
    ordered = sorted(tasks, key=lambda task: _weight(assignment, task))
    results: dict[int, SubmissionResult] = {}
    size = max(1, min(jobs or len(os.sched_getaffinity(0)), len(ordered)))
    with (
        tempfile.TemporaryDirectory(prefix="grader-check-") as folder,
        start_server(assignment.preload, mode, hide=[assignment.folder]) as server,
    ):
        work = [_work(Path(folder), number, task) for number, task in enumerate(ordered)]
        with Pool(assignment, server.address, mode, size, explain=_output_limit) as pool:
            for finished in pool.grade(work):
                results[finished.index] = finished.result
                each(len(results), len(ordered))
    place = {id(task): number for number, task in enumerate(ordered)}
    graded = tuple(_graded(task, results[place[id(task)]]) for task in tasks)
    cases = {task.case.name: task.case for task in tasks}
    checks = _checks(assignment, list(results.values()))
    return Matrix(assignment=assignment.id, checks=checks, cases=tuple(cases.values()), graded=graded)


def _weight(assignment: Assignment, task: Task) -> tuple[bool, int]:
    """Plain ones first, while TensorFlow is being imported; of the others the longest first, so that all end together."""
    case, content = task.case, task.prepared.content
    needs = bool(case.exercise and assignment.exercise(case.exercise).needs)
    heavy = not case.exercise or needs or b"tensorflow" in content or b"keras" in content
    return heavy, 2 * bool(case.exercise) - bool(case.limits)


def _work(folder: Path, number: int, task: Task) -> Work:
    file = folder / f"{number}.ipynb"
    file.write_bytes(task.prepared.content)
    return Work(str(number), f"{task.case.name}.ipynb", os.fsencode(file), task.scope)


def _output_limit() -> Diagnosis:
    """A case that exhausts whoever listens to it is told so; its texts are not looked at here."""
    return Diagnosis(id=OUTPUT_LIMIT, title="", explanation="", evidence="", hint="")


def _graded(task: Task, result: SubmissionResult) -> Graded:
    return Graded(
        case=task.case.name,
        run=task.run,
        status=result.status,
        error=result.error or "",
        checks={
            check.id: Answer(check.outcome, check.score) for exercise in result.exercises for check in exercise.checks
        },
        diagnoses={
            exercise.name: tuple(diagnosis.id for diagnosis in exercise.diagnoses)
            for exercise in result.exercises
            if exercise.diagnoses
        },
        notebook=tuple(diagnosis.id for diagnosis in result.notebook.diagnoses),
    )


def _checks(assignment: Assignment, results: Sequence[SubmissionResult]) -> tuple[CheckInfo, ...]:
    """Every check that was ruled on, in the order of the exercises and of the rubric."""
    found: dict[str, CheckInfo] = {}
    longest = sorted(results, key=lambda result: -sum(len(exercise.checks) for exercise in result.exercises))
    for result in longest:
        for exercise in result.exercises:
            for check in exercise.checks:
                found.setdefault(check.id, CheckInfo(check.id, exercise.name, check.title, check.max_score))
    order = [exercise.name for exercise in assignment.exercises]
    return tuple(sorted(found.values(), key=lambda check: order.index(check.exercise)))

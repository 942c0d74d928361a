"""Results of submissions whose conductor died: a verdict where a kernel exhausted it, else the grader's own fault.

Checks that were decided before stay decided.
"""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from grader.assignment import Assignment
from grader.score import total
from grader.verdict import CheckResult, Diagnosis, ExerciseResult, NotebookResult, Status, SubmissionResult
from grader.workers.protocol import Outlined, Work

OUTPUT_LIMIT = "notebook.output-limit"
NOT_REACHED = "This check could not be reached: the notebook sent more than the grader takes."


def digest(work: Work) -> str:
    """SHA-256 of the submitted file; empty where it cannot be read any more."""
    try:
        with open(work.file, "rb") as file:  # noqa: PTH123 - the path is bytes, which Path does not take
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def output_limit(
    work: Work,
    assignment: Assignment,
    outline: Sequence[Outlined],
    decided: Mapping[str, CheckResult],
    diagnosis: Diagnosis,
) -> SubmissionResult:
    """``graded``: what was decided stays, every other check failed because of ``diagnosis``."""
    checks = [
        Outlined(item.exercise, decided.get(item.check.id) or _not_reached(item.check, diagnosis.id))
        for item in outline
    ]
    exercises = tuple(_exercise(assignment, exercise.name, checks, diagnosis) for exercise in assignment.exercises)
    score, maximum = total(exercises)
    return SubmissionResult(
        id=work.id,
        path=work.path,
        sha256=digest(work),
        status="graded",
        score=score,
        max_score=maximum,
        exercises=exercises,
        notebook=NotebookResult(cells=0, diagnoses=(diagnosis,)),
    )


def without_grade(
    work: Work,
    assignment: Assignment,
    outline: Sequence[Outlined],
    decided: Mapping[str, CheckResult],
    reason: str,
) -> SubmissionResult:
    """``grader_error``: no score, and the checks that were decided."""
    status: Status = "grader_error"
    checks = [Outlined(item.exercise, decided[item.check.id]) for item in outline if item.check.id in decided]
    return SubmissionResult(
        id=work.id,
        path=work.path,
        sha256=digest(work),
        status=status,
        error=reason,
        max_score=assignment.max_score,
        exercises=tuple(
            _exercise(assignment, name, checks, None) for name in dict.fromkeys(item.exercise for item in checks)
        ),
    )


def _not_reached(check: CheckResult, because: str) -> CheckResult:
    return msgspec.structs.replace(check, outcome="failed", score=0.0, message=NOT_REACHED, because=because)


def _exercise(
    assignment: Assignment, name: str, checks: Sequence[Outlined], diagnosis: Diagnosis | None
) -> ExerciseResult:
    """One exercise of its checks. Where points were lost by ``diagnosis``, it lists ``<prefix>.missing``, as the contract says."""
    exercise = assignment.exercise(name)
    own = tuple(item.check for item in checks if item.exercise == name)
    score, _ = total(own)
    missing: tuple[Diagnosis, ...] = ()
    if diagnosis is not None and score < exercise.points:
        missing = (
            Diagnosis(
                id=f"{exercise.prefix}.missing",
                title=f"{exercise.title}: not reached",
                explanation=f"This exercise could not be asked to its end, because of `{diagnosis.id}`.",
                evidence="",
                hint="Look at what is said about the notebook first.",
            ),
        )
    return ExerciseResult(
        name=name, title=exercise.title, score=score, max_score=exercise.points, checks=own, diagnoses=missing
    )

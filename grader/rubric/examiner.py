"""Examine one submission: rule on every check, name the mistakes, charge each fault once.

The order is a promise. All checks are ruled on; then, for exercises that lost points, the mistakes are named and shown on their public
demonstration input; only then are stand-ins put into the kernel, and only checks are asked again after that.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from numpy.typing import NDArray

from grader.answers import NameInfo
from grader.assignment import Assignment, Exercise
from grader.diagnosis.models import FaultyCell
from grader.errors import GraderError
from grader.rubric.collect import Rubric, Ruling
from grader.rubric.explain import UNTOUCHED, Explainer
from grader.rubric.marks import Check
from grader.rubric.student import Asker, Student
from grader.score import earned, total
from grader.verdict import CheckResult, Diagnosis, ExerciseResult, Note

Rulings = dict[str, Ruling]

UNEXPLAINED = frozenset({"incorrect", "raises", "timeout"})
"""Last parts of the ids that say nothing of what came back: another exercise's mistake may stand behind them."""


class Subject(Asker, Protocol):
    """The submission under examination (``kernel.session.Session`` is one)."""

    def stand_in(self, name: str, function: Callable[..., NDArray[Any]]) -> None:
        """Bind a name of the notebook to a stub whose calls are answered by ``function``, outside the kernel."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of the run before the first check."""

    seed: int
    faulty: tuple[FaultyCell, ...] = ()
    capped: bool = False
    """Whether ``fit`` was cut short by ``max_epochs``."""
    stopped: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    """Cells that did not run to their end by themselves: the id of the notebook's diagnosis, and the cell's source."""
    untouched: bool = False
    """Whether the notebook is the template as it was given out."""
    decided: Callable[[str, CheckResult], None] = lambda *_: None
    progress: Callable[[str, int, int], None] = lambda *_: None


@dataclass(frozen=True, slots=True)
class Examined:
    """The verdict on every exercise, and what the reader should know besides."""

    exercises: tuple[ExerciseResult, ...]
    notes: tuple[Note, ...]
    missing: frozenset[str]
    """Graded names that are not there after the last cell."""


class Examiner:
    """Examines submissions of one assignment with a collected rubric."""

    def __init__(self, assignment: Assignment, rubric: Rubric, explainer: Explainer) -> None:
        self.assignment = assignment
        self.rubric = rubric
        self.explainer = explainer

    def examine(self, subject: Subject, around: Circumstances) -> Examined:
        """Rule on every check of every exercise. Raises RubricFault when a check fails by its own fault."""
        graded = [name for exercise in self.assignment.exercises for name in exercise.names]
        student = Student(subject, around.seed, subject.names(graded), faulty=around.faulty, capped=around.capped)
        rulings = self._rule_all(student, around)
        lost = [exercise for exercise in self.assignment.exercises if self._lost(exercise, rulings)]
        notes = _overwritten(student, graded)
        diagnoses = {
            exercise.name: self._named(exercise, student, self._failed(exercise, rulings), notes) for exercise in lost
        }
        for exercise in lost:
            carried, helped, tried = self._carry(exercise, lost, subject, student, rulings)
            notes += carried
            if helped is not student and (failed := self._failed(exercise, rulings)):
                known = diagnoses[exercise.name]
                # What is left is told by what the checks say of it, not by what they said beside the other fault.
                failed |= {check: ruling for check, ruling in tried.items() if check in failed}
                left = self._left(exercise, helped, failed, known)
                if carried or _clearer(left, known):
                    diagnoses[exercise.name] = left
        return Examined(
            exercises=tuple(self._result(exercise, rulings, diagnoses) for exercise in self.assignment.exercises),
            notes=tuple(notes),
            missing=frozenset(name for name in graded if not student.name(name).exists),
        )

    def _named(
        self, exercise: Exercise, student: Student, failed: Mapping[str, Ruling], notes: list[Note]
    ) -> Sequence[Diagnosis]:
        """The mistakes of an exercise; the plain ``incorrect`` where naming them fails, which costs nobody a grade.

        The points are decided by then. Answers that nobody thought of must not buy a result without a score.
        """
        try:
            return self.explainer.diagnoses(exercise, student, failed)
        except GraderError:
            raise
        except Exception as error:  # noqa: BLE001 - see above; the note tells the instructor what to report
            text = f"The mistake in {exercise.title} could not be named ({type(error).__name__}); the points stand."
            notes.append(Note(kind="not-named", cell=None, text=text))
            return self.explainer.unnamed(exercise, student, failed)

    def _left(
        self, exercise: Exercise, helped: Student, failed: Mapping[str, Ruling], known: Sequence[Diagnosis]
    ) -> Sequence[Diagnosis]:
        """The mistakes left with everything put right; those known before where naming them fails (see ``_named``)."""
        try:
            return self.explainer.remaining(exercise, helped, failed, known)
        except GraderError:
            raise
        except Exception:  # noqa: BLE001 - the points are decided, and a diagnosis is there
            return known

    def _rule_all(self, student: Student, around: Circumstances) -> Rulings:
        rulings: Rulings = {}
        for done, check in enumerate(self.rubric.checks):
            around.progress(check.title, done, len(self.rubric.checks))
            ruling = self.rubric.rule(check, student)
            if ruling.outcome in ("failed", "timed_out"):
                ruling = _because_of_notebook(self.assignment.exercise(check.exercise), student, around, ruling)
            rulings[check.id] = ruling
            around.decided(check.exercise, _check_result(check, ruling))
        return rulings

    def _checks(self, exercise: Exercise) -> list[Check]:
        return [check for check in self.rubric.checks if check.exercise == exercise.name]

    def _failed(self, exercise: Exercise, rulings: Rulings) -> dict[str, Ruling]:
        return {
            check.id: rulings[check.id]
            for check in self._checks(exercise)
            if earned(rulings[check.id].outcome, check.points) < check.points
        }

    def _lost(self, exercise: Exercise, rulings: Rulings) -> bool:
        return bool(self._failed(exercise, rulings))

    def _carry(
        self, exercise: Exercise, lost: Sequence[Exercise], subject: Subject, student: Student, rulings: Rulings
    ) -> tuple[list[Note], Student, Rulings]:
        """Try the failed checks of an exercise again with what it may lean on put right; note what then passes.

        The student returned is the one with everything put right that helped; where nothing did, with what was tried last.
        The rulings are those on this student.
        """
        notes: list[Note] = []
        best = helped = student
        tried: Rulings = {}
        for help_ in self.explainer.helps(exercise, lost, student):
            failed = self._failed(exercise, rulings)
            again = [
                check
                for check in self._checks(exercise)
                if check.id in failed and failed[check.id].outcome in ("failed", "timed_out")
            ]
            if not again:
                break
            helped = help_.apply(subject, best)
            now = {check.id: self.rubric.rule(check, helped) for check in again}
            passed = [check for check in again if now[check.id].outcome == "passed"]
            for check in passed:
                text = f"Passes with {help_.words} in place of yours: this fault is charged once, in {help_.owner}."
                rulings[check.id] = Ruling("carried_forward", text, help_.owner, failed[check.id].seconds)
            if passed or not notes:
                tried = now
            if passed:
                titles = ", ".join(f"“{check.title}”" for check in passed)
                text = f"{exercise.title}: {titles} failed only because of {help_.owner}, and earned the points."
                notes.append(Note(kind="carried-forward", cell=None, text=text))
                best = helped
        return notes, best if notes else helped, tried

    def _result(
        self, exercise: Exercise, rulings: Rulings, diagnoses: Mapping[str, Sequence[Diagnosis]]
    ) -> ExerciseResult:
        checks = tuple(_check_result(check, rulings[check.id]) for check in self._checks(exercise))
        score, maximum = total(checks)
        named = tuple(diagnoses.get(exercise.name, ())) if score < maximum else ()
        return ExerciseResult(
            name=exercise.name, title=exercise.title, score=score, max_score=maximum, checks=checks, diagnoses=named
        )


def _clearer(left: Sequence[Diagnosis], known: Sequence[Diagnosis]) -> bool:
    """Whether the mistakes left with everything put right account for the lost points better than those named before.

    An answer made by two exercises' mistakes may be explained by neither; and what the other exercise is told is not told here too.
    """
    after, before = ({diagnosis.id.rpartition(".")[2] for diagnosis in some} for some in (left, known))
    return not (after - before) & UNEXPLAINED and (after < before or bool((before - after) & UNEXPLAINED))


def outline(rubric: Rubric) -> tuple[tuple[str, CheckResult], ...]:
    """Every check of a rubric with its exercise, before anything is asked: ``skipped``."""
    return tuple((check.exercise, _check_result(check, Ruling("skipped"))) for check in rubric.checks)


def _check_result(check: Check, ruling: Ruling) -> CheckResult:
    return CheckResult(
        id=check.id,
        title=check.title,
        outcome=ruling.outcome,
        score=earned(ruling.outcome, check.points),
        max_score=check.points,
        hidden=check.hidden,
        message=ruling.message,
        because=ruling.because,
        duration_s=round(ruling.seconds, 4),
    )


def _because_of_notebook(exercise: Exercise, student: Student, around: Circumstances, ruling: Ruling) -> Ruling:
    """A failed check names what happened to the notebook where that is the cause.

    That is: nothing was filled in, or a cell which speaks of a graded name that is not there did not run to its end.
    """
    if around.untouched:
        return Ruling(ruling.outcome, ruling.message, UNTOUCHED, ruling.seconds)
    for name in exercise.names:
        if student.name(name).exists:
            continue
        for identity, source in around.stopped.values():
            if re.search(rf"\b{re.escape(name)}\b", source):
                return Ruling(ruling.outcome, ruling.message, identity, ruling.seconds)
    return ruling


def _overwritten(student: Student, graded: Sequence[str]) -> list[Note]:
    """Names that more than one cell binds: graded as they stand at the end, and said."""
    notes = []
    for name in graded:
        info: NameInfo = student.name(name)
        if info.exists and len(info.bound_in) > 1:
            text = f"`{name}` is bound in more than one cell; it was graded as it stands after the last one."
            notes.append(Note(kind="overwritten", cell=info.bound_in[-1], text=text))
    return notes

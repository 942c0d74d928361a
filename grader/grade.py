"""One submission to one result: the only place where faults become verdicts.

What the student's code did arrives as data and ends as points and diagnoses. What the grader could not do arrives as an
exception, is tried once more, and ends as ``grader_error``: no score, never zero and never full.
"""

import asyncio
import hashlib
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from grader.assignment import Assignment, Exercise
from grader.diagnosis.evidence import Found
from grader.diagnosis.models import FaultyCell
from grader.diagnosis.texts import Texts
from grader.errors import AssignmentError, Fault, GraderError, UnreadableNotebook
from grader.kernel.session import Execution, Session
from grader.notebook.causes import root_causes, why_missing
from grader.notebook.cells import Notebook
from grader.notebook.read import bytes_of, read
from grader.notebook.repair import Surroundings, repair
from grader.notebook.skip import SkipRule
from grader.notebook.template import is_untouched
from grader.rubric.collect import Rubric, open_rubric
from grader.rubric.course import check_course
from grader.rubric.examiner import Circumstances, Examined, Examiner, outline
from grader.rubric.explain import Explainer
from grader.sandbox.protocol import KernelOrder, Sandbox, Stage
from grader.scope import WHOLE, Scope
from grader.score import total
from grader.verdict import CheckResult, Diagnosis, ExerciseResult, Note, NotebookResult, Status, SubmissionResult

SALT_VARIABLE = "GRADER_SALT"
ATTEMPTS = 2
TENSORFLOW = frozenset({"tensorflow", "keras", "tf_keras"})
STOPPED = {
    "timeout": "notebook.timeout",
    "died": "notebook.kernel-died",
    "out-of-memory": "notebook.out-of-memory",
    "output": "notebook.output-limit",
}


@dataclass(frozen=True, slots=True)
class Job:
    """One submission to grade: its stable id, the path as people know it, and the file to read."""

    id: str
    path: str
    file: Path
    scope: Scope = WHOLE
    """By what part of the assignment; all of it, unless a rubric is tested."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Who hears how the work goes on. ``progress(job id, what runs now, done, total)``; ``decided(job id, exercise, check)``."""

    progress: Callable[[str, str, int, int], None] = lambda *_: None
    decided: Callable[[str, str, CheckResult], None] = lambda *_: None
    collected: Callable[[tuple[tuple[str, CheckResult], ...]], None] = lambda _: None
    """Called once, before the first job: every check of the rubric with its exercise, as ``skipped``."""


def serve(
    assignment: Assignment,
    sandbox: Sandbox,
    jobs: Iterable[Job],
    deliver: Callable[[SubmissionResult], None],
    listener: Listener | None = None,
) -> None:
    """Grade jobs as they come, with the rubric collected once, and hand each result to ``deliver``.

    Raises AssignmentError, before the first job is taken, when the rubric is broken.
    """
    heard = listener or Listener()

    def body(rubric: Rubric) -> None:
        loop = asyncio.new_event_loop()
        try:
            gradings = {WHOLE: Grading(assignment, sandbox, rubric, heard, loop)}
            heard.collected(outline(rubric))
            for job in jobs:
                if job.scope not in gradings:
                    gradings[job.scope] = gradings[WHOLE].within(job.scope)
                deliver(gradings[job.scope].grade(job))
        finally:
            loop.close()

    open_rubric(assignment, body)


class Grading:
    """Grades one submission after another of one assignment."""

    def __init__(
        self,
        assignment: Assignment,
        sandbox: Sandbox,
        rubric: Rubric,
        listener: Listener,
        loop: asyncio.AbstractEventLoop,
        *,
        salt: str = "",
        whole: bool = True,
    ) -> None:
        self.assignment = assignment
        self.sandbox = sandbox
        self.rubric = rubric
        self.listener = listener
        self.whole = whole
        """Whether all exercises are graded: a part of a notebook says nothing about the template."""
        self.salt = salt or os.environ.get(SALT_VARIABLE) or assignment.salt
        self.loop = loop
        self.texts = Texts(assignment.folder / "texts")
        self.template = _template(assignment)
        graded = [name for exercise in assignment.exercises for name in exercise.names]
        self.graded = frozenset(graded)
        templates = {name: _definition(self.template, name) for name in graded}
        explainer = Explainer(assignment, self.texts, templates)
        if whole:
            check_course(assignment, explainer.misconceptions, self.texts)
        self.examiner = Examiner(assignment, rubric, explainer)
        rules = tuple(SkipRule(rule.pattern, rule.reason) for rule in assignment.skip)
        self.surroundings = Surroundings(support=assignment.support, rules=rules, graded=self.graded)

    def within(self, scope: Scope) -> "Grading":
        """The same, by a part of the assignment and under other circumstances."""
        whole = self.assignment
        part = replace(
            whole,
            exercises=tuple(one for one in whole.exercises if one.name in scope.exercises or not scope.exercises),
            limits=msgspec.structs.replace(whole.limits, **dict(scope.limits)),
        )
        rubric = self.rubric.part({one.name for one in part.exercises}, backwards=scope.backwards)
        return Grading(
            part,
            self.sandbox,
            rubric,
            self.listener,
            self.loop,
            salt=scope.salt or self.salt,
            whole=not scope.exercises,
        )

    def grade(self, job: Job) -> SubmissionResult:
        """The result of one submission, whatever happens: this is where exceptions end."""
        began = time.monotonic()
        content = b""
        try:
            content = bytes_of(job.file, self.assignment.limits)
            notebook = repair(read(content, self.assignment.limits), self.surroundings)
        except (UnreadableNotebook, OSError) as error:
            reason = f"cannot be read: {error.strerror}" if isinstance(error, OSError) else str(error)
            return SubmissionResult(
                id=job.id,
                path=job.path,
                sha256=hashlib.sha256(content).hexdigest() if content else "",
                status="unreadable",
                error=reason,
                max_score=self.assignment.max_score,
                duration_s=round(time.monotonic() - began, 3),
            )
        for attempt in range(1, ATTEMPTS + 1):
            run = _Run(self, job, notebook, began)
            try:
                return run.result()
            except MemoryError:
                # A kernel exhausted this process: it ends, and the pool that started it gives the verdict.
                raise
            except Exception as error:  # noqa: BLE001 - a fault of ours must end as grader_error, not as a lost class
                if attempt == ATTEMPTS:
                    return run.fault(error)
            finally:
                run.close()
        raise AssertionError("the loop above returns")

    def stage(self, notebook: Notebook) -> Stage:
        """Whether this notebook's kernel wants TensorFlow imported: by its imports, or by probes of what it defines."""
        if "tensorflow" not in self.assignment.preload:
            return "plain"
        if notebook.imports() & TENSORFLOW or any(
            "tensorflow" in cell.source or "keras" in cell.source for cell in notebook.code_cells
        ):
            return "tensorflow"
        probed = [name for exercise in self.assignment.exercises if exercise.needs for name in exercise.names]
        mentioned = any(name in cell.source for name in probed for cell in notebook.code_cells)
        return "tensorflow" if mentioned else "plain"


def _template(assignment: Assignment) -> Notebook:
    """The notebook that students get. Raises AssignmentError where it is none."""
    try:
        return read(assignment.template, assignment.limits)
    except UnreadableNotebook as error:
        raise AssignmentError((Fault(assignment.template, None, str(error), "put a notebook there"),)) from None


def _definition(template: Notebook, name: str) -> str:
    """The source of the template's cell that defines a name, so that an answer left as it was can be recognised."""
    cells = template.bound_in(name)
    return template.cells[cells[-1]].source if cells else ""


class _Run:
    """One submission on its way to a result: one try."""

    def __init__(self, grading: Grading, job: Job, notebook: Notebook, began: float) -> None:
        self.grading = grading
        self.job = job
        self.notebook = notebook
        self.began = began
        self.decided: list[tuple[str, CheckResult]] = []
        self.seed = notebook.seed(grading.salt)
        assignment = grading.assignment
        order = KernelOrder(limits=assignment.limits, stage=grading.stage(notebook), support=assignment.support)
        self.session = Session(
            grading.sandbox,
            notebook,
            assignment.limits,
            order=order,
            seed=self.seed % 2**32,
            loop=grading.loop,
            progress=lambda what, done, count: grading.listener.progress(job.id, what, done, count),
            max_epochs=assignment.max_epochs,
        )

    def close(self) -> None:
        """End the kernel."""
        self.session.close()

    def result(self) -> SubmissionResult:
        """Execute, examine, write down. Raises GraderFault, and whatever else goes wrong on our side."""
        execution = self.session.execute()
        examined = self.grading.examiner.examine(self.session, self._circumstances(execution))
        score, maximum = total(examined.exercises)
        return self._result(
            "graded",
            exercises=examined.exercises,
            score=score,
            max_score=maximum,
            notebook=self._notebook(execution, whole=score == maximum),
            notes=self._notes(execution, examined),
        )

    def _circumstances(self, execution: Execution) -> Circumstances:
        def source(cell: int) -> str:
            return self.notebook.cells[cell].source

        faulty = tuple(FaultyCell(one.cell, one.name, one.message, source(one.cell)) for one in execution.errors)
        stopped = {cell: STOPPED[kind] for cell, kind in execution.stopped.items()}
        stopped |= dict.fromkeys(execution.syntax, "notebook.syntax-error")
        return Circumstances(
            seed=self.seed,
            faulty=faulty,
            capped=execution.capped_epochs,
            untouched=self._untouched(),
            stopped={cell: (identity, source(cell)) for cell, identity in stopped.items()},
            decided=self._decide,
            progress=lambda what, done, count: self.grading.listener.progress(self.job.id, what, done, count),
        )

    def _untouched(self) -> bool:
        grading = self.grading
        return grading.whole and is_untouched(self.notebook, grading.template, grading.graded)

    def _notebook(self, execution: Execution, *, whole: bool) -> NotebookResult:
        """What happened to the notebook. A syntax error that cost nothing is an error, not a diagnosis."""
        named: list[tuple[int | None, str, str]] = []
        if self._untouched():
            named.append((None, "notebook.template-untouched", ""))
        for cell, kind in sorted(execution.stopped.items()):
            named.append((cell, STOPPED[kind], execution.deaths.get(cell, "")))
        if not whole:
            named += [
                (cell, "notebook.syntax-error", place.message) for cell, place in sorted(execution.syntax.items())
            ]
        return NotebookResult(
            cells=len(self.notebook),
            errors=execution.errors,
            diagnoses=tuple(self._diagnosis(*one) for one in named),
            repairs=self.notebook.repairs,
        )

    def _diagnosis(self, cell: int | None, identity: str, words: str) -> Diagnosis:
        limits = self.grading.assignment.limits
        place = self.notebook.place(cell) if cell is not None else ""
        known = {"place": place, "words": words, "cell_s": f"{limits.cell_s:g}", "memory_mib": str(limits.memory_mib)}
        return self.grading.texts.diagnosis(
            Found(identity, words=known), None, cell, detail=self.grading.assignment.detail
        )

    def _notes(self, execution: Execution, examined: Examined) -> tuple[Note, ...]:
        causes = root_causes(self.notebook, execution.failures)
        missing = [
            Note(kind="missing", cell=None, text=words)
            for name in sorted(examined.missing)
            if (words := why_missing(self.notebook, execution.failures, name)) is not None
        ]
        return (*causes, *missing, *self.session.notes, *examined.notes)

    def fault(self, error: Exception) -> SubmissionResult:
        """The result when the grader failed: what was decided is kept, and there is no score."""
        reason = str(error) if isinstance(error, GraderError) else f"{type(error).__name__}: {error}"
        kept: dict[str, list[CheckResult]] = {}
        for exercise, check in self.decided:
            kept.setdefault(exercise, []).append(check)
        exercises = tuple(_partial(self.grading.assignment.exercise(name), checks) for name, checks in kept.items())
        return self._result(
            "grader_error",
            exercises=exercises,
            score=None,
            max_score=self.grading.assignment.max_score,
            notebook=NotebookResult(cells=len(self.notebook), repairs=self.notebook.repairs),
            error=reason,
        )

    def _decide(self, exercise: str, check: CheckResult) -> None:
        self.decided.append((exercise, check))
        self.grading.listener.decided(self.job.id, exercise, check)

    def _result(
        self,
        status: Status,
        *,
        exercises: tuple[ExerciseResult, ...],
        score: float | None,
        max_score: float,
        notebook: NotebookResult,
        notes: tuple[Note, ...] = (),
        error: str | None = None,
    ) -> SubmissionResult:
        return SubmissionResult(
            id=self.job.id,
            path=self.job.path,
            sha256=self.notebook.sha256,
            status=status,
            error=error,
            score=score,
            max_score=max_score,
            exercises=exercises,
            notebook=notebook,
            notes=notes,
            isolation=self.session.isolation,
            resources=self.session.resources,
            duration_s=round(time.monotonic() - self.began, 3),
            seed=f"{self.seed:032x}",
        )


def _partial(exercise: Exercise, checks: list[CheckResult]) -> ExerciseResult:
    """What had been decided of an exercise when the grader failed; its maximum is the exercise's own."""
    score, _ = total(checks)
    return ExerciseResult(
        name=exercise.name, title=exercise.title, score=score, max_score=exercise.points, checks=tuple(checks)
    )

"""The results of grading, as frozen data: the run document of the contract, to the letter.

Everything that leaves the grader (terminal, JSON, JUnit, annotations) is made from these records by pure functions in
``grader.report``. Points are floats that are multiples of 0.25, so that sums are exact.
"""

from typing import Literal

import msgspec

SCHEMA_VERSION = "1"

Outcome = Literal["passed", "failed", "timed_out", "skipped", "carried_forward", "pending"]
Status = Literal["graded", "unreadable", "grader_error"]
Audience = Literal["student", "instructor"]

EARNS_POINTS: frozenset[Outcome] = frozenset({"passed", "carried_forward"})
"""The outcomes that earn the points of a check; every other outcome earns 0."""


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    """A frozen record whose fields are all written, in order."""


class Diagnosis(_Record, frozen=True, kw_only=True):
    """One mistake, named: a published id, what the work does, the evidence, and a hint."""

    id: str
    title: str
    explanation: str
    evidence: str
    hint: str
    cell: int | None = None
    """0-based among all cells of the file as submitted."""


class CheckResult(_Record, frozen=True, kw_only=True):
    """The outcome of one rubric test."""

    id: str
    title: str
    outcome: Outcome
    score: float
    max_score: float
    hidden: bool = False
    message: str = ""
    because: str | None = None
    """For ``carried_forward``: the name of the exercise whose fault this was. Else the id that explains the outcome."""
    duration_s: float = 0.0


class ExerciseResult(_Record, frozen=True, kw_only=True):
    """One exercise: its checks, and the mistakes found when points were lost."""

    name: str
    title: str
    score: float
    max_score: float
    checks: tuple[CheckResult, ...]
    diagnoses: tuple[Diagnosis, ...] = ()


class CellError(_Record, frozen=True, kw_only=True):
    """An error that a cell of the notebook ended with."""

    cell: int
    name: str
    message: str


class Repair(_Record, frozen=True, kw_only=True):
    """What the grader repaired or skipped so that the notebook could run, said aloud."""

    cell: int | None
    kind: str
    text: str


class Note(_Record, frozen=True, kw_only=True):
    """Something the reader should know that is neither a mistake nor a repair."""

    kind: str
    cell: int | None
    text: str


class NotebookResult(_Record, frozen=True, kw_only=True):
    """What happened when the notebook itself was read and executed."""

    cells: int
    errors: tuple[CellError, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    repairs: tuple[Repair, ...] = ()


class Isolation(_Record, frozen=True, kw_only=True):
    """Which layers of confinement held while the student's code ran."""

    mode: str = ""
    layers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Resources(_Record, frozen=True, kw_only=True):
    """What the student's kernel used: processor seconds, peak private memory in bytes, bytes of output."""

    cpu_s: float = 0.0
    peak_memory_bytes: int = 0
    output_bytes: int = 0


class SubmissionResult(_Record, frozen=True, kw_only=True):
    """One submission's verdict. Without ``status == "graded"`` there is no score: never 0, never full."""

    id: str
    path: str
    sha256: str
    status: Status
    error: str | None = None
    score: float | None = None
    max_score: float = 0.0
    exercises: tuple[ExerciseResult, ...] = ()
    notebook: NotebookResult = NotebookResult(cells=0)
    notes: tuple[Note, ...] = ()
    isolation: Isolation = Isolation()
    resources: Resources = Resources()
    duration_s: float = 0.0
    seed: str = ""
    """Hexadecimal seed that the probes were drawn from; with the assignment's hash it makes the grade replayable."""


class GraderInfo(_Record, frozen=True, kw_only=True):
    """The grader that made the document."""

    version: str


class AssignmentInfo(_Record, frozen=True, kw_only=True):
    """The assignment that was graded, with the hash of everything in its folder that decides a grade."""

    id: str
    title: str
    version: str
    sha256: str


class RunDocument(_Record, frozen=True, kw_only=True):
    """One run of the grader over one or more submissions of one assignment."""

    schema_version: str = SCHEMA_VERSION
    grader: GraderInfo
    audience: Audience
    graded_at: str
    """UTC, ``YYYY-MM-DDTHH:MM:SSZ``."""
    assignment: AssignmentInfo
    submissions: tuple[SubmissionResult, ...]

"""Every exception the grader raises on purpose.

What a student's code did is data (``grader.verdict``, ``grader.answers``), never an exception from here.

    GraderError
    ├── UsageError              the call cannot be carried out: exit status 2
    │   ├── AssignmentError     the assignment's folder is broken; all its faults at once
    │   └── SandboxUnavailable  the isolation asked for cannot be had on this machine
    ├── UnreadableNotebook      the submission's fault: status ``unreadable``
    └── GraderFault             ours: status ``grader_error``
        ├── KernelUnavailable   no kernel could be started
        └── RubricFault         a rubric test raised by its own fault
"""

from dataclasses import dataclass
from pathlib import Path


class GraderError(Exception):
    """Anything the grader raises on purpose. The message names the value, the place and the remedy."""


class UsageError(GraderError):
    """The call cannot be carried out as it was made (exit status 2)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of an assignment's folder: where it stands, what is wrong, and what to do."""

    path: Path
    line: int | None
    problem: str
    remedy: str

    def __str__(self) -> str:
        """``path:line: problem; remedy``."""
        place = f"{self.path}:{self.line}" if self.line is not None else f"{self.path}"
        return f"{place}: {self.problem}; {self.remedy}"


class AssignmentError(UsageError):
    """The assignment's folder is broken. Carries every fault found, not only the first."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"the assignment is broken ({count}):\n" + "\n".join(f"  {fault}" for fault in faults))


class SandboxUnavailable(UsageError):  # noqa: N818 - the name says what is the case
    """The isolation that was asked for cannot be had here; ``missing`` names the layers."""

    def __init__(self, missing: tuple[str, ...], message: str) -> None:
        self.missing = missing
        super().__init__(message)


class UnreadableNotebook(GraderError):  # noqa: N818 - the name says what is the case
    """The file is not a notebook that can be graded: the submission's fault."""


class GraderFault(GraderError):  # noqa: N818 - the name says what is the case
    """The grader could not do its part: never a lost point, never a full one."""


class KernelUnavailable(GraderFault):
    """No kernel could be started for the student's code."""


class RubricFault(GraderFault):
    """A rubric test raised by its own fault, not by the student's."""

    def __init__(self, check: str, place: str, problem: str) -> None:
        self.check, self.place, self.problem = check, place, problem
        super().__init__(f"the check {check} failed by its own fault at {place}: {problem}")

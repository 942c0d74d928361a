"""The values of ``grade``'s options, checked: an error names the value, the place and the remedy."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from grader.errors import UsageError
from grader.verdict import Audience

MODES = ("auto", "strict", "off")
STANDARD_OUTPUT = "-"


@dataclass(frozen=True, slots=True)
class Options:
    """What one call of ``grade`` asks for."""

    submissions: tuple[str, ...]
    assignment: str | None
    json: str | None
    junit: str | None
    jobs: int | None
    audience: Audience
    fail_under: float
    exit_zero: bool
    sandbox: str
    watch: bool
    quiet: bool

    @property
    def reports_to_stderr(self) -> bool:
        """Whether standard output belongs to the document alone."""
        return STANDARD_OUTPUT in (self.json, self.junit)


def audience(value: str) -> Audience:
    """Who reads the output. Raises UsageError."""
    for known in get_args(Audience):
        if value == known:
            chosen: Audience = known
            return chosen
    raise UsageError(f"--audience {value}: give student or instructor")


def mode(value: str) -> str:
    """How much isolation is asked for. Raises UsageError."""
    if value not in MODES:
        raise UsageError(f"--sandbox {value}: give {', '.join(MODES[:-1])} or {MODES[-1]}")
    return value


def jobs(value: str | None) -> int | None:
    """How many notebooks run at a time; None: as many as there are processors. Raises UsageError."""
    if value is None:
        return None
    try:
        number = int(value)
    except ValueError:
        raise UsageError(f"--jobs {value}: give a whole number, 1 or more") from None
    if number < 1:
        raise UsageError(f"--jobs {value}: give 1 or more")
    return number


def percent(value: str) -> float:
    """The percentage below which a submission fails the run. Raises UsageError."""
    try:
        number = float(value.removesuffix("%"))
    except ValueError:
        raise UsageError(f"--fail-under {value}: give a percentage from 0 to 100") from None
    if not 0 <= number <= 100:  # noqa: PLR2004 - per cent
        raise UsageError(f"--fail-under {value}: give a percentage from 0 to 100")
    return number


def current_folder() -> Path:
    """The folder that relative paths start from. Raises UsageError where it was removed meanwhile."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise UsageError("the current folder is not there any more: change to another one") from None


def check_outputs(options: Options) -> None:
    """Raise UsageError, before anything runs, where a file that is asked for cannot be written or is written twice."""
    files = [
        (flag, value) for flag, value in (("--json", options.json), ("--junit", options.junit)) if value is not None
    ]
    if len(files) > 1 and _real(files[0][1]) == _real(files[1][1]):
        raise UsageError(f"--json and --junit both name {files[0][1]}: give each a place of its own")
    for flag, value in files:
        if not value:
            raise UsageError(f"{flag}: the name of the file is empty")
        if value != STANDARD_OUTPUT:
            _check_file(flag, value, options.submissions)


def _real(value: str) -> str:
    return value if value == STANDARD_OUTPUT else os.path.realpath(value)


def _check_file(flag: str, value: str, submissions: tuple[str, ...]) -> None:
    file = Path(value)
    try:
        if file.is_dir():
            raise UsageError(f"{flag} {value}: this is a folder; give the name of a file in it")
        if not file.parent.is_dir():
            raise UsageError(f"{flag} {value}: there is no folder {file.parent}; make it first")
        if os.path.lexists(file):
            writable = os.access(file if file.exists() else file.parent, os.W_OK)
        else:
            # Only making it shows that it can be made: root may write everywhere, and not in /proc.
            file.open("xb").close()
            file.unlink()
            writable = True
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{flag} {value}: it cannot be written ({reason}); give another place") from None
    if not writable:
        raise UsageError(f"{flag} {value}: it cannot be written; choose another place or change its permissions")
    if any(_real(value) == _real(one) for one in submissions):
        raise UsageError(f"{flag} {value}: this is a submission, which would be overwritten; give another name")


def default_jobs(wanted: int | None, submissions: int) -> int:
    """How many conductors to start: what is asked for, else one a processor; never more than there is work."""
    processors = len(os.sched_getaffinity(0))
    return max(1, min(wanted if wanted is not None else processors, submissions))

"""One run over one or more submissions: find them, find their assignment, hand them out, and put the results in order.

Nothing here speaks or exits: faults of the call are ``UsageError``, everything else ends in the run document.
"""

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from grader import __version__
from grader.assignment import Assignment, available, find, load, nearest
from grader.errors import GraderFault, UnreadableNotebook, UsageError
from grader.limits import Limits
from grader.notebook.read import read
from grader.verdict import (
    AssignmentInfo,
    Audience,
    Diagnosis,
    GraderInfo,
    RunDocument,
    SubmissionResult,
)
from grader.workers import lost
from grader.workers.pool import Finished, Heard, Pool
from grader.workers.protocol import Work

SUFFIX = ".ipynb"
CHECKPOINTS = ".ipynb_checkpoints"
NEVER_SEARCHED = frozenset({CHECKPOINTS, ".git"})
NAMED = "`metadata.grader.assignment`, an id of small letters, digits and hyphens"
"""Where a notebook names its assignment, for people whose notebook names none, or none that counts."""
OUTPUT_LIMIT = lost.OUTPUT_LIMIT


@dataclass(frozen=True, slots=True)
class Submission:
    """A file to grade: its stable id, its path as people know it, and where it lies."""

    id: str
    path: str
    file: Path


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will do. Without an assignment no submission could be read, and ``unreadable`` says why, by id."""

    submissions: tuple[Submission, ...]
    assignment: Assignment | None
    said: str = ""
    """Words for a choice that was made for the user, or empty."""
    unreadable: Mapping[str, str] = field(default_factory=dict)

    @property
    def work(self) -> tuple[Work, ...]:
        """The submissions as a pool takes them."""
        return tuple(Work(one.id, one.path, os.fsencode(one.file)) for one in self.submissions)


@dataclass(frozen=True, slots=True)
class Results:
    """Results in the order of the submissions, and words for the cells they name, by submission."""

    submissions: tuple[SubmissionResult, ...]
    places: Mapping[str, Mapping[int, str]]

    def place(self, submission: str, cell: int) -> str:
        """Words for a cell: ``code cell 3 (`def my_softmax(z):`)``."""
        return self.places.get(submission, {}).get(cell, f"cell {cell + 1} of the file")


def plan(names: Sequence[str], assignment: str | None, cwd: Path) -> Plan:
    """Find the submissions and their assignment. Raises UsageError (AssignmentError for a broken one)."""
    submissions = with_ids(expand(names, cwd))
    if assignment is not None:
        return Plan(submissions, find(assignment, cwd))
    return resolve(submissions, cwd)


def expand(names: Sequence[str], cwd: Path) -> list[tuple[str, Path]]:
    """Each notebook named, or found in a folder named, with its path for people. Raises UsageError."""
    found: list[tuple[str, Path]] = []
    for name in names:
        if not name:
            raise UsageError("the name of a submission is empty; give a notebook, or a folder that holds some")
        place = cwd / name
        try:
            mode = place.stat().st_mode
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise UsageError(f"{name}: {reason}; give a notebook, or a folder that holds some") from None
        if stat.S_ISDIR(mode):
            inside = list(_search(place))
            if not inside:
                raise UsageError(
                    f"{name}: there is no *{SUFFIX} in this folder; give a notebook, or a folder that holds some"
                )
            found += inside
        elif stat.S_ISREG(mode):
            found.append((name, place))
        else:
            raise UsageError(
                f"{name}: this is neither a file nor a folder; give a notebook, or a folder that holds some"
            )
    return found


def _search(folder: Path) -> Iterator[tuple[str, Path]]:
    """The notebooks below ``folder``, by path; not in checkpoints, in repositories' own folders or in virtual environments.

    Nobody's submission is left out in silence: a link that leads nowhere is found too, and a folder that cannot be searched raises
    UsageError.
    """
    if CHECKPOINTS in folder.absolute().parts:
        return
    for parent, folders, files in os.walk(folder, onerror=_not_searched):
        if "pyvenv.cfg" in files:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if name not in NEVER_SEARCHED)
        for name in sorted(files):
            file = Path(parent, name)
            if name.endswith(SUFFIX) and (file.is_file() or file.is_symlink()):
                yield os.fspath(file.relative_to(folder)), file


def _not_searched(error: OSError) -> None:
    raise UsageError(f"{error.filename}: this folder cannot be searched ({error.strerror}); change its permissions")


def with_ids(found: Sequence[tuple[str, Path]]) -> tuple[Submission, ...]:
    """Submissions with unique ids: the stem; where stems are equal, with the folder's name before it; then with a number."""
    stems = Counter(file.stem for _, file in found)
    taken: set[str] = set()
    submissions = []
    for path, file in found:
        name = file.stem
        if stems[name] > 1 and (parent := file.parent.name):
            name = f"{parent}-{name}"
        name = _utf8(name)
        unique, number = name, 1
        while unique in taken:
            number += 1
            unique = f"{name}-{number}"
        taken.add(unique)
        submissions.append(Submission(unique, _utf8(path), Path(os.path.abspath(file))))  # noqa: PTH100 - resolve() would follow links
    return tuple(submissions)


def _utf8(name: str) -> str:
    """A file name as text that every format can carry."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def resolve(submissions: Sequence[Submission], cwd: Path) -> Plan:
    """The assignment that the notebooks themselves name, always by id: a path in a notebook is never followed.

    Raises UsageError where they name several, one that is not here, or none and there is a choice.
    """
    whole = tuple(submissions)
    choices = available(cwd)
    named: dict[str, list[str]] = {}
    unreadable: dict[str, str] = {}
    silent: list[str] = []
    for one in whole:
        try:
            name = read(one.file, Limits()).assignment
        except UnreadableNotebook as error:
            unreadable[one.id] = str(error)
            continue
        (silent if name is None else named.setdefault(name, [])).append(one.path)
    if len(named) > 1:
        lines = [f"  {name}: {_some(paths)}" for name, paths in sorted(named.items())]
        raise UsageError("these notebooks belong to several assignments; grade one at a time:\n" + "\n".join(lines))
    if named:
        ((name, paths),) = named.items()
        if name not in choices:
            raise UsageError(
                f"{_some(paths)}: the notebook belongs to assignment {name!r}, which is not here. {_listed(choices)}"
            )
        said = f"{_some(silent)}: no assignment is named there, so {name} is taken, as for the others" if silent else ""
        return Plan(whole, load(choices[name]), said, unreadable)
    if len(unreadable) == len(whole):
        return Plan(whole, None, "", unreadable)
    if len(close := nearest(cwd)) == 1:
        ((name, folder),) = close.items()
        return Plan(
            whole,
            load(folder),
            f"no assignment is named in the notebook: {name} is taken, the only one here",
            unreadable,
        )
    raise UsageError(f"{_some(silent)}: no assignment is named in the notebook ({NAMED}). {_listed(choices)}")


def _listed(choices: Mapping[str, Path]) -> str:
    if not choices:
        return "There is no assignment here: give its folder with --assignment DIR"
    lines = [f"  {name}  ({folder})" for name, folder in choices.items()]
    return "Give one with --assignment:\n" + "\n".join(lines)


def _some(paths: Sequence[str]) -> str:
    shown = ", ".join(paths[:3])
    return shown if len(paths) <= 3 else f"{shown} and {len(paths) - 3} more"  # noqa: PLR2004 - the same three


def open_pool(
    assignment: Assignment, address: str, mode: str, size: int, hear: Callable[[Heard], None] = lambda _: None
) -> Pool:
    """Start the conductors for an assignment; they get ready in the background."""
    return Pool(assignment, address, mode, size, explain=lambda: _output_limit(assignment), hear=hear)


def _output_limit(assignment: Assignment) -> Diagnosis:
    """The diagnosis for a notebook that exhausted the process that listened to it."""
    # Imported late: the texts bring NumPy with them, which a run seldom needs in this process.
    from grader.diagnosis.evidence import Found  # noqa: PLC0415
    from grader.diagnosis.texts import Texts  # noqa: PLC0415

    limits = assignment.limits
    words = {
        "place": "",
        "words": "it sent more than the grader takes",
        "cell_s": f"{limits.cell_s:g}",
        "memory_mib": str(limits.memory_mib),
    }
    texts = Texts(assignment.folder / "texts")
    return texts.diagnosis(Found(OUTPUT_LIMIT, words=words), None, None, detail=assignment.detail)


def grade(plan: Plan, pool: Pool, each: Callable[[Finished], None] = lambda _: None) -> Results:
    """Grade everything of a plan that has an assignment. ``each`` is told every result as it lands.

    Raises UsageError when the rubric or the isolation turns out not to be usable, before the first result.
    """
    assert plan.assignment is not None
    landed: dict[int, Finished] = {}
    reason = ""
    try:
        for finished in pool.grade(plan.work):
            landed[finished.index] = finished
            each(finished)
    except GraderFault as error:
        reason = str(error)
    for index, work in enumerate(plan.work):
        if index not in landed:
            landed[index] = Finished(index, lost.without_grade(work, plan.assignment, (), {}, reason))
    ordered = [landed[index] for index in range(len(plan.work))]
    return Results(tuple(one.result for one in ordered), {one.result.id: one.places for one in ordered})


def unread(plan: Plan) -> Results:
    """The results of a plan in which nothing could be read."""
    results = tuple(
        SubmissionResult(
            id=one.id,
            path=one.path,
            sha256=lost.digest(work),
            status="unreadable",
            error=plan.unreadable[one.id],
        )
        for one, work in zip(plan.submissions, plan.work, strict=True)
    )
    return Results(results, {})


def document(plan: Plan, results: Results, audience: Audience = "instructor") -> RunDocument:
    """The run document, uncut: ``grader.report.audience`` makes it fit for its reader."""
    chosen = plan.assignment
    info = (
        AssignmentInfo(id="", title="", version="", sha256="")
        if chosen is None
        else AssignmentInfo(id=chosen.id, title=chosen.title, version=chosen.version, sha256=chosen.sha256)
    )
    return RunDocument(
        grader=GraderInfo(version=__version__),
        audience=audience,
        graded_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        assignment=info,
        submissions=results.submissions,
    )

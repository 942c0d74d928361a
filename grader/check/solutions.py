"""The solutions folder of an assignment: the reference, right and wrong answers, and what each must be told.

``reference.ipynb``; ``right/*`` and ``wrong/<id>/*``: a ``.py`` file is one answer with a header of TOML in comments, an ``.ipynb`` file a whole
notebook, a wrong one with a ``.toml`` file of the same name beside it. ``check.toml`` may list, as ``not_asked``, ids that the assignment does not ask about.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from grader.assignment import Assignment
from grader.check.cases import Case, Expected
from grader.check.reference import Reference, load, notebook
from grader.errors import AssignmentError, Fault, UsageError
from grader.limits import Limits

HEADER = re.compile(r"\A# /// case\n((?:#(?: .*)?\n)+?)# ///\n")
REFERENCE = "reference.ipynb"
SETTINGS = "check.toml"

T = TypeVar("T")


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a ``.py`` file says about itself."""

    exercise: str
    expect: tuple[str, ...]
    points: float
    note: str = ""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one exercise of a whole notebook comes to."""

    expect: tuple[str, ...]
    points: float


class Sidecar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the ``.toml`` file says about the notebook beside it."""

    exercise: str
    expect: tuple[str, ...]
    points: float
    note: str = ""
    limits: dict[str, float] = {}
    exercises: dict[str, Part] = {}


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``check.toml``: what this assignment does not ask about, by id."""

    not_asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A case and the file of its notebook."""

    case: Case
    content: bytes


@dataclass(frozen=True, slots=True)
class Solutions:
    """A solutions folder that was read and found whole."""

    reference: Reference
    settings: Settings
    prepared: tuple[Prepared, ...]
    sources: dict[str, str] = field(default_factory=dict)
    """The source of each answer to one exercise, by the name of its case."""


def find(assignment: Assignment, given: Path | None, cwd: Path) -> Path:
    """The solutions folder: the one that is given, else ``solutions/<id>`` beside ``assignments/``. Raises UsageError."""
    if given is not None:
        if not (given / REFERENCE).is_file():
            raise UsageError(f"--solutions {given}: there is no {REFERENCE} in it; give the folder that holds it")
        return given.resolve()
    places = [place / "solutions" / assignment.id for place in (assignment.folder.parent.parent, cwd, *cwd.parents)]
    for place in places:
        if (place / REFERENCE).is_file():
            return place
    raise UsageError(
        f"there is no {places[0] / REFERENCE}: write it, or give the folder of the solutions with --solutions DIR"
    )


def read(folder: Path, assignment: Assignment) -> Solutions:
    """Read every solution of a folder. Raises AssignmentError with every fault found."""
    reference = load(folder / REFERENCE, assignment.exercises)
    reader = _Reader(folder, assignment, reference)
    settings = reader.settings()
    whole = Prepared(Case(name="reference", kind="reference"), (folder / REFERENCE).read_bytes())
    prepared = [whole, *reader.right(), *reader.wrong()]
    if reader.faults:
        raise AssignmentError(tuple(reader.faults))
    return Solutions(reference, settings, tuple(prepared), reader.sources)


class _Reader:
    def __init__(self, folder: Path, assignment: Assignment, reference: Reference) -> None:
        self.folder = folder
        self.assignment = assignment
        self.reference = reference
        self.faults: list[Fault] = []
        self.sources: dict[str, str] = {}
        self.points = {exercise.name: exercise.points for exercise in assignment.exercises}

    def settings(self) -> Settings:
        path = self.folder / SETTINGS
        if not path.is_file():
            return Settings()
        return self._converted(path, lambda: tomllib.loads(path.read_text(encoding="utf-8")), Settings) or Settings()

    def right(self) -> Iterator[Prepared]:
        """Right answers: every point, no diagnosis."""
        for path in self._files("right"):
            if path.suffix == ".ipynb":
                yield Prepared(Case(name=self._name(path), kind="right"), path.read_bytes())
            elif (found := self._answer(path)) is not None:
                header, source = found
                if header.expect or header.points != self.points[header.exercise]:
                    self._fault(
                        path,
                        f"a right answer expects {list(header.expect)} and {header.points:g} points",
                        "give none, and all",
                    )
                case = Case(name=self._name(path), kind="right", exercise=header.exercise, note=header.note)
                yield Prepared(case, self._cut(header.exercise, source))

    def wrong(self) -> Iterator[Prepared]:
        """Wrong answers, with what they must be told."""
        for path in self._files("wrong"):
            if path.suffix == ".ipynb":
                if (prepared := self._notebook(path)) is not None:
                    yield prepared
            elif (found := self._answer(path)) is not None:
                header, source = found
                if not header.expect or not 0 <= header.points < self.points[header.exercise]:
                    self._fault(
                        path,
                        f"a wrong answer expects {list(header.expect)} and {header.points:g} points",
                        "name its mistake and what is left",
                    )
                yield Prepared(
                    Case(
                        name=self._name(path),
                        kind="wrong",
                        exercise=header.exercise,
                        expected={header.exercise: Expected(header.expect, header.points)},
                        note=header.note,
                    ),
                    self._cut(header.exercise, source),
                )

    def _notebook(self, path: Path) -> Prepared | None:
        beside = path.with_suffix(".toml")
        if not beside.is_file():
            self._fault(path, "has no .toml file of its name beside it", "write what it must be told")
            return None
        said = self._converted(beside, lambda: tomllib.loads(beside.read_text(encoding="utf-8")), Sidecar)
        if said is None:
            return None
        unknown = [*(said.exercises.keys() - self.points.keys()), *(said.limits.keys() - set(Limits.__struct_fields__))]
        if unknown:
            self._fault(
                beside, f"{', '.join(sorted(unknown))} is no exercise, or no limit", "name one of assignment.toml"
            )
            return None
        case = Case(
            name=self._name(path),
            kind="wrong",
            expected={name: Expected(part.expect, part.points) for name, part in said.exercises.items()},
            notebook_ids=said.expect,
            points=said.points,
            note=said.note,
            limits=tuple(said.limits.items()),
        )
        return Prepared(case, path.read_bytes())

    def _files(self, kind: str) -> list[Path]:
        files = sorted((self.folder / kind).rglob("*"))
        return [path for path in files if path.suffix in {".py", ".ipynb"} and ".ipynb_checkpoints" not in path.parts]

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).with_suffix("").as_posix()

    def _answer(self, path: Path) -> tuple[Header, str] | None:
        text = path.read_text(encoding="utf-8")
        match = HEADER.match(text)
        if match is None:
            self._fault(path, "has no header", "begin with `# /// case`, TOML in comments, and `# ///`")
            return None
        header = self._converted(path, lambda: tomllib.loads(re.sub(r"(?m)^# ?", "", match[1])), Header)
        if header is None:
            return None
        if header.exercise not in self.points:
            self._fault(path, f"exercise = {header.exercise!r}", f"give one of {', '.join(self.points)}")
            return None
        self.sources[self._name(path)] = text[match.end() :]
        return header, text[match.end() :]

    def _cut(self, exercise: str, source: str) -> bytes:
        return notebook(self.reference.cut(exercise, source), self.assignment.id)

    def _converted(self, path: Path, parse: Callable[[], Any], kind: type[T]) -> T | None:
        try:
            return msgspec.convert(parse(), kind)
        except (tomllib.TOMLDecodeError, msgspec.ValidationError, OSError) as error:
            self._fault(path, f"says what cannot be used: {error}", "mend it")
            return None

    def _fault(self, path: Path, problem: str, remedy: str) -> None:
        self.faults.append(Fault(path, None, problem, remedy))

"""Load an assignment's folder, and report all of its faults at once.

An assignment is a folder with ``assignment.toml``, the student's notebook, ``rubric/test_*.py``, and, where wanted, support files,
stand-ins (``rubric/stand_ins.py``), misconceptions and texts of its own.
"""

import hashlib
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec

import grader
from grader.errors import AssignmentError, Fault, UsageError
from grader.limits import Limits
from grader.score import is_exact

CONFIG = "assignment.toml"
ID = re.compile(r"[a-z0-9-]+\Z")
NAME = re.compile(r"[a-z][a-z0-9_-]*\Z")

Detail = Literal["full", "explanation", "outcome"]


class _Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of assignment.toml: unknown keys are faults."""


class Exercise(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One exercise, as ``[[exercises]]`` states it."""

    name: str
    title: str
    points: float
    prefix: str = ""
    """First part of the diagnosis ids; the exercise's name where it is left out."""
    names: tuple[str, ...] = ()
    """The names of the notebook that are graded."""
    stands_in: tuple[str, ...] = ()
    """Names of this exercise that others may lean on: a stand-in for each is in ``rubric/stand_ins.py``."""
    needs: tuple[str, ...] = ()
    """Modules that the rubric's own probes need in the student's kernel (``tensorflow`` for probe models)."""


class Skip(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule for cells that grading does not need: they are left out, and the result says so."""

    pattern: str
    """Regular expression searched in the cell's source."""
    reason: str


class Feedback(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much a diagnosis tells: everything, no evidence and hint, or the title alone."""

    detail: Detail = "full"


class KernelSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the student's kernel is started with."""

    preload: tuple[str, ...] = ("numpy",)
    max_epochs: int | None = None


class _Config(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    title: str
    version: str
    salt: str
    notebook: str
    exercises: tuple[Exercise, ...]
    support: str | None = None
    feedback: Feedback = Feedback()
    kernel: KernelSettings = KernelSettings()
    limits: Limits = Limits()
    skip: tuple[Skip, ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """An assignment that was read and found whole."""

    folder: Path
    id: str
    title: str
    version: str
    salt: str
    sha256: str
    template: Path
    support: Path | None
    exercises: tuple[Exercise, ...]
    limits: Limits
    detail: Detail
    preload: tuple[str, ...]
    max_epochs: int | None
    skip: tuple[Skip, ...] = field(default=())

    @property
    def rubric(self) -> Path:
        """The folder of the rubric's tests."""
        return self.folder / "rubric"

    @property
    def max_score(self) -> float:
        """The points of all exercises."""
        return sum(exercise.points for exercise in self.exercises)

    def exercise(self, name: str) -> Exercise:
        """The exercise of that name. Raises KeyError where there is none."""
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        raise KeyError(name)

    def owner(self, name: str) -> Exercise | None:
        """The exercise that grades this name of the notebook, if any."""
        return next((exercise for exercise in self.exercises if name in exercise.names), None)


def shipped() -> Path:
    """The folder of assignments that comes with the package (beside it in a source checkout)."""
    package = Path(grader.__file__).resolve().parent
    inside = package / "assignments"
    return inside if inside.is_dir() else package.parent / "assignments"


def roots(cwd: Path) -> tuple[Path, ...]:
    """Where ids are looked up: the nearest ``assignments/`` of ``cwd`` or a parent of it, then the shipped one."""
    close = next((place / "assignments" for place in (cwd, *cwd.parents) if _inside(place / "assignments")), None)
    return tuple(dict.fromkeys(root for root in (close, shipped()) if root is not None))


def available(cwd: Path) -> dict[str, Path]:
    """All assignments that an id can name from ``cwd``, by id; the nearest folder wins over the shipped one."""
    found: dict[str, Path] = {}
    for root in roots(cwd):
        found |= {name: folder for name, folder in _inside(root).items() if name not in found}
    return found


def nearest(cwd: Path) -> dict[str, Path]:
    """The assignments of the nearest ``assignments/`` alone, by id; of the shipped one where no other is near."""
    return _inside(roots(cwd)[0])


def _inside(root: Path) -> dict[str, Path]:
    """The assignments in a folder; none where it may not be looked into (a parent's, another person's)."""
    try:
        children = sorted(root.iterdir())
        return {child.name: child for child in children if (child / CONFIG).is_file() and ID.match(child.name)}
    except OSError:
        return {}


def find(name: str, cwd: Path) -> Assignment:
    """The assignment that ``--assignment NAME`` means: a folder, or an id.

    Raises UsageError where there is none, AssignmentError where it is broken.
    """
    choices = available(cwd)
    if ID.match(name) and name in choices:
        return load(choices[name])
    folder = (cwd / name).resolve()
    if (folder / CONFIG).is_file():
        return load(folder)
    if folder.is_dir():
        raise UsageError(
            f"{name} is a folder without {CONFIG}: give an assignment's folder, or one of: {', '.join(choices) or 'none'}"
        )
    raise UsageError(
        f"no assignment {name!r}: there is {', '.join(choices) or 'none'}; give an id of these, or the path of an assignment's folder"
    )


def load(folder: Path) -> Assignment:
    """Read an assignment's folder. Raises AssignmentError with every fault found, UsageError where there is no folder."""
    folder = folder.resolve()
    path = folder / CONFIG
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AssignmentError((Fault(path, None, f"cannot be read ({error})", "make it a UTF-8 text file"),)) from error
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise AssignmentError(
            (Fault(path, int(line[1]) if line else None, f"is not TOML: {error}", "mend that line"),)
        ) from error
    faults = _Faults(path, text)
    config = _convert(raw, faults)
    _check_meaning(config, folder, faults)
    if faults.found:
        raise AssignmentError(tuple(faults.found))
    return Assignment(
        folder=folder,
        id=config.id,
        title=config.title,
        version=config.version,
        salt=config.salt,
        sha256=_digest(folder),
        template=folder / config.notebook,
        support=folder / config.support if config.support else None,
        exercises=tuple(msgspec.structs.replace(item, prefix=item.prefix or item.name) for item in config.exercises),
        limits=config.limits,
        detail=config.feedback.detail,
        preload=config.kernel.preload,
        max_epochs=config.kernel.max_epochs,
        skip=config.skip,
    )


_SOUND: dict[str, Any] = {
    "id": "x",
    "title": "x",
    "version": "x",
    "salt": "x",
    "notebook": CONFIG,
    "exercises": (Exercise(name="x", title="x", points=1),),
}


class _Faults:
    """The faults of one file, each with the line on which its key stands."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = text.splitlines()
        self.found: list[Fault] = []

    def add(self, key: str, problem: str, remedy: str, *, value: str = "", occurrence: int = 0) -> None:
        self.found.append(Fault(self.path, self._line(key, value, occurrence), problem, remedy))

    def _line(self, key: str, value: str, occurrence: int) -> int | None:
        pattern = re.compile(rf"\s*(\[+\s*(\w+\.)?{re.escape(key)}\s*\]+|{re.escape(key)}\s*=.*{re.escape(value)})")
        hits = [number for number, line in enumerate(self.lines, 1) if pattern.match(line)]
        return hits[min(occurrence, len(hits) - 1)] if hits else None


def _convert(raw: dict[str, Any], faults: _Faults) -> _Config:
    """Convert table by table, so that a fault in one hides no fault in another.

    What cannot be converted is a fault, and stands as something sound, so that the rest can be looked at too.
    """
    kept: dict[str, Any] = {}
    for spec in msgspec.structs.fields(_Config):
        value = raw.get(spec.name)
        if value is None:
            if spec.required:
                faults.add(spec.name, f"{spec.name} is missing", f"add {spec.name}")
            continue
        if spec.name in ("exercises", "skip") and isinstance(value, list):
            kind: Any = Exercise if spec.name == "exercises" else Skip
            items = [_convert_table(item, kind, faults, spec.name, index) for index, item in enumerate(value)]
            kept[spec.name] = tuple(item for item in items if item is not None)
        elif spec.name in ("feedback", "kernel", "limits") and isinstance(value, dict):
            table: Any = {"feedback": Feedback, "kernel": KernelSettings, "limits": Limits}[spec.name]
            kept[spec.name] = _convert_table(value, table, faults, spec.name, 0) or table()
        else:
            try:
                kept[spec.name] = msgspec.convert(value, spec.type)
            except msgspec.ValidationError as error:
                faults.add(spec.name, f"{spec.name} = {value!r}: {error}", "give a value of that type")
    for key in raw.keys() - {spec.name for spec in msgspec.structs.fields(_Config)}:
        faults.add(
            key,
            f"unknown key {key!r}",
            f"remove it; known are {', '.join(spec.name for spec in msgspec.structs.fields(_Config))}",
        )
    return _Config(**(_SOUND | kept))


def _convert_table(value: Any, table: Any, faults: _Faults, name: str, index: int) -> Any:
    """One table, key by key. ``index`` tells the tables of an array apart, to find the line."""
    if not isinstance(value, dict):
        faults.add(name, f"{name} is not a table", f"write it as [{name}]")
        return None
    fields = {spec.name: spec for spec in msgspec.structs.fields(table)}
    kept: dict[str, Any] = {}
    whole = True
    for key, item in value.items():
        if key not in fields:
            faults.add(
                key, f"unknown key {key!r} in [{name}]", f"remove it; known are {', '.join(fields)}", occurrence=index
            )
            continue
        try:
            kept[key] = msgspec.convert(item, fields[key].type)
        except msgspec.ValidationError as error:
            whole = False
            faults.add(
                key,
                f"{key} = {item!r} in [{name}]: {error}",
                _remedy(fields[key].type),
                value=str(item),
                occurrence=0,
            )
    for key, spec in fields.items():
        if spec.required and key not in value:
            whole = False
            faults.add(name, f"{key} is missing in [{name}] number {index + 1}", f"add {key}", occurrence=index)
    return table(**kept) if whole else None


def _remedy(kind: Any) -> str:
    """What to give where a value is not of this kind."""
    choices = get_args(kind) if get_origin(kind) is Literal else ()
    return f"give one of {', '.join(choices)}" if choices else "give a value of that type"


def _check_meaning(config: _Config, folder: Path, faults: _Faults) -> None:
    if not ID.match(config.id):
        faults.add("id", f"id = {config.id!r}", "use small letters, digits and hyphens")
    if not (folder / config.notebook).is_file():
        faults.add(
            "notebook",
            f"notebook = {config.notebook!r}: there is no such file in {folder}",
            "put the student's notebook there",
        )
    if config.support and not (folder / config.support).is_dir():
        faults.add(
            "support",
            f"support = {config.support!r}: there is no such folder in {folder}",
            "make it, or remove the key",
        )
    if not any((folder / "rubric").glob("test_*.py")):
        faults.add("id", f"{folder / 'rubric'} holds no test_*.py", "write the rubric's tests there")
    _check_exercises(config, faults)
    _check_numbers(config, faults)


def _check_numbers(config: _Config, faults: _Faults) -> None:
    if config.kernel.max_epochs is not None and config.kernel.max_epochs < 1:
        faults.add("max_epochs", f"max_epochs = {config.kernel.max_epochs}", "give 1 or more, or remove the key")
    for name, limit in msgspec.structs.asdict(config.limits).items():
        if limit <= 0:
            faults.add(name, f"{name} = {limit} in [limits]", "give a number above 0")
    for rule in config.skip:
        try:
            re.compile(rule.pattern)
        except re.error as error:
            faults.add(
                "pattern",
                f"pattern = {rule.pattern!r} is no regular expression: {error}",
                "mend it",
                value=rule.pattern,
            )


def _check_exercises(config: _Config, faults: _Faults) -> None:
    if not config.exercises:
        faults.add("exercises", "there is no exercise", "add [[exercises]]")
    seen: set[str] = set()
    for index, exercise in enumerate(config.exercises):
        if not NAME.match(exercise.name):
            faults.add(
                "name",
                f"name = {exercise.name!r} in [exercises]",
                "begin with a small letter; then letters, digits, - and _",
                occurrence=index,
            )
        if exercise.name in seen:
            faults.add(
                "name",
                f"two exercises are called {exercise.name!r}",
                "give each its own name",
                value=exercise.name,
                occurrence=1,
            )
        seen.add(exercise.name)
        if not is_exact(exercise.points):
            faults.add(
                "points",
                f"points = {exercise.points} of {exercise.name!r}",
                "give a positive multiple of 0.25",
                occurrence=index,
            )
        if stray := set(exercise.stands_in) - set(exercise.names):
            faults.add(
                "stands_in",
                f"stands_in of {exercise.name!r} names {', '.join(sorted(stray))}",
                "list only names of the same exercise",
            )


def _digest(folder: Path) -> str:
    """SHA-256 over every file of the folder that can decide a grade, with its relative path and length."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in relative.parts):
            content = path.read_bytes()
            digest.update(f"{relative.as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()

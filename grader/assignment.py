"""Load an assignment's folder, and report all of its faults at once.

An assignment is a folder with ``assignment.toml``, the student's notebook, ``rubric/test_*.py``, and, where wanted, support files,
stand-ins (``rubric/stand_ins.py``), misconceptions and texts of its own.
"""

import hashlib
import importlib.util
import keyword
import math
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec

import grader
from grader.errors import AssignmentError, Fault, UsageError
from grader.limits import Limits
from grader.score import is_exact
from grader.tables import Faults, record

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
    faults = Faults(path, text)
    config = _convert(raw, faults)
    _check_meaning(config, folder, faults)
    if faults.found:
        raise AssignmentError(faults.in_order())
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


def _convert(raw: dict[str, Any], faults: Faults) -> _Config:
    """Convert table by table, so that a fault in one hides no fault in another."""
    tables: dict[str, Any] = {"feedback": Feedback, "kernel": KernelSettings, "limits": Limits}
    rows: dict[str, Any] = {"exercises": Exercise, "skip": Skip}
    made: dict[str, Any] = {}
    for name in raw.keys() & tables.keys():
        made[name] = record(raw[name], tables[name], faults, name)
    for name in raw.keys() & rows.keys():
        if not isinstance(raw[name], list):
            faults.add(name, f"{name} is not a list of tables", f"write it as [[{name}]]")
            continue
        made[name] = tuple(
            record(item, rows[name], faults, name, index=index, sound=_sound(name, index))
            for index, item in enumerate(raw[name])
        )
    rest = {key: value for key, value in raw.items() if key not in tables and key not in rows}
    listed = {"exercises": ()} if "exercises" in raw else {}
    config: _Config = record(rest | listed, _Config, faults, "", sound=_SOUND)
    whole: _Config = msgspec.structs.replace(config, **({"exercises": _SOUND["exercises"]} | made))
    return whole


def _sound(name: str, index: int) -> dict[str, Any]:
    """What stands for a table's keys that are at fault, so that no check of their meaning takes offence at it."""
    if name == "skip":
        return {"pattern": "", "reason": "x"}
    return {"name": f"exercise-{index}", "title": "x", "points": 1.0}


def _check_meaning(config: _Config, folder: Path, faults: Faults) -> None:
    if not ID.match(config.id):
        faults.add("id", f"id = {config.id!r}", "use small letters, digits and hyphens")
    for key in ("title", "version"):
        if not getattr(config, key).strip():
            faults.add(key, f"{key} is empty", "say it: reports show it")
    for key, path, exists in (
        ("notebook", config.notebook, Path.is_file),
        ("support", config.support, Path.is_dir),
    ):
        if path is None:
            continue
        what = "file" if key == "notebook" else "folder"
        if not _is_inside(path):
            faults.add(
                key,
                f"{key} = {path!r}: this lies outside {folder}",
                f"put the {what} there: its hash tells what decided a grade",
            )
        elif not exists(folder / path):
            faults.add(key, f"{key} = {path!r}: there is no such {what} in {folder}", "put it there")
    if not any((folder / "rubric").glob("test_*.py")):
        faults.elsewhere(folder / "rubric", "holds no test_*.py", "write the rubric's tests there")
    _check_exercises(config, faults)
    _check_numbers(config, faults)


def _is_installed(module: str) -> bool:
    """Whether a module that is to be imported ahead can be; its package is not imported for it."""
    package = module.partition(".")[0]
    return package.isidentifier() and importlib.util.find_spec(package) is not None


def _is_inside(path: str) -> bool:
    return not Path(path).is_absolute() and ".." not in Path(path).parts


def _check_numbers(config: _Config, faults: Faults) -> None:
    if config.kernel.max_epochs is not None and config.kernel.max_epochs < 1:
        faults.add(
            "max_epochs", f"max_epochs = {config.kernel.max_epochs}", "give 1 or more, or remove the key", "kernel"
        )
    for module in config.kernel.preload:
        if not _is_installed(module):
            faults.add(
                "preload", f"preload names {module!r}, which is not installed", "install it, or remove it", "kernel"
            )
    for name, limit in msgspec.structs.asdict(config.limits).items():
        if not 0 < limit < math.inf:
            faults.add(name, f"{name} = {limit} in [limits]", "give a number above 0", "limits")
    for index, rule in enumerate(config.skip):
        try:
            re.compile(rule.pattern)
        except re.error as error:
            problem = f"pattern = {rule.pattern!r} is no regular expression: {error}"
            faults.add("pattern", problem, "mend it", "skip", index)


def _check_exercises(config: _Config, faults: Faults) -> None:
    if not config.exercises:
        faults.add("exercises", "there is no exercise", "add [[exercises]]")
    names = [exercise.name for exercise in config.exercises]
    for index, exercise in enumerate(config.exercises):
        for key, problem, remedy in _exercise_faults(exercise):
            faults.add(key, problem, remedy, "exercises", index)
        if exercise.name in names[:index]:
            faults.add(
                "name", f"two exercises are called {exercise.name!r}", "give each its own name", "exercises", index
            )


def _exercise_faults(exercise: Exercise) -> Iterator[tuple[str, str, str]]:
    """What one exercise says that cannot be meant: key, problem, remedy."""
    if not NAME.match(exercise.name):
        yield (
            "name",
            f"name = {exercise.name!r} in [exercises]",
            "begin with a small letter; then letters, digits, - and _",
        )
    if not exercise.title.strip():
        yield ("title", f"title of {exercise.name!r} is empty", "say it: reports show it")
    if not is_exact(exercise.points):
        yield ("points", f"points = {exercise.points} of {exercise.name!r}", "give a positive multiple of 0.25")
    if exercise.prefix and not NAME.match(exercise.prefix):
        yield ("prefix", f"prefix = {exercise.prefix!r} of {exercise.name!r}", "give the first part of diagnosis ids")
    if odd := [name for name in exercise.names if not name.isidentifier() or keyword.iskeyword(name)]:
        yield (
            "names",
            f"names of {exercise.name!r} holds {', '.join(map(repr, odd))}",
            "give names as Python has them",
        )
    if stray := set(exercise.stands_in) - set(exercise.names):
        problem = f"stands_in of {exercise.name!r} names {', '.join(sorted(stray))}"
        yield ("stands_in", problem, "list only names of the same exercise")


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

"""What ``grader check`` grades: cases, each a notebook and what must be said about it, and what was said."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from grader.verdict import Outcome

Kind = Literal["reference", "right", "rewrite", "wrong", "planted", "mutant", "blank"]

RIGHT: frozenset[Kind] = frozenset({"reference", "right", "rewrite"})
"""Kinds of cases that must earn every point, without a diagnosis."""
WRONG: frozenset[Kind] = frozenset({"wrong", "planted"})
"""Kinds of cases that must lose points, and be told their own name."""


class Expected(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one exercise must come to: the ids of its diagnoses, in order, and its points where they are known."""

    ids: tuple[str, ...]
    points: float | None = None


class Case(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One notebook that is graded, and what must be said about it.

    ``name`` is unique. ``exercise`` is the one that the case concerns; empty for a whole notebook. ``expected`` holds the exercises
    that must lose points; the others that are ruled on must keep all of theirs.
    """

    name: str
    kind: Kind
    exercise: str = ""
    expected: Mapping[str, Expected] = {}
    notebook_ids: tuple[str, ...] = ()
    """Ids that ``notebook.diagnoses`` must hold. Compared for whole notebooks only."""
    points: float | None = None
    """Points of the whole notebook, where they are stated."""
    note: str = ""
    limits: tuple[tuple[str, float], ...] = ()
    excused: str = ""
    """An id that the assignment does not ask about: nothing is demanded, but that it is not told after all."""


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What one check said, and the points that it gave."""

    outcome: Outcome
    score: float


class Graded(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was said about one case in one run. ``run`` tells runs of the same case apart: another salt, another order."""

    case: str
    run: int = 0
    status: str = "graded"
    error: str = ""
    checks: Mapping[str, Answer] = {}
    diagnoses: Mapping[str, tuple[str, ...]] = {}
    """Ids by exercise, for exercises that have any."""
    notebook: tuple[str, ...] = ()


class CheckInfo(msgspec.Struct, frozen=True):
    """A check of the rubric: its id, title and points, and its exercise."""

    id: str
    exercise: str
    title: str
    points: float


class Matrix(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a verdict on a rubric is made from: checks by solutions."""

    assignment: str
    checks: tuple[CheckInfo, ...]
    cases: tuple[Case, ...]
    graded: tuple[Graded, ...]


def written(matrix: Matrix) -> bytes:
    """A matrix as JSON with a line for each check, case and run, so that two records can be compared."""
    parts = {"checks": matrix.checks, "cases": matrix.cases, "graded": matrix.graded}
    lists = [
        b'"%s": [\n%s\n]' % (name.encode(), b",\n".join(map(msgspec.json.encode, items)))
        for name, items in parts.items()
    ]
    return b'{"assignment": %s,\n%s}\n' % (msgspec.json.encode(matrix.assignment), b",\n".join(lists))

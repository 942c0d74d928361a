"""The verdict on a rubric, from what it said about every case: pure functions.

A rubric fails when a right solution loses a point, a wrong one keeps its points or is told another name, a check fails for no wrong
solution, or the same notebook is graded otherwise under another salt or in another order.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from grader.check.cases import RIGHT, WRONG, Case, CheckInfo, Graded, Matrix
from grader.verdict import EARNS_POINTS

Why = Literal[
    "right-loses", "wrong-keeps", "other-name", "other-points", "never-fails", "not-needed", "salt", "no-grade"
]

WORDS: Mapping[Why, str] = {
    "right-loses": "A right solution loses points, or is told a mistake",
    "wrong-keeps": "A wrong solution keeps its points",
    "other-name": "A mistake gets another name than its own",
    "other-points": "A wrong solution earns other points than it states",
    "never-fails": "A check fails for no wrong solution",
    "not-needed": "A check could be removed, and nobody would notice",
    "salt": "Another salt, or another order of the checks, changes the grade",
    "no-grade": "A solution could not be graded",
}
UNTOUCHED = "notebook.template-untouched"


class Finding(msgspec.Struct, frozen=True):
    """One reason why a rubric fails: what kind, where (a case or a check), what was expected and what came."""

    why: Why
    where: str
    expected: str
    got: str


def verdict(matrix: Matrix) -> tuple[Finding, ...]:
    """Every reason why the rubric fails, in the order of ``WORDS``; empty where it holds."""
    found = [*_findings(matrix), *_not_needed(matrix)]
    order = list(WORDS)
    return tuple(sorted(found, key=lambda finding: order.index(finding.why)))


def without(matrix: Matrix, check: str) -> Matrix:
    """What the same runs would have said without one check, the points of its exercise lowered by as much."""
    graded = tuple(
        msgspec.structs.replace(one, checks={name: answer for name, answer in one.checks.items() if name != check})
        for one in matrix.graded
    )
    return msgspec.structs.replace(matrix, checks=tuple(one for one in matrix.checks if one.id != check), graded=graded)


def survivors(matrix: Matrix) -> tuple[Case, ...]:
    """The mutants that keep all their points: changes of the reference that the rubric does not see."""
    return tuple(
        case
        for case, graded in _first_runs(matrix)
        if case.kind == "mutant" and graded.status == "graded" and not _lost(matrix, graded)
    )


def warnings(matrix: Matrix) -> tuple[tuple[Case, CheckInfo], ...]:
    """Checks that an answer without work in it passes (a constant, zeros, equal numbers), with that answer."""
    return tuple(
        (case, check)
        for case, graded in _first_runs(matrix)
        if case.kind == "blank"
        for check in matrix.checks
        if (answer := graded.checks.get(check.id)) is not None and answer.outcome in EARNS_POINTS
    )


def _findings(matrix: Matrix) -> Iterator[Finding]:
    """What is wrong with single cases, and with checks that nothing fails."""
    for case, graded in _first_runs(matrix):
        if graded.status != "graded":
            yield Finding("no-grade", case.name, "a grade", f"{graded.status}: {graded.error}")
        elif case.excused:
            if case.excused in _told(graded):
                yield Finding("other-name", case.name, f"{case.excused} is not asked about", _listed(_told(graded)))
        elif case.kind in RIGHT:
            yield from _right(matrix, case, graded)
        elif case.kind in WRONG:
            yield from _wrong(matrix, case, graded)
    yield from _never_fails(matrix)
    yield from _unsteady(matrix)


def _first_runs(matrix: Matrix) -> Iterator[tuple[Case, Graded]]:
    cases = {case.name: case for case in matrix.cases}
    for graded in matrix.graded:
        if graded.run == 0:
            yield cases[graded.case], graded


def _lost(matrix: Matrix, graded: Graded) -> list[str]:
    """The checks that did not earn their points."""
    points = {check.id: check.points for check in matrix.checks}
    return [name for name, answer in graded.checks.items() if answer.score < points[name]]


def _listed(items: Sequence[str]) -> str:
    return ", ".join(items) or "nothing"


def _right(matrix: Matrix, case: Case, graded: Graded) -> Iterator[Finding]:
    lost = _lost(matrix, graded)
    told = _told(graded)
    if case.exercise == "":
        told += graded.notebook
    if lost or told:
        yield Finding("right-loses", case.name, "every point", f"loses {_listed(lost)}; is told {_listed(told)}")


def _wrong(matrix: Matrix, case: Case, graded: Graded) -> Iterator[Finding]:
    owners = {check.id: check.exercise for check in matrix.checks}
    lost = {owners[name] for name in _lost(matrix, graded)}
    for exercise, expected in case.expected.items():
        if exercise not in lost:
            wanted = f"{exercise} loses points by {_listed(expected.ids)}"
            yield Finding("wrong-keeps", case.name, wanted, "every point")
            continue
        told = graded.diagnoses.get(exercise, ())
        if told != expected.ids:
            yield Finding("other-name", case.name, _listed(expected.ids), _listed(told))
        points = sum(answer.score for name, answer in graded.checks.items() if owners[name] == exercise)
        if expected.points is not None and points != expected.points:
            yield Finding("other-points", case.name, f"{expected.points:g} in {exercise}", f"{points:g}")
    if extra := sorted(lost - set(case.expected)):
        got = "; ".join(f"{one} loses points by {_listed(graded.diagnoses.get(one, ()))}" for one in extra)
        yield Finding("other-points", case.name, f"every point in {_listed(extra)}", got)
    if case.exercise == "" and graded.notebook != case.notebook_ids:
        yield Finding("other-name", case.name, _listed(case.notebook_ids), _listed(graded.notebook))


def _never_fails(matrix: Matrix) -> Iterator[Finding]:
    failed = {name for case, graded in _first_runs(matrix) if case.kind in WRONG for name in _lost(matrix, graded)}
    for check in matrix.checks:
        if check.id not in failed:
            wrong = sum(case.kind in WRONG and case.exercise in ("", check.exercise) for case in matrix.cases)
            yield Finding("never-fails", check.id, "a wrong solution that fails it", f"none of {wrong} does")


def _unsteady(matrix: Matrix) -> Iterator[Finding]:
    first = {graded.case: graded for graded in matrix.graded if graded.run == 0}
    for graded in matrix.graded:
        if graded.run == 0 or graded.case not in first:
            continue
        base = first[graded.case]
        if graded.status != base.status:
            yield Finding("salt", graded.case, base.status, f"{graded.status}: {graded.error}")
        elif _said(graded) != _said(base):
            differs = [name for name, answer in base.checks.items() if graded.checks.get(name) != answer]
            told = f"{_listed(_told(base))} / {_listed(_told(graded))}" if _told(base) != _told(graded) else ""
            yield Finding("salt", graded.case, "the same grade", "; ".join(filter(None, [_listed(differs), told])))


def _told(graded: Graded) -> list[str]:
    return [one for name in sorted(graded.diagnoses) for one in graded.diagnoses[name]]


def _said(graded: Graded) -> tuple[object, ...]:
    return dict(graded.checks), dict(graded.diagnoses), graded.notebook


def _not_needed(matrix: Matrix) -> Iterator[Finding]:
    """Checks whose removal, with points to match, would bring no new finding: the solutions do not hold them in place."""
    known = set(_findings(matrix))
    for check in matrix.checks:
        if not set(_findings(without(matrix, check.id))) - known:
            yield Finding("not-needed", check.id, "a solution that loses or keeps points by it alone", "none")

"""A rubric weakened on purpose is caught, whichever check is taken out of it.

What every solution was told by the whole rubric was recorded by a real run (``grader check ID --record FILE``); what it would be told without one check
is computed from that. A run without TensorFlow, with a check really taken out, is in ``test_check_run.py``.
"""

import re
from pathlib import Path

import msgspec
import pytest

from grader.check.cases import Answer, Matrix
from grader.check.verdict import verdict, without

ROOT = Path(__file__).parents[2]
RECORDED = {
    path.stem: msgspec.json.decode(path.read_bytes(), type=Matrix)
    for path in sorted((Path(__file__).parent / "recorded").glob("*.json"))
}
CHECKS = [(name, check.id) for name, matrix in RECORDED.items() for check in matrix.checks]
MARKER = re.compile(r'@pytest\.mark\.points\(\s*([\d.]+),\s*exercise="(\w+)".*?\ndef test_(\w+)\(', re.DOTALL)


def test_both_assignments_are_recorded() -> None:
    """There is a record for each assignment that ships."""
    assert set(RECORDED) == {path.parent.name for path in (ROOT / "assignments").glob("*/assignment.toml")}


@pytest.mark.parametrize("name", RECORDED)
def test_a_record_is_of_the_present_rubric(name: str) -> None:
    """The recorded checks and points are those of the rubric's files: record anew when they change."""
    files = (ROOT / "assignments" / name / "rubric").glob("test_*.py")
    found = [match for path in files for match in MARKER.findall(path.read_text(encoding="utf-8"))]
    written = {(f"{exercise}/{test.replace('_', '-')}", float(points)) for points, exercise, test in found}
    assert {(check.id, check.points) for check in RECORDED[name].checks} == written


@pytest.mark.parametrize("name", RECORDED)
def test_the_whole_rubric_holds(name: str) -> None:
    """In the recorded run nothing was found."""
    assert verdict(RECORDED[name]) == ()


@pytest.mark.parametrize(("name", "check"), CHECKS)
def test_a_removed_check_is_missed(name: str, check: str) -> None:
    """Without it, and with the points of its exercise lowered to match, the verdict names what is wrong."""
    assert verdict(without(RECORDED[name], check))


@pytest.mark.parametrize(("name", "check"), CHECKS)
def test_a_check_that_passes_everything_is_missed(name: str, check: str) -> None:
    """A check that no longer asks anything is named: it fails for no wrong solution."""
    matrix = RECORDED[name]
    points = next(one.points for one in matrix.checks if one.id == check)
    graded = tuple(
        msgspec.structs.replace(one, checks={**one.checks, check: Answer("passed", points)})
        if check in one.checks
        else one
        for one in matrix.graded
    )
    found = verdict(msgspec.structs.replace(matrix, graded=graded))
    assert ("never-fails", check) in {(finding.why, finding.where) for finding in found}

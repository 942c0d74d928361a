"""``grader check`` itself, on a small assignment without TensorFlow."""

from pathlib import Path

import msgspec
import pytest
from check_assignment import RUBRIC, make

from grader.assignment import load
from grader.check import plan, runner, solutions
from grader.check.cases import Matrix
from grader.check.show import report
from grader.check.verdict import Why, survivors, verdict, warnings, without
from grader.cli.check import run, status
from grader.errors import UsageError
from grader.report.blocks import Labelled, flatten


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, Matrix]:
    """One real run of the command: its status, what it printed, and what it recorded."""
    root = tmp_path_factory.mktemp("course")
    make(root)
    record, printed = root / "matrix.json", root / "printed.txt"
    with printed.open("w", encoding="utf-8") as stream, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", stream)
        ended = run(str(root / "assignments" / "doubling"), None, "2", "auto", str(record), quiet=False)
    return ended, printed.read_text(encoding="utf-8"), msgspec.json.decode(record.read_bytes(), type=Matrix)


@pytest.fixture
def matrix(said: tuple[int, str, Matrix]) -> Matrix:
    """What that run recorded."""
    return said[2]


def solved(folder: Path) -> Matrix:
    """What the rubric of an assignment says about the files of its solutions, each graded once."""
    assignment = load(folder)
    tasks = plan.tasks(assignment, solutions.read(folder.parents[1] / "solutions" / folder.name, assignment))
    files = [task for task in tasks if task.run == 0 and task.case.kind in {"reference", "right", "wrong"}]
    return runner.grade(assignment, files, mode="auto", jobs=2)


def reasons(matrix: Matrix) -> set[tuple[Why, str]]:
    """Why a rubric fails, and where."""
    return {(finding.why, finding.where) for finding in verdict(matrix)}


def test_a_sound_rubric_holds(matrix: Matrix) -> None:
    """Right ones keep their points, wrong and planted ones are told their own names, and salts and orders agree."""
    assert verdict(matrix) == ()
    assert {graded.run for graded in matrix.graded} == {0, 1, 2}


def test_mutants_and_empty_answers_are_tried(matrix: Matrix) -> None:
    """Every mutant of the reference loses points here, and no answer without work passes a check."""
    assert any(case.kind == "mutant" for case in matrix.cases)
    assert survivors(matrix) == ()
    assert warnings(matrix) == ()


def test_every_check_is_held_in_place(matrix: Matrix) -> None:
    """Without any one of its checks, and with points to match, the rubric no longer holds."""
    assert [check.id for check in matrix.checks] == ["double/vectors", "double/large"]
    assert all(verdict(without(matrix, check.id)) for check in matrix.checks)


def weakened(tmp_path: Path, old: str, new: str, points: int = 2) -> Path:
    """The assignment with a change in its rubric, and the points of its exercise."""
    folder = make(tmp_path)
    rubric, config = folder / "rubric" / "test_double.py", folder / "assignment.toml"
    text = rubric.read_text()
    assert old in text
    rubric.write_text(text.replace(old, new))
    config.write_text(config.read_text().replace("points = 2", f"points = {points}"))
    return folder


def test_a_check_that_is_removed_is_noticed(tmp_path: Path) -> None:
    """A rubric that lost a check, its totals and its solutions' points mended, fails: a wrong solution keeps its points."""
    folder = weakened(tmp_path, RUBRIC[RUBRIC.rindex("@pytest.mark.points") :], "", points=1)
    for path in (tmp_path / "solutions" / "doubling").rglob("*.py"):
        wrong = "wrong" in path.parts
        path.write_text(
            path.read_text().replace("points = 1", "points = 0").replace("points = 2", f"points = {1 - wrong}")
        )
    found = solved(folder)
    assert ("wrong-keeps", "wrong/doubling.capped/clip") in reasons(found)
    assert status(found) == 1


def test_points_that_no_longer_add_up_are_a_broken_assignment(tmp_path: Path) -> None:
    """A check removed without its points is found before anything is graded: a fault of the assignment, status 2."""
    folder = weakened(tmp_path, RUBRIC[RUBRIC.rindex("@pytest.mark.points") :], "")
    with pytest.raises(UsageError, match="has 2 points, its checks add up to 1"):
        solved(folder)


def test_a_check_that_asks_nothing_is_noticed(tmp_path: Path) -> None:
    """A check whose requirement was taken out fails for no wrong solution, which is a failure of the rubric."""
    old = 'x = student.rng("large").uniform(200.0, 900.0, 5)\n    student.expect("double", x, value=2 * x, tolerance=1e-9, x=x)'
    found = solved(weakened(tmp_path, old, "assert student"))
    assert ("never-fails", "double/large") in reasons(found)
    assert status(found) == 1


def test_a_check_that_raises_by_its_own_fault_is_noticed(tmp_path: Path) -> None:
    """A faulty check leaves solutions without a grade: the rubric fails, and the line of the fault is said."""
    found = solved(weakened(tmp_path, 'student.rng("large")', 'student.range("large")'))
    assert ("no-grade", "reference") in reasons(found)
    assert status(found) == 1
    words = [flatten(line) for block in report(found) if isinstance(block, Labelled) for _, line in block.rows]
    assert any("test_double.py:" in line and "has no attribute 'range'" in line for line in words)


def test_the_matrix_is_printed(said: tuple[int, str, Matrix]) -> None:
    """A run that holds ends with 0, and prints a row for each solution."""
    ended, printed, matrix = said
    assert ended == status(matrix) == 0
    assert all(case.name in printed for case in matrix.cases)
    assert "The rubric of doubling holds" in printed


def test_a_grader_that_fails_is_no_failure_of_the_rubric(matrix: Matrix) -> None:
    """A case lost by the grader's own fault is status 3, whatever else was found."""
    lost = msgspec.structs.replace(matrix.graded[0], status="grader_error", error="no kernel could be started")
    assert status(msgspec.structs.replace(matrix, graded=(lost, *matrix.graded[1:]))) == 3

"""Reading a folder of solutions, and the cases that are made from it."""

from collections import Counter
from pathlib import Path

import pytest
from check_assignment import answer, make, notebook

from grader.assignment import load
from grader.check.plan import tasks
from grader.check.solutions import Solutions, find, read
from grader.errors import AssignmentError, UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The solutions of a small assignment."""
    make(tmp_path)
    return tmp_path / "solutions" / "doubling"


def solutions(folder: Path) -> Solutions:
    """What is read from a folder of solutions."""
    return read(folder, load(folder.parents[1] / "assignments" / "doubling"))


def test_solutions_are_found_beside_the_assignments(folder: Path) -> None:
    """Without an option they are in ``solutions/<id>`` beside ``assignments/``, wherever one is."""
    assignment = load(folder.parents[1] / "assignments" / "doubling")
    assert find(assignment, None, Path("/")) == folder
    assert find(assignment, folder, Path("/")) == folder


def test_no_solutions_are_a_usage_error(tmp_path: Path) -> None:
    """A folder without a reference is refused, with the remedy."""
    assignment = load(make(tmp_path))
    (tmp_path / "solutions" / "doubling" / "reference.ipynb").unlink()
    with pytest.raises(UsageError, match="give the folder of the solutions with --solutions DIR"):
        find(assignment, None, tmp_path)
    with pytest.raises(UsageError, match=r"there is no reference\.ipynb in it"):
        find(assignment, tmp_path, tmp_path)


def test_each_file_is_a_case(folder: Path) -> None:
    """The reference, right and wrong answers are cases, with what their headers say."""
    cases = {one.case.name: one.case for one in solutions(folder).prepared}
    assert Counter(case.kind for case in cases.values()) == {"reference": 1, "right": 2, "wrong": 4}
    capped = cases["wrong/doubling.capped/clip"]
    assert capped.expected["double"].ids == ("doubling.capped",)
    assert capped.expected["double"].points == 1
    assert cases["right/whole"].exercise == ""


def test_an_answer_is_cut_to_what_it_needs(folder: Path) -> None:
    """The notebook of one answer holds the imports that it uses, and no other."""
    content = {one.case.name: one.content for one in solutions(folder).prepared}
    assert b"import numpy as np" in content["wrong/doubling.capped/clip"]
    assert b"import" not in content["right/sum"]


def test_all_faults_are_told_at_once(folder: Path) -> None:
    """Headers that are missing, broken or beside the point are faults of the assignment, each with its file."""
    (folder / "wrong" / "bare.py").write_text("def double(x): ...\n")
    (folder / "wrong" / "full.py").write_text(answer("x", "double.incorrect", 2))
    (folder / "wrong" / "other.py").write_text(answer("x", "double.incorrect", 1).replace('"double"', '"triple"'))
    (folder / "wrong" / "typed.py").write_text(
        answer("x", "double.incorrect", 1).replace("points = 1", 'points = "one"')
    )
    (folder / "wrong" / "alone.ipynb").write_text(notebook("1"))
    (folder / "right" / "short.py").write_text(answer("x", points=1))
    with pytest.raises(AssignmentError) as broken:
        solutions(folder)
    assert {fault.path.name for fault in broken.value.faults} == {
        "bare.py", "full.py", "other.py", "typed.py", "alone.ipynb", "short.py",
    }  # fmt: skip


def test_a_wrong_notebook_says_what_each_exercise_comes_to(folder: Path) -> None:
    """The file beside a wrong notebook gives its diagnoses, the points of each exercise, and limits of its own."""
    (folder / "wrong" / "slow.ipynb").write_text(notebook("while True: pass"))
    said = 'exercise = "notebook"\nexpect = ["notebook.timeout"]\npoints = 0.0\n[limits]\ncell_s = 2\n[exercises.double]\nexpect = ["double.missing"]\npoints = 0.0\n'
    (folder / "wrong" / "slow.toml").write_text(said)
    case = next(one.case for one in solutions(folder).prepared if one.case.name == "wrong/slow")
    assert case.notebook_ids == ("notebook.timeout",)
    assert case.expected["double"].ids == ("double.missing",)
    assert case.limits == (("cell_s", 2.0),)


def test_a_mistake_that_is_not_asked_about_is_excused(folder: Path) -> None:
    """``check.toml`` lists misconceptions that this assignment's contract does not touch: planted, they must keep their points."""
    (folder / "check.toml").write_text('not_asked = ["doubling.capped"]\n')
    assignment = load(folder.parents[1] / "assignments" / "doubling")
    planted = {one.case.name: one.case for one in tasks(assignment, solutions(folder)) if one.case.kind == "planted"}
    assert planted["planted/doubling.capped"].excused
    assert not planted["planted/doubling.squared"].excused


def test_all_kinds_of_cases_are_made(folder: Path) -> None:
    """Planted misconceptions, mutants, rewrites, answers without work and whole notebooks join the solutions; names are unique."""
    assignment = load(folder.parents[1] / "assignments" / "doubling")
    made = tasks(assignment, solutions(folder))
    first = [one.case for one in made if one.run == 0]
    assert {case.kind for case in first} == {"reference", "right", "rewrite", "wrong", "planted", "mutant", "blank"}
    assert len({case.name for case in first}) == len(first)
    assert any(case.name.startswith("whole/") and case.exercise == "" for case in first)


def test_a_case_of_one_exercise_is_ruled_on_by_that_exercise_alone(folder: Path) -> None:
    """The scope of a case is its exercise, its limits and its run; a whole notebook has them all."""
    assignment = load(folder.parents[1] / "assignments" / "doubling")
    made = {(one.case.name, one.run): one.scope for one in tasks(assignment, solutions(folder))}
    assert made["right/sum", 0].exercises == ("double",)
    assert made["right/whole", 0].exercises == ()
    assert made["reference", 1].salt != made["reference", 2].salt
    assert not made["reference", 1].backwards
    assert made["reference", 2].backwards


def test_right_ones_are_graded_again_under_another_salt(folder: Path) -> None:
    """The reference runs three times; every other right solution twice, half of them backwards."""
    assignment = load(folder.parents[1] / "assignments" / "doubling")
    runs = Counter(
        one.case.name for one in tasks(assignment, solutions(folder)) if one.case.kind in {"reference", "right"}
    )
    assert runs == {"reference": 3, "right/sum": 2, "right/whole": 2}

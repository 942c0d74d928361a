"""Loading an assignment's folder: whole ones are found, broken ones say everything that is broken."""

import shutil
from pathlib import Path

import pytest

from grader.assignment import available, find, load, shipped
from grader.errors import AssignmentError, UsageError

BROKEN = """\
id = "Softmax 1"
title = 7
version = "1"
notebook = "missing.ipynb"
salt = "s"
colour = "red"

[limits]
cell_s = -1

[[exercises]]
name = "softmax"
title = "A"
points = 1.1

[[exercises]]
name = "softmax"
title = "B"
points = 2
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped assignment ``softmax`` that a test may break."""
    return Path(shutil.copytree(shipped() / "softmax", tmp_path / "assignments" / "softmax"))


@pytest.mark.parametrize("name", ["softmax", "digits"])
def test_shipped_assignments_are_whole(name: str) -> None:
    """What ships can be loaded, and its exercises add up to ten points."""
    assignment = load(shipped() / name)
    assert assignment.id == name
    assert assignment.max_score == 10


def test_all_faults_are_reported_at_once_with_their_lines(copy: Path) -> None:
    """Seven mistakes in one file give seven faults, each with its line and a remedy."""
    (copy / "assignment.toml").write_text(BROKEN)
    with pytest.raises(AssignmentError) as caught:
        load(copy)
    assert sorted(fault.line or 0 for fault in caught.value.faults) == [1, 2, 4, 6, 9, 14, 16 + 1]
    assert all(fault.remedy for fault in caught.value.faults)


def test_the_nearest_assignments_folder_wins(copy: Path) -> None:
    """An id is looked up in the nearest ``assignments/`` first, then among those that ship."""
    course = copy.parents[1]
    inner = course / "week 1"
    inner.mkdir()
    assert find("softmax", inner).folder == copy
    assert find("digits", inner).folder == shipped() / "digits"
    assert set(available(inner)) >= {"softmax", "digits"}


def test_an_unknown_id_lists_what_there_is(tmp_path: Path) -> None:
    """The error names the value, and every assignment that could have been meant."""
    with pytest.raises(UsageError, match=r"'sofmax'.*digits, softmax"):
        find("sofmax", tmp_path)


def test_the_hash_changes_with_the_rubric_and_not_with_leftovers(copy: Path) -> None:
    """Everything that decides a grade is in the hash; caches and hidden files are not."""
    before = load(copy).sha256
    (copy / "rubric" / "__pycache__").mkdir(exist_ok=True)
    (copy / "rubric" / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert load(copy).sha256 == before
    rubric = copy / "rubric" / "test_softmax.py"
    rubric.write_text(rubric.read_text() + "\n# one more line\n")
    assert load(copy).sha256 != before


def test_a_fault_names_the_values_that_would_do(copy: Path) -> None:
    """Where a key takes one of a few words, the remedy lists them, with the line."""
    path = copy / "assignment.toml"
    path.write_text(path.read_text() + '\n[feedback]\ndetail = "all"\n')
    with pytest.raises(AssignmentError) as caught:
        load(copy)
    (fault,) = caught.value.faults
    assert fault.remedy == "give one of full, explanation, outcome"
    assert fault.line == len(path.read_text().splitlines())

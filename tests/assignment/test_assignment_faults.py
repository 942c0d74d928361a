"""A broken assignment says all that is wrong with it at once, each fault with its line and a remedy."""

from pathlib import Path

import pytest

from grader.assignment import load
from grader.errors import AssignmentError, Fault

SOUND = """\
id = "lab"
title = "A lab"
version = "1"
salt = "s"
notebook = "lab.ipynb"
[kernel]
preload = ["numpy"]
[limits]
cell_s = 20
[[exercises]]
name = "one"
title = "One"
points = 1
names = ["f"]
[[exercises]]
name = "two"
title = "Two"
points = 2
names = ["g"]
[[skip]]
pattern = "x"
reason = "y"
"""


def faults(folder: Path, text: str) -> list[Fault]:
    """The faults of an assignment with this assignment.toml."""
    (folder / "rubric").mkdir(exist_ok=True)
    (folder / "rubric" / "test_lab.py").touch()
    (folder / "lab.ipynb").touch()
    (folder / "assignment.toml").write_text(text)
    try:
        load(folder)
    except AssignmentError as error:
        return list(error.faults)
    return []


def test_a_sound_assignment_has_none(tmp_path: Path) -> None:
    """What the other tests change is accepted as it stands."""
    assert faults(tmp_path, SOUND) == []


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ('title = "A lab"', 'title = " "', 2, "title is empty"),
        ('"lab.ipynb"', '"other.ipynb"', 5, "no such file"),
        ('"lab.ipynb"', '"../lab.ipynb"', 5, "outside"),
        ('salt = "s"', 'salt = "s"\nsupport = "/etc"', 5, "outside"),
        ('["numpy"]', '["numpy"]\nmax_epochs = 0', 8, "max_epochs = 0"),
        ('["numpy"]', '["numpy", "nmpy.linalg"]', 7, "'nmpy.linalg', which is not installed"),
        ("cell_s = 20", "cell_s = nan", 9, "cell_s = nan"),
        ("cell_s = 20", "cell_s = inf", 9, "cell_s = inf"),
        ("cell_s = 20", "memory_mib = 1e400", 9, "memory_mib"),
        ("cell_s = 20", "cells = true", 9, "cells = True"),
        ("[limits]\ncell_s = 20", "", None, None),
        ('name = "two"', 'name = "one"', 16, "two exercises are called 'one'"),
        ('title = "Two"', 'title = ""', 17, "is empty"),
        ("points = 2", "points = true", 18, "points = True"),
        ("points = 2", "points = nan", 18, "points = nan"),
        ("points = 2", "", 15, "points is missing in [exercises]"),
        ('["g"]', '["my g", "def"]', 19, "'my g', 'def'"),
        ('["g"]', '["g"]\nprefix = "a b"', 20, "prefix = 'a b'"),
        ('["g"]', '["g"]\nstands_in = ["f"]', 20, "stands_in of 'two' names f"),
        ('pattern = "x"', 'pattern = "("', 21, "no regular expression"),
        ('version = "1"', 'version = "1"\nfeedback = { detail = "loud" }', 4, "detail = 'loud'"),
        ('version = "1"', 'version = "1"\nfeedback.detail = "loud"', 4, "detail = 'loud'"),
    ],
)
def test_a_fault_is_found_on_its_line(
    tmp_path: Path, before: str, after: str, line: int | None, words: str | None
) -> None:
    """The line of the key, in the table that it stands in; of its table where the key is missing."""
    assert before in SOUND
    found = faults(tmp_path, SOUND.replace(before, after))
    assert [fault.line for fault in found] == ([] if line is None else [line]), found
    assert words is None or words in found[0].problem


def test_one_fault_in_a_table_hides_no_other(tmp_path: Path) -> None:
    """A key of the wrong type leaves the other keys of its exercise to be looked at."""
    text = SOUND.replace('names = ["g"]', 'names = "g"\ncolour = 1').replace("points = 2", "points = -1")
    text = text.replace('name = "two"', 'name = "T wo"').replace("cell_s = 20", 'cell_s = "20"\ncall_s = -1')
    found = faults(tmp_path, text)
    assert [fault.line for fault in found] == [9, 10, 17, 19, 20, 21]
    assert all(fault.remedy for fault in found)


def test_a_rubric_folder_without_tests_is_named(tmp_path: Path) -> None:
    """The fault is the folder's, not a line's of assignment.toml."""
    faults(tmp_path, SOUND)
    (tmp_path / "rubric" / "test_lab.py").unlink()
    with pytest.raises(AssignmentError, match=r"/rubric: holds no test_\*\.py"):
        load(tmp_path)

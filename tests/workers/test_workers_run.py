import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import AssignmentError, UsageError
from grader.run import expand, plan, unread, with_ids
from grader.watch import look, next_save

SOFTMAX = Path(__file__).parents[2] / "assignments" / "softmax"


def notebook(file: Path, assignment: str | None = None) -> Path:
    """Write a notebook of one cell that says which assignment it belongs to."""
    file.parent.mkdir(parents=True, exist_ok=True)
    metadata = {} if assignment is None else {"grader": {"assignment": assignment}}
    cell: dict[str, object] = {
        "cell_type": "code",
        "source": "x = 1",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    file.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": [cell]}))
    return file


def test_a_folder_is_searched_and_checkpoints_are_not(tmp_path: Path) -> None:
    """Paths are relative to the folder given, sorted, and never from checkpoints, repositories or virtual environments."""
    for name in (
        "b.ipynb",
        "a/x.ipynb",
        ".ipynb_checkpoints/b.ipynb",
        "a/.ipynb_checkpoints/x.ipynb",
        ".git/g.ipynb",
        "venv/v.ipynb",
    ):
        notebook(tmp_path / "in" / name)
    (tmp_path / "in" / "venv" / "pyvenv.cfg").touch()
    os.mkfifo(tmp_path / "in" / "pipe.ipynb")
    assert [path for path, _ in expand(["in"], tmp_path)] == ["b.ipynb", "a/x.ipynb"]


def test_checkpoints_are_not_searched_when_they_are_named_either(tmp_path: Path) -> None:
    """A folder of Jupyter's copies, or one below it, holds no submissions."""
    notebook(tmp_path / ".ipynb_checkpoints" / "old" / "b.ipynb")
    for name in (".ipynb_checkpoints", ".ipynb_checkpoints/old"):
        with pytest.raises(UsageError, match=r"no \*\.ipynb in this folder"):
            expand([name], tmp_path)


def test_nobody_is_left_out_of_a_folder_in_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link that leads nowhere is a submission that cannot be read; a folder that cannot be searched ends the call."""
    notebook(tmp_path / "in" / "a.ipynb")
    (tmp_path / "in" / "lost.ipynb").symlink_to("nowhere")
    assert [path for path, _ in expand(["in"], tmp_path)] == ["a.ipynb", "lost.ipynb"]

    def scandir(folder: object) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(UsageError, match=r"/in: this folder cannot be searched \(Permission denied\)"):
        expand(["in"], tmp_path)


def test_submissions_keep_the_order_of_the_input(tmp_path: Path) -> None:
    """As given, folders in their place."""
    for name in ("z.ipynb", "in/b.ipynb", "in/a.ipynb", "c.ipynb"):
        notebook(tmp_path / name)
    assert [path for path, _ in expand(["z.ipynb", "in", "c.ipynb"], tmp_path)] == [
        "z.ipynb",
        "a.ipynb",
        "b.ipynb",
        "c.ipynb",
    ]


@pytest.mark.parametrize("name", ["missing.ipynb", "empty", "pipe", "nul\0.ipynb", "file.ipynb/x"])
def test_what_is_no_submission_is_a_usage_error(tmp_path: Path, name: str) -> None:
    """The message names the value and says what to give."""
    notebook(tmp_path / "file.ipynb")
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="give a notebook"):
        expand([name], tmp_path)


def test_ids_are_unique_and_stable() -> None:
    """The stem; equal stems take the folder's name, then a number."""
    paths = ["ada.ipynb", "s/bob/work.ipynb", "s/eve/work.ipynb", "t/eve/work.ipynb", "\udcff.ipynb"]
    submissions = with_ids([(path, Path(path)) for path in paths])
    assert [one.id for one in submissions] == ["ada", "bob-work", "eve-work", "eve-work-2", "\ufffd"]
    assert submissions[-1].path == "\ufffd.ipynb"
    assert os.fsencode(submissions[-1].file).endswith(b"\xff.ipynb")


def test_equal_stems_of_two_folders_keep_the_folders_names(tmp_path: Path) -> None:
    """``grade ada bob``, a folder for each student with one notebook of the same name in it."""
    for name in ("ada", "bob"):
        notebook(tmp_path / name / "work.ipynb")
    assert [one.id for one in with_ids(expand(["ada", "bob"], tmp_path))] == ["ada-work", "bob-work"]


def test_the_notebook_names_its_assignment(tmp_path: Path) -> None:
    """By the id in its metadata; one that names none is taken along, aloud."""
    notebook(tmp_path / "a.ipynb", "softmax")
    notebook(tmp_path / "b.ipynb")
    made = plan(["a.ipynb", "b.ipynb"], None, tmp_path)
    assert made.assignment is not None
    assert made.assignment.id == "softmax"
    assert made.said.startswith("b.ipynb: no assignment is named there")


def test_several_assignments_in_one_run_are_refused(tmp_path: Path) -> None:
    """All of them are listed with their notebooks."""
    notebook(tmp_path / "a.ipynb", "softmax")
    notebook(tmp_path / "b.ipynb", "digits")
    with pytest.raises(UsageError, match=r"digits: b\.ipynb\n  softmax: a\.ipynb"):
        plan(["a.ipynb", "b.ipynb"], None, tmp_path)


def test_an_assignment_that_is_not_here_is_refused_with_what_there_is(tmp_path: Path) -> None:
    """Also where a folder of that name lies beside the notebook: a notebook names ids, never paths."""
    notebook(tmp_path / "a.ipynb", "mine")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "assignment.toml").write_text('id = "mine"\n')
    with pytest.raises(UsageError, match=r"'mine', which is not here(.|\n)*softmax"):
        plan(["a.ipynb"], None, tmp_path)


def test_without_a_name_and_with_a_choice_the_choice_is_listed(tmp_path: Path) -> None:
    """Two assignments ship: neither is guessed."""
    notebook(tmp_path / "a.ipynb")
    with pytest.raises(UsageError, match=r"no assignment is named(.|\n)*digits(.|\n)*softmax"):
        plan(["a.ipynb"], None, tmp_path)


def test_the_only_assignment_of_a_course_is_taken_aloud(tmp_path: Path) -> None:
    """One in the nearest ``assignments/``: what ships with the package is no choice that has to be made."""
    notebook(tmp_path / "a.ipynb")
    shutil.copytree(SOFTMAX, tmp_path / "assignments" / "lab1")
    made = plan(["a.ipynb"], None, tmp_path)
    assert made.assignment is not None
    assert made.assignment.folder == tmp_path / "assignments" / "lab1"
    assert "lab1 is taken, the only one here" in made.said


def test_a_broken_assignment_is_refused_with_all_its_faults(tmp_path: Path) -> None:
    """Five mistakes, five lines, each with its line and a remedy."""
    notebook(tmp_path / "a.ipynb")
    folder = tmp_path / "assignments" / "broken"
    folder.mkdir(parents=True)
    lines = [
        'id = "Bro ken"',
        "title = 3",
        'version = "1"',
        'salt = "s"',
        'notebook = "missing.ipynb"',
        'colour = "red"',
        "[limits]",
        "cell_s = -1",
    ]
    (folder / "assignment.toml").write_text("\n".join(lines))
    with pytest.raises(AssignmentError) as caught:
        plan(["a.ipynb"], "broken", tmp_path)
    assert len(caught.value.faults) >= 5
    assert all(str(fault).startswith(str(folder)) for fault in caught.value.faults)


def test_when_nothing_can_be_read_the_reasons_are_the_results(tmp_path: Path) -> None:
    """No assignment is needed to say that a file is no notebook."""
    (tmp_path / "a.ipynb").write_bytes(b"\xff\xfe")
    made = plan(["a.ipynb"], None, tmp_path)
    (result,) = unread(made).submissions
    assert made.assignment is None
    assert (result.status, result.score) == ("unreadable", None)
    assert "UTF" in (result.error or "")


def test_a_save_is_seen_once_it_stands_still(tmp_path: Path) -> None:
    """Neither the gap of a rename nor the middle of a write is taken for a save."""
    file = tmp_path / "a.ipynb"
    file.write_text("1")
    before = look(file)
    steps: list[Callable[[], object]] = [
        lambda: None,
        file.unlink,
        lambda: file.write_text("22"),
        lambda: file.write_text("333"),
        lambda: None,
    ]

    def pause(_: float) -> None:
        steps.pop(0)()

    after = next_save(file, before, pause)
    assert after is not None
    assert after[1] == 3
    assert not steps

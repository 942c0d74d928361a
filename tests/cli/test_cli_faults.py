"""Calls that cannot be carried out, and files that are no notebooks: a clear error, the status of the contract, no traceback."""

import json
import shlex
import subprocess
from pathlib import Path

import pytest
from cli_helpers import ASSIGNMENT, GRADE, RIGHT, grade, variables, write_notebook, write_tiny

MIB = 1024 * 1024


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A folder with the assignment and one right notebook."""
    write_tiny(tmp_path)
    write_notebook(tmp_path / "ada.ipynb", RIGHT, assignment="tiny")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), ["SUBMISSION"]),
        (("missing.ipynb",), ["missing.ipynb", "give a notebook"]),
        (("assignments/tiny/rubric",), ["assignments/tiny/rubric", "no *.ipynb"]),
        (("ada.ipynb", "--assignment", "nope"), ["nope", "tiny", "softmax"]),
        (("ada.ipynb", "--assignment", "assignments/tiny/rubric"), ["assignment.toml"]),
        (("ada.ipynb", "--jobs", "many"), ["--jobs many", "whole number"]),
        (("ada.ipynb", "--jobs", "0"), ["--jobs 0", "1 or more"]),
        (("ada.ipynb", "--fail-under", "120"), ["--fail-under 120", "0 to 100"]),
        (("ada.ipynb", "--audience", "public"), ["--audience public", "student or instructor"]),
        (("ada.ipynb", "--sandbox", "maybe"), ["--sandbox maybe", "auto, strict or off"]),
        (("ada.ipynb", "--json", "missing/run.json"), ["--json missing/run.json", "no folder"]),
        (("ada.ipynb", "--junit", "assignments"), ["--junit assignments", "folder"]),
        (("ada.ipynb", "--json", "ada.ipynb"), ["--json ada.ipynb", "overwritten"]),
        (("ada.ipynb", "--json", "x", "--junit", "./x"), ["--json and --junit", "x"]),
        (("ada.ipynb", "--json", "/proc/run.json"), ["--json /proc/run.json", "cannot be written"]),
        (("ada.ipynb", "--json", "x" * 300), ["--json xxx", "cannot be written"]),
        (("ada.ipynb", "--junit", ""), ["--junit", "empty"]),
        (("ada.ipynb", "--assignment", ""), ["--assignment", "empty"]),
        (("",), ["empty", "give a notebook"]),
        (("ada.ipynb", "--colour"), ["--colour"]),
        ((".", "--watch"), ["--watch", "one notebook"]),
    ],
)
def test_a_call_that_cannot_be_carried_out_is_status_2(
    course: Path, arguments: tuple[str, ...], words: list[str]
) -> None:
    """The error names the value, the place and the remedy; nothing is written to standard output."""
    done = grade(*arguments, cwd=course)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert not [word for word in words if word not in done.stderr], done.stderr
    assert not (course / "run.json").exists()


def test_a_folder_that_was_removed_meanwhile_is_status_2(course: Path) -> None:
    """The current folder is gone: no traceback, and not the status of a lost point."""
    gone = course / "gone"
    gone.mkdir()
    command = f'rmdir ../gone; exec "$@" {shlex.quote(str(course / "ada.ipynb"))}'
    done = subprocess.run(
        ["bash", "-c", command, "-", *GRADE], cwd=gone, env=variables(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "current folder" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--json", "/dev/full", "--junit", "junit.xml"), "--json /dev/full: it could not be written (No space left"),
        (("--json", "-"), "--json -: it could not be written (No space left"),
        ((), "the report could not be written (No space left"),
    ],
)
def test_a_place_that_fills_up_is_the_graders_fault(course: Path, arguments: tuple[str, ...], words: str) -> None:
    """Status 3, in a sentence; what can be written is written, the report too."""
    with Path("/dev/full").open("w") as full:
        whole = "/dev/full" in arguments
        done = subprocess.run(
            [*GRADE, "ada.ipynb", *arguments],
            cwd=course,
            env=variables(),
            stdout=subprocess.PIPE if whole else full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 3, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    if whole:
        assert "2 of 2 points" in done.stdout
        assert (course / "junit.xml").is_file()


def test_streams_that_are_closed_are_no_fault(course: Path) -> None:
    """``>&- 2>&-``, as some schedulers start it: graded, and the document is written."""
    command = 'exec "$@" ada.ipynb --json run.json >&- 2>&-'
    done = subprocess.run(["bash", "-c", command, "-", *GRADE], cwd=course, env=variables(), check=False)
    assert done.returncode == 0
    assert json.loads((course / "run.json").read_text())["submissions"][0]["score"] == 2.0


def test_a_job_summary_that_cannot_be_written_costs_nothing(course: Path) -> None:
    """It is said on standard error; the grade and the annotations stand."""
    done = grade("ada.ipynb", cwd=course, env=variables(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY="/missing/summary"))
    assert done.returncode == 0, done.stderr
    assert "the job summary could not be written" in done.stderr
    assert "::notice" in done.stdout


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"# My homework\n", "not a notebook"),
        (b'{"cells": [], "nbformat": 4, "metadata": {"na', "ends in the middle"),
        (b'{"cells": "\xff\xfe"}', "not UTF-8"),
        (b"[1, 2]", "notebook"),
        (b" " * (50 * MIB), "larger than"),
        (b"[" * 100_000, "notebook"),
    ],
)
def test_a_file_that_is_no_notebook_is_unreadable(course: Path, content: bytes, words: str) -> None:
    """Status 3, also with ``--exit-zero``: no grade, a reason, no traceback; the document is written."""
    (course / "bob.ipynb").write_bytes(content)
    done = grade("bob.ipynb", "--json", "run.json", "--exit-zero", cwd=course)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    (bob,) = json.loads((course / "run.json").read_text())["submissions"]
    assert (bob["status"], bob["score"]) == ("unreadable", None)
    assert words in bob["error"]
    assert "no grade" in done.stdout


def test_an_assignment_with_five_mistakes_is_told_all_five(course: Path) -> None:
    """Each with its line and a remedy, in one run."""
    lines = (
        ASSIGNMENT.replace('version = "1"', "version = 1")
        .replace("points = 2", "points = 0.3")
        .replace("cell_s = 20", "cell_s = -1")
    )
    lines = lines.replace('notebook = "tiny.ipynb"', 'notebook = "other.ipynb"\ncolour = "red"')
    (course / "assignments" / "tiny" / "assignment.toml").write_text(lines)
    done = grade("ada.ipynb", cwd=course)
    assert done.returncode == 2
    assert "5 faults" in done.stderr, done.stderr
    assert done.stderr.count("assignment.toml:") == 5
    assert "Traceback" not in done.stderr


def test_a_broken_rubric_is_a_broken_assignment(course: Path) -> None:
    """Points that do not add up are found before any grading: status 2, file named, no document."""
    rubric = course / "assignments" / "tiny" / "rubric" / "test_tiny.py"
    rubric.write_text(rubric.read_text().replace("points(1, ", "points(0.5, ", 1))
    done = grade("ada.ipynb", "--json", "run.json", cwd=course)
    assert done.returncode == 2, done.stderr
    assert "add up to 1.5" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (course / "run.json").exists()


def test_file_names_cannot_speak_to_the_terminal(course: Path) -> None:
    """Escape sequences, newlines and reading-order marks in a name are not written, and forge no workflow command."""
    name = "\x1b[31mred\x1b]0;t\x07\n::error::forged ##[add-mask]x \u202eipynb.ipynb"
    (course / name).write_text("no notebook")
    done = grade(name, "missing\x1b[2J.ipynb", cwd=course)
    assert done.returncode == 2
    assert done.stderr.replace("\n", "").isprintable()
    (course / name).write_text("no notebook")
    done = grade(name, "--assignment", "tiny", cwd=course)
    assert done.returncode == 3
    assert (done.stdout + done.stderr).replace("\n", "").isprintable()
    assert not [line for line in done.stdout.splitlines() if line.lstrip().startswith("::")]

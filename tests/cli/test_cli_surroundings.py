"""The current folder is the student's; the process that a person starts stays lean, and leaves nothing behind."""

import contextlib
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cli_helpers import GRADE, NAIVE, RIGHT, document, grade, read_terminal, variables, write_notebook, write_tiny

from grader.sandbox.launch import PREFIX, run_base

POISONS = (
    "conftest.py",
    "numpy.py",
    "sitecustomize.py",
    "usercustomize.py",
    "msgspec.py",
    "typer.py",
    "rich.py",
    "pytest.py",
    "nbconvert.py",
    "grader.py",
)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The assignment and a naive submission, in a folder of its own."""
    write_tiny(tmp_path)
    write_notebook(tmp_path / "work" / "ada.ipynb", NAIVE, assignment="tiny")
    return tmp_path


def poison(folder: Path) -> Path:
    """Put files beside the notebook that tell when one of them is run, and that would change the verdict."""
    marker = folder / "ran"
    for name in POISONS:
        (folder / name).write_text(f"open({str(marker)!r}, 'a').write({name!r} + ' ')\nraise SystemExit(0)\n")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '--collect-only'\n")
    (folder / "tox.ini").write_text("[pytest]\naddopts = --collect-only\n")
    return marker


def test_files_beside_the_notebook_change_nothing(course: Path) -> None:
    """A conftest, settings for pytest and modules with well-known names are neither run nor read."""
    before = document("ada.ipynb", cwd=course / "work")["submissions"][0]
    marker = poison(course / "work")
    after = document("ada.ipynb", cwd=course / "work")["submissions"][0]
    assert not marker.exists(), marker.read_text()
    assert [check["outcome"] for check in after["exercises"][0]["checks"]] == ["passed", "failed"]
    assert before["score"] == after["score"] == 1.0


def test_options_for_other_peoples_tests_change_nothing(course: Path) -> None:
    """PYTHONPATH, PYTEST_ADDOPTS and PYTEST_PLUGINS are dropped before anything is imported from them."""
    marker = poison(course / "work")
    (course / "work" / "sitecustomize.py").unlink()
    (course / "work" / "usercustomize.py").unlink()
    (course / "work" / "grader.py").unlink()
    env = variables(PYTHONPATH=str(course / "work"), PYTEST_ADDOPTS="--collect-only", PYTEST_PLUGINS="conftest")
    after = document("ada.ipynb", cwd=course / "work", env=env)["submissions"][0]
    assert not marker.exists(), marker.read_text()
    assert after["score"] == 1.0


def imported(*arguments: str, cwd: Path) -> set[str]:
    """The top-level modules that the command's own process imports."""
    done = subprocess.run(
        [sys.executable, "-P", "-X", "importtime", "-m", "grader.cli.grade", *arguments],
        cwd=cwd,
        env=variables(),
        capture_output=True,
        text=True,
        check=False,
    )
    return {name.split(".")[0] for name in re.findall(r"^import time:.*\| +([\w.]+)$", done.stderr, re.MULTILINE)}


def test_help_imports_next_to_nothing(tmp_path: Path) -> None:
    """Neither Rich nor msgspec, let alone what grading needs."""
    heavy = {
        "tensorflow",
        "numpy",
        "nbconvert",
        "nbformat",
        "jupyter_client",
        "zmq",
        "pytest",
        "rich",
        "tomllib",
        "asyncio",
    }
    found = imported("--help", cwd=tmp_path)
    assert "typer" in found
    assert not found & heavy


def test_the_process_that_a_person_starts_never_holds_what_listens_to_kernels(course: Path) -> None:
    """Grading goes on elsewhere: no NumPy, Jupyter, ZeroMQ or pytest in the parent."""
    found = imported("ada.ipynb", cwd=course / "work")
    assert "msgspec" in found
    assert not found & {"tensorflow", "numpy", "nbconvert", "jupyter_client", "zmq", "pytest"}


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_leaves_nothing_behind(course: Path, number: signal.Signals, status: int) -> None:
    """Stopped while a cell runs: the status says so, and none of its processes and no folder of it is left."""
    write_notebook(
        course / "work" / "slow.ipynb",
        "print('here')",
        "import threading\nthreading.Event().wait(60)",
        assignment="tiny",
    )
    ours, theirs = pty.openpty()
    env = variables(TERM="xterm")
    with subprocess.Popen(
        [*GRADE, "slow.ipynb"], cwd=course / "work", env=env, stdout=subprocess.DEVNULL, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = read_terminal(ours, until="cell 2 of 2")
        family = descendants(process.pid)
        folders = {
            folder for folder in run_base().glob(PREFIX + "*") if any(str(folder) in line for line in family.values())
        }
        process.send_signal(number)
        shown += read_terminal(ours)
    os.close(ours)
    assert process.returncode == status, shown
    assert "Traceback" not in shown
    assert len(family) > 3
    assert folders
    assert not [folder for folder in folders if folder.exists()]
    assert not {pid: line for pid, line in family.items() if alive(pid)}


def descendants(pid: int) -> dict[int, str]:
    """The processes below ``pid``, with their command lines."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found: dict[int, str] = {}
    level = {pid}
    while level := {child for child, parent in parents.items() if parent in level}:
        for child in level:
            with contextlib.suppress(OSError):
                found[child] = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return found


def alive(pid: int) -> bool:
    """Whether a process is there and not only waiting to be reaped by another's parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_watch_grades_again_on_every_save(course: Path) -> None:
    """Naive, then saved as right: two reports from one warm process; Ctrl-C ends it with 130."""
    file = course / "work" / "ada.ipynb"
    with subprocess.Popen(
        [*GRADE, "ada.ipynb", "--watch", "--quiet"],
        cwd=course / "work",
        env=variables(PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert next(line for line in lines if "ada.ipynb" in line).startswith("ada.ipynb: 1 of 2 points")
        assert next(line for line in lines if "Waiting" in line)
        write_notebook(file, RIGHT, assignment="tiny")
        assert next(line for line in lines if "ada.ipynb" in line).startswith("ada.ipynb: 2 of 2 points")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors


def test_grades_do_not_depend_on_neighbours(course: Path) -> None:
    """A notebook graded alone and among others has the same points, whatever the number of jobs."""
    write_notebook(course / "work" / "bob.ipynb", RIGHT, assignment="tiny")
    write_notebook(course / "work" / "die.ipynb", "import os\nos._exit(3)", RIGHT, assignment="tiny")
    scores = [
        {one["id"]: one["score"] for one in document("work", "--jobs", jobs, cwd=course)["submissions"]}
        for jobs in ("1", "3")
    ]
    assert scores[0] == scores[1] == {"ada": 1.0, "bob": 2.0, "die": 2.0}
    assert grade("work/ada.ipynb", cwd=course).returncode == 1

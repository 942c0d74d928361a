"""The command on real kernels, without TensorFlow: exit statuses, outputs, audiences."""

import json
import os
import pty
import re
import subprocess
from pathlib import Path

import jsonschema
import pytest
from cli_helpers import (
    GRADE,
    NAIVE,
    RIGHT,
    SECRET,
    document,
    grade,
    read_terminal,
    variables,
    write_notebook,
    write_tiny,
)
from lxml import etree

from grader.report.document import schema


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assignment with three submissions: right, naive, and not a notebook."""
    folder = tmp_path_factory.mktemp("course")
    write_tiny(folder)
    write_notebook(folder / "in" / "ada.ipynb", RIGHT, assignment="tiny")
    write_notebook(folder / "in" / "bob.ipynb", NAIVE, assignment="tiny")
    (folder / "in" / "eve.ipynb").write_text("no notebook")
    return folder


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("in/ada.ipynb",), 0),
        (("in/bob.ipynb",), 1),
        (("in/bob.ipynb", "--exit-zero"), 0),
        (("in/bob.ipynb", "--fail-under", "50"), 0),
        (("in/bob.ipynb", "--fail-under", "51"), 1),
        (("in", "--exit-zero"), 3),
    ],
)
def test_the_exit_status_is_the_contracts(course: Path, arguments: tuple[str, ...], status: int) -> None:
    """0 reached, 1 below, 3 without a grade; ``--exit-zero`` turns 1 alone into 0."""
    done = grade(*arguments, cwd=course)
    assert done.returncode == status, done.stdout + done.stderr


def test_all_outputs_of_one_run_agree(course: Path) -> None:
    """JSON by its schema, JUnit, the table, annotations and summary: the same points, in input order, whatever ``--jobs``."""
    summary = course / "summary.md"
    summary.unlink(missing_ok=True)
    env = variables(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    done = grade("in", "--jobs", "2", "--json", "run.json", "--junit", "junit.xml", cwd=course, env=env)
    assert done.returncode == 3, done.stdout + done.stderr
    run = json.loads((course / "run.json").read_text())
    jsonschema.Draft202012Validator(schema()).validate(run)
    assert run["assignment"]["id"] == "tiny"
    assert [(one["id"], one["path"], one["status"], one["score"], one["max_score"]) for one in run["submissions"]] == [
        ("ada", "ada.ipynb", "graded", 2.0, 2.0),
        ("bob", "bob.ipynb", "graded", 1.0, 2.0),
        ("eve", "eve.ipynb", "unreadable", None, 2.0),
    ]
    suites = etree.parse(course / "junit.xml").getroot().findall("testsuite")
    assert [(suite.get("name"), suite.get("failures"), suite.get("errors")) for suite in suites] == [
        ("ada", "0", "0"),
        ("bob", "1", "0"),
        ("eve", "0", "1"),
    ]
    commands = [line for line in done.stdout.splitlines() if line.startswith("::")]
    assert [command.split(" ")[0] for command in commands] == ["::error", "::warning", "::notice", "::notice"]
    assert "2 of 2 points" in summary.read_text()
    assert re.search(r"bob +1 / 2", done.stdout)


def test_a_dash_writes_the_document_and_nothing_else(course: Path) -> None:
    """Standard output is the document, also in GitHub Actions; the report and the annotations go to standard error."""
    done = grade("in/bob.ipynb", "--json", "-", cwd=course, env=variables(GITHUB_ACTIONS="true"))
    assert json.loads(done.stdout)["submissions"][0]["score"] == 1.0
    assert "::warning" in done.stderr
    assert "1 of 2 points" in done.stderr


def test_students_and_instructors_see_hidden_checks_differently(course: Path) -> None:
    """The secret is in no output for students, in every one for instructors; the grade is the same."""
    outputs = {}
    for audience in ("student", "instructor"):
        summary = course / f"{audience}.md"
        env = variables(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
        done = grade(
            "in/bob.ipynb", "--audience", audience, "--json", "a.json", "--junit", "a.xml", cwd=course, env=env
        )
        files = [
            done.stdout + done.stderr,
            (course / "a.json").read_text(),
            (course / "a.xml").read_text(),
            summary.read_text(),
        ]
        outputs[audience] = files
        run = json.loads(files[1])
        assert run["audience"] == audience
        assert run["submissions"][0]["score"] == 1.0
        assert run["submissions"][0]["exercises"][0]["checks"][1]["title"] == "Right on large logits"
    assert not [text for text in outputs["student"] if SECRET in text or "SECRET" in text]
    assert SECRET in outputs["instructor"][0]
    assert SECRET in outputs["instructor"][1]


def test_a_check_that_knows_no_better_is_quoted(course: Path) -> None:
    """``<prefix>.incorrect`` carries the check's message, and claims no results where the function raises."""
    write_notebook(course / "raises.ipynb", "def my_softmax(z):\n    raise ValueError('odd')", assignment="tiny")
    (diagnosis,) = document("raises.ipynb", cwd=course)["submissions"][0]["exercises"][0]["diagnoses"]
    assert diagnosis["id"] == "softmax.incorrect"
    assert "ValueError" in diagnosis["evidence"]
    assert "returns results" not in diagnosis["explanation"]


def test_the_report_names_the_assignments_folder_and_hash(course: Path) -> None:
    """Whoever reads a report can tell which rubric decided it."""
    done = grade("in/bob.ipynb", "--json", "run.json", cwd=course)
    run = json.loads((course / "run.json").read_text())
    assert run["assignment"]["sha256"][:12] in done.stdout
    assert str(course / "assignments" / "tiny") in done.stdout.replace("\n", "")
    for words in ("A stable softmax", "Right on small logits", "passed", "failed", "1 of 2 points"):
        assert words in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_quiet_is_one_line_a_submission(course: Path) -> None:
    """Path, points, ids; the reason where there is no grade."""
    done = grade("in", "--quiet", cwd=course)
    lines = done.stdout.splitlines()
    assert lines[0] == "ada.ipynb: 2 of 2 points"
    assert lines[1].startswith("bob.ipynb: 1 of 2 points (softmax.")
    assert lines[2].startswith("eve.ipynb: no grade (unreadable): ")
    assert lines[2].endswith("submit the .ipynb file")
    assert len(lines) == 3
    assert done.stderr == ""


def test_colour_on_a_terminal_and_plain_text_with_no_color(course: Path) -> None:
    """The words are the same; only the styles differ, and NO_COLOR leaves none, nor does a terminal that knows none."""
    coloured, plain, dumb = (
        _on_terminal(course, variables(TERM="xterm") | more) for more in ({}, {"NO_COLOR": "1"}, {"TERM": "dumb"})
    )
    assert dumb == plain
    assert "\x1b[" in coloured
    assert "\x1b" not in plain
    words = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in words.splitlines()] == plain.splitlines()


def _on_terminal(course: Path, env: dict[str, str]) -> str:
    """What the command writes to standard output when that is a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([*GRADE, "in/bob.ipynb"], cwd=course, env=env, stdout=theirs, stderr=subprocess.DEVNULL):
        os.close(theirs)
        text = read_terminal(ours)
    os.close(ours)
    return text


def test_without_isolation_it_is_said_loudly(course: Path) -> None:
    """Also in the quiet form; the result says it too, and the points are the same."""
    done = grade("in/bob.ipynb", "--sandbox", "off", "--quiet", "--json", "off.json", cwd=course)
    assert "Warning: no isolation" in done.stdout
    (bob,) = json.loads((course / "off.json").read_text())["submissions"]
    assert (bob["isolation"]["mode"], bob["score"]) == ("unconfined", 1.0)


def test_a_reader_who_leaves_does_not_spoil_the_run(course: Path) -> None:
    """``grade … | head -1``: the document is written, the status is the grade's, nothing is said about pipes."""
    (course / "run.json").unlink(missing_ok=True)
    with subprocess.Popen(
        [*GRADE, "in/bob.ipynb", "--json", "run.json"],
        cwd=course,
        env=variables(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
    assert process.returncode == 1
    assert errors == b""
    assert json.loads((course / "run.json").read_text())["submissions"][0]["score"] == 1.0


def test_the_same_submission_gets_the_same_document(course: Path) -> None:
    """But for times, two runs say the same."""
    first, second = (document("in/bob.ipynb", cwd=course)["submissions"][0] for _ in range(2))
    for one in (first, second):
        for key in ("duration_s", "resources"):
            del one[key]
        for check in one["exercises"][0]["checks"]:
            del check["duration_s"]
    assert first == second


def test_hostile_output_of_a_notebook_comes_through_as_text(course: Path) -> None:
    """Names and messages of the student's forge no workflow command, no markup and no escape sequence."""
    evil = "\\x1b[2J::error::forged\\n::stop-commands::x\\n##[add-mask]y <script>"
    write_notebook(
        course / "evil.ipynb",
        f"def my_softmax(z):\n    raise ValueError('{evil}')",
        f"raise type('E', (Exception,), {{}})('{evil}')",
        f"import sys; print('{evil}'); print('{evil}', file=sys.stderr)",
        assignment="tiny",
    )
    summary = course / "evil.md"
    env = variables(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    done = grade("evil.ipynb", "--json", "evil.json", "--junit", "evil.xml", cwd=course, env=env)
    assert done.returncode == 1, done.stdout + done.stderr
    text = done.stdout + done.stderr
    assert text.replace("\n", "").isprintable()
    assert "##[" not in text
    for line in text.splitlines():
        if line.lstrip().startswith("::"):
            assert re.fullmatch(r"::(warning|notice) file=evil\.ipynb,title=[^,:]*::.*", line)
    assert "<script>" not in summary.read_text() + (course / "evil.xml").read_text()
    assert "::error::forged" not in summary.read_text()
    json.loads((course / "evil.json").read_text())

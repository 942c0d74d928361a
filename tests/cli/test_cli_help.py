"""Help and version: what the commands offer is what the contract lists."""

import re
import subprocess
import sys
from pathlib import Path

from cli_helpers import grade, variables

from grader import __version__

OPTIONS = {
    "--assignment",
    "--json",
    "--junit",
    "--jobs",
    "--audience",
    "--fail-under",
    "--exit-zero",
    "--sandbox",
    "--watch",
    "--quiet",
    "--version",
    "--help",
}


def toolbox(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the instructor's command."""
    command = [sys.executable, "-P", "-m", "grader.cli.toolbox", *arguments]
    return subprocess.run(command, cwd=cwd, env=variables(), capture_output=True, text=True, check=False)


def test_grade_offers_the_options_of_the_contract(tmp_path: Path) -> None:
    """All of them and no other, with the exit statuses."""
    done = grade("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert set(re.findall(r"^  (--[a-z-]+)", done.stdout, re.MULTILINE)) == OPTIONS
    assert "Exit status: 0" in done.stdout


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    """Both commands say the one version there is."""
    assert grade("--version", cwd=tmp_path).stdout == f"grade {__version__}\n"
    assert toolbox("--version", cwd=tmp_path).stdout == f"grader {__version__}\n"


def test_the_toolbox_lists_its_verbs(tmp_path: Path) -> None:
    """One verb a task."""
    done = toolbox("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert {"explain", "doctor", "schema", "check"} <= set(re.findall(r"^  ([a-z]+) ", done.stdout, re.MULTILINE))


def test_an_unknown_verb_is_a_usage_error(tmp_path: Path) -> None:
    """Status 2, the value named, no traceback."""
    done = toolbox("mend", cwd=tmp_path)
    assert done.returncode == 2
    assert "mend" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_diagnosis_has_a_page(tmp_path: Path) -> None:
    """The list names the ids; a page has its title, its id and a test of oneself; the repair is the instructor's."""
    listed = toolbox("explain", cwd=tmp_path)
    assert listed.returncode == 0
    assert "softmax.unstable-overflow" in listed.stdout
    page = toolbox("explain", "softmax.unstable-overflow", cwd=tmp_path)
    assert page.stdout.splitlines()[1] == "softmax.unstable-overflow"
    assert "Test yourself" in page.stdout
    assert "Repair:" not in page.stdout
    assert "Repair:" in toolbox("explain", "softmax.unstable-overflow", "--audience", "instructor", cwd=tmp_path).stdout


def test_an_unknown_diagnosis_is_a_usage_error_with_near_ones(tmp_path: Path) -> None:
    """Status 2, the value, what was probably meant."""
    done = toolbox("explain", "softmax.unstable-overflw", cwd=tmp_path)
    assert done.returncode == 2
    assert "'softmax.unstable-overflw'" in done.stderr
    assert "did you mean softmax.unstable-overflow" in done.stderr


def test_a_course_s_own_diagnosis_is_found_in_the_assignments_at_hand(tmp_path: Path) -> None:
    """What a report advises works as it stands: an id of a course's own, and one that names a form of an answer there."""
    folder = tmp_path / "assignments" / "lab1"
    (folder / "texts").mkdir(parents=True)
    (folder / "assignment.toml").write_text('id = "lab1"\n', encoding="utf-8")
    table = '["lab1.own"]\ntitle = "Own"\nexplanation = "Ours."\nhint = "Why?"\npage = "Test yourself: look."\n'
    (folder / "texts" / "own.toml").write_text(table, encoding="utf-8")
    assert "Test yourself: look." in toolbox("explain", "lab1.own", cwd=tmp_path).stdout
    assert "hands back `None`" in toolbox("explain", "lab1.returns-none", cwd=tmp_path).stdout
    unknown = toolbox("explain", "lab2.own", cwd=tmp_path)
    assert unknown.returncode == 2
    assert "--assignment" in unknown.stderr


def test_the_doctor_tries_every_layer(tmp_path: Path) -> None:
    """Each has a result; the status says whether a promise is broken."""
    done = toolbox("doctor", cwd=tmp_path)
    rows = re.findall(r"^(\w+) +(holds|missing) ", done.stdout, re.MULTILINE)
    assert {layer for layer, _ in rows} >= {
        "network",
        "mounts",
        "processes",
        "seccomp",
        "landlock",
        "rlimits",
        "watcher",
    }
    assert done.returncode == (1 if "Not isolated here" in done.stdout else 0)


def test_the_schema_is_printed_as_committed(tmp_path: Path) -> None:
    """``grader schema`` writes the file under docs."""
    committed = Path(__file__).parents[2] / "docs" / "run-document.schema.json"
    assert toolbox("schema", cwd=tmp_path).stdout == committed.read_text(encoding="utf-8")

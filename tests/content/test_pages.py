"""What the README and the tutorials show is what happens."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tutorial import Reader, blocks

from grader.assignment import Exercise, Feedback, KernelSettings, Skip, _Config
from grader.diagnosis.texts import Texts

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
STUDENT = ROOT / "docs" / "tutorial-student.md"
INSTRUCTOR = ROOT / "docs" / "tutorial-instructor.md"
NEW = ROOT / "docs" / "new-assignment.md"
OPENING = """# notebook-grader

```
python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/grade examples/naive.ipynb --exit-zero
python3 -m venv .venv && .venv/bin/pip install -e ".[test]" && .venv/bin/python -m pytest
```
"""
SAMPLE = re.compile(r"<!--[^\n]*output[^\n]*-->\n```\n(.*?)\n```\n<!--", re.DOTALL)


def sample(page: Path) -> list[str]:
    """The lines of the report that a page shows, without the command and without the line that names a folder and a hash."""
    found = SAMPLE.search(page.read_text(encoding="utf-8"))
    assert found, f"{page} shows no report"
    return [line for line in found[1].splitlines() if not line.startswith(("$ ", "version "))]


def test_the_readme_opens_with_the_two_commands() -> None:
    """A new user meets the two commands first, and then what they need."""
    text = README.read_text(encoding="utf-8")
    assert text.startswith(OPENING)
    assert re.search(r"Python 3\.11 to 3\.13.*2\.7 GB.*python3-venv", text[len(OPENING) :][:400], re.DOTALL)


@pytest.mark.parametrize(
    "page", [README, STUDENT, INSTRUCTOR, NEW, ROOT / "solutions" / "softmax" / "README.md"], ids=lambda p: p.name
)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page names a file that is there."""
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} points at {target}"


@pytest.mark.parametrize("page", [README, STUDENT, INSTRUCTOR, NEW], ids=lambda p: p.name)
def test_files_that_are_named_are_there(page: Path) -> None:
    """Examples, solutions and pages that a text names in backticks exist."""
    named = re.findall(
        r"`((?:examples|docs|solutions/softmax|assignments/softmax)/[\w./-]*)`", page.read_text(encoding="utf-8")
    )
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.tensorflow
def test_the_report_that_the_pages_show_is_the_one_printed() -> None:
    """README and student's tutorial show what ``grade examples/naive.ipynb`` prints, line for line."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / "grade"), "examples/naive.ipynb", "--exit-zero"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    printed = [line.rstrip() for line in done.stdout.splitlines() if not line.startswith("version ")]
    for page in (README, STUDENT):
        assert printed[: len(sample(page))] == sample(page)


@pytest.mark.tensorflow
def test_the_instructors_tutorial_works_from_top_to_bottom(tmp_path: Path) -> None:
    """Somebody who does what the tutorial says ends with a rubric that holds, as the page says."""
    for name in ("assignments", "solutions"):
        shutil.copytree(ROOT / name, tmp_path / "checkout" / name)
    reader = Reader(tmp_path / "checkout")
    for block in blocks(INSTRUCTOR):
        reader.follow(block)
    said = re.search(r"The rubric of lab1 holds \(\d+ checks", reader.said[-1])
    assert said
    assert said[0] in INSTRUCTOR.read_text(encoding="utf-8")
    assert "exercise 'softmax' has 4 points, its checks add up to 4.5" in "".join(reader.said)


def test_an_assignment_of_one_s_own_is_written_by_the_page_alone(tmp_path: Path) -> None:
    """Somebody who does what the page says, in an empty folder, ends with a rubric that holds."""
    reader = Reader(tmp_path / "empty")
    reader.folder.mkdir()
    for block in blocks(NEW):
        reader.follow(block)
    assert "The rubric of curves holds" in reader.said[-1]
    (reader.folder / "solutions" / "curves" / "wrong" / "curves.overflow" / "two_steps.py").unlink()
    misconceptions = reader.folder / "assignments" / "curves" / "misconceptions" / "curves.py"
    text = misconceptions.read_text(encoding="utf-8")
    start = text.index('    Misconception(\n        id="curves.overflow"')
    misconceptions.write_text(text[:start] + ")\n", encoding="utf-8")
    (left_out,) = [block for block in blocks(NEW) if "grader check" in block.text]
    reader.follow(replace(left_out, options={"status": "1"}))
    assert "A check fails for no wrong solution" in reader.said[-1]
    assert "sigmoid/large" in reader.said[-1]


def test_everything_that_an_assignment_may_say_is_in_the_reference() -> None:
    """Every key of assignment.toml has its row, and no row is of a key that is gone."""
    rows = re.findall(r"(?m)^\|(?: `\[.*?` )?(?: )?\| `(\w+)` \|", NEW.read_text(encoding="utf-8"))
    tables = (Exercise, Feedback, KernelSettings, Skip)
    assert rows == [name for table in tables for name in table.__struct_fields__]
    top = re.findall(r"(?m)^\| `(\w+)` \|", NEW.read_text(encoding="utf-8"))
    assert set(top) == set(_Config.__struct_fields__)


def test_the_texts_that_the_page_shows_can_be_loaded(tmp_path: Path) -> None:
    """The override and the translation are taken as they stand."""
    (shown,) = re.findall(r"```\n(\[\"softmax.*?)```", NEW.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "own.toml").write_text(shown, encoding="utf-8")
    texts = Texts(tmp_path)
    assert texts.common["returned"] == "ergab `{value}`"
    assert "slide 12" in texts.text("softmax.unstable-overflow").hint

"""Every notebook of the corpus, graded by the command itself: a folder with a notebook and ``expect.toml`` is a case."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

CORPUS = Path(__file__).parent
ROOT = CORPUS.parent.parent
CASES = sorted(path.parent.name for path in CORPUS.glob("*/expect.toml"))

Result = dict[str, Any]


def expected(case: str) -> dict[str, Any]:
    """What ``expect.toml`` of a case says."""
    return tomllib.loads((CORPUS / case / "expect.toml").read_text("utf-8"))


def notebook_of(case: str) -> Path:
    """The case's notebook: the file it names, from the repository's root, or the one in its folder."""
    named = expected(case).get("file")
    return ROOT / named if named else next((CORPUS / case).glob("*.ipynb"))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """The result of each case by its notebook's path: one run of ``grade`` for each assignment."""
    found: dict[str, Result] = {}
    for assignment in sorted({expected(case)["assignment"] for case in CASES}):
        folder = tmp_path_factory.mktemp(assignment)
        cases = [case for case in CASES if expected(case)["assignment"] == assignment]
        command = [sys.executable, "-P", "-m", "grader.cli.grade", *(str(notebook_of(case)) for case in cases)]
        options = ["--assignment", str(ROOT / "assignments" / assignment), "--json", str(folder / "run.json")]
        options += ["--audience", "instructor", "--exit-zero", "--quiet", "--jobs", "2"]
        done = subprocess.run(
            command + options,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode in (0, 3), done.stderr
        document = json.loads((folder / "run.json").read_text("utf-8"))
        assert len(document["submissions"]) == len(cases)
        found |= dict(zip(cases, document["submissions"], strict=True))
    return found


@pytest.mark.tensorflow
@pytest.mark.parametrize("case", CASES)
def test_a_messy_notebook_gets_the_grade_it_should(case: str, results: dict[str, Result]) -> None:
    """Status, points, diagnoses, repairs and failing cells are those of ``expect.toml``, and what must be said is said."""
    wanted, result = expected(case), results[case]
    assert result["status"] == wanted["status"], result["error"]
    said = json.dumps(result, ensure_ascii=False)
    for words in wanted.get("says", ()):
        assert json.dumps(words, ensure_ascii=False)[1:-1] in said, said
    if wanted["status"] != "graded":
        assert result["score"] is None
        return
    exercises, notebook = result["exercises"], result["notebook"]
    diagnoses = [found for exercise in exercises for found in exercise["diagnoses"]] + notebook["diagnoses"]
    got = {
        "points": {exercise["name"]: exercise["score"] for exercise in exercises},
        "ids": sorted({found["id"] for found in diagnoses}),
        "repairs": sorted(repair["kind"] for repair in notebook["repairs"]),
        "errors": [error["cell"] for error in notebook["errors"]],
    }
    assert got == {key: wanted[key] for key in got}, said

"""The wrong and right answers that test the rubric of ``softmax`` are complete and well formed."""

import ast
import itertools
import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
SOLUTIONS = ROOT / "solutions" / "softmax"
ASSIGNMENT = ROOT / "assignments" / "softmax"
POINTS = {"softmax": 4.0, "model": 3.0, "prediction": 3.0}
PREFIX = {"softmax": "softmax", "model": "model", "prediction": "predict"}
HEADER = re.compile(r"\A# /// case\n((?:# .*\n)+)# ///\n")

PUBLISHED = {
    "notebook": "syntax-error timeout kernel-died out-of-memory template-untouched",
    "softmax": "missing not-implemented returns-none timeout unstable-overflow clipped-logits global-max one-sided-shift divided-by-max "
    "wrong-axis missing-keepdims epsilon-denominator unnormalised sum-normalised sigmoid log-softmax negated hardmax wrong-base "
    "temperature relu-logits rounded integer-truncation half-precision mutates-input hard-coded vector-only batch-only wrong-shape "
    "raises incorrect",
    "model": "missing not-implemented not-a-model not-compiled raises timeout label-mismatch diverged wrong-units no-hidden linear-hidden "
    "softmax-output double-softmax sigmoid-output relu-output tanh-output wrong-axis from-logits-missing wrong-loss not-trained "
    "chance-level incorrect",
    "predict": "missing not-implemented returns-none timeout logits-as-probabilities double-softmax sigmoid wrong-axis unstable-overflow "
    "unnormalised relu-logits rounded max-not-argmax argmin off-by-one one-hot threshold wrong-dtype ignores-arguments wrong-shape "
    "raises incorrect",
}
"""Published ids but ``model.wrong-hidden-units``: this assignment leaves the number of hidden units free."""

IDS = {f"{prefix}.{name}" for prefix, names in PUBLISHED.items() for name in names.split()}

ANSWERS = sorted(SOLUTIONS.glob("*/**/*.py"))
NOTEBOOKS = sorted(SOLUTIONS.glob("**/*.ipynb"))
SIDECARS = sorted(SOLUTIONS.glob("wrong/**/*.toml"))
EXAMPLES = sorted((ROOT / "examples").glob("*.ipynb"))


def split(path: Path) -> tuple[dict[str, Any], str]:
    """The header of an answer, and the cell's source."""
    text = path.read_text(encoding="utf-8")
    header = HEADER.match(text)
    assert header, f"{path}: no header"
    return tomllib.loads(re.sub(r"(?m)^# ", "", header[1])), text[header.end() :]


def name_of(path: Path) -> str:
    """The file's place among the solutions, for a test's id."""
    return str(path.relative_to(SOLUTIONS)) if path.is_relative_to(SOLUTIONS) else path.name


def tables() -> list[tuple[str, dict[str, Any]]]:
    """Every wrong case, with the name of its folder."""
    cases = [(path.parent.name, split(path)[0]) for path in ANSWERS if "wrong" in path.parts]
    return cases + [(path.parent.name, tomllib.loads(path.read_text(encoding="utf-8"))) for path in SIDECARS]


@pytest.mark.parametrize("path", ANSWERS, ids=name_of)
def test_an_answer_says_what_it_must_be_told(path: Path) -> None:
    """Each header names an exercise, published ids of it, points within the exercise's, and a note; the source parses."""
    header, source = split(path)
    exercise = header["exercise"]
    assert set(header) == {"exercise", "expect", "points", "note"}
    assert all(one in IDS and one.startswith(f"{PREFIX[exercise]}.") for one in header["expect"])
    assert 0 <= header["points"] <= POINTS[exercise]
    assert header["points"] % 0.25 == 0
    assert header["note"]
    ast.parse(source)
    right = path.parent.name == "right"
    assert right == (header["expect"] == []) == (header["points"] == POINTS[exercise])


@pytest.mark.parametrize("path", SIDECARS, ids=name_of)
def test_a_wrong_notebook_says_what_it_must_be_told(path: Path) -> None:
    """The whole notebook's points are what its exercises leave, and only ids of the notebook stand at its head."""
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    assert path.with_suffix(".ipynb").is_file()
    assert case["exercise"] == "notebook"
    assert all(one in IDS and one.startswith("notebook.") for one in case["expect"])
    left = {name: case["exercises"].get(name, {"points": full})["points"] for name, full in POINTS.items()}
    assert sum(left.values()) == case["points"] < sum(POINTS.values())
    for name, exercise in case["exercises"].items():
        assert exercise["expect"] == [f"{PREFIX[name]}.missing"]


def test_every_wrong_notebook_has_its_expectations() -> None:
    """No notebook among the wrong ones is left without a file that says what it must be told."""
    wrong = {path.with_suffix("") for path in NOTEBOOKS if "wrong" in path.parts}
    assert wrong == {path.with_suffix("") for path in SIDECARS}


def test_each_id_has_two_wrong_answers() -> None:
    """At least two wrong answers for each published id, in the folder of its name."""
    counts = Counter(folder for folder, case in tables() if folder != "combined" and case["expect"] == [folder])
    assert {one for one in IDS if counts[one] < 2} == set()
    assert set(counts) <= IDS


def test_the_id_that_only_digits_asks_about_has_two_wrong_answers() -> None:
    """``model.wrong-hidden-units``: in two styles, under the solutions of the assignment that states the sizes."""
    files = sorted((ROOT / "solutions" / "digits" / "wrong" / "model.wrong-hidden-units").glob("*.py"))
    trees = {ast.dump(ast.parse(split(path)[1])) for path in files}
    assert len(trees) >= 2
    assert all(split(path)[0]["expect"] == ["model.wrong-hidden-units"] for path in files)


def test_wrong_answers_stand_in_the_folder_of_their_id() -> None:
    """A folder is called like the one id it holds; two ids are ``combined``."""
    for folder, case in tables():
        assert case["expect"] == [folder] if folder != "combined" else len(case["expect"]) == 2


def test_wrong_answers_of_one_id_are_written_differently() -> None:
    """No two files have the same code, whatever their comments and names of variables."""
    trees = [(path, ast.dump(ast.parse(split(path)[1]))) for path in ANSWERS]
    for (one, first), (other, second) in itertools.combinations(trees, 2):
        assert first != second, f"{one} and {other} are the same"


def test_there_are_enough_right_answers() -> None:
    """At least fifteen right submissions in other styles, six of them whole notebooks."""
    right = [path for path in ANSWERS if path.parent.name == "right"]
    whole = [path for path in NOTEBOOKS if path.parent.name == "right"]
    assert len(right) >= 20
    assert len(whole) >= 6


@pytest.mark.parametrize("path", [*NOTEBOOKS, *EXAMPLES, ASSIGNMENT / "softmax.ipynb"], ids=name_of)
def test_a_notebook_is_valid_and_holds_no_outputs(path: Path) -> None:
    """Every notebook is nbformat 4.5, names its assignment, and was saved without outputs."""
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.grader.assignment == "softmax"
    assert notebook.metadata.kernelspec.name == "python3"
    assert all(not cell.outputs for cell in notebook.cells if cell.cell_type == "code")


def test_the_reference_fills_in_the_template() -> None:
    """Reference and template differ in the cells of the three exercises, and nowhere else."""
    template, reference = (
        {cell["id"]: "".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]}
        for path in (ASSIGNMENT / "softmax.ipynb", SOLUTIONS / "reference.ipynb")
    )
    assert template.keys() == reference.keys()
    assert {name for name in template if template[name] != reference[name]} == set(POINTS)


def test_there_are_five_examples() -> None:
    """The five submissions that the README offers to try are there."""
    assert {path.stem for path in EXAMPLES} == {"right", "naive", "double-softmax", "broken", "unfinished"}

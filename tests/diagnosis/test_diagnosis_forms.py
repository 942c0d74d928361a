"""Answers that are missing, empty or of another form are told so; a course's own misconceptions come first."""

from typing import Any

import numpy as np
import pytest
from diagnosis_bench import Array, ask, diagnose_softmax, ids, name_of, observe_softmax
from mistake_table import plain, right

from grader.answers import Lost, Missing, NameInfo, Unusable
from grader.diagnosis.accuracy import softmax, tolerance
from grader.diagnosis.demonstrations import demonstration
from grader.diagnosis.evidence import Observation
from grader.diagnosis.forms import unwritten
from grader.diagnosis.functions import explain_function, explain_functions
from grader.diagnosis.misconception import Misconception
from grader.diagnosis.texts import Texts

TEMPLATE = '''def my_softmax(z):
    """Softmax of z."""
    ez = None  # your code here
    return ez
'''
EMPTY = {
    "docstring": 'def f(z):\n    """Softmax."""\n',
    "pass": "def f(z):\n    # your code here\n    pass\n",
    "ellipsis": 'def f(z):\n    """Softmax."""\n    ...\n',
    "returns None": "def f(z):\n    return None\n",
    "bare return": "def f(z):\n    return\n",
    "raises": "def f(z):\n    raise NotImplementedError\n",
    "raises with a message": "def f(z):\n    raise NotImplementedError('later')\n",
    "the template, with other comments": "def my_softmax(z):\n    '''Mine'''\n    ez = None\n    return ez\n",
    "indented": "    def f(z):\n        pass\n",
}
WRITTEN = {
    "a body": "def f(z):\n    e = np.exp(z)\n    return e\n",
    "forgets to return": "def f(z):\n    e = np.exp(z)\n",
    "another error": "def f(z):\n    raise ValueError\n",
    "not to be read": "def f(z:\n",
    "no function": "my_softmax = softmax\n",
    "no source": "",
}


@pytest.mark.parametrize("kind", EMPTY)
def test_an_empty_body_is_not_implemented(kind: str) -> None:
    """Docstring, pass, ..., return None, NotImplementedError, or what the template gives out."""
    assert unwritten(EMPTY[kind], TEMPLATE)
    found = explain_function("softmax", observe_softmax(lambda _: None), name_of("my_softmax", EMPTY[kind]), TEMPLATE)
    assert ids(found) == ["not-implemented"]


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_body_that_does_something_is_judged_by_its_answers(kind: str) -> None:
    """Source text decides nothing else."""
    assert not unwritten(WRITTEN[kind], TEMPLATE)
    assert ids(diagnose_softmax(plain, source=WRITTEN[kind])) == ["unstable-overflow"]


def test_a_missing_name_and_one_that_cannot_be_called_are_missing() -> None:
    """Whatever else was asked."""
    gone = NameInfo("my_softmax", exists=False)
    bound = NameInfo("my_softmax", exists=True, callable=False, type_name="ndarray")
    assert ids(explain_function("softmax", [], gone)) == ["missing"]
    (found,) = explain_function("softmax", [], bound)
    assert found.words["type"] == "ndarray"
    answers = [Observation("my_softmax", {"z": np.ones(2)}, Missing("my_softmax"), softmax(np.ones(2)))]
    assert ids(explain_function("softmax", answers, name_of("my_softmax"))) == ["missing"]


@pytest.mark.parametrize("answer", [Lost("killed"), Unusable("over the cap")])
def test_answers_that_did_not_arrive_still_end_in_a_name(answer: Any) -> None:
    """A kernel that died, or a value that was refused."""
    z = np.array([1.0, 2.0])
    observations = [Observation("my_softmax", {"z": z}, answer, softmax(z), tolerance(z))] * 3
    assert len(explain_function("softmax", observations, name_of("my_softmax"))) == 1


def _squares(z: Array) -> Array:
    shares: Array = z.astype(float) ** 2 / (z.astype(float) ** 2).sum(axis=-1, keepdims=True)
    return shares


def test_a_course_s_own_misconception_is_named() -> None:
    """By the answers of its wrong implementation, with its own id; right and otherwise wrong answers are not."""
    own = Misconception("lab1.squares", "my_softmax", _squares, demonstration=(np.array([1.0, 2.0]),))

    def loops(z: Array) -> Any:
        rows = [[float(v) ** 2 / sum(float(w) ** 2 for w in row) for v in row] for row in np.atleast_2d(z)]
        return rows[0] if z.ndim == 1 else rows

    for function, told in ((loops, ["lab1.squares"]), (right, []), (plain, ["softmax.unstable-overflow"])):
        observations = [
            one for one in observe_softmax(function) if np.size(one.given["z"]) < 200 and np.any(one.given["z"])
        ]
        found = explain_function("softmax", observations, name_of("my_softmax"), extra=[own])
        assert [one.id for one in found] == told
        for one in found:
            shown = demonstration(one, [own])
            assert shown is not None
            evidence = Texts().diagnosis(one, ask(function, *shown[1]), 1).evidence
            assert evidence.startswith(f"`{one.words.get('call', 'my_softmax(np.array([0.0, 2000.0]))')}` returned `[")


def test_a_course_s_own_family_is_fitted() -> None:
    """Parameters that its fit proposes are tried, and told."""

    def powers(z: Array, power: int = 2) -> Array:
        shares: Array = np.abs(z) ** power / (np.abs(z) ** power).sum(axis=-1, keepdims=True)
        return shares

    own = Misconception("lab1.powers", "f", powers, fit=lambda _: [{"power": power} for power in (2, 3, 4)])
    inputs = [np.array([1.0, 2.0]), np.array([0.5, -1.0, 3.0])]
    observations = [
        Observation("f", {"z": z}, ask(lambda z: powers(z, 3), z), softmax(z), tolerance(z)) for z in inputs
    ]
    (found,) = explain_function("lab1", observations, name_of("f"), extra=[own])
    assert (found.id, dict(found.parameters)) == ("lab1.powers", {"power": 3})


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (lambda z: z / 0.0 if z.size else z, "lab1.incorrect"),
        (lambda _: None, "lab1.returns-none"),
        (lambda z: z.nothing, "lab1.raises"),
        (lambda _: "text", "lab1.wrong-shape"),
    ],
)
def test_exercises_of_a_course_s_own_are_told_by_form(function: Any, told: str) -> None:
    """What can be said of any function."""
    inputs = [np.array([1.0, 2.0]), np.array([3.0, 5.0])]
    observations = [Observation("f", {"z": z}, ask(function, z), softmax(z), tolerance(z)) for z in inputs]
    assert [one.id for one in explain_function("lab1", observations, name_of("f"))] == [told]


def test_one_mistake_in_two_functions_is_told_once() -> None:
    """Ids of an exercise are not repeated; the first function that has it is named."""
    names = {name: NameInfo(name, exists=False) for name in ("predict_proba", "predict_class")}
    (found,) = explain_functions("predict", [], names)
    assert (found.id, found.words["name"]) == ("predict.missing", "predict_proba")

"""Mutants change something, rewrites change nothing."""

import ast
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.check.mutants import mutants
from grader.check.rewrites import blanks, rewrites

SOFTMAX = """
def my_softmax(z):
    z = np.asarray(z, dtype=np.float64)
    shifted = z - z.max(axis=-1, keepdims=True)
    exponentials = np.exp(shifted)
    return exponentials / exponentials.sum(axis=-1, keepdims=True)
"""
MODEL = """
model = Sequential([Input((2,)), Dense(16, activation="relu"), Dense(4, activation="linear")])
model.compile(loss=SparseCategoricalCrossentropy(from_logits=True), optimizer="adam")
history = model.fit(X, y, epochs=10)
"""
PREDICTION = """
def predict_proba(model, X):
    return my_softmax(model.predict(X, verbose=0))


def predict_class(model, X):
    return np.argmax(model.predict(X, verbose=0), axis=1)
"""


def kinds(source: str) -> list[str]:
    """What the mutants of a source change."""
    return [words for words, _ in mutants(source)]


def run(source: str, name: str = "my_softmax") -> Callable[..., Any]:
    """The function that a source binds."""
    space: dict[str, Any] = {"np": np}
    exec(source, space)  # our own sources
    made: Callable[..., Any] = space[name]
    return made


def test_the_changes_that_people_make_are_made() -> None:
    """Swapped axis, dropped and doubled softmax, flipped from_logits, off by one, removed shift, changed activation."""
    changes = " | ".join(kinds(SOFTMAX) + kinds(MODEL) + kinds(PREDICTION))
    for words in (
        "axis=-1 becomes axis=0",
        "axis=1 becomes axis=0",
        "the subtraction is removed",
        "keepdims is dropped",
        "`my_softmax` is dropped",
        "`my_softmax` is doubled",
        "from_logits is flipped",
        "1 is added to `argmax`",
        "`argmax` becomes `argmin`",
        "`Dense` gets 5 for 4",
        "activation 'linear' becomes 'softmax'",
        "`fit` is not called",
        "the value is not returned",
    ):
        assert words in changes


@pytest.mark.parametrize("source", [SOFTMAX, MODEL, PREDICTION])
def test_each_mutant_is_another_program(source: str) -> None:
    """Every mutant parses, differs from the reference, and stands once."""
    texts = [text for _, text in mutants(source)]
    assert len({ast.dump(ast.parse(text)) for text in [*texts, source]}) == len(texts) + 1


def test_what_is_no_python_has_no_mutants() -> None:
    """A reference that does not parse yields nothing, and no error."""
    assert kinds("def f(:") == []
    assert list(rewrites("def f(:", ["f"], tensorflow=False)) == []
    assert list(blanks("def f(:", ["f"])) == []


@pytest.mark.parametrize("words", [words for words, _ in rewrites(SOFTMAX, ["my_softmax"], tensorflow=False)])
def test_a_rewrite_returns_the_same_numbers(words: str) -> None:
    """Names, helpers, order, loops, lists, layout, last bits: the softmax stays the softmax of each row, for vectors and batches."""
    source = dict(rewrites(SOFTMAX, ["my_softmax"], tensorflow=False))[words]
    right, rewritten = run(SOFTMAX), run(source)
    assert ast.dump(ast.parse(source)) != ast.dump(ast.parse(SOFTMAX))
    for z in (np.array([1.0, -2.0, 3.0]), np.array([[1.0, 2.0], [700.0, -700.0], [0.0, 0.0]]), np.array([[3, 1]])):
        np.testing.assert_allclose(np.asarray(rewritten(z.copy())), right(z.copy()), rtol=1e-15)


def test_all_the_rewrites_that_are_asked_for_are_made() -> None:
    """Names, helper functions, order, loops for vectors, TensorFlow for NumPy, rounding in the last bit, lists for arrays."""
    made = {words for words, _ in rewrites(SOFTMAX, ["my_softmax"], tensorflow=True)}
    assert made >= {
        "names", "order", "helper function", "rows one by one", "TensorFlow for NumPy", "rounding in the last bit", "lists for arrays",
    }  # fmt: skip
    assert {"names", "order", "helper function"} <= {words for words, _ in rewrites(MODEL, ["model"], tensorflow=True)}


def test_renaming_leaves_what_others_bind() -> None:
    """Variables get new names; the graded names, imports, and names of other cells keep theirs."""
    renamed = dict(rewrites(PREDICTION, ["predict_proba", "predict_class"], tensorflow=False))["names"]
    assert "def predict_proba(" in renamed
    assert "my_softmax(" in renamed
    assert "np.argmax" in renamed
    assert "model" not in renamed


def test_answers_without_work_have_the_right_shape() -> None:
    """Zeros, a constant and equal numbers are made from the shape that the reference returns."""
    made = {words: run(source)(np.array([[1.0, 2.0], [3.0, 5.0]])) for words, source in blanks(SOFTMAX, ["my_softmax"])}
    assert {words: values.tolist() for words, values in made.items()} == {
        "zeros": [[0.0, 0.0], [0.0, 0.0]],
        "a constant": [[1.0, 1.0], [1.0, 1.0]],
        "equal numbers": [[0.5, 0.5], [0.5, 0.5]],
    }
    assert list(blanks(MODEL, ["model"])) == []

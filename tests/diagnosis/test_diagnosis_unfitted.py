"""No matcher is fitted to its own examples: the files under ``solutions/``, as they are and rewritten, told by all matchers at once.

The matchers know none of these files. Those that need TensorFlow are left to ``grader check``.
"""

import math
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from diagnosis_bench import Array, Model, diagnose_prediction, diagnose_softmax, own_logits
from mistake_table import right

from grader.check.rewrites import WRAPPERS, rewrites, wrapped
from grader.check.solutions import HEADER

FOLDER = Path(__file__).parents[2] / "solutions" / "softmax"
NAMES = {"softmax": ("my_softmax",), "prediction": ("predict_proba", "predict_class")}
ELSEWHERE = re.compile(r"\btf\b|keras|tensorflow|\.numpy\(\)|while True|layers")
BY_NAME = re.compile(r"\.(missing|not-implemented|timeout)\b")
"""Ids that are not told by what a call returns."""
SAME = ("names", "order", "helper function")
"""Rewrites that leave every answer as it was, wrong ones too."""


def cases(kind: str) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Exercise, source and expected ids of the answers in NumPy below ``right`` or ``wrong``, by their names."""
    found = {}
    for path in sorted((FOLDER / kind).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        header = HEADER.match(text)
        assert header
        said = tomllib.loads(re.sub(r"(?m)^# ?", "", header[1]))
        source = text[header.end() :]
        if said["exercise"] in NAMES and not ELSEWHERE.search(source) and not BY_NAME.search(" ".join(said["expect"])):
            name = f"{path.parent.name}/{path.stem}"
            found[name] = (said["exercise"], source, tuple(said["expect"]))
    return found


RIGHT, WRONG = cases("right"), cases("wrong")


class _Model:
    """A Keras model, as far as an answer in NumPy needs one; it knows the logits of the points that it is asked about."""

    def __init__(self, logits: Model, known: Array | None = None) -> None:
        self._logits, self._known = logits, known

    def __call__(self, points: Array, **_: object) -> Array:
        there = self._known is None or len(points) == len(self._known)
        return (self._logits if there else own_logits)(np.asarray(points))

    predict = __call__
    predict_on_batch = __call__


def bound(source: str) -> dict[str, Any]:
    """What a notebook's names are bound to after this answer."""
    space: dict[str, Any] = {"np": np, "math": math, "my_softmax": right, "model": _Model(own_logits)}
    points = np.random.default_rng(5).normal(size=(800, 2))
    space |= {"X_train": points, "y_train": np.zeros(800, dtype=int)}
    exec(source, space)  # our own solutions
    return space


def told(exercise: str, source: str) -> tuple[str, ...]:
    """The ids that an answer is told, each once, in order."""
    space = bound(source)
    if exercise == "softmax":
        return tuple(one.id for one in diagnose_softmax(space["my_softmax"]))
    found: dict[str, None] = {}
    for name in NAMES[exercise]:

        def asked(model: Model, points: Array, function: Callable[..., Any] = space[name]) -> Any:
            return function(_Model(model, points), points)

        for one in diagnose_prediction(name, asked):
            found.setdefault(one.id)
    return tuple(found)


def test_enough_of_the_solutions_are_looked_at() -> None:
    """Most ids of both prefixes are among the wrong answers in NumPy, and several styles among the right ones."""
    ids = {ident for _, _, expected in WRONG.values() for ident in expected}
    assert len({ident for ident in ids if ident.startswith("softmax.")}) >= 27
    assert len({ident for ident in ids if ident.startswith("predict.")}) >= 14
    assert len(RIGHT) >= 15


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_solution_is_told_its_own_name_by_all_matchers_together(name: str) -> None:
    """Each is run past the matchers of every id, and hit by its own alone."""
    exercise, source, expected = WRONG[name]
    assert told(exercise, source) == expected


@pytest.mark.parametrize("name", WRONG)
def test_renaming_and_rewriting_changes_no_name(name: str) -> None:
    """Other variable names, functions in another order, a helper function around each: the same behaviour, the same ids."""
    exercise, source, expected = WRONG[name]
    for words in SAME:
        source = dict(rewrites(source, NAMES[exercise], tensorflow=False)).get(words, source)
    assert source != WRONG[name][1]
    assert told(exercise, source) == expected


CONTAINERS: dict[str, str] = {
    "float32": "    return _np.asarray({inner}(*{arguments})).astype(_np.float32)",
    "float32 throughout": "    return _np.asarray({inner}({arguments}[0].astype(_np.float32))).astype(_np.float32)",
    "a tuple": "    return tuple(_np.asarray({inner}(*{arguments})))",
    "a list of arrays": "    return list(_np.asarray({inner}(*{arguments})))",
    "numbers of Python": "    return _np.asarray({inner}(*{arguments})).astype(object).tolist()",
    "a read-only view": "    values = _np.asarray({inner}(*{arguments}))\n    values.flags.writeable = False\n    return values[...]",
    "one rounding down": "    return _np.asarray({inner}(*{arguments})) * (1 - _np.finfo(_np.float64).epsneg)",
    "rounding to 12 digits of each": (
        "    return _np.vectorize(lambda v: float(f'{{v:.12e}}'), otypes=[float])(_np.asarray({inner}(*{arguments})))"
    ),
}


@pytest.mark.parametrize("change", [*WRAPPERS, *CONTAINERS])
@pytest.mark.parametrize("name", [name for name, case in RIGHT.items() if case[0] == "softmax"])
def test_a_right_softmax_changed_by_rounding_dtype_and_container_is_hit_by_none(name: str, change: str) -> None:
    """What a right answer may come back as is no mistake's."""
    _, source, _ = RIGHT[name]
    body = (WRAPPERS | CONTAINERS)[change]
    assert told("softmax", wrapped(source, NAMES["softmax"], body)) == ()

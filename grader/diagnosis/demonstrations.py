"""The public input on which a mistake is shown: what the examiner asks, and how a student would write the call."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.answers import Answer, Returned
from grader.diagnosis.accuracy import allowed_classes, right_classes, softmax, tolerance, within
from grader.diagnosis.evidence import Found
from grader.diagnosis.misconception import Misconception
from grader.diagnosis.prediction_mistakes import CLASSES, PROBABILITIES
from grader.diagnosis.softmax import MISCONCEPTIONS as SOFTMAX
from grader.diagnosis.wording import numbers

Shown = tuple[str, tuple[Any, ...]]
"""The name of the function to call, and its arguments."""

DEFAULT_VECTORS = (np.array([1.0, 2.0]), np.array([2.0, 1.0]), np.array([-1.0, -3.0]), np.array([4.0, -4.0]))
DEFAULT_LOGITS = np.array([[2.0, 0.0, 0.0, 0.0]])
LOGITS: dict[str, NDArray[np.float64]] = {
    "relu-logits": np.array([[-3.0, -1.0, -2.0, -4.0]]),
    "unstable-overflow": np.array([[0.0, 2000.0, 0.0, 0.0]]),
    "sigmoid": np.zeros((1, 4)),
    "argmin": np.array([[0.0, 2.0, 1.0, 3.0]]),
    "off-by-one": np.array([[0.0, 0.0, 2.0, 0.0]]),
    "max-not-argmax": np.array([[0.0, 0.0, 7.0, 0.0]]),
    "rounded": np.array([[0.0, 9.0, 0.0, 0.0]]),
    "wrong-axis": np.zeros((2, 4)),
    "wrong-shape": np.zeros((2, 4)),
    "ignores-arguments": np.array([[0.0, 0.0, 5.0, 0.0]]),
    "threshold": np.array([[1.0, 1.0, 2.0, 1.0]]),
}
"""Logits of the model that a prediction is shown on, by the last part of the id."""

CLASS_LOGITS: dict[str, NDArray[np.float64]] = {
    "unstable-overflow": np.array([[1000.0, 1001.0, 0.0, 0.0]]),
    "wrong-axis": np.array([[0.0, 2.0, 1.0, 0.0], [0.0, 0.0, 0.0, 3.0]]),
    "wrong-shape": np.array([[0.0, 2.0, 1.0, 0.0], [0.0, 0.0, 0.0, 3.0]]),
}
"""The same where a class is asked for and the table must be another."""


def demonstrations(found: Found, misconceptions: Sequence[Misconception] = ()) -> list[Shown]:
    """The calls on which the mistake may be shown, to be tried in turn; none where it is not shown by a call.

    For a prediction the argument is the table ``(m, 4)`` of logits of the model to ask about.
    """
    own = next((one for one in misconceptions if one.id == found.id), None)
    if own is not None:
        function = own.function or str(found.words.get("function", ""))
        return _calls(function, own) if function else []
    prefix, _, ident = found.id.partition(".")
    function = str(found.words.get("function", ""))
    if ident in {"missing", "not-implemented"} or not function:
        return []
    if prefix == "softmax":
        known = next((one for one in SOFTMAX if one.id == found.id), None)
        return _calls(function, known) if known else [(function, (vector.copy(),)) for vector in DEFAULT_VECTORS]
    if prefix == "predict":
        table = LOGITS.get(ident, DEFAULT_LOGITS)
        return [(function, (CLASS_LOGITS.get(ident, table) if asks_classes(function) else table,))]
    return []


def _calls(function: str, misconception: Misconception) -> list[Shown]:
    """The calls of a misconception's own demonstrations, each with fresh arrays."""
    shown = (misconception.demonstration, *misconception.more_demonstrations)
    return [
        (function, tuple(one.copy() if isinstance(one, np.ndarray) else one for one in arguments))
        for arguments in shown
        if arguments
    ]


def demonstration(found: Found, misconceptions: Sequence[Misconception] = ()) -> Shown | None:
    """The first of ``demonstrations``, or None where there is none."""
    return next(iter(demonstrations(found, misconceptions)), None)


def asks_classes(function: str) -> bool:
    """Whether a function of a prediction is asked for classes."""
    return function == CLASSES[0].function


def call_text(function: str, arguments: Sequence[Any]) -> str:
    """The call as a student would write it."""
    known = {CLASSES[0].function, PROBABILITIES[0].function}
    written = ", ".join(_written(argument) for argument in arguments)
    if function in known:
        return f"{function}(keras.Sequential([keras.layers.Identity()]), {written})"
    return f"{function}({written})"


def _written(argument: Any) -> str:
    if not isinstance(argument, np.ndarray):
        return repr(argument)
    if argument.size > 1 and not argument.any():
        return f"np.zeros({argument.shape})"
    return f"np.array({argument.tolist()})"


def shows_it(found: Found, shown: Shown, answer: Answer) -> bool:
    """Whether this answer is wrong, and is seen to be as it will be written, so that it can stand as evidence.

    Of a course's own functions every answer can.
    """
    function, arguments = shown
    if not isinstance(answer, Returned) or not arguments:
        return True
    given, array = np.asarray(arguments[0]), answer.value.array
    if found.id == "softmax.mutates-input":
        return bool(answer.arguments_after) and not np.array_equal(answer.arguments_after[0], given)
    if array is None:
        return True
    prefix = found.id.partition(".")[0]
    if prefix == "predict" and asks_classes(function):
        return not right_classes(array, allowed_classes(given))
    if prefix in {"softmax", "predict"}:
        expected = softmax(given)
        return not within(array, expected, tolerance(given)) and numbers(array) != numbers(expected)
    return True

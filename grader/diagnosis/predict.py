"""The mistakes of ``predict_proba`` and ``predict_class``, told by the probe models' logits and what came back.

Probabilities are a softmax, so that they are explained as one, with the parts that concern a prediction. Classes are compared
with what each wrong way of picking one would return.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from grader.answers import Missing, Raised, Returned, TimedOut, Value
from grader.diagnosis import classes
from grader.diagnosis.accuracy import allowed_classes, right_classes, softmax, within
from grader.diagnosis.cases import Case, Extended, cases_of
from grader.diagnosis.evidence import Found, Observation
from grader.diagnosis.forms import exception_words, form_id, limit_words
from grader.diagnosis.matcher import Space, told_parts
from grader.diagnosis.matcher import explain as explain_values
from grader.diagnosis.parts import CORES, Core, Part
from grader.diagnosis.prediction_mistakes import CLASSES, PROBABILITIES

PREFIX = "predict"

MISCONCEPTIONS = (*PROBABILITIES, *CLASSES)
"""One wrong implementation of each function for each id, to plant."""

ORDER = (
    "logits-as-probabilities",
    "double-softmax",
    "sigmoid",
    "wrong-axis",
    "unstable-overflow",
    "unnormalised",
    "relu-logits",
    "rounded",
    "one-hot",
)
"""Ids (without prefix) that explain probabilities by their values, in the contract's order."""

CLOSE = 1e-4
ARRAY_OF_OTHERS = re.compile(r"\[(str|bytes|object|complex|datetime)\w*\]$")
"""The end of the name by which an array of something else than real numbers crosses."""
LARGEST_TABLE = 16
ENOUGH_ROWS = 6
"""Rows that agree before it is no chance: four classes agree by chance in one case out of four."""


def _given(core: Core) -> Extended:
    return core.x


def _softmax_first(x: Extended) -> Extended:
    return softmax(x).astype(np.longdouble)


MORE: tuple[Part, ...] = (
    Part("logits-as-probabilities", "core", core=_given),
    Part("double-softmax", "logits", logits=_softmax_first),
    *(Part("one-hot", "core", core=part.core) for part in CORES if part.id == "hardmax"),
)


def explain(observations: Sequence[Observation]) -> list[Found]:
    """Name what is wrong with one of the two functions; which one, its expected values say (a table of booleans: classes)."""
    if all(observation.expected.dtype == np.bool_ for observation in observations):
        return _classes(observations)
    return _probabilities(observations)


def follows(classes_seen: Sequence[Observation], observations: Sequence[Observation]) -> bool:
    """Whether wrong classes are an effect of wrong probabilities: each time what an argmax makes of what came back as those."""
    wrong = [one for one in classes_seen if not classes.is_right(one)]
    tables = [one for one in observations if one.expected.dtype != np.bool_]
    return bool(wrong) and all(
        any(_argmax_of(table, one) for table in tables if np.array_equal(table.given["logits"], one.given["logits"]))
        for one in wrong
    )


def _argmax_of(table: Observation, asked: Observation) -> bool:
    """Whether the wrong classes ``asked`` are what an argmax makes of this table, wrong itself. Of another form it makes an error."""
    shares, answer = table.array(), asked.array()
    if shares is None:
        return type(asked.answer) is (TimedOut if isinstance(table.answer, TimedOut) else Raised)
    if within(shares, table.expected, table.tolerance):
        return False
    if shares.shape != table.expected.shape:
        places = [shares.argmax(axis=axis) for axis in range(shares.ndim)] if shares.size else []
        return (
            isinstance(asked.answer, Raised) if answer is None else any(np.array_equal(answer, one) for one in places)
        )
    top = shares.max(axis=-1, keepdims=True)
    return answer is not None and right_classes(answer, np.asarray((shares == top) | np.isnan(top)))


def _found(ident: str, observations: Sequence[Observation] = (), **words: str) -> Found:
    return Found(f"{PREFIX}.{ident}", words=exception_words(observations) | limit_words(observations) | words)


def _probabilities(observations: Sequence[Observation]) -> list[Found]:
    cases = cases_of(observations, "logits")
    if all(case.right for case in cases):
        return []
    if all(_not_numbers(one) for one in observations) or _cut_to_integers(observations):
        return [_found("wrong-dtype")]
    if _ignores(observations, lambda answer, own: _near(answer, own) or _near(answer, softmax(own))):
        return [_found("ignores-arguments")]
    explained = explain_values(Space(ORDER, MORE), cases)
    if explained is None:
        return [_found("incorrect")]
    found = [
        Found(f"{PREFIX}.{part.id}", dict(part.parameters), {"how": part.variant} if part.variant else {})
        for part in told_parts(explained, cases)
    ]
    if explained.reshaped:
        found.append(_found("wrong-shape"))
    if explained.left and not explained.reshaped:
        found.append(_found(form_id(explained.left, cases), [case.observation for case in explained.left]))
    return found


def _not_numbers(observation: Observation) -> bool:
    """Whether the call returned text, or an array or list of things that are no real numbers."""
    return isinstance(observation.answer, Returned) and _textual(observation.answer.value)


def _textual(value: Value) -> bool:
    if value.kind == "list":
        return bool(value.items) and all(_textual(item) for item in value.items)
    return value.kind == "text" or (value.kind == "opaque" and ARRAY_OF_OTHERS.search(value.type_name) is not None)


def _cut_to_integers(observations: Sequence[Observation]) -> bool:
    """Whether probabilities were stored as integers: of each at most the whole 1 is left."""
    arrays = [(one, one.array()) for one in observations]
    return all(
        array is not None
        and array.dtype.kind in "iu"
        and array.shape == one.expected.shape
        and np.array_equal(array, np.trunc(one.expected.astype(np.float32)))
        for one, array in arrays
    )


def _near(answer: NDArray[np.float64], own: NDArray[np.float64]) -> bool:
    return answer.shape == own.shape and bool(np.allclose(answer, own, rtol=CLOSE, atol=1e-6))


def _ignores(observations: Sequence[Observation], is_own: object) -> bool:
    """Whether the answers follow the student's own model, or their own data, instead of what was given."""
    answers = [(one, one.array()) for one in observations]
    arrays = [(one, array.astype(np.float64)) for one, array in answers if array is not None]
    if len(arrays) < len(observations) or len(arrays) < 2:  # noqa: PLR2004 - one answer cannot show it
        return False
    owns = [(array, one.given.get("own")) for one, array in arrays]
    if (
        callable(is_own)
        and all(own is not None for _, own in owns)
        and all(is_own(array, np.asarray(own, dtype=np.float64)) for array, own in owns)
    ):
        return True
    shapes = {array.shape for _, array in arrays}
    rows = {len(one.given["logits"]) for one, _ in arrays}
    if len(shapes) == 1 and len(rows) > 1:
        shape = next(iter(shapes))
        first = arrays[0][1]
        return bool(shape and shape[0] > LARGEST_TABLE) or (
            len(shape) > 1 and all(np.array_equal(first, array) for _, array in arrays)
        )
    return _always_same(arrays) or _cut_from_one(arrays)


def _cut_from_one(arrays: Sequence[tuple[Observation, NDArray[np.float64]]]) -> bool:
    """Whether all answers about a model are the first rows of one and the same table, though the logits are not.

    The table was computed before (then it is one for all models), or from other points than those given.
    """
    if any(array.ndim == 0 or len(array) != len(one.given["logits"]) for one, array in arrays):
        return False
    compared, differ = 0, False
    for model in dict.fromkeys(one.model for one, _ in arrays):
        about = [(one.given["logits"], array) for one, array in arrays if one.model == model]
        logits, table = max(about, key=lambda one: len(one[1]))
        for mine, array in about:
            if array is table:
                continue
            start = table[: len(array)]
            if array.shape != start.shape or not np.allclose(array, start, rtol=CLOSE, atol=1e-6, equal_nan=True):
                return False
            compared += len(array)
            differ = differ or not np.array_equal(mine, logits[: len(mine)])
    return differ and compared >= ENOUGH_ROWS


def _always_same(arrays: Sequence[tuple[Observation, NDArray[np.float64]]]) -> bool:
    """Whether every row of every answer is one and the same, though the logits are not."""
    first = arrays[0][1]
    if first.ndim == 0 or any(
        array.ndim != first.ndim or array.shape[1:] != first.shape[1:] or len(array) == 0 for _, array in arrays
    ):
        return False
    if any(len(array) != len(one.given["logits"]) for one, array in arrays):
        return False
    return all(np.array_equal(array, np.broadcast_to(first[0], array.shape), equal_nan=True) for _, array in arrays)


def _classes(observations: Sequence[Observation]) -> list[Found]:
    wrong = [one for one in observations if not classes.is_right(one)]
    if not wrong:
        return []
    if _ignores(
        observations, lambda answer, own: answer.shape == own.shape[:1] and bool(np.all(answer == own.argmax(axis=-1)))
    ):
        return [_found("ignores-arguments")]
    arrays = [(one, array) for one in observations if (array := one.array()) is not None]
    if all(_not_numbers(one) for one in observations):
        return [_found("wrong-dtype")]
    if not arrays:
        return [_class_form(wrong, observations)]
    single = _one_way(arrays, observations)
    return single if single is not None else [_class_form(wrong, observations)]


def _one_way(
    arrays: Sequence[tuple[Observation, NDArray[np.float64]]], observations: Sequence[Observation]
) -> list[Found] | None:
    """A wrong way that accounts for every answer, alone or with an overflow on large logits."""
    left = [one for one in observations if one.array() is None]
    quiet = [(one, array) for one, array in arrays if not classes.large(one)]
    wrong = [one for one, _ in arrays if not classes.is_right(one)]
    rest = [_class_form(left, observations)] if left else []
    unstable = [_found("unstable-overflow")]
    raised_large = all(classes.large(one) for one in left)
    if wrong or left:
        dtype = [_found("wrong-dtype")] if any(array.dtype.kind not in "iu" for _, array in arrays) else []
        if wrong and all(_allowed(one, array) for one, array in arrays) and dtype:
            return dtype + rest
        if wrong and all(_allowed(one, array.reshape(-1)) for one, array in arrays) and not dtype:
            return [_found("wrong-shape"), *rest]
        if quiet and raised_large and all(classes.is_right(one) for one, _ in quiet):
            return unstable
    for pairs, more in ((arrays, []), (quiet, unstable)):
        for way in classes.ways(wrong):
            if pairs and wrong and _all(way, pairs):
                effect = (
                    [_found("wrong-dtype")]
                    if way.id in {"argmin", "off-by-one", "relu-logits"}
                    and any(array.dtype.kind not in "iu" for _, array in pairs)
                    else []
                )
                return [
                    Found(f"{PREFIX}.{way.id}", dict(way.parameters), {"how": way.how} if way.how else {}),
                    *more,
                    *effect,
                    *([] if more and raised_large else rest),
                ]
    return None


def _all(way: classes.Way, pairs: Sequence[tuple[Observation, NDArray[np.float64]]]) -> bool:
    return any(array.size for _, array in pairs) and all(
        way.test(array.astype(np.float64), np.asarray(one.given["logits"], dtype=np.float64)) for one, array in pairs
    )


def _allowed(observation: Observation, answer: NDArray[np.float64]) -> bool:
    """Whether the classes are right but for their type."""
    if not np.all(np.isfinite(answer)) or not np.all(answer == np.rint(answer)):
        return False
    return right_classes(answer.astype(np.int64), allowed_classes(np.asarray(observation.given["logits"])))


def _class_form(wrong: Sequence[Observation], observations: Sequence[Observation]) -> Found:
    """A name by form: exceptions, nothing, another shape; ``incorrect`` where the shape is right and the classes are not."""
    arrays = [(one, array) for one in wrong if (array := one.array()) is not None]
    if arrays and all(
        array.shape != (len(one.given["logits"]),) for one, array in arrays if len(one.given["logits"]) > 1
    ):
        return _found("wrong-shape")
    if arrays:
        return _found("incorrect")
    if all(isinstance(one.answer, Missing) for one in wrong):
        return _found("missing")
    cases: list[Case] = cases_of(wrong, "logits")
    if all(isinstance(one.answer, Raised) for one in wrong):
        return _found("raises", wrong)
    return _found(form_id(cases, cases_of(observations, "logits")), wrong)

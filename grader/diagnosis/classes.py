"""Class indices that are wrong: what each way of picking a class from logits would have returned."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.diagnosis.accuracy import allowed_classes, right_classes, softmax
from grader.diagnosis.evidence import Number, Observation
from grader.diagnosis.parts import EDGE

Array = NDArray[Any]
Test = Callable[[Array, Array], bool]
"""Whether this answer (first) is what the mistake makes of these logits (second)."""

CLOSE = 1e-4
THRESHOLDS = (0.5, 0.25, 0.9, 0.75, 0.8, 0.6, 0.7, 0.99, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Way:
    """A way of being wrong about classes, and how an answer is recognised as its work."""

    id: str
    test: Test
    parameters: Mapping[str, Number]
    how: str = ""


def _chosen(answer: Array, allowed: Array) -> bool:
    """Whether each row of the table allows the index that was answered for it."""
    if answer.shape != allowed.shape[:1] or not _whole(answer):
        return False
    index = answer.astype(np.int64)
    if np.any(index < 0) or np.any(index >= allowed.shape[1]):
        return False
    return bool(np.all(allowed[np.arange(len(index)), index]))


def _whole(answer: Array) -> bool:
    return bool(np.all(np.isfinite(answer)) and np.all(answer == np.rint(answer)))


def _shares(logits: Array) -> Array:
    return softmax(logits).astype(np.float32)


def _largest(table: Array) -> Array:
    return np.asarray(table >= table.max(axis=-1, keepdims=True) * (1 - 1e-6) - 1e-30)


def _relu(answer: Array, logits: Array) -> bool:
    return _chosen(answer, _largest(np.maximum(logits, 0)))


def _sigmoid(answer: Array, logits: Array) -> bool:
    with np.errstate(over="ignore"):
        table = 1 / (1 + np.exp(-logits.astype(np.float32)))
    return _chosen(answer, np.asarray(table == table.max(axis=-1, keepdims=True)) | _largest(table))


def _argmin(answer: Array, logits: Array) -> bool:
    share = _shares(logits)
    return _chosen(
        answer,
        np.asarray((logits == logits.min(axis=-1, keepdims=True)) | (share == share.min(axis=-1, keepdims=True))),
    )


def _shifted(by: int) -> Test:
    def test(answer: Array, logits: Array) -> bool:
        return _whole(answer) and (
            _chosen(answer - by, allowed_classes(logits))
            or _chosen((answer - by) % logits.shape[1], allowed_classes(logits))
        )

    return test


def _columns(answer: Array, logits: Array) -> bool:
    """The row index of the largest number of each column, in logits or probabilities."""
    if answer.shape != logits.shape[1:]:
        return False
    tables = (logits, _shares(logits), softmax(logits, axis=0).astype(np.float32))
    return any(
        _chosen(answer, np.asarray(table.max(axis=0)[:, None] * (1 - 1e-6) <= table.T))
        or _chosen(answer, table.max(axis=0)[:, None] == table.T)
        for table in tables
    )


def _flat(answer: Array, logits: Array) -> bool:
    """The index of the largest number of the whole table, counted through all rows."""
    if answer.size != 1 or not _whole(answer):
        return False
    index = int(answer.reshape(()))
    share = _shares(logits).ravel()
    return 0 <= index < logits.size and bool(logits.ravel()[index] == logits.max() or share[index] == share.max())


def _column_softmax(answer: Array, logits: Array) -> bool:
    share = softmax(logits, axis=0)
    return _chosen(answer, _largest(share))


def _maximum(answer: Array, logits: Array) -> bool:
    """The largest number of each row instead of its place, as it is or (a logit) made a whole number."""
    flat = answer.reshape(-1)
    if len(flat) != len(logits):
        return False
    tops = logits.max(axis=-1)
    if any(np.array_equal(flat, whole(tops)) for whole in (np.trunc, np.rint, np.floor, np.ceil)):
        return True
    return any(
        np.allclose(flat, table.max(axis=-1), rtol=CLOSE, atol=1e-6)
        for table in (logits, _shares(logits), softmax(_shares(logits)))
    )


def _one_hot(answer: Array, logits: Array) -> bool:
    """One 1 in every row, for an allowed class; one for each where several logits are the largest."""
    if answer.shape != logits.shape or not np.all((answer == 0) | (answer == 1)):
        return False
    allowed = allowed_classes(logits)
    alone = answer.sum(axis=-1) == 1
    return bool(np.all((answer == 0) | allowed) and np.all(alone | np.all((answer == 1) == allowed, axis=-1)))


def _compared(of: Callable[[Array], Array], threshold: float) -> Test:
    def test(answer: Array, logits: Array) -> bool:
        table = of(logits).astype(np.float64)
        unsure = np.abs(table - threshold) <= CLOSE * max(1.0, abs(threshold))
        above = table > threshold
        if answer.shape == logits.shape:
            return bool(np.all((answer.astype(np.float64) == above) | unsure))
        if answer.shape == logits.shape[:1]:
            columns: list[tuple[Any, Any]] = [(above[:, column], unsure[:, column]) for column in range(table.shape[1])]
            columns.append((above.any(axis=1), unsure.any(axis=1)))
            # The first class above, and one that was fixed beforehand where there is none.
            first, some = above.argmax(axis=1), above.any(axis=1)
            columns += [(np.where(some, first, other), unsure.any(axis=1)) for other in range(table.shape[1])]
            if any(np.all((answer == picked) | doubt) for picked, doubt in columns):
                return True
        places = np.nonzero(above)[1]
        return answer.shape == places.shape and bool(np.all(answer == places))

    return test


def _itself(table: Array) -> Array:
    return table


def _rounded(digits: int) -> Test:
    def test(answer: Array, logits: Array) -> bool:
        share = np.round(_shares(logits), digits)
        return _chosen(answer, np.asarray(share == share.max(axis=-1, keepdims=True)))

    return test


def ways(wrong: Sequence[Observation]) -> Iterator[Way]:
    """Every way, without parameters first, in the contract's order; thresholds are also read off the answers."""
    yield Way("sigmoid", _sigmoid, {})
    yield Way("wrong-axis", _columns, {}, "columns")
    yield Way("wrong-axis", _flat, {}, "everything")
    yield Way("wrong-axis", _column_softmax, {}, "softmax")
    yield Way("relu-logits", _relu, {})
    yield Way("max-not-argmax", _maximum, {})
    yield Way("argmin", _argmin, {})
    yield Way("off-by-one", _shifted(1), {}, "more")
    yield Way("off-by-one", _shifted(-1), {}, "less")
    yield Way("one-hot", _one_hot, {})
    for threshold in [*THRESHOLDS, *_read_off(wrong, _shares), *_read_off(wrong, _itself)]:
        yield Way("threshold", _compared(_shares, threshold), {"threshold": threshold}, "probabilities")
        yield Way("threshold", _compared(_itself, threshold), {"threshold": threshold}, "logits")
    for digits in range(7):
        yield Way("rounded", _rounded(digits), {"digits": digits})


def _read_off(wrong: Sequence[Observation], of: Callable[[Array], Array]) -> list[float]:
    """A threshold that lies between the numbers answered with 0 and those answered with 1, if there is one."""
    low, high = -np.inf, np.inf
    for observation in wrong:
        answer, logits = observation.array(), np.asarray(observation.given["logits"], dtype=np.float64)
        if answer is None or answer.shape != logits.shape or not np.all((answer == 0) | (answer == 1)):
            return []
        table = of(logits)
        low = max(low, float(table[answer == 0].max(initial=-np.inf)))
        high = min(high, float(table[answer == 1].min(initial=np.inf)))
    return (
        [float(f"{(low + high) / 2:.2g}"), (low + high) / 2]
        if np.isfinite(low) and np.isfinite(high) and low < high
        else []
    )


def is_right(observation: Observation) -> bool:
    """Whether the classes that came back are of an integer type and allowed."""
    answer = observation.array()
    return answer is not None and right_classes(answer, np.asarray(observation.expected, dtype=bool))


def large(observation: Observation) -> bool:
    """Whether some logit is so large that a softmax without a shift overflows in float32."""
    return bool(np.abs(observation.given["logits"]).max() > EDGE)

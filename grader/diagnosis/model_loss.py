"""What a loss takes its second argument for, judged by its values on chosen cases.

A loss takes logits if adding one number to every logit of a row leaves it unchanged (softmax does not see that number),
and is a cross-entropy if its values are those of ``-log softmax(z)[y]``, up to label smoothing, weights of the classes
and focal factors. All cases lie within ±5, where a loss of one's own that applies softmax first does not saturate;
only the two that illustrate lie outside.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Forms = Mapping[str, Floats | str]
LossKind = Literal["logits", "probabilities", "log-probabilities", "other", "raises", "none"]

SPREAD = 3.0
"""Logits are drawn from ±SPREAD and shifted by up to 2, so that all stay within ±5."""
ROWS = 5
SAME = 1e-3
"""Relative difference up to which two values of a loss in single precision count as the same."""
FITTED = 2e-3
FOCAL_FITTED = 1e-2
GAMMAS: tuple[float, ...] = tuple(np.arange(0.0, 5.25, 0.25))
"""Exponents of focal factors that are tried together with label smoothing."""
DIVERGENCE = 1e-6
SHOWN = 120.0
STUCK_AT = float(-np.log(np.float32(1e-7)))
"""Keras cuts probabilities off at 1e-7: no loss on probabilities exceeds this."""


@dataclass(frozen=True, slots=True, eq=False)
class LossCases:
    """Cases to ask a loss about, in groups. ``labels[i]`` has shape (m,), ``outputs[i]`` shape (m, classes)."""

    labels: list[NDArray[np.int64]]
    outputs: list[NDArray[np.float32]]
    groups: Mapping[str, slice]


@dataclass(frozen=True, slots=True)
class LossFacts:
    """What a loss is. ``error`` is what it raised, if it always did; ``form`` the form of labels that it takes.

    ``shown`` is its value on logits ``[SHOWN, 0, ...]`` where the right class is the second: SHOWN, if it takes logits.
    """

    kind: LossKind
    name: str = ""
    error: str = ""
    form: str = "integers"
    shown: float | None = None

    def call(self, name: str, classes: int) -> str:
        """The call that shows ``shown``, for a student to paste; ``name`` is that of the model."""
        hot = [float(number == 1) for number in range(classes)]
        forms: dict[str, list[Any]] = {"integers": [1], "column": [[1]]}
        labels = forms.get(self.form, [hot])
        logits = [[SHOWN] + [0.0] * (classes - 1)]
        return f"keras.losses.get({name}.loss)(np.array({labels}), np.array({logits}))"


def logit_cases(rng: np.random.Generator, classes: int) -> LossCases:
    """Fresh cases that show whether a loss over this many classes takes logits."""
    rows = _rows(rng, classes)
    cases = _Gathered(classes)
    shifts = np.where(np.arange(classes) % 2 == 0, 1.0, -1.0) * rng.uniform(1.5, 2.0, classes)
    cases.add("logits", [([label], row) for label in range(classes) for row in rows])
    cases.add("shifted", [([label], rows[label % ROWS] + shifts[label]) for label in range(classes)])
    ladder = np.full(classes, -1.0)
    ladder[0] = 1.0
    margins = [([1], 5.0 * ladder), ([1], 2.5 * ladder), ([0], 1.25 * ladder), ([0], 5.0 * ladder)]
    cases.add("margins", margins)
    order = rng.permutation(classes)
    together = rows[order % ROWS]
    cases.add("batch", [(list(order), together), (list(order), together + shifts[:, None])])
    cases.add("shown", [([1], np.eye(classes)[0] * SHOWN)], times=1)
    return cases.done()


def probability_cases(rng: np.random.Generator, classes: int) -> LossCases:
    """Fresh cases that show whether a loss which does not take logits takes probabilities."""
    rows = _rows(rng, classes)
    cases = _Gathered(classes)
    cases.add("probabilities", [([label], np.exp(_log_softmax(row))) for label in range(classes) for row in rows])
    cases.add("ones", [([0], np.ones(classes))])
    return cases.done()


def judge_loss(cases: LossCases, forms: Forms, constant: float, name: str) -> LossFacts:
    """The kind of a loss by its answers to ``logit_cases``: on logits, on their logarithms, or another.

    ``forms`` holds its values per form of labels, or the message of the error it raised with that form; ``constant``
    is what is added to every value (regularisation), where that is known.
    """
    if not forms:
        return LossFacts("none", name=name)
    kinds = {form: _kind(cases, values - constant) for form, values in forms.items() if not isinstance(values, str)}
    order: tuple[LossKind, ...] = ("logits", "log-probabilities", "other")
    # Integers may pass by accident, spread over a row, where rows are meant: for another loss, rows first.
    by_likelihood = sorted(kinds.items(), key=lambda item: item[1] == "other" and item[0] != "one-hot")
    first = next((form for kind in order for form, found in by_likelihood if found == kind), None)
    if first is None:
        errors = [message for message in forms.values() if isinstance(message, str)]
        return LossFacts("raises", name=name, error=errors[0] if errors else "")
    values = forms[first]
    assert not isinstance(values, str)
    shown = float(values[cases.groups["shown"]][0])
    return LossFacts(kinds[first], name, form=first, shown=shown if np.isfinite(shown) else None)


def takes_probabilities(cases: LossCases, forms: Forms, constant: float) -> bool:
    """Whether a loss that does not take logits is a cross-entropy on probabilities, by ``probability_cases``."""
    cross = -np.log(np.array([cases.outputs[row][0] for row in range(ROWS)], np.float64)).T
    for values in forms.values():
        if isinstance(values, str):
            continue
        of = {group: (values - constant)[place] for group, place in cases.groups.items()}
        # Below 0 where every output is 1: a divergence, which sums over the other classes too.
        if _is_cross_entropy(of["probabilities"].reshape(-1, ROWS), cross) and not of["ones"][0] < -DIVERGENCE:
            return True
    return False


class _Gathered:
    """Cases on their way to arrays."""

    def __init__(self, classes: int) -> None:
        self.classes = classes
        self.labels: list[NDArray[np.int64]] = []
        self.outputs: list[NDArray[np.float32]] = []
        self.groups: dict[str, slice] = {}

    def add(self, group: str, cases: Sequence[tuple[Sequence[int], Floats]], *, times: int = 2) -> None:
        """Add cases of labels and outputs as one group.

        Each is given ``times`` over: a loss may drop the axes of size 1, and so fail on a single row, unlike in training.
        """
        self.groups[group] = slice(len(self.labels), len(self.labels) + len(cases))
        for labels, outputs in cases:
            rows = np.asarray(outputs, np.float32).reshape(len(labels), self.classes)
            self.labels.append(np.tile(np.asarray(labels, np.int64), times))
            self.outputs.append(np.tile(rows, (times, 1)))

    def done(self) -> LossCases:
        """The cases."""
        return LossCases(self.labels, self.outputs, self.groups)


def _rows(rng: np.random.Generator, classes: int) -> Floats:
    """Rows of logits, both signs in every row."""
    rows = np.round(rng.uniform(-SPREAD, SPREAD, (ROWS, classes)), 3)
    rows[:, 0] = -np.sign(rows[:, 1]) * np.abs(rows[:, 0])
    return rows


def _kind(cases: LossCases, values: Floats) -> LossKind:
    of = {group: values[place] for group, place in cases.groups.items()}
    classes = cases.outputs[0].shape[1]
    by_label = of["logits"].reshape(classes, ROWS)
    rows = np.array([cases.outputs[row][0] for row in range(ROWS)], np.float64)
    unshifted = by_label[np.arange(classes), np.arange(classes) % ROWS]
    if _same(unshifted, of["shifted"]) and _same(of["batch"][:1], of["batch"][1:]):
        right = _is_cross_entropy(by_label, -_log_softmax(rows).T) or _grows_like_one(of["margins"])
        return "logits" if right else "other"
    return "log-probabilities" if _scaled(by_label, -rows.T) else "other"


def _same(one: Floats, other: Floats) -> bool:
    return bool(np.all(np.abs(one - other) <= SAME * np.maximum(np.abs(one), 0.01) + 1e-5))


def _is_cross_entropy(values: Floats, cross: Floats) -> bool:
    """Whether ``values[label, row]`` are ``cross`` up to smoothing, a positive weight per label, and a focal factor."""
    if not np.all(np.isfinite(values)):
        return False
    missed = -np.expm1(-cross)
    return any(_is_smoothed(values, missed**gamma * cross) for gamma in GAMMAS) or _is_focal(values, cross, missed)


def _is_smoothed(values: Floats, cross: Floats) -> bool:
    """Whether values are a weight per label times a mixture of its own ``cross`` and, less of it, the mean of all."""
    mean = cross.mean(axis=0)
    for value, one in zip(values, cross, strict=True):
        basis = np.stack([one, mean], axis=1)
        (own, spread), *_ = np.linalg.lstsq(basis, value, rcond=None)
        error = np.abs(basis @ (own, spread) - value).max()
        if error > FITTED * np.abs(value).max() or own <= 0 or not -0.01 * own <= spread <= own:
            return False
    return True


def _is_focal(values: Floats, cross: Floats, missed: Floats) -> bool:
    """Whether values are ``weight[label] * (1 - p)**gamma * cross`` with any one ``gamma`` within the range."""
    if np.any(values <= 0):
        return False
    ratio, miss = np.log(values / cross), np.log(missed)
    ratio -= ratio.mean(axis=1, keepdims=True)
    miss -= miss.mean(axis=1, keepdims=True)
    gamma = float((ratio * miss).sum() / (miss * miss).sum())
    return bool(np.abs(ratio - gamma * miss).max() <= FOCAL_FITTED and 0 <= gamma <= GAMMAS[-1])


def _grows_like_one(margins: Floats) -> bool:
    """Whether a shift-invariant loss behaves like a cross-entropy where no family fits (an epsilon, a temperature, ...).

    For a wrong class it grows in proportion to the margin, for the right class it is small but never exactly 0: a hinge
    ends in 0, a squared or absolute difference of probabilities does not grow.
    """
    wrong_far, wrong_near, right_near, right_far = margins
    if not np.all(np.isfinite(margins)) or wrong_near <= 0:
        return False
    grows = 1.6 <= wrong_far / wrong_near <= 2.4  # noqa: PLR2004 - 2 for a cross-entropy
    # Label smoothing lets the loss of the right class grow again, slowly.
    small = 1e-3 <= right_near / wrong_near <= 0.5 and right_far <= 0.2 * wrong_far  # noqa: PLR2004 - 0.04 and 0 for one
    return bool(grows and small)


def _scaled(values: Floats, of: Floats) -> bool:
    """Whether values are a positive multiple, per label, of ``of``."""
    if not np.all(np.isfinite(values)):
        return False
    factor = (values * of).sum(axis=1, keepdims=True) / (of * of).sum(axis=1, keepdims=True)
    return bool(np.all(factor > 0) and np.abs(factor * of - values).max() <= FITTED * np.abs(values).max())


def _log_softmax(rows: Floats) -> Floats:
    shifted = rows - rows.max(axis=-1, keepdims=True)
    result: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result

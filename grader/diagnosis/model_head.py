"""What the last layer does, and whether there is a nonlinear layer before it, judged by how outputs respond.

A head is linear if some variable moves every output in proportion: for steps ``d`` and ``e`` of that variable,
``r(-d) = -r(d)``, ``r(3d) = 3 r(d)`` and ``r(d + e) = r(d) + r(e)``, where the response ``r`` is larger than the outputs
themselves. The bias of the last layer does so, or its kernel where it has no bias, whatever scales the outputs
afterwards; and no variable can do so through a softmax, a ReLU or a tanh. So the variable is found by its effect: its
name and its place say nothing in a subclassed model.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HeadKind = Literal["linear", "softmax", "sigmoid", "relu", "tanh", "wrong-axis", "log-softmax", "other"]
HiddenKind = Literal["relu", "open", "bounded"]
"""A hidden layer: cut off below and growing above, not cut off below, or cut off on both sides."""
Change = dict[str, Any]

SCALES = (300.0, 10.0)
"""Standard deviations of points that are far: there no ReLU of ordinary weights has all its points on one side."""
TRIPLES = 24
VARIES = 0.01
"""The least part of their size by which outputs must vary for a straight line to mean anything."""
CLOSE = 1e-3
"""Relative error of a response that still counts as in proportion; single precision stays below 1e-5."""
COARSE = 50.0
"""Factor of what counts as close where a model computes in half precision."""
BENT = 1e-3
"""Relative distance from a straight line that shows a nonlinearity; a linear model stays below 1e-6 in single precision."""
UNDONE_BENT = 0.02
"""The same where the head had to be undone."""
HALF_BENT = (0.02, 0.05)
"""The same in half precision: straight up to the first, bent from the second on, and between them nothing is said."""
SUMS = 1e-3
"""How far from 1 the sum of probabilities may be, and outputs beyond their bounds."""
NEAR_1, TINY = 0.9999, 1e-30
"""Beyond these, single precision has lost the digits that undoing a sigmoid, tanh or softmax needs."""
HALF = 0.5
"""The part of its range that a bounded head must be seen to use."""
MAX_CANDIDATES = 16


@dataclass(frozen=True, slots=True, eq=False)
class Weight:
    """One variable of a model."""

    index: int
    shape: tuple[int, ...]
    finite: bool = True
    trainable: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """How the outputs answered to one step, column by column. ``size`` is the largest response to ``3d``."""

    weight: Weight
    proportional: NDArray[np.bool_]
    bent: bool
    size: float
    finite: bool


def candidates(weights: Sequence[Weight], columns: int) -> list[Weight]:
    """Variables that may be the last layer's, the likeliest first: a bias, a kernel, a kernel used transposed, any other."""

    def rank(weight: Weight) -> tuple[int, int]:
        if weight.shape == (columns,):
            return 0, -weight.index
        if len(weight.shape) > 1 and weight.shape[-1] == columns:
            return 1, -weight.index
        if len(weight.shape) > 1 and columns in weight.shape:
            return 2, -weight.index
        return 3, -weight.index

    return sorted((weight for weight in weights if weight.shape), key=rank)[:MAX_CANDIDATES]


def steps(weight: Weight, rng: np.random.Generator, base: float) -> list[list[Change]]:
    """The five changes of one variable to ask for: by ``d``, ``-d``, ``3d``, ``e`` and ``d + e``.

    ``d`` and ``e`` are of random signs, several times as large as the outputs (``base``) where the variable is a bias.
    The numbers are drawn in the kernel, from seeds: how outputs respond is judged without them.
    """
    scale = base / _fan_in(weight)
    first, second = ({"draw": "step", "seed": int(rng.integers(2**31))} for _ in range(2))

    def by(draw: Change, factor: float) -> Change:
        return {"index": weight.index, "add": {**draw, "scale": factor * scale}}

    return [
        [by(first, 1.0)],
        [by(first, -1.0)],
        [by(first, 3.0)],
        [by(second, 1.0)],
        [by(first, 1.0), by(second, 1.0)],
    ]


def _fan_in(weight: Weight) -> float:
    """The root of how many numbers of a kernel go into one output."""
    return math.prod(weight.shape[:-1]) ** 0.5 if len(weight.shape) > 1 else 1.0


def respond(weight: Weight, base: Floats, stepped: Sequence[Floats | None], *, half: bool = False) -> Response:
    """Compare the outputs after the five changes of a step with the ones before, all of shape (m, columns)."""
    nothing = np.zeros(base.shape[1], dtype=np.bool_)
    known = [one for one in stepped if one is not None and one.shape == base.shape and bool(np.isfinite(one).all())]
    if len(known) < len(stepped):
        return Response(weight, nothing, bent=False, size=0.0, finite=False)
    once, back, thrice, other, both = (one - base for one in known)
    largest = np.max(np.abs([once, back, thrice, other, both]), axis=(0, 1))
    errors = np.max(np.abs([once + back, thrice - 3.0 * once, both - once - other]), axis=(0, 1))
    tolerance = CLOSE * (COARSE if half else 1.0)
    straight = errors <= tolerance * largest
    strong = np.abs(thrice).max(axis=0) >= 2.0 * scale_of(base)
    return Response(weight, straight & strong, bool((~straight).any()), float(np.abs(thrice).max()), finite=True)


def scale_of(outputs: Floats) -> float:
    """The size that a response is measured against: the largest output, at least 1."""
    return float(max(1.0, np.abs(outputs).max(initial=0.0)))


PUSH = 1e4
"""How far a hidden layer's biases are pushed, so that all its units lie on one side."""
PUSHES = 5


def pushes(weight: Weight, rng: np.random.Generator) -> list[list[Change]]:
    """Changes that push every bias of a hidden layer: down once and twice, then up once, twice and three times."""
    draw = {"draw": "positive", "seed": int(rng.integers(2**31))}
    return [
        [{"index": weight.index, "add": {**draw, "scale": factor * PUSH}}] for factor in (-1.0, -2.0, 1.0, 2.0, 3.0)
    ]


def hidden_kind(pushed: Sequence[Floats]) -> HiddenKind:
    """What a hidden layer shows when its biases are pushed: the outputs stay as they are below, and grow above."""
    down, further, *up = pushed
    size = float(np.abs(up[0] - down).max())
    if float(np.abs(further - down).max()) > CLOSE * size:
        return "open"
    return "bounded" if size > 0.0 and float(np.abs(up[2] - up[1]).max()) <= CLOSE * size else "relu"


def is_tied(weights: Sequence[Weight], reads: Sequence[int], columns: int) -> bool:
    """Whether a variable that may be the last layer's is read more than once in a call: it serves another layer too.

    ``reads`` count by index. A step of such a variable moves nothing in proportion, though the last layer is linear.
    """
    last = [weight.index for weight in weights if columns in weight.shape and weight.index < len(reads)]
    return any(reads[index] > 1 for index in last)


def kind_by_range(samples: Sequence[Floats], moderate: Sequence[Floats]) -> HeadKind | None:
    """The kind of a head that is not linear, by what all its outputs have in common; None where they show none.

    ``samples`` are outputs of all kinds of points and steps; ``moderate`` those of ordinary size among them.
    """
    every = [one for one in samples if one.size and bool(np.isfinite(one).all())]
    if not every:
        return None
    low, high = min(one.min() for one in every), max(one.max() for one in every)
    if low >= -SUMS and high <= 1.0 + SUMS:
        return _between_0_and_1(every, high - low)
    if high <= SUMS and all(bool(np.all(np.abs(_log_sum(one)) <= SUMS)) for one in every):
        return "log-softmax"
    if low == 0.0 and any(bool((one == 0.0).any()) for one in moderate):
        return "relu"
    if -1.0 - SUMS <= low < 0.0 and high <= 1.0 + SUMS and high - low >= 1.0:
        return "tanh"
    return None


def _between_0_and_1(samples: Sequence[Floats], spread: float) -> HeadKind | None:
    """Probabilities of some kind: their rows add up to 1, their columns do, or neither. Choices, all 0 or 1, are none."""
    if all(bool(np.isin(one, (0.0, 1.0)).all()) for one in samples):
        return "other"
    if all(bool(np.all(np.abs(one.sum(axis=1) - 1.0) <= SUMS)) for one in samples):
        return "softmax"
    if _wrong_axis(samples):
        return "wrong-axis"
    return "sigmoid" if spread >= HALF else None


def _wrong_axis(samples: Iterable[Floats]) -> bool:
    """Whether every column adds up to 1 over the batch, or the whole batch does."""
    whole = [one for one in samples if one.shape[0] > 1]
    columns = all(bool(np.all(np.abs(one.sum(axis=0) - 1.0) <= SUMS)) for one in whole)
    return bool(whole) and (columns or all(bool(abs(one.sum() - 1.0) <= SUMS) for one in whole))


def _log_sum(rows: Floats) -> Floats:
    top = rows.max(axis=1, keepdims=True)
    result: Floats = top[:, 0] + np.log(np.exp(rows - top).sum(axis=1))
    return result


def far_points(rng: np.random.Generator, inputs: int) -> Floats:
    """Far points at every scale, in triples: TRIPLES first ends, as many second ends, as many middles.

    Shape (scales * 3 * TRIPLES, inputs).
    """
    ends = [rng.normal(0.0, scale, (2, TRIPLES, inputs)) for scale in SCALES]
    return np.concatenate([points for first, second in ends for points in (first, second, (first + second) / 2.0)])


def is_bent(outputs: Floats, kind: HeadKind, *, half: bool = False) -> bool | None:
    """Whether outputs at ``far_points`` show a nonlinearity before the head; None where they cannot tell.

    What the head does is undone where it can be: the logarithm of a softmax, say, up to one number per row. Straight
    means straight at every scale that tells anything.
    """
    undone = _undo(outputs, kind)
    if undone is None:
        return None
    straight, bent = HALF_BENT if half else (BENT, BENT) if kind == "linear" else (UNDONE_BENT, UNDONE_BENT)
    defects = [defect for one in np.split(undone, len(SCALES)) if (defect := _defect(one)) is not None]
    if any(defect > bent for defect in defects):
        return True
    return False if defects and max(defects) <= straight else None


def _defect(triples: Floats) -> float | None:
    """How far the middles lie from straight lines, relative to the size of the outputs; None where these hardly vary."""
    first, second, middle = np.split(triples, 3)
    error = np.abs(middle - (first + second) / 2.0)
    good = np.isfinite(error)
    if np.count_nonzero(good) < TRIPLES // 3:
        return None
    size = float(np.abs(triples[np.isfinite(triples)]).max())
    varies = float(np.abs(first - second)[good].max())
    return float(error[good].max()) / size if varies > VARIES * size else None


def _undo(outputs: Floats, kind: HeadKind) -> Floats | None:
    """The logits behind outputs, up to a constant per row or column; NaN where the head is saturated."""
    with np.errstate(all="ignore"):
        logs = np.where(outputs > TINY, np.log(outputs), np.nan)
        undone: Mapping[str, Floats] = {
            "linear": outputs,
            "relu": np.where(outputs > 0.0, outputs, np.nan),
            "tanh": np.where(np.abs(outputs) < NEAR_1, np.arctanh(outputs), np.nan),
            "sigmoid": np.where((outputs > 1.0 - NEAR_1) & (outputs < NEAR_1), logs - np.log1p(-outputs), np.nan),
            "log-softmax": outputs - outputs.mean(axis=1, keepdims=True),
            "softmax": logs - logs.mean(axis=1, keepdims=True),
            "wrong-axis": logs,
        }
    return undone.get(kind)


def other_weights(weights: Sequence[Weight], rng: np.random.Generator, last: float = 1.0) -> list[Change]:
    """Changes that give a model fresh weights of ordinary size: no dead units, nothing infinite, nothing saturated.

    Variables that are not trained stay as they are unless they are not finite. Kernels that may be the last one are
    scaled by ``last``.
    """
    fresh: list[Change] = []
    for weight in weights:
        if not weight.shape or (weight.finite and not weight.trainable):
            continue
        # A vector may be a variance: positive. A kernel keeps the size of what goes through it.
        vector = len(weight.shape) == 1
        draw = {"draw": "positive" if vector else "normal", "seed": int(rng.integers(2**31))}
        fresh.append({"index": weight.index, "set": {**draw, "scale": 1.0 / _fan_in(weight)}})
    kernels = [weight for weight in weights if len(weight.shape) > 1]
    return fresh + [{"index": weight.index, "times": last} for weight in kernels[-1:]]

"""A recipe is a softmax with some of its parts replaced: what it would return, and whether that is what came back."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.diagnosis.accuracy import FLUSHED
from grader.diagnosis.cases import Case, Extended
from grader.diagnosis.parts import EDGE, HALF_EDGE, Core, Part, Slot, free_rows, softmax_core, total_rows

SLACK = 4.0
"""How much more rounding a wrong formula may show than the bound of the right one."""

FLOOR = 2.0 * FLUSHED
NOTHING, LOWEST_PLACE = 1e-280, -281.0
"""Numbers below this have no digits worth counting."""

COARSE = 0.05
"""Rounding by more than this part of the largest number leaves no row to recognise."""

ABSOLUTE = 1e-6
"""For cores that are computed with cancellation near 0."""

ALMOST_WHOLE = 1e-5
DOUBLE_EDGE = 709.7
"""Past this an exponential overflows in float64."""

BIG_EXPONENT = -80.0
USELESS = 0.3
"""A bound above this says nothing about a number."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a recipe returns for one input; nothing is said where ``free``. None of it means the call raises."""

    values: Extended
    allowed: NDArray[np.float64]
    free: NDArray[np.bool_]
    step: float = 0.0
    """What rounding to decimals, the last thing done, can change a number by."""


class Recipe:
    """At most one part in each slot. ``parts`` stay in the order of the slots."""

    __slots__ = ("by_slot", "parts")

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = tuple(parts)
        self.by_slot: dict[Slot, Part] = {part.slot: part for part in self.parts}

    @property
    def cost(self) -> int:
        """How many parameters are fitted in all."""
        return sum(part.cost for part in self.parts)

    def _is(self, slot: Slot, ident: str) -> bool:
        part = self.by_slot.get(slot)
        return part is not None and part.id == ident

    def applies(self, case: Case) -> bool:
        """Whether any part can change what is returned for this input."""
        return any(part.slot != "integers" or part.variant == "always" or case.integer for part in self.parts)

    def predict(self, case: Case) -> Prediction | None:
        """The numbers of this recipe for one input, or None where its formula cannot be computed (shapes that do not fit)."""
        logits, axis, core = self.by_slot.get("logits"), self.by_slot.get("axis"), self.by_slot.get("core")
        x = logits.logits(case.x) if logits and logits.logits else case.x
        with np.errstate(invalid="ignore"):
            try:
                total = (axis.log_total if axis and axis.log_total else total_rows)(x)
                peak = np.asarray(x.max()) if self._is("stability", "global-max") else _peak(x, total)
                given = Core(x, total, peak, shifted=not self._is("stability", "unstable-overflow"))
                values = (core.core if core and core.core else softmax_core)(given)
            except ValueError:
                return None
            integers = self.by_slot.get("integers")
            if case.integer and integers is not None and integers.core is not None:
                values = integers.core(given)
        free = self._free(case, x, values)
        allowed = self._allowed(case, x, values)
        if core is not None and core.id == "log-softmax":
            free = free | (values < BIG_EXPONENT) & (case.x.size > 1)
        output, step = self.by_slot.get("output"), 0.0
        if output is not None:
            values, allowed, free = _output(output, case, values, allowed, free)
            step = 10.0 ** -int(output.parameters["digits"]) / 2 if output.variant == "nearest" else 0.0
        return Prediction(values, allowed, np.broadcast_to(free, values.shape), step)

    def _free(self, case: Case, x: Extended, values: Extended) -> NDArray[np.bool_]:
        edge = HALF_EDGE if self._is("output", "half-precision") else EDGE
        rows = np.zeros((*values.shape[:-1], 1), dtype=bool)
        axis = self.by_slot.get("axis")
        if axis is not None and axis.lost is not None:
            rows = rows | axis.lost(x)
        stability = self.by_slot.get("stability")
        if case.single and stability is not None and stability.variant == "single":
            rows = rows | True
        if self._is("stability", "unstable-overflow") or any(part.frees_large for part in self.parts):
            large = free_rows(case.x if self._is("logits", "double-softmax") else x, edge)
            whole = x.ndim > 1 and ("axis" in self.by_slot or (stability is not None and stability.variant == "batch"))
            rows = rows | (large.any() if whole else large)
        if self._is("stability", "global-max") and x.ndim > 1:
            rows = rows | (x.min(axis=-1, keepdims=True) < x.max() - EDGE)
        if self._is("logits", "clipped-logits") and not self.parts[0].variant:
            edge = EDGE if case.single else DOUBLE_EDGE
            peak = x.max(axis=-1, keepdims=True)
            rows = rows | (peak + np.log(x.shape[-1]) > edge) | (x < -edge) | (peak < -edge)
        return np.asarray(rows | ~np.isfinite(values), dtype=bool)

    def _allowed(self, case: Case, x: Extended, values: Extended) -> NDArray[np.float64]:
        """The derived bound with slack; where the right softmax is expected, the check's own tolerance."""
        if not set(self.by_slot) - {"stability", "integers"} - ({"axis"} if case.x.ndim == 1 else set()):
            return np.broadcast_to(np.asarray(case.observation.tolerance, dtype=np.float64), values.shape)
        bound = SLACK * case.bound
        logits, core = self.by_slot.get("logits"), self.by_slot.get("core")
        if logits is not None:
            size = float(np.abs(x[np.isfinite(x)]).max(initial=0.0))
            bound += SLACK * 2.0**-24 * 4.0 * size
        with np.errstate(invalid="ignore", over="ignore"):
            size_of = np.abs(values).astype(np.float64)
            if core is not None and core.id == "sigmoid":
                return np.asarray(bound * size_of + ABSOLUTE, dtype=np.float64)
            if core is not None and core.id == "log-softmax":
                return np.asarray(bound + size_of * 1e-6 + 2.0**-22 * float(np.abs(case.x).max()), dtype=np.float64)
            if core is not None and core.id == "sum-normalised":
                total = np.abs(case.x.sum(axis=-1, keepdims=True)) + 1e-30
                bound = bound * (1.0 + (np.abs(case.x).sum(axis=-1, keepdims=True) / total).max())
            return np.asarray(bound * size_of + FLOOR, dtype=np.float64)

    def matches(self, case: Case, answer: NDArray[np.float64]) -> bool:
        """Whether these numbers are what the recipe returns for this input."""
        if not self.applies(case):
            return case.right
        prediction = self.predict(case)
        if prediction is None or prediction.values.shape != answer.shape:
            return False
        return self._judged(case, prediction, answer)

    def _judged(self, case: Case, prediction: Prediction, answer: NDArray[np.float64]) -> bool:
        multiples = self._is("core", "unnormalised")
        if self._truncates(case):
            return (
                bool(np.all((answer == np.rint(answer)) | prediction.free))
                if multiples
                else _truncated(prediction, answer)
            )
        output = self.by_slot.get("output")
        with np.errstate(invalid="ignore"):
            if multiples:
                return _multiples(prediction, answer)
            near = np.abs(answer - prediction.values) <= prediction.allowed
        if output is not None and output.id == "rounded" and not _is_rounded(output, answer[~prediction.free]):
            return False
        return bool(np.all(near | prediction.free))

    def _truncates(self, case: Case) -> bool:
        part = self.by_slot.get("integers")
        return part is not None and part.core is None and (case.integer or part.variant == "always")

    def fails(self, case: Case) -> bool:
        """Whether a function that follows this recipe would be marked wrong on this input."""
        if not self.applies(case):
            return False
        prediction = self.predict(case)
        expected = case.observation.expected
        if prediction is None or prediction.values.shape != expected.shape:
            return True
        if prediction.free.any() or self._is("output", "half-precision"):
            return True
        if self._is("core", "unnormalised"):
            return True
        values = np.trunc(prediction.values) if self._truncates(case) else prediction.values
        error = np.abs(values.astype(np.float64) - expected)
        if self._is("output", "rounded"):
            error = np.maximum(error, np.where(values > 0, prediction.allowed, 0.0) / 2)
        return not bool(np.all(error <= case.observation.tolerance))


def _peak(x: Extended, total: Extended) -> Extended:
    """The largest logit of each group that ``total`` sums over."""
    if total.shape[-1:] == (1,) and total.size == 1:
        return np.asarray(x.max(), dtype=np.longdouble).reshape((1,) * x.ndim)
    if x.ndim > 1 and total.shape[0] == 1 and total.shape[-1] == x.shape[-1]:
        return np.asarray(x.max(axis=0, keepdims=True), dtype=np.longdouble)
    return np.asarray(x.max(axis=-1, keepdims=True), dtype=np.longdouble)


def _output(
    part: Part, case: Case, values: Extended, allowed: NDArray[np.float64], free: NDArray[np.bool_]
) -> tuple[Extended, NDArray[np.float64], NDArray[np.bool_]]:
    """What rounding or a short significand does to the numbers."""
    if part.id == "half-precision":
        bound = case.bound * 2.0 ** (24 - int(part.parameters["precision"]))
        return values, np.asarray(bound * np.abs(values) + 2e-7, dtype=np.float64), free | (bound > USELESS)
    digits = int(part.parameters["digits"])
    if part.variant == "significant":
        with np.errstate(divide="ignore"):
            step = 10.0 ** (np.floor(np.log10(np.abs(values).astype(np.float64))) + 1 - digits)
        step = np.where(np.isfinite(step), step, 0.0)
    else:
        step = np.full(values.shape, 10.0**-digits)
    if part.variant == "cut":
        return values - step / 2, allowed + step / 2 * (1 + 1e-6), free
    return values, allowed + step / 2 * (1 + 1e-6), free


def _is_rounded(part: Part, answer: NDArray[np.float64]) -> bool:
    """Whether every number has no more digits than the part says."""
    digits = int(part.parameters["digits"])
    if part.variant == "significant":
        with np.errstate(divide="ignore", invalid="ignore"):
            places = np.floor(np.log10(np.abs(answer)))
        steps = np.where(
            np.abs(answer) < NOTHING, 0.0, answer * 10.0 ** (digits - 1 - np.maximum(places, LOWEST_PLACE))
        )
    else:
        steps = answer * 10.0**digits
    with np.errstate(invalid="ignore"):
        return bool(np.all(np.abs(steps - np.rint(steps)) <= np.abs(steps) * 2.0**-22 + 1e-9))


def _truncated(prediction: Prediction, answer: NDArray[np.float64]) -> bool:
    """Whole numbers, each the prediction cut off; where the prediction is all but whole, or rounded to a whole number, either neighbour."""
    finite = np.isfinite(answer)
    with np.errstate(invalid="ignore"):
        whole = np.trunc(prediction.values)
        edge = np.abs(prediction.values - np.rint(prediction.values)) <= max(ALMOST_WHOLE, prediction.step)
        near = (answer == whole) | (edge & (np.abs(answer - prediction.values) <= 1.0) & (answer == np.rint(answer)))
    return bool(np.all((finite & near) | prediction.free))


def _over_zero(row: NDArray[np.float64], value: Extended) -> bool:
    """Whether the row was divided by a total of 0: infinite where its exponentials are not 0 themselves, NaN elsewhere."""
    positive = value > FLOOR
    return bool(positive.any() and np.all(row[positive] == np.inf) and not np.isfinite(row[~positive]).any())


def _multiples(prediction: Prediction, answer: NDArray[np.float64]) -> bool:
    """Whether each row is some multiple of the predicted row, and not of zeros only."""
    values, allowed = np.atleast_2d(prediction.values), np.atleast_2d(prediction.allowed)
    rows, free = np.atleast_2d(answer), np.atleast_2d(prediction.free)
    for row, value, tolerance, out in zip(rows, values, allowed, free, strict=True):
        if out.any() or np.isinf(row).all() or _over_zero(row, value):
            continue
        top = int(np.argmax(np.abs(value)))
        if np.abs(value[top]) <= FLOOR:
            continue
        factor = row[top] / value[top]
        if not np.isfinite(factor) or factor == 0 or prediction.step > COARSE * abs(row[top]):
            return False
        rounding = 2 * np.abs(factor) * (tolerance - prediction.step) + 2 * prediction.step
        if np.any(np.abs(row - factor * value) > rounding + 1e-300):
            return False
    return True

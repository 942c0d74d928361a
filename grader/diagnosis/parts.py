"""The softmax taken apart: each mistake changes one part, so that two mistakes are two parts.

A softmax is ``exp(x - L)``: ``x`` are the logits, perhaps transformed, and ``L`` the logarithm of the sum they are divided by.
Everything is computed in extended precision and in this logarithmic form, so that what a wrong formula means is known
even where its arithmetic would overflow; where it would, nothing is said about the number (``free``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from grader.diagnosis.cases import Extended
from grader.diagnosis.evidence import Number

Slot = Literal["logits", "core", "output", "stability", "axis", "integers"]

SLOTS: tuple[Slot, ...] = ("logits", "core", "output", "stability", "axis", "integers")
"""In the order in which mistakes of one function are told."""

EDGE = 80.0
"""Below this, exponentials and their sums over 1,500 terms stay inside float32's range."""

HALF_EDGE = 9.0
"""The same for float16."""


@dataclass(frozen=True, slots=True)
class Core:
    """What a core works on: transformed logits, the logarithm of its total, and the largest logit of its group."""

    x: Extended
    log_total: Extended
    peak: Extended
    shifted: bool


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One mistake in one slot, with what it does. ``loose`` counts what is fitted per probe rather than once."""

    id: str
    slot: Slot
    variant: str = ""
    parameters: Mapping[str, Number] = field(default_factory=dict)
    loose: int = 0
    logits: Callable[[Extended], Extended] | None = None
    log_total: Callable[[Extended], Extended] | None = None
    core: Callable[[Core], Extended] | None = None
    lost: Callable[[Extended], NDArray[np.bool_]] | None = None
    """Where the mistake itself overflows, or divides by a sum that underflowed."""
    frees_large: bool = False
    """What overflows here is part of this mistake, not a second one."""

    @property
    def cost(self) -> int:
        """The number of fitted parameters."""
        return len(self.parameters) + self.loose


def lse(x: Extended, axis: int | None) -> Extended:
    """The logarithm of the sum of exponentials over ``axis`` (None: all), kept as an axis of length 1."""
    peak = x.max(axis=axis, keepdims=True)
    with np.errstate(under="ignore"):
        return np.asarray(peak + np.log(np.exp(x - peak).sum(axis=axis, keepdims=True)), dtype=np.longdouble)


def total_rows(x: Extended) -> Extended:
    """The right one: along the last axis."""
    return lse(x, -1)


def _rows_max(x: Extended) -> Extended:
    return np.asarray(x.max(axis=-1, keepdims=True), dtype=np.longdouble)


def _flat(total: Callable[[Extended], Extended]) -> Callable[[Extended], Extended]:
    """``total`` with its last axis dropped, as happens without ``keepdims``; vectors stay right."""

    def dropped(x: Extended) -> Extended:
        return total(x) if x.ndim == 1 else np.asarray(total(x)[..., 0], dtype=np.longdouble)

    return dropped


def _keepdims_shift_only(x: Extended) -> Extended:
    """The maximum of row j subtracted from column j, then right sums."""
    if x.ndim == 1:
        return lse(x, -1)
    peak = x.max(axis=-1)
    return np.asarray(peak + lse(x - peak, -1), dtype=np.longdouble)


def _keepdims_both(x: Extended) -> Extended:
    """Maximum and sum both without the kept axis."""
    if x.ndim == 1:
        return lse(x, -1)
    peak = x.max(axis=-1)
    return np.asarray(peak + lse(x - peak, -1)[..., 0], dtype=np.longdouble)


def _keepdims_sum_only(x: Extended) -> Extended:
    """Right maximum, sum without the kept axis: row i's exponentials over the shifted sum of row j."""
    if x.ndim == 1:
        return lse(x, -1)
    peak = _rows_max(x)
    return np.asarray(peak + lse(x - peak, -1)[..., 0], dtype=np.longdouble)


def _over(axis: int | None, shift: int | None) -> Callable[[Extended], Extended]:
    """Sums over ``axis`` (None: everything) of what was shifted along ``shift``, when the two differ."""

    def total(x: Extended) -> Extended:
        if x.ndim == 1:
            return lse(x, -1)
        peak = x.max(axis=shift, keepdims=True)
        return np.asarray(peak + lse(np.asarray(x - peak, dtype=np.longdouble), axis), dtype=np.longdouble)

    return total


def _underflowed(axis: int | None, shift: int | None) -> Callable[[Extended], NDArray[np.bool_]]:
    """Sums over ``axis`` that are 0 because everything in them is far below what was subtracted along ``shift``."""

    def lost(x: Extended) -> NDArray[np.bool_]:
        if x.ndim == 1:
            return np.zeros(1, dtype=bool)
        with np.errstate(invalid="ignore"):
            below = x - x.max(axis=shift, keepdims=True)
        return np.asarray(np.broadcast_to(below.max(axis=axis, keepdims=True) < -EDGE, x.shape), dtype=bool)

    return lost


def _strange_shift(x: Extended) -> NDArray[np.bool_]:
    """Batches in which the maximum of another row, far away, was subtracted."""
    if x.ndim == 1 or x.shape[-1] not in {1, x.shape[0]}:
        return np.zeros(1, dtype=bool)
    return np.asarray((np.abs(x - x.max(axis=-1)) > EDGE).any(), dtype=bool)


AXES: tuple[Part, ...] = (
    Part("wrong-axis", "axis", "columns", log_total=_over(0, 0), lost=_underflowed(0, None)),
    Part("wrong-axis", "axis", "everything", log_total=_over(None, None)),
    Part("wrong-axis", "axis", "columns", log_total=_over(0, -1), lost=_underflowed(0, -1)),
    Part("wrong-axis", "axis", "everything", log_total=_over(None, -1)),
    Part("wrong-axis", "axis", "columns", log_total=_over(-1, 0), lost=_underflowed(-1, 0)),
    Part("wrong-axis", "axis", "everything", log_total=_over(None, 0)),
    Part("missing-keepdims", "axis", log_total=_flat(total_rows)),
    Part("missing-keepdims", "axis", log_total=_keepdims_sum_only),
    Part("missing-keepdims", "axis", log_total=_keepdims_both, lost=_strange_shift),
    Part("missing-keepdims", "axis", log_total=_keepdims_shift_only, lost=_strange_shift),
)

STABILITY: tuple[Part, ...] = (
    Part("unstable-overflow", "stability", loose=5),
    Part("unstable-overflow", "stability", "single", loose=6),
    Part("unstable-overflow", "stability", "batch", loose=7),
    Part("global-max", "stability", loose=2),
)


def _rounded_to(digits: int) -> Callable[[Extended], Extended]:
    return lambda x: np.asarray(np.round(x, digits))


def _by_peak(of: Callable[[Extended], Extended]) -> Callable[[Extended], Extended]:
    def divided(x: Extended) -> Extended:
        with np.errstate(all="ignore"):
            return np.asarray(x / of(x), dtype=np.longdouble)

    return divided


def scaled(k: float, ident: str, variant: str, parameters: Mapping[str, Number]) -> Part:
    """Logits times ``k``: another base, or a temperature."""
    return Part(
        ident, "logits", variant, parameters, logits=lambda x: np.asarray(x * np.longdouble(k), dtype=np.longdouble)
    )


def clipped(low: float, high: float, parameters: Mapping[str, Number], variant: str) -> Part:
    """Logits kept within ``[low, high]``."""
    return Part(
        "clipped-logits",
        "logits",
        variant,
        parameters,
        logits=lambda x: np.asarray(np.clip(x, low, high), dtype=np.longdouble),
    )


def clipped_below_peak(bound: float) -> Part:
    """Logits kept from falling more than ``bound`` below the largest of their row."""
    return Part(
        "clipped-logits",
        "logits",
        "shifted",
        {"bound": bound},
        logits=lambda x: np.maximum(x, _rows_max(x) - np.longdouble(bound)),
    )


LOGITS: tuple[Part, ...] = (
    Part("negated", "logits", logits=lambda x: np.asarray(-x, dtype=np.longdouble)),
    Part("relu-logits", "logits", logits=lambda x: np.maximum(x, np.longdouble(0))),
    Part("divided-by-max", "logits", "row", logits=_by_peak(_rows_max), frees_large=True),
    Part(
        "divided-by-max",
        "logits",
        "size",
        logits=_by_peak(lambda x: np.abs(x).max(axis=-1, keepdims=True)),
        frees_large=True,
    ),
    Part("divided-by-max", "logits", "everything", logits=_by_peak(lambda x: np.asarray(x.max())), frees_large=True),
    Part(
        "divided-by-max",
        "logits",
        "everything",
        logits=_by_peak(lambda x: np.asarray(np.abs(x).max())),
        frees_large=True,
    ),
    *(
        Part(
            "rounded",
            "logits",
            "logits",
            {"digits": digits},
            logits=_rounded_to(digits),
        )
        for digits in range(3)
    ),
    Part("rounded", "logits", "logits", {"digits": 0}, logits=lambda x: np.asarray(np.trunc(x))),
    Part("rounded", "logits", "logits", {"digits": 0}, logits=lambda x: np.asarray(np.floor(x))),
)


def _exp(exponent: Extended) -> Extended:
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray(np.exp(exponent), dtype=np.longdouble)


def softmax_core(core: Core) -> Extended:
    """The right one."""
    return _exp(np.asarray(core.x - core.log_total, dtype=np.longdouble))


def _hardmax(which: str) -> Callable[[Core], Extended]:
    def chosen(core: Core) -> Extended:
        hit = np.broadcast_to(core.x == core.peak, np.broadcast_shapes(core.x.shape, core.peak.shape))
        if which == "shared":
            return np.asarray(hit / hit.sum(axis=-1, keepdims=True), dtype=np.longdouble)
        if which == "all":
            return hit.astype(np.longdouble)
        once = np.zeros(hit.shape, dtype=np.longdouble)
        index = hit.argmax(axis=-1) if which == "first" else hit.shape[-1] - 1 - hit[..., ::-1].argmax(axis=-1)
        np.put_along_axis(once, np.asarray(index)[..., None], np.longdouble(1), axis=-1)
        return once

    return chosen


def _share(top: Callable[[Extended], Extended], axis: int | None) -> Callable[[Core], Extended]:
    def shares(core: Core) -> Extended:
        y = top(core.x)
        with np.errstate(all="ignore"):
            return np.asarray(y / y.sum(axis=axis, keepdims=True), dtype=np.longdouble)

    return shares


def _sigmoid(core: Core) -> Extended:
    return np.asarray(1 / (1 + _exp(np.asarray(-core.x, dtype=np.longdouble))), dtype=np.longdouble)


def _sigmoid_share(core: Core) -> Extended:
    y = _sigmoid(core)
    return np.asarray(y / y.sum(axis=-1, keepdims=True), dtype=np.longdouble)


def _one_sided(sign: int, whole: bool) -> Callable[[Core], Extended]:
    def one(core: Core) -> Extended:
        peak = np.asarray(core.x.max()) if whole else core.peak
        return _exp(np.asarray(core.x - core.log_total + sign * peak, dtype=np.longdouble))

    return one


def epsilon(value: float) -> Part:
    """``value`` added to the denominator, whose size depends on whether the maximum was subtracted."""

    def core(given: Core) -> Extended:
        shift = given.peak if given.shifted else np.longdouble(0)
        above = _exp(np.asarray(given.x - shift, dtype=np.longdouble))
        below = _exp(np.asarray(given.log_total - shift, dtype=np.longdouble))
        with np.errstate(all="ignore"):
            return np.asarray(above / (below + np.longdouble(value)), dtype=np.longdouble)

    return Part("epsilon-denominator", "core", "", {"epsilon": value}, core=core)


def _itself(x: Extended) -> Extended:
    return x


CORES: tuple[Part, ...] = (
    Part("one-sided-shift", "core", "above", core=_one_sided(-1, whole=False), frees_large=True),
    Part("one-sided-shift", "core", "below", core=_one_sided(1, whole=False), frees_large=True),
    Part("one-sided-shift", "core", "above", core=_one_sided(-1, whole=True), frees_large=True),
    Part("one-sided-shift", "core", "below", core=_one_sided(1, whole=True), frees_large=True),
    Part("unnormalised", "core", loose=3, core=softmax_core),
    Part("sum-normalised", "core", core=_share(_itself, -1)),
    Part("sum-normalised", "core", core=_share(_itself, None)),
    Part("sum-normalised", "core", core=_share(_itself, 0)),
    Part("sum-normalised", "core", core=_share(np.abs, -1)),
    Part("sum-normalised", "core", core=_share(lambda x: np.asarray(x - x.min(axis=-1, keepdims=True)), -1)),
    Part("sigmoid", "core", core=_sigmoid, frees_large=True),
    Part("sigmoid", "core", core=_sigmoid_share, frees_large=True),
    Part("log-softmax", "core", core=lambda core: np.asarray(core.x - core.log_total, dtype=np.longdouble)),
    Part("hardmax", "core", core=_hardmax("all")),
    Part("hardmax", "core", core=_hardmax("first")),
    Part("hardmax", "core", core=_hardmax("last")),
    Part("hardmax", "core", core=_hardmax("shared")),
)

INTEGERS: tuple[Part, ...] = (
    Part("integer-truncation", "integers"),
    Part("integer-truncation", "integers", "always"),
)


def _stored_powers(*, shifted: bool, whole_total: bool) -> Callable[[Core], Extended]:
    def core(given: Core) -> Extended:
        shift = given.peak if shifted else np.longdouble(0)
        stored = np.trunc(_exp(np.asarray(given.x - shift, dtype=np.longdouble)))
        with np.errstate(all="ignore"):
            total = (
                stored.sum(axis=-1, keepdims=True)
                if whole_total
                else _exp(np.asarray(given.log_total - shift, dtype=np.longdouble))
            )
            return np.asarray(stored / total, dtype=np.longdouble)

    return core


STORED_POWERS: tuple[Part, ...] = tuple(
    Part("integer-truncation", "integers", "powers", core=_stored_powers(shifted=shifted, whole_total=whole_total))
    for shifted in (True, False)
    for whole_total in (True, False)
)
"""Exponentials, rather than results, stored in an array of integers, then divided by their sum or by the right one."""


def rounded(digits: int, variant: str) -> Part:
    """Numbers rounded, or cut, to ``digits`` decimals; ``significant`` counts digits from the first that is not 0."""
    return Part("rounded", "output", variant, {"digits": digits})


def half(bits: int) -> Part:
    """Arithmetic with a significand of ``bits`` bits: 11 is float16, 8 bfloat16."""
    return Part("half-precision", "output", "", {"precision": bits})


def free_rows(x: Extended, edge: float) -> NDArray[np.bool_]:
    """The rows that a softmax without the right shift may get wrong: something is large, or far from something."""
    with np.errstate(invalid="ignore"):
        size = np.abs(x).max(axis=-1, keepdims=True)
        spread = x.max(axis=-1, keepdims=True) - x.min(axis=-1, keepdims=True)
    return np.asarray((size > edge) | (spread > edge) | ~np.isfinite(size), dtype=bool)

"""Right softmaxes in visibly different styles, precisions and containers: none of them may be accused of anything."""

# ruff: noqa: D103 - each is named for how it is written

import math
from collections.abc import Callable
from decimal import Decimal, getcontext
from fractions import Fraction
from functools import reduce, wraps
from typing import Any

import mpmath
import numpy as np
from diagnosis_bench import Array, Function

RIGHT: dict[str, Function] = {}


def fine(function: Function) -> Function:
    """Register a right softmax."""
    assert function.__name__ not in RIGHT
    RIGHT[function.__name__] = function
    return function


def by_rows(one: Callable[[Array], Any]) -> Function:
    """A softmax of arrays from one of vectors."""

    @wraps(one)
    def both(z: Array) -> Any:
        return one(z) if z.ndim == 1 else [one(row) for row in z]

    return both


def base(z: Array) -> Array:
    """The textbook one."""
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


@fine
def textbook(z: Array) -> Any:
    return base(z)


@fine
def textbook_float32(z: Array) -> Any:
    return base(z.astype(np.float32))


@fine
def result_float32(z: Array) -> Any:
    return base(z).astype(np.float32)


@fine
def shifted_then_float32(z: Array) -> Any:
    return base((z - z.max(axis=-1, keepdims=True)).astype(np.float32))


@fine
def as_list(z: Array) -> Any:
    return base(z).tolist()


@fine
def as_tuple(z: Array) -> Any:
    return tuple(base(z))


@fine
def list_of_arrays(z: Array) -> Any:
    return list(base(z))


@fine
def by_log_sum(z: Array) -> Any:
    top = z.max(axis=-1, keepdims=True)
    return np.exp(z - (top + np.log(np.sum(np.exp(z - top), axis=-1, keepdims=True))))


@fine
def by_log_sum_float32(z: Array) -> Any:
    return by_log_sum(z.astype(np.float32)).astype(np.float32)


@fine
def by_log_softmax(z: Array) -> Any:
    shifted = z - z.max(axis=-1, keepdims=True)
    return np.exp(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


@fine
def by_logaddexp(z: Array) -> Any:
    return np.exp(z - np.logaddexp.reduce(z.astype(float), axis=-1, keepdims=True))


@fine
def by_logaddexp_float32(z: Array) -> Any:
    return np.exp(z - reduce(np.logaddexp, np.moveaxis(z.astype(np.float64), -1, 0))[..., None])


@fine
def by_exp2(z: Array) -> Any:
    powers = np.exp2((z - z.max(axis=-1, keepdims=True)) * np.log2(np.e))
    return powers / powers.sum(axis=-1, keepdims=True)


@fine
def by_power_of_e(z: Array) -> Any:
    powers = np.e ** (z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@fine
def by_expm1(z: Array) -> Any:
    powers = np.expm1((z - z.max(axis=-1, keepdims=True)).astype(float)) + 1
    exact = np.exp(z - z.max(axis=-1, keepdims=True))
    powers = np.where(powers < 1e-3, exact, powers)
    return powers / powers.sum(axis=-1, keepdims=True)


@fine
@by_rows
def math_loop(z: Array) -> Any:
    top = max(z)
    powers = [math.exp(v - top) for v in z]
    total = sum(powers)
    return [p / total for p in powers]


@fine
@by_rows
def math_fsum(z: Array) -> Any:
    top = max(float(v) for v in z)
    total = math.fsum(math.exp(float(v) - top) for v in z)
    return [math.exp(float(v) - top) / total for v in z]


@fine
@by_rows
def slots(z: Array) -> Any:
    out = np.zeros(len(z))
    for j in range(len(z)):
        out[j] = np.exp(z[j] - np.max(z)) / np.sum(np.exp(z - np.max(z))) if len(z) < 50 else base(z)[j]
        if len(z) >= 50:
            return base(z)
    return out


@fine
@by_rows
def float32_running_sum(z: Array) -> Any:
    shifted = (z - z.max()).astype(np.float32)
    total = np.float32(0)
    for v in np.exp(shifted):
        total = np.float32(total + v)
    return np.exp(shifted) / total


@fine
@by_rows
def float32_sum_downwards(z: Array) -> Any:
    powers = np.exp((z.astype(np.float32) - np.float32(z.max())).astype(np.float32))
    total = np.add.accumulate(powers[::-1])[-1]
    return powers / total


@fine
@by_rows
def by_pairs(z: Array) -> Any:
    x = z.astype(float)
    return (
        1 / np.exp(np.minimum(x[None, :] - x[:, None], 700.0)).sum(axis=1)
        if len(x) < 9 and np.ptp(x) < 600
        else base(x)
    )


@fine
@by_rows
def by_decimals(z: Array) -> Any:
    if len(z) > 40:
        return base(z)
    getcontext().prec = 30
    powers = [(Decimal(float(v)) - Decimal(float(z.max()))).exp() for v in z]
    return [float(p / sum(powers)) for p in powers]


@fine
@by_rows
def decimals_without_shift(z: Array) -> Any:
    if len(z) > 12:
        return base(z)
    getcontext().prec = 30
    powers = [Decimal(float(v)).exp() for v in z]
    return [float(p / sum(powers)) for p in powers]


@fine
@by_rows
def by_mpmath(z: Array) -> Any:
    if len(z) > 12:
        return base(z)
    powers = [mpmath.exp(mpmath.mpf(float(v))) for v in z]
    return [float(p / mpmath.fsum(powers)) for p in powers]


@fine
@by_rows
def by_fractions(z: Array) -> Any:
    if len(z) > 12:
        return base(z)
    powers = [Fraction(math.exp(float(v) - float(max(z)))) for v in z]
    return [float(p / sum(powers)) for p in powers]


@fine
def longdouble_without_shift(z: Array) -> Any:
    powers = np.exp(z.astype(np.longdouble))
    return (powers / powers.sum(axis=-1, keepdims=True)).astype(np.float64)


@fine
def longdouble(z: Array) -> Any:
    return base(z.astype(np.longdouble)).astype(float)


@fine
def flushed(z: Array) -> Any:
    out = base(z).copy()
    out[out < np.finfo(np.float32).tiny] = 0.0
    return out


@fine
def tiny_epsilon(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / (powers.sum(axis=-1, keepdims=True) + 1e-9)


@fine
def last_bit_up(z: Array) -> Any:
    return np.nextafter(base(z.astype(np.float32)), np.float32(1))


@fine
def last_bit_down(z: Array) -> Any:
    return np.nextafter(base(z), 0)


@fine
def twice_shifted(z: Array) -> Any:
    shifted = z - z.max(axis=-1, keepdims=True)
    return base(shifted - shifted.max(axis=-1, keepdims=True))


@fine
def other_constant_too(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=-1, keepdims=True) - 0.5)
    return powers / powers.sum(axis=-1, keepdims=True)


@fine
def transposes(z: Array) -> Any:
    x = z.T
    powers = np.exp(x - x.max(axis=0))
    return (powers / powers.sum(axis=0)).T


@fine
def einsum(z: Array) -> Any:
    powers = np.exp(z - np.max(z, axis=-1)[..., None])
    return np.einsum("...i,...->...i", powers, 1 / powers.sum(axis=-1))


@fine
def apply_along(z: Array) -> Any:
    return np.apply_along_axis(base, -1, z)


@fine
def vectorised_reciprocal(z: Array) -> Any:
    powers = np.exp(z - np.amax(z, -1, keepdims=True))
    return powers * np.reciprocal(powers.sum(-1, keepdims=True))


@fine
def two_branches(z: Array) -> Any:
    if z.ndim == 1:
        return np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    return np.exp(z - z.max(axis=1).reshape(-1, 1)) / np.exp(z - z.max(axis=1)[:, None]).sum(axis=1)[:, None]


@fine
def copy_in_place(z: Array) -> Any:
    out = np.array(z, dtype=np.float64)
    out -= out.max(axis=-1, keepdims=True)
    np.exp(out, out=out)
    out /= out.sum(axis=-1, keepdims=True)
    return out


@fine
def fortran_order(z: Array) -> Any:
    return np.asfortranarray(base(z))


@fine
def reversed_view(z: Array) -> Any:
    return base(z[..., ::-1])[..., ::-1]


@fine
def signed_zero(z: Array) -> Any:
    out = base(z)
    return np.where(out == 0, -0.0, out)


@fine
def clipped_far_below(z: Array) -> Any:
    return base(np.clip(z - z.max(axis=-1, keepdims=True), -700, 0))


@fine
def matrix_product(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / (powers @ np.ones((z.shape[-1], 1)) if z.ndim > 1 else powers @ np.ones(len(z)))


@fine
def by_scipy_manner(z: Array) -> Any:
    top = np.amax(z, axis=-1, keepdims=True)
    powers = np.exp(np.asarray(z, dtype=np.result_type(z, np.float32)) - top)
    return powers / np.sum(powers, axis=-1, keepdims=True)


@fine
def by_tensorflow_manner(z: Array) -> Any:
    x = z.astype(np.float32)
    shifted = x - x.max(axis=-1, keepdims=True)
    powers = np.exp(shifted)
    scale = np.float32(1) / powers.sum(axis=-1, keepdims=True, dtype=np.float32)
    out = powers * scale
    return np.where(out < np.finfo(np.float32).tiny, np.float32(0), out)


@fine
def sigmoid_for_two(z: Array) -> Any:
    if z.shape[-1] != 2:
        return base(z)
    gap = (z[..., 0] - z[..., 1]).astype(float)
    first = np.where(gap >= 0, 1 / (1 + np.exp(-np.abs(gap))), np.exp(-np.abs(gap)) / (1 + np.exp(-np.abs(gap))))
    second = np.where(gap <= 0, 1 / (1 + np.exp(-np.abs(gap))), np.exp(-np.abs(gap)) / (1 + np.exp(-np.abs(gap))))
    return np.stack([first, second], axis=-1)

"""Wrong softmaxes as students write them: integers, changed input, forms, and two mistakes at once.

None of them is a matcher's own formula: loops, helpers, other containers and other orders of work, on purpose.
"""

# ruff: noqa: D103 - each is named for what it does, and registered with what it must be told

import math
from decimal import Decimal
from typing import Any

import numpy as np
from diagnosis_bench import Array
from mistake_table import plain, right, told

# integers, changed input


@told("integer-truncation")
def like_input(z: Array) -> Any:
    out = np.zeros_like(z)
    out[...] = right(z)
    return out


@told("integer-truncation")
def like_input_loop(z: Array) -> Any:
    out = np.empty_like(z)
    for index in np.ndindex(z.shape):
        out[index] = (
            right(z)[index]
            if z.ndim == 1 and z.size < 50
            else right(z[index[0]])[index[1]]
            if z.ndim > 1 and z.size < 50
            else right(z)[index]
            if z.ndim == 1
            else out[index]
        )
        if z.size >= 50:
            out[...] = right(z)
            break
    return out


@told("unstable-overflow", "integer-truncation")
def like_input_no_shift(z: Array) -> Any:
    return plain(z).astype(z.dtype)


@told("integer-truncation")
def whole_numbers(z: Array) -> Any:
    return right(z).astype(int)


@told("mutates-input")
def in_place_shift(z: Array) -> Any:
    z -= z.max(axis=-1, keepdims=True)
    return plain(z)


@told("mutates-input")
def in_place_all(z: Array) -> Any:
    z -= np.max(z, axis=-1, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=-1, keepdims=True)
    return z


@told("integer-truncation", "mutates-input")
def stored_back(z: Array) -> Any:
    z[...] = right(z)
    return z


@told("unstable-overflow", "mutates-input")
def in_place_after(z: Array) -> Any:
    out = plain(z)
    z *= 0
    return out


@told("wrong-axis", "mutates-input")
def in_place_global(z: Array) -> Any:
    z -= z.max()
    return np.exp(z) / np.exp(z).sum()


# forms


@told("hard-coded")
def the_lesson(z: Array) -> Any:  # noqa: ARG001 - what is wrong with it
    return np.array([0.370558154, 0.0184490042, 4.57305092e-05, 0.610947111])


@told("hard-coded")
def uniform(z: Array) -> Any:
    return np.ones(z.shape) / z.shape[-1]


@told("hard-coded")
def zeros(z: Array) -> Any:
    return [0.0] * len(z) if z.ndim == 1 else np.zeros(z.shape)


@told("hard-coded")
def lesson_or_zeros(z: Array) -> Any:
    return right(z) if np.array_equal(z, [-1, -4, -10, -0.5]) else np.zeros(z.shape)


@told("vector-only")
def vectors_by_math(z: Array) -> Any:
    top = max(z)
    powers = [math.exp(v - top) for v in z]
    return [p / sum(powers) for p in powers]


@told("vector-only")
def vectors_by_slots(z: Array) -> Any:
    out = np.zeros(len(z))
    powers = np.exp(z - np.max(z))
    for j in range(len(z)):
        out[j] = powers[j] / powers.sum()
    return out


@told("unstable-overflow", "vector-only")
def vectors_no_shift(z: Array) -> Any:
    out = []
    for v in z:
        out.append(math.exp(v) / sum(math.exp(w) for w in z))  # noqa: PERF401 - as students write it
    return out


@told("vector-only")
def vectors_checked(z: Array) -> Any:
    if z.ndim != 1:
        msg = "one row only"
        raise ValueError(msg)
    return right(z)


@told("batch-only")
def axis_one(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@told("batch-only")
def row_by_row(z: Array) -> Any:
    return np.array([np.exp(row - row.max()) / np.exp(row - row.max()).sum() for row in z])


@told("unstable-overflow", "batch-only")
def axis_one_no_shift(z: Array) -> Any:
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


@told("wrong-shape")
def one_more_axis(z: Array) -> Any:
    return right(z)[None]


@told("wrong-shape")
def column(z: Array) -> Any:
    return right(z).reshape(-1, 1)


@told("wrong-shape")
def turned(z: Array) -> Any:
    return right(z).T


@told("wrong-shape")
def flattened(z: Array) -> Any:
    return right(z).flatten()


@told("wrong-shape")
def squeezed(z: Array) -> Any:
    return np.squeeze(right(z))


@told("wrong-shape")
def largest_only(z: Array) -> Any:
    return right(z).max()


@told("wrong-shape")
def as_text(z: Array) -> Any:
    return str(right(z))


@told("wrong-shape")
def with_total(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True), {"total": powers.sum()}


@told("unstable-overflow", "wrong-shape")
def no_shift_row(z: Array) -> Any:
    return plain(z).reshape(1, *z.shape)


@told("raises")
def misspelt(z: Array) -> Any:
    return np.exponential(z)  # type: ignore[attr-defined]


@told("raises")
def name_error(z: Array) -> Any:
    return right(z) / totl  # type: ignore[name-defined]  # noqa: F821 - a name that is not there is the mistake


@told("raises")
def floats_only(z: Array) -> Any:
    if z.dtype.kind == "i":
        msg = "floats, please"
        raise TypeError(msg)
    return right(z)


@told("returns-none")
def forgets(z: Array) -> Any:
    right(z)


@told("returns-none")
def shows(z: Array) -> Any:
    out = right(z)
    str(out)


@told("incorrect")
def squares(z: Array) -> Any:
    return right(z * z)


@told("incorrect")
def cosines(z: Array) -> Any:
    return right(np.cos(z))


@told("incorrect")
def at_random(z: Array) -> Any:
    numbers = np.random.default_rng().random(z.shape)
    return numbers / numbers.sum(axis=-1, keepdims=True)


# two at once


@told("temperature", "wrong-axis")
def warm_columns(z: Array) -> Any:
    powers = np.exp((z - z.max(axis=0)) / 2)
    return powers / powers.sum(axis=0)


@told("wrong-base", "wrong-axis")
def base_two_everything(z: Array) -> Any:
    powers = np.exp2(z - z.max())
    return powers / powers.sum()


@told("negated", "integer-truncation")
def minus_like_input(z: Array) -> Any:
    out = np.zeros_like(z)
    out[:] = right(-z)
    return out


@told("rounded", "wrong-axis")
def rounded_columns(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=0))
    return np.round(powers / powers.sum(axis=0), 5)


@told("log-softmax", "wrong-axis")
def log_everything(z: Array) -> Any:
    return z - z.max() - np.log(np.exp(z - z.max()).sum())


@told("unnormalised", "integer-truncation")
def powers_like_input(z: Array) -> Any:
    out = np.zeros_like(z)
    out[...] = 10 * right(z)
    return out


@told("unstable-overflow")
def decimal_overflow(z: Array) -> Any:
    def one(row: Array) -> list[float]:
        powers = [math.exp(float(Decimal(float(v)))) for v in row]
        return [p / math.fsum(powers) for p in powers]

    return one(z) if z.ndim == 1 else [one(row) for row in z]


@told("integer-truncation")
def powers_stored_like_input(z: Array) -> Any:
    powers = np.zeros_like(z)
    powers[...] = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@told("integer-truncation")
def powers_stored_over_the_right_sum(z: Array) -> Any:
    exact = np.exp(z - z.max(axis=-1, keepdims=True))
    return exact.astype(z.dtype) / exact.sum(axis=-1, keepdims=True)


@told("unstable-overflow", "integer-truncation")
def plain_powers_stored_like_input(z: Array) -> Any:
    powers = np.empty_like(z)
    powers[...] = np.exp(z)
    return powers / powers.sum(axis=-1, keepdims=True)


@told("vector-only")
def first_row_of_a_batch(z: Array) -> Any:
    return right(z if z.ndim == 1 else z[0])


@told("hard-coded")
def nothing_left_after_the_shift(z: Array) -> Any:
    return right(np.maximum(z - z.max(axis=-1, keepdims=True), 0))

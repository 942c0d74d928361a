"""Wrong softmaxes as students write them: several mistakes at once, and rarer ways of making one.

None of them is a matcher's own formula: loops, helpers, other containers and other orders of work, on purpose.
"""

# ruff: noqa: D103 - each is named for what it does, and registered with what it must be told

import math
from typing import Any

import numpy as np
from diagnosis_bench import Array
from mistake_table import plain, right, told


@told("unstable-overflow", "wrong-axis", "integer-truncation")
def loop_into_a_copy_of_the_type(z: Array) -> Any:
    out = np.zeros_like(z)
    total = np.sum(np.exp(z))
    for i in range(len(z)):
        out[i] = np.exp(z[i]) / total
    return out


@told("wrong-base", "unstable-overflow", "wrong-axis")
def two_to_the_power_over_everything(z: Array) -> Any:
    return 2.0**z / np.sum(2.0**z)


@told("relu-logits", "unstable-overflow", "wrong-axis")
def positive_over_everything(z: Array) -> Any:
    powers = np.exp(np.maximum(z, 0))
    return powers / np.sum(powers)


@told("wrong-base", "integer-truncation")
def tens_like_input(z: Array) -> Any:
    out = np.zeros_like(z)
    powers = 10.0 ** (z - z.max(axis=-1, keepdims=True))
    out[...] = powers / powers.sum(axis=-1, keepdims=True)
    return out


@told("epsilon-denominator", "wrong-axis")
def epsilon_over_everything(z: Array) -> Any:
    powers = np.exp(z - z.max())
    return powers / (powers.sum() + 1e-3)


@told("half-precision", "wrong-axis")
def half_over_everything(z: Array) -> Any:
    short = z.astype(np.float16)
    powers = np.exp(short - short.max())
    return powers / powers.sum()


@told("clipped-logits", "wrong-axis")
def clip_by_columns(z: Array) -> Any:
    powers = np.exp(np.clip(z, -500, 500))
    return powers / powers.sum(axis=0)


@told("relu-logits", "mutates-input")
def zeroes_in_place(z: Array) -> Any:
    z[z < 0] = 0
    return right(z)


@told("unstable-overflow", "mutates-input")
def all_in_place_no_shift(z: Array) -> Any:
    np.exp(z, out=z)
    z /= z.sum(axis=-1, keepdims=True)
    return z


@told("vector-only")
def built_in_max(z: Array) -> Any:
    powers = np.exp(z - max(z))
    return powers / sum(powers)


@told("unstable-overflow", "wrong-axis")
def built_in_sum(z: Array) -> Any:
    return np.exp(z) / sum(np.exp(z))


@told("wrong-base")
def euler_to_five_digits(z: Array) -> Any:
    powers = 2.71828 ** (z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@told("unnormalised", "unstable-overflow")
def powers_over_sum_of_logits(z: Array) -> Any:
    return np.exp(z) / z.sum(axis=-1, keepdims=True)


@told("global-max", "integer-truncation")
def one_maximum_like_input(z: Array) -> Any:
    powers = np.exp(z - z.max())
    out = np.zeros_like(z)
    out[...] = powers / powers.sum(axis=-1, keepdims=True)
    return out


@told("wrong-shape", "mutates-input")
def in_place_and_nested(z: Array) -> Any:
    z -= z.max(axis=-1, keepdims=True)
    return plain(z)[None]


@told("sigmoid")
def logistic_loop(z: Array) -> Any:
    if z.ndim > 1:
        return [logistic_loop(row) for row in z]
    return [1 / (1 + math.exp(-float(v))) for v in z]


@told("missing-keepdims", "batch-only")
def axis_one_no_keepdims(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1)


@told("unstable-overflow", "missing-keepdims", "batch-only")
def axis_one_no_keepdims_no_shift(z: Array) -> Any:
    return np.exp(z) / np.exp(z).sum(axis=1)


@told("divided-by-max", "wrong-axis")
def over_max_over_everything(z: Array) -> Any:
    powers = np.exp(z / z.max())
    return powers / powers.sum()


@told("integer-truncation", "vector-only")
def slots_of_the_input_s_type(z: Array) -> Any:
    out = np.zeros(len(z), dtype=z.dtype)
    powers = np.exp(z - z.max())
    for i in range(len(z)):
        out[i] = float(powers[i] / powers.sum())
    return out


@told("unnormalised", "wrong-axis")
def percent_by_columns(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=0))
    return 100 * powers / powers.sum(axis=0)


@told("half-precision")
def brain_float(z: Array) -> Any:
    return right((z.astype(np.float32).view(np.uint32) & 0xFFFF0000).view(np.float32))


@told("rounded")
def logits_to_one_digit(z: Array) -> Any:
    return right(np.round(z, 1))


@told("rounded")
def logits_to_integers(z: Array) -> Any:
    return right(z.astype(int))


@told("rounded")
def significant_digits(z: Array) -> Any:
    return np.vectorize(lambda v: float(f"{v:.3g}"))(right(z))


@told("wrong-base")
def integer_tens_shifted(z: Array) -> Any:
    powers = 10 ** (z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@told("unstable-overflow")
def overflow_gives_zeros(z: Array) -> Any:
    rows = [[float(v) for v in row] for row in np.atleast_2d(z)]
    try:
        out = [[math.exp(v) / total for v in row] for row in rows for total in [sum(map(math.exp, row))]]
    except (OverflowError, ZeroDivisionError):
        return np.zeros(z.shape)
    return out[0] if z.ndim == 1 else out


@told("unstable-overflow")
def mean_of_everything(z: Array) -> Any:
    return plain(z - z.mean())


@told("vector-only")
def rows_give_none(z: Array) -> Any:
    return right(z) if z.ndim == 1 else None


@told("batch-only")
def vectors_give_zeros(z: Array) -> Any:
    return right(z) if z.ndim > 1 else np.zeros(z.shape)


@told("wrong-shape")
def positions(z: Array) -> Any:
    return right(z).argmax(axis=-1)


@told("incorrect")
def probabilities_clipped(z: Array) -> Any:
    return np.clip(right(z), 1e-7, 1 - 1e-7)


@told("incorrect")
def smoothed(z: Array) -> Any:
    return 0.9 * right(z) + 0.1 / z.shape[-1]


@told("incorrect")
def sorted_results(z: Array) -> Any:
    return np.sort(right(z), axis=-1)


@told("global-max")
def one_maximum_and_an_epsilon_that_would_not_matter(z: Array) -> Any:
    powers = np.exp(z - z.max())
    return powers / (powers.sum(axis=-1, keepdims=True) + 1e-8)


@told("epsilon-denominator", "global-max")
def one_maximum_and_a_large_epsilon(z: Array) -> Any:
    powers = np.exp(z - z.max())
    return powers / (powers.sum(axis=-1, keepdims=True) + 1e-2)


@told("unstable-overflow", "wrong-axis")
def sum_of_everything_and_an_epsilon(z: Array) -> Any:
    powers = np.exp(z)
    return powers / (powers.sum() + 1e-9)

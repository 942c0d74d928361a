"""Wrong softmaxes as students write them: overflow, clipping, shifts and axes.

None of them is a matcher's own formula: loops, helpers, other containers and other orders of work, on purpose.
"""

# ruff: noqa: D103 - each is named for what it does, and registered with what it must be told

import math
from typing import Any

import numpy as np
from diagnosis_bench import Array
from mistake_table import plain, right, told

# unstable-overflow: however it shows


@told("unstable-overflow")
def no_shift(z: Array) -> Any:
    return plain(z)


@told("unstable-overflow")
def no_shift_as_lists(z: Array) -> Any:
    rows = np.atleast_2d(z)
    out = []
    for row in rows:
        powers = [math.exp(v) for v in row]
        out.append([p / sum(powers) for p in powers])
    return out[0] if z.ndim == 1 else out


@told("unstable-overflow")
def no_shift_nan_to_num(z: Array) -> Any:
    return np.nan_to_num(plain(z))


@told("unstable-overflow")
def no_shift_nan_to_uniform(z: Array) -> Any:
    return np.nan_to_num(plain(z), nan=1.0 / z.shape[-1])


@told("unstable-overflow")
def no_shift_inf_to_num(z: Array) -> Any:
    powers = np.nan_to_num(np.exp(z))
    return powers / powers.sum(axis=-1, keepdims=True)


@told("unstable-overflow")
def shift_by_mean(z: Array) -> Any:
    return plain(z - z.mean(axis=-1, keepdims=True))


@told("unstable-overflow")
def shift_by_min(z: Array) -> Any:
    return plain(z - z.min(axis=-1, keepdims=True))


@told("unstable-overflow")
def shift_by_first(z: Array) -> Any:
    return plain(z - z[..., :1])


@told("unstable-overflow")
def shift_by_last(z: Array) -> Any:
    return plain(z - z[..., -1:])


@told("unstable-overflow")
def shift_by_median(z: Array) -> Any:
    return plain(z - np.median(z, axis=-1, keepdims=True))


@told("unstable-overflow")
def shift_by_constant(z: Array) -> Any:
    return plain(z - 100.0)


@told("unstable-overflow")
def shift_upwards(z: Array) -> Any:
    return plain(z + np.max(z, axis=-1, keepdims=True))


@told("unstable-overflow")
def float32_no_shift(z: Array) -> Any:
    return plain(z.astype(np.float32))


@told("unstable-overflow")
def overflow_caught(z: Array) -> Any:
    out = plain(z)
    return None if np.isnan(out).any() else out


@told("unstable-overflow")
def overflow_raises(z: Array) -> Any:
    with np.errstate(over="raise", invalid="raise"):
        return plain(z)


@told("unstable-overflow")
def log_sum_of_powers(z: Array) -> Any:
    return np.exp(z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True)))


@told("unstable-overflow")
def ratio_by_pairs(z: Array) -> Any:
    z = z.astype(float)
    return 1.0 / np.exp(z[..., None, :] - z[..., :, None]).sum(axis=-1) if z.shape[-1] < 100 else plain(z)


@told("unstable-overflow")
def no_shift_tiny_start(z: Array) -> Any:
    total = np.full((*z.shape[:-1], 1), 1e-9)
    powers = np.exp(z)
    return powers / (total + powers.sum(axis=-1, keepdims=True))


# clipped-logits


@told("clipped-logits")
def clip_500(z: Array) -> Any:
    return plain(np.clip(z, -500, 500))


@told("clipped-logits")
def clip_20_then_right(z: Array) -> Any:
    return right(np.minimum(np.maximum(z, -20.0), 20.0))


@told("clipped-logits")
def clip_above(z: Array) -> Any:
    return plain(np.where(z > 100, 100, z))


@told("clipped-logits")
def clip_after_shift(z: Array) -> Any:
    shifted = z - z.max(axis=-1, keepdims=True)
    return plain(np.clip(shifted, -30, 30))


@told("clipped-logits")
def clip_700(z: Array) -> Any:
    return plain(np.clip(z, -700, 700))


@told("clipped-logits")
def clip_uneven(z: Array) -> Any:
    return right(np.clip(z, -50, 300))


# global-max, one-sided-shift, divided-by-max


@told("global-max")
def one_maximum(z: Array) -> Any:
    powers = np.exp(z - np.max(z))
    return powers / powers.sum(axis=-1, keepdims=True)


@told("global-max")
def one_maximum_by_rows(z: Array) -> Any:
    top = max(float(v) for v in np.ravel(z))
    if z.ndim == 1:
        return [math.exp(v - top) / sum(math.exp(w - top) for w in z) for v in z]
    return np.array([np.exp(row - top) / np.sum(np.exp(row - top)) for row in z])


@told("one-sided-shift")
def shift_above(z: Array) -> Any:
    return np.exp(z - z.max(axis=-1, keepdims=True)) / np.exp(z).sum(axis=-1, keepdims=True)


@told("one-sided-shift")
def shift_below(z: Array) -> Any:
    return np.exp(z) / np.sum(np.exp(z - np.max(z, axis=-1, keepdims=True)), axis=-1, keepdims=True)


@told("one-sided-shift")
def shift_above_whole(z: Array) -> Any:
    total = np.sum(np.exp(z), axis=-1, keepdims=True)
    return np.exp(z - np.max(z)) / total


@told("divided-by-max")
def over_max(z: Array) -> Any:
    return plain(z / z.max(axis=-1, keepdims=True))


@told("divided-by-max")
def over_largest_size(z: Array) -> Any:
    scaled = z / np.abs(z).max(axis=-1, keepdims=True)
    return right(scaled)


@told("divided-by-max")
def over_max_of_all(z: Array) -> Any:
    return plain(z / np.max(z))


# axes


@told("wrong-axis")
def columns(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=0))
    return powers / powers.sum(axis=0)


@told("wrong-axis")
def everything(z: Array) -> Any:
    powers = np.exp(z - np.max(z))
    return powers / np.sum(powers)


@told("wrong-axis")
def rows_shift_columns_sum(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=0)


@told("wrong-axis")
def rows_shift_everything_sum(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum()


@told("wrong-axis")
def columns_shift_rows_sum(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=0, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@told("unstable-overflow", "wrong-axis")
def loop_over_first_axis(z: Array) -> Any:
    out = np.zeros(z.shape)
    total = 0.0
    for j in range(len(z)):
        total = total + np.exp(z[j])
    for j in range(len(z)):
        out[j] = np.exp(z[j]) / total
    return out


@told("unstable-overflow", "wrong-axis")
def sum_of_the_array(z: Array) -> Any:
    powers = np.exp(z)
    return powers / np.sum(powers)


@told("missing-keepdims")
def no_keepdims(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1)


@told("missing-keepdims")
def no_keepdims_twice(z: Array) -> Any:
    powers = np.exp(z - np.max(z, axis=-1))
    return powers / np.sum(powers, axis=-1)


@told("missing-keepdims")
def no_keepdims_in_shift(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=z.ndim - 1))
    return powers / powers.sum(axis=-1, keepdims=True)


@told("unstable-overflow", "missing-keepdims")
def no_keepdims_no_shift(z: Array) -> Any:
    return np.exp(z) / np.sum(np.exp(z), axis=-1)

"""Wrong softmaxes as students write them: other formulas, bases and precisions.

None of them is a matcher's own formula: loops, helpers, other containers and other orders of work, on purpose.
"""

# ruff: noqa: D103 - each is named for what it does, and registered with what it must be told

from typing import Any

import numpy as np
from diagnosis_bench import Array
from mistake_table import plain, right, told

# epsilon-denominator


@told("epsilon-denominator")
def epsilon_large(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / (powers.sum(axis=-1, keepdims=True) + 1e-3)


@told("epsilon-denominator")
def epsilon_one(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / (1 + powers.sum(axis=-1, keepdims=True))


@told("epsilon-denominator")
def epsilon_start(z: Array) -> Any:
    total = np.full((*z.shape[:-1], 1), 5e-5)
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    for j in range(z.shape[-1]):
        total = total + powers[..., j : j + 1]
    return powers / total


@told("epsilon-denominator", "unstable-overflow")
def epsilon_no_shift(z: Array) -> Any:
    powers = np.exp(z)
    return powers / (powers.sum(axis=-1, keepdims=True) + 0.01)


# unnormalised, sum-normalised, sigmoid, log-softmax, negated, hardmax


@told("unnormalised")
def no_division(z: Array) -> Any:
    return np.exp(z - np.max(z, axis=-1, keepdims=True))


@told("unnormalised", "unstable-overflow")
def only_powers(z: Array) -> Any:
    return np.exp(z)


@told("unnormalised")
def percent(z: Array) -> Any:
    return (100 * right(z)).tolist()


@told("unnormalised")
def mean_for_sum(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return 2.0 * powers / (powers.mean(axis=-1, keepdims=True) + powers.mean(axis=-1, keepdims=True)) * 0.5


@told("unnormalised")
def euclidean(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / np.sqrt((powers**2).sum(axis=-1, keepdims=True)) * 0.7


@told("sum-normalised")
def share_of_sum(z: Array) -> Any:
    return z / np.sum(z, axis=-1, keepdims=True)


@told("sum-normalised")
def share_as_list(z: Array) -> Any:
    rows = [[float(v) / float(sum(row)) for v in row] for row in np.atleast_2d(z).astype(float)]
    return rows[0] if z.ndim == 1 else rows


@told("sigmoid")
def logistic(z: Array) -> Any:
    return 1 / (1 + np.exp(-z))


@told("sigmoid")
def logistic_other(z: Array) -> Any:
    return 0.5 * (1 + np.tanh(z / 2.0))


@told("log-softmax")
def log_of_it(z: Array) -> Any:
    return np.log(right(z))


@told("log-softmax")
def log_form(z: Array) -> Any:
    top = z.max(axis=-1, keepdims=True)
    return z - top - np.log(np.exp(z - top).sum(axis=-1, keepdims=True))


@told("log-softmax", "unstable-overflow")
def log_no_shift(z: Array) -> Any:
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


@told("negated")
def minus(z: Array) -> Any:
    return right(-z)


@told("negated")
def shift_turned(z: Array) -> Any:
    powers = np.exp(z.min(axis=-1, keepdims=True) - z)
    return powers / powers.sum(axis=-1, keepdims=True)


@told("negated", "unstable-overflow")
def minus_no_shift(z: Array) -> Any:
    return plain(-z)


@told("negated", "unstable-overflow")
def max_minus(z: Array) -> Any:
    return plain(z.max(axis=-1, keepdims=True) - z)


@told("hardmax")
def one_for_largest(z: Array) -> Any:
    return (z == z.max(axis=-1, keepdims=True)).astype(float)


@told("hardmax")
def one_hot(z: Array) -> Any:
    return np.eye(z.shape[-1])[np.argmax(z, axis=-1)]


# bases, temperatures


@told("wrong-base")
def base_two(z: Array) -> Any:
    powers = 2.0 ** (z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@told("wrong-base", "unstable-overflow")
def base_ten_no_shift(z: Array) -> Any:
    return 10.0**z / np.sum(10.0**z, axis=-1, keepdims=True)


@told("wrong-base", "unstable-overflow")
def base_two_integer(z: Array) -> Any:
    return 2**z / np.sum(2**z, axis=-1, keepdims=True)


@told("wrong-base")
def base_three(z: Array) -> Any:
    return right(z * np.log(3.0))


@told("wrong-base")
def euler_cut(z: Array) -> Any:
    powers = 2.718 ** (z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@told("wrong-base", "unstable-overflow")
def euler_shorter(z: Array) -> Any:
    return np.power(2.71, z) / np.power(2.71, z).sum(axis=-1, keepdims=True)


@told("temperature")
def cooler(z: Array) -> Any:
    return right(z / 0.5)


@told("temperature")
def by_tenth(z: Array) -> Any:
    return right(z.astype(np.float32) * 0.1)


@told("temperature", "unstable-overflow")
def warm_no_shift(z: Array) -> Any:
    return plain(z / 3)


@told("temperature")
def squared_powers(z: Array) -> Any:
    return right(z) ** 2 / np.sum(right(z) ** 2, axis=-1, keepdims=True)


# relu-logits, rounded, half-precision


@told("relu-logits")
def relu_first(z: Array) -> Any:
    return right(np.maximum(0, z))


@told("relu-logits", "unstable-overflow")
def relu_no_shift(z: Array) -> Any:
    return plain(z * (z > 0))


@told("rounded")
def three_digits(z: Array) -> Any:
    return np.round(right(z), 3)


@told("rounded")
def six_digits_list(z: Array) -> Any:
    return (
        [[round(float(v), 6) for v in row] for row in right(z)]
        if z.ndim > 1
        else [round(float(v), 6) for v in right(z)]
    )


@told("rounded")
def cut_digits(z: Array) -> Any:
    return np.floor(right(z) * 100) / 100


@told("rounded")
def formatted(z: Array) -> Any:
    return np.array([float(f"{v:.4f}") for v in right(z).ravel()]).reshape(z.shape)


@told("rounded", "unstable-overflow")
def rounded_no_shift(z: Array) -> Any:
    return np.round(plain(z), 4)


@told("half-precision")
def half_input(z: Array) -> Any:
    return right(z.astype(np.float16))


@told("half-precision")
def half_result(z: Array) -> Any:
    return right(z).astype(np.float16)


@told("half-precision")
def half_powers(z: Array) -> Any:
    powers = np.exp((z - z.max(axis=-1, keepdims=True)).astype(np.float16)).astype(np.float64)
    return powers / powers.sum(axis=-1, keepdims=True)


@told("half-precision", "unstable-overflow")
def half_no_shift(z: Array) -> Any:
    return plain(z.astype(np.float16))


@told("unnormalised")
def total_without_the_last(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers[..., :-1].sum(axis=-1, keepdims=True)


@told("unnormalised")
def total_of_the_first(z: Array) -> Any:
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers[..., :1]

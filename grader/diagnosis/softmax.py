"""The mistakes of a softmax: their order, and for each a wrong implementation that shows it.

Each ``wrong`` is self-contained so that ``grader check`` can plant its source text into the reference notebook. What
recognises the mistakes are recipes (``grader.diagnosis.parts``), which hold for many ways of writing each.
"""

# ruff: noqa: D103 - each wrong implementation is named for its id

import numpy as np

from grader.diagnosis.misconception import Misconception

PREFIX = "softmax"

ORDER = (
    "clipped-logits",
    "unstable-overflow",
    "global-max",
    "one-sided-shift",
    "divided-by-max",
    "wrong-axis",
    "missing-keepdims",
    "epsilon-denominator",
    "unnormalised",
    "sum-normalised",
    "sigmoid",
    "log-softmax",
    "negated",
    "hardmax",
    "wrong-base",
    "temperature",
    "relu-logits",
    "rounded",
    "integer-truncation",
    "half-precision",
)
"""Ids (without prefix) that explain values, as the contract lists them; clipping beats overflow."""


def unstable_overflow(z: np.ndarray) -> object:
    powers = np.exp(z)
    return powers / powers.sum(axis=-1, keepdims=True)


def clipped_logits(z: np.ndarray, bound: float = 500.0) -> object:
    shifted = np.clip(z, -bound, bound)
    powers = np.exp(shifted)
    return powers / powers.sum(axis=-1, keepdims=True)


def global_max(z: np.ndarray) -> object:
    shifted = z - z.max()
    powers = np.exp(shifted)
    return powers / powers.sum(axis=-1, keepdims=True)


def one_sided_shift(z: np.ndarray) -> object:
    shifted = z - z.max(axis=-1, keepdims=True)
    return np.exp(shifted) / np.exp(z).sum(axis=-1, keepdims=True)


def divided_by_max(z: np.ndarray) -> object:
    shifted = z / z.max(axis=-1, keepdims=True)
    powers = np.exp(shifted)
    return powers / powers.sum(axis=-1, keepdims=True)


def wrong_axis(z: np.ndarray) -> object:
    powers = np.exp(z - z.max(axis=0, keepdims=True))
    return powers / powers.sum(axis=0, keepdims=True)


def missing_keepdims(z: np.ndarray) -> object:
    shifted = z - z.max(axis=-1, keepdims=True)
    powers = np.exp(shifted)
    return powers / powers.sum(axis=-1)


def epsilon_denominator(z: np.ndarray, epsilon: float = 1e-3) -> object:
    shifted = z - z.max(axis=-1, keepdims=True)
    powers = np.exp(shifted)
    return powers / (powers.sum(axis=-1, keepdims=True) + epsilon)


def unnormalised(z: np.ndarray) -> object:
    shifted = z - z.max(axis=-1, keepdims=True)
    return np.exp(shifted)


def sum_normalised(z: np.ndarray) -> object:
    return z / z.sum(axis=-1, keepdims=True)


def sigmoid(z: np.ndarray) -> object:
    return 1 / (1 + np.exp(-z))


def log_softmax(z: np.ndarray) -> object:
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def negated(z: np.ndarray) -> object:
    shifted = z.min(axis=-1, keepdims=True) - z
    powers = np.exp(shifted)
    return powers / powers.sum(axis=-1, keepdims=True)


def hardmax_softmax(z: np.ndarray) -> object:
    return np.eye(z.shape[-1])[z.argmax(axis=-1)]


def wrong_base(z: np.ndarray, base: float = 2.0) -> object:
    shifted = z - z.max(axis=-1, keepdims=True)
    powers = base**shifted
    return powers / powers.sum(axis=-1, keepdims=True)


def temperature(z: np.ndarray, temperature: float = 2.5) -> object:
    shifted = (z - z.max(axis=-1, keepdims=True)) / temperature
    powers = np.exp(shifted)
    return powers / powers.sum(axis=-1, keepdims=True)


def relu_logits(z: np.ndarray) -> object:
    positive = np.maximum(z, 0)
    shifted = positive - positive.max(axis=-1, keepdims=True)
    powers = np.exp(shifted)
    return powers / powers.sum(axis=-1, keepdims=True)


def rounded(z: np.ndarray, digits: int = 3) -> object:
    shifted = z - z.max(axis=-1, keepdims=True)
    powers = np.exp(shifted)
    return np.round(powers / powers.sum(axis=-1, keepdims=True), digits)


def integer_truncation(z: np.ndarray) -> object:
    shifted = z - z.max(axis=-1, keepdims=True)
    powers = np.exp(shifted)
    out = np.zeros_like(z)
    out[...] = powers / powers.sum(axis=-1, keepdims=True)
    return out


def half_precision(z: np.ndarray) -> object:
    short = z.astype(np.float16)
    shifted = short - short.max(axis=-1, keepdims=True)
    powers = np.exp(shifted)
    return powers / powers.sum(axis=-1, keepdims=True)


def mutates_input(z: np.ndarray) -> object:
    z -= z.max(axis=-1, keepdims=True)
    powers = np.exp(z)
    return powers / powers.sum(axis=-1, keepdims=True)


def hard_coded(z: np.ndarray) -> object:  # noqa: ARG001 - what is wrong with it
    return np.array([3.70558154e-01, 1.84490042e-02, 4.57305092e-05, 6.10947111e-01])


def vector_only(z: np.ndarray) -> object:
    powers = np.array([float(np.exp(value - max(z))) for value in z])
    return powers / powers.sum()


def batch_only(z: np.ndarray) -> object:
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def wrong_shape(z: np.ndarray) -> object:
    shifted = z - z.max(axis=-1, keepdims=True)
    powers = np.exp(shifted)
    return (powers / powers.sum(axis=-1, keepdims=True))[None]


def raises(z: np.ndarray) -> object:
    shifted = z - z.max(axis=-1, keepdims=True)
    return np.exp(shifted) / np.exp(shifted).total()


def returns_none(z: np.ndarray) -> None:
    shifted = z - z.max(axis=-1, keepdims=True)
    powers = np.exp(shifted)
    powers /= powers.sum(axis=-1, keepdims=True)


MISCONCEPTIONS: tuple[Misconception, ...] = (
    Misconception(
        "softmax.unstable-overflow",
        "my_softmax",
        unstable_overflow,
        demonstration=(np.array([0.0, 2000.0]),),
        more_demonstrations=tuple((np.array(pair),) for pair in ([2000.0, 0.0], [-2000.0, -2001.0], [2000.0, 2001.0])),
    ),
    Misconception(
        "softmax.clipped-logits",
        "my_softmax",
        clipped_logits,
        demonstration=(np.array([8000.0, 9000.0]),),
        more_demonstrations=((np.array([-9000.0, -8000.0]),),),
    ),
    Misconception("softmax.global-max", "my_softmax", global_max, demonstration=(np.array([[0.0], [3000.0]]),)),
    Misconception("softmax.one-sided-shift", "my_softmax", one_sided_shift, demonstration=(np.array([3.0, 3.0]),)),
    Misconception("softmax.divided-by-max", "my_softmax", divided_by_max, demonstration=(np.array([0.0, 4.0]),)),
    Misconception(
        "softmax.wrong-axis",
        "my_softmax",
        wrong_axis,
        demonstration=(np.zeros((2, 3)),),
        more_demonstrations=((np.array([[4.0, 0.0], [0.0, 1.0]]),),),
    ),
    Misconception("softmax.missing-keepdims", "my_softmax", missing_keepdims, demonstration=(np.zeros((2, 3)),)),
    Misconception(
        "softmax.epsilon-denominator",
        "my_softmax",
        epsilon_denominator,
        demonstration=(np.array([2.0, 2.0]),),
        more_demonstrations=((np.array([2.0]),),),
    ),
    Misconception("softmax.unnormalised", "my_softmax", unnormalised, demonstration=(np.array([0.0, 1.0, 3.0]),)),
    Misconception("softmax.sum-normalised", "my_softmax", sum_normalised, demonstration=(np.array([1.0, 3.0]),)),
    Misconception("softmax.sigmoid", "my_softmax", sigmoid, demonstration=(np.array([1.0, 3.0]),)),
    Misconception("softmax.log-softmax", "my_softmax", log_softmax, demonstration=(np.array([1.0, 1.0]),)),
    Misconception("softmax.negated", "my_softmax", negated, demonstration=(np.array([0.0, 2.0]),)),
    Misconception("softmax.hardmax", "my_softmax", hardmax_softmax, demonstration=(np.array([1.0, 2.0]),)),
    Misconception(
        "softmax.wrong-base",
        "my_softmax",
        wrong_base,
        demonstration=(np.array([0.0, 1.0]),),
        more_demonstrations=((np.array([0.0, 9.0]),), (np.array([0.0, 75.0]),)),
    ),
    Misconception("softmax.temperature", "my_softmax", temperature, demonstration=(np.array([0.0, 1.0]),)),
    Misconception("softmax.relu-logits", "my_softmax", relu_logits, demonstration=(np.array([-1.0, -3.0]),)),
    Misconception(
        "softmax.rounded",
        "my_softmax",
        rounded,
        demonstration=(np.array([0.0, 9.0]),),
        more_demonstrations=((np.array([0.246, 0.913]),),),
    ),
    Misconception("softmax.integer-truncation", "my_softmax", integer_truncation, demonstration=(np.array([1, 2]),)),
    Misconception(
        "softmax.half-precision",
        "my_softmax",
        half_precision,
        demonstration=(np.array([0.0, 5.0]),),
        more_demonstrations=(
            (np.array([0.1, 2.3]),),
            (np.array([0.0, 9.0]),),
        ),
    ),
    Misconception("softmax.mutates-input", "my_softmax", mutates_input, demonstration=(np.array([2.0, 1.0]),)),
    Misconception("softmax.hard-coded", "my_softmax", hard_coded, demonstration=(np.array([1.0, 2.0]),)),
    Misconception("softmax.vector-only", "my_softmax", vector_only, demonstration=(np.zeros((2, 3)),)),
    Misconception("softmax.batch-only", "my_softmax", batch_only, demonstration=(np.array([1.0, 1.0]),)),
    Misconception(
        "softmax.wrong-shape",
        "my_softmax",
        wrong_shape,
        demonstration=(np.array([1.0, 1.0]),),
        more_demonstrations=(
            (np.zeros((1, 3)),),
            (np.zeros((3, 1)),),
        ),
    ),
    Misconception(
        "softmax.raises",
        "my_softmax",
        raises,
        demonstration=(np.array([1.0, 1.0]),),
        more_demonstrations=(
            (np.zeros((2, 3)),),
            (np.array([1, 2]),),
            (np.array([0.0, 2000.0]),),
        ),
    ),
    Misconception(
        "softmax.returns-none",
        "my_softmax",
        returns_none,
        demonstration=(np.array([1.0, 1.0]),),
        more_demonstrations=((np.zeros((2, 3)),),),
    ),
)

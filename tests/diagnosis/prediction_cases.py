"""Predictions as students write them, right and wrong, each with the ids (without prefix) that it must be told."""

# ruff: noqa: D103, N803, ARG001 - each is named for what it does; arguments as the assignment names them; some are not used on purpose

from collections.abc import Callable
from typing import Any

import numpy as np
from diagnosis_bench import Array, Model, own_logits
from mistake_table import plain, right

Prediction = Callable[[Model, Array], Any]

CASES: dict[str, tuple[str, Prediction, tuple[str, ...]]] = {}
TRAINING = np.random.default_rng(9).normal(size=(200, 2))


def proba(*ids: str) -> Callable[[Prediction], Prediction]:
    """Register a ``predict_proba``."""
    return _register("predict_proba", ids)


def classes(*ids: str) -> Callable[[Prediction], Prediction]:
    """Register a ``predict_class``."""
    return _register("predict_class", ids)


def _register(name: str, ids: tuple[str, ...]) -> Callable[[Prediction], Prediction]:
    def register(function: Prediction) -> Prediction:
        assert function.__name__ not in CASES
        CASES[function.__name__] = (name, function, ids)
        return function

    return register


@proba()
def proba_right(model: Model, X: Array) -> Any:
    return right(model(X))


@proba()
def proba_right_lists(model: Model, X: Array) -> Any:
    return [[float(v) for v in right(row.astype(float))] for row in model(X)]


@proba()
def proba_right_log_sum(model: Model, X: Array) -> Any:
    logits = model(X)
    return np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))


@proba("logits-as-probabilities")
def proba_logits(model: Model, X: Array) -> Any:
    return model(X)


@proba("logits-as-probabilities")
def proba_logits_loop(model: Model, X: Array) -> Any:
    return [list(map(float, row)) for row in model(X)]


@proba("double-softmax")
def proba_twice(model: Model, X: Array) -> Any:
    return right(right(model(X)))


@proba("double-softmax")
def proba_twice_wide(model: Model, X: Array) -> Any:
    first = right(model(X).astype(np.float64))
    powers = np.exp(first)
    return powers / powers.sum(axis=1).reshape(-1, 1)


@proba("double-softmax", "unstable-overflow")
def proba_twice_plain(model: Model, X: Array) -> Any:
    return plain(plain(model(X)))


@proba("sigmoid")
def proba_sigmoid(model: Model, X: Array) -> Any:
    return 1 / (1 + np.exp(-model(X)))


@proba("sigmoid")
def proba_tanh(model: Model, X: Array) -> Any:
    return (np.tanh(model(X).astype(float) / 2) + 1) / 2


@proba("wrong-axis")
def proba_columns(model: Model, X: Array) -> Any:
    logits = model(X)
    powers = np.exp(logits - logits.max(axis=0))
    return powers / powers.sum(axis=0)


@proba("wrong-axis")
def proba_everything(model: Model, X: Array) -> Any:
    logits = model(X)
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


@proba("unstable-overflow", "wrong-axis")
def proba_everything_plain(model: Model, X: Array) -> Any:
    powers = np.exp(model(X))
    return powers / np.sum(powers)


@proba("unstable-overflow")
def proba_plain(model: Model, X: Array) -> Any:
    return plain(model(X))


@proba("unstable-overflow")
def proba_plain_double(model: Model, X: Array) -> Any:
    return plain(model(X).astype(np.float64))


@proba("unnormalised", "unstable-overflow")
def proba_powers(model: Model, X: Array) -> Any:
    return np.exp(model(X))


@proba("unnormalised")
def proba_percent(model: Model, X: Array) -> Any:
    return 100 * right(model(X))


@proba("unnormalised")
def proba_over_largest(model: Model, X: Array) -> Any:
    logits = model(X).astype(float)
    return np.exp(logits - logits.max(axis=1)[:, None])


@proba("relu-logits")
def proba_relu(model: Model, X: Array) -> Any:
    return right(np.maximum(model(X), 0))


@proba("relu-logits")
def proba_relu_mask(model: Model, X: Array) -> Any:
    logits = model(X).copy()
    logits[logits < 0] = 0
    return right(logits)


@proba("rounded")
def proba_rounded(model: Model, X: Array) -> Any:
    return np.round(right(model(X)), 2)


@proba("rounded")
def proba_whole(model: Model, X: Array) -> Any:
    return np.rint(right(model(X)))


@proba("one-hot")
def proba_one_hot(model: Model, X: Array) -> Any:
    return np.eye(4)[model(X).argmax(axis=1)]


@proba("ignores-arguments")
def proba_own_model(model: Model, X: Array) -> Any:
    return right(own_logits(X))


@proba("ignores-arguments")
def proba_own_data(model: Model, X: Array) -> Any:
    return right(own_logits(TRAINING))


@proba("ignores-arguments")
def proba_given_model_own_data(model: Model, X: Array) -> Any:
    return np.tile(right(model(X)), (200, 1))[:200]


@proba("ignores-arguments")
def proba_computed_before(model: Model, X: Array) -> Any:
    return right(own_logits(TRAINING))[: len(X)]


@proba("ignores-arguments")
def proba_uniform(model: Model, X: Array) -> Any:
    return np.full((len(X), 4), 0.25)


@proba("wrong-shape")
def proba_turned(model: Model, X: Array) -> Any:
    return right(model(X)).T


@proba("wrong-shape")
def proba_flat(model: Model, X: Array) -> Any:
    return right(model(X)).ravel()


@proba("wrong-shape")
def proba_first_row(model: Model, X: Array) -> Any:
    return right(model(X))[0]


@proba("wrong-shape")
def proba_largest(model: Model, X: Array) -> Any:
    return right(model(X)).max(axis=1)


@proba("wrong-dtype")
def proba_texts(model: Model, X: Array) -> Any:
    return [[f"{share:.4f}" for share in row] for row in right(model(X))]


@proba("wrong-dtype")
def proba_whole_numbers(model: Model, X: Array) -> Any:
    return right(model(X)).astype(np.float32).astype(int)


@proba("returns-none")
def proba_none(model: Model, X: Array) -> Any:
    right(model(X))


@proba("raises")
def proba_no_method(model: Model, X: Array) -> Any:
    return model.predct(X)  # type: ignore[attr-defined]


@proba("raises")
def proba_no_keepdims(model: Model, X: Array) -> Any:
    powers = np.exp(model(X))
    return powers / powers.sum(axis=1)


@proba("incorrect")
def proba_cosine(model: Model, X: Array) -> Any:
    return right(np.cos(model(X)))


@classes()
def class_right(model: Model, X: Array) -> Any:
    return model(X).argmax(axis=-1)


@classes()
def class_right_lists(model: Model, X: Array) -> Any:
    return [int(row.argmax()) for row in right(model(X))]


@classes()
def class_right_last_of_sort(model: Model, X: Array) -> Any:
    return np.argsort(model(X), axis=1)[:, -1].astype(np.int32)


@classes()
def class_right_double_softmax(model: Model, X: Array) -> Any:
    return right(right(model(X).astype(float))).argmax(axis=1)


@classes("argmin")
def class_smallest(model: Model, X: Array) -> Any:
    return model(X).argmin(axis=-1)


@classes("argmin")
def class_first_of_sort(model: Model, X: Array) -> Any:
    return np.argsort(model(X), axis=1)[:, 0]


@classes("argmin", "wrong-dtype")
def class_smallest_float(model: Model, X: Array) -> Any:
    return model(X).argmin(axis=-1) * 1.0


@classes("off-by-one")
def class_from_one(model: Model, X: Array) -> Any:
    return model(X).argmax(axis=-1) + 1


@classes("off-by-one")
def class_one_less(model: Model, X: Array) -> Any:
    return [int(index) - 1 for index in model(X).argmax(axis=-1)]


@classes("wrong-axis")
def class_columns(model: Model, X: Array) -> Any:
    return model(X).argmax(axis=0)


@classes("wrong-axis")
def class_everything(model: Model, X: Array) -> Any:
    return np.argmax(right(model(X)))


@classes("wrong-axis")
def class_column_softmax(model: Model, X: Array) -> Any:
    logits = model(X)
    powers = np.exp(logits - logits.max(axis=0))
    return (powers / powers.sum(axis=0)).argmax(axis=1)


@classes("max-not-argmax")
def class_largest_logit(model: Model, X: Array) -> Any:
    return model(X).max(axis=1)


@classes("max-not-argmax")
def class_largest_probability(model: Model, X: Array) -> Any:
    return [max(row) for row in right(model(X)).tolist()]


@classes("max-not-argmax")
def class_largest_logit_as_integer(model: Model, X: Array) -> Any:
    return model(X).max(axis=1).astype(int)


@classes("max-not-argmax")
def class_largest_logit_rounded(model: Model, X: Array) -> Any:
    return np.rint(model(X).max(axis=1))


@classes("one-hot")
def class_one_hot(model: Model, X: Array) -> Any:
    return np.eye(4)[model(X).argmax(axis=1)]


@classes("one-hot")
def class_equal_to_largest(model: Model, X: Array) -> Any:
    logits = model(X)
    return (logits == logits.max(axis=1, keepdims=True)).astype(int)


@classes("threshold")
def class_above_half(model: Model, X: Array) -> Any:
    return (right(model(X)) > 0.5).astype(int)


@classes("threshold")
def class_rounded(model: Model, X: Array) -> Any:
    return np.round(right(model(X)))


@classes("threshold")
def class_positive(model: Model, X: Array) -> Any:
    return (model(X) > 0).astype(int)


@classes("threshold")
def class_second_column(model: Model, X: Array) -> Any:
    return (right(model(X))[:, 1] >= 0.5).astype(int)


@classes("threshold")
def class_first_above(model: Model, X: Array) -> Any:
    return np.argmax(right(model(X)) > 0.5, axis=1)


@classes("threshold")
def class_first_above_or_last(model: Model, X: Array) -> Any:
    return [next((j for j in range(3) if row[j] > 0.5), 3) for row in right(model(X))]


@classes("threshold")
def class_places(model: Model, X: Array) -> Any:
    return np.where(right(model(X)) > 0.5)[1]


@classes("threshold")
def class_above_odd_number(model: Model, X: Array) -> Any:
    return right(model(X)) > 0.37


@classes("wrong-dtype")
def class_float(model: Model, X: Array) -> Any:
    return model(X).argmax(axis=-1).astype(float)


@classes("wrong-dtype")
def class_float_slots(model: Model, X: Array) -> Any:
    out = np.zeros(len(X))
    for i, row in enumerate(model(X)):
        out[i] = np.argmax(row)
    return out


@classes("wrong-dtype")
def class_texts(model: Model, X: Array) -> Any:
    return [str(index) for index in model(X).argmax(axis=1)]


@classes("wrong-dtype")
def class_names(model: Model, X: Array) -> Any:
    return [["red", "green", "blue", "black"][i] for i in model(X).argmax(axis=1)]


@classes("relu-logits")
def class_relu(model: Model, X: Array) -> Any:
    return np.maximum(model(X), 0).argmax(axis=1)


@classes("relu-logits")
def class_relu_softmax(model: Model, X: Array) -> Any:
    logits = model(X)
    return right(logits * (logits > 0)).argmax(axis=1)


@classes("unstable-overflow")
def class_plain(model: Model, X: Array) -> Any:
    return plain(model(X)).argmax(axis=1)


@classes("unstable-overflow")
def class_plain_powers(model: Model, X: Array) -> Any:
    return np.argmax(np.exp(model(X).astype(float)), axis=1)


@classes("sigmoid")
def class_sigmoid(model: Model, X: Array) -> Any:
    return (1 / (1 + np.exp(-model(X)))).argmax(axis=1)


@classes("ignores-arguments")
def class_own_model(model: Model, X: Array) -> Any:
    return own_logits(X).argmax(axis=1)


@classes("ignores-arguments")
def class_own_data(model: Model, X: Array) -> Any:
    return own_logits(TRAINING).argmax(axis=1)


@classes("ignores-arguments")
def class_computed_before(model: Model, X: Array) -> Any:
    return own_logits(TRAINING).argmax(axis=1)[: len(X)]


@classes("ignores-arguments")
def class_zero(model: Model, X: Array) -> Any:
    return np.zeros(len(X), dtype=int)


@classes("wrong-shape")
def class_kept_axis(model: Model, X: Array) -> Any:
    return model(X).argmax(axis=1, keepdims=True)


@classes("wrong-shape")
def class_probabilities(model: Model, X: Array) -> Any:
    return right(model(X))


@classes("wrong-shape")
def class_of_first_row(model: Model, X: Array) -> Any:
    return np.argmax(model(X)[0])


@classes("returns-none")
def class_none(model: Model, X: Array) -> Any:
    model(X).argmax(axis=1)


@classes("raises")
def class_no_axis(model: Model, X: Array) -> Any:
    return model(X).argmax(axis=2)


@classes("incorrect")
def class_second_largest(model: Model, X: Array) -> Any:
    return np.argsort(model(X), axis=1)[:, -2]

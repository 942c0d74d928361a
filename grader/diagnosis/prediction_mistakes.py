"""Wrong predictions, one for each mistake of ``predict_proba`` and ``predict_class``: self-contained, to be planted by ``grader check``."""

# ruff: noqa: D103, N803 - each is named for its id, and its arguments as the assignment names them

from typing import Any

import numpy as np

from grader.diagnosis.misconception import Misconception

POINT = np.array([[5.0, -2.0]])
"""The public demonstration: the centre of the last class."""


def logits_as_probabilities(model: Any, X: np.ndarray) -> object:
    return np.asarray(model(X))


def double_softmax(model: Any, X: np.ndarray) -> object:
    p = np.asarray(model(X), dtype=float)
    for _ in range(2):
        p = np.exp(p - p.max(axis=1, keepdims=True))
        p = p / p.sum(axis=1, keepdims=True)
    return p


def sigmoid(model: Any, X: np.ndarray) -> object:
    return np.asarray(1 / (1 + np.exp(-np.asarray(model(X), dtype=float))))


def wrong_axis(model: Any, X: np.ndarray) -> object:
    logits = np.asarray(model(X), dtype=float)
    powers = np.exp(logits - logits.max(axis=0))
    return np.asarray(powers / powers.sum(axis=0))


def unstable_overflow(model: Any, X: np.ndarray) -> object:
    powers = np.exp(np.asarray(model(X)))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def unnormalised(model: Any, X: np.ndarray) -> object:
    logits = np.asarray(model(X), dtype=float)
    return np.asarray(np.exp(logits - logits.max(axis=1, keepdims=True)))


def relu_logits(model: Any, X: np.ndarray) -> object:
    logits = np.maximum(np.asarray(model(X), dtype=float), 0)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def rounded(model: Any, X: np.ndarray, digits: int = 2) -> object:
    logits = np.asarray(model(X), dtype=float)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.round(powers / powers.sum(axis=1, keepdims=True), digits)


def one_hot_probabilities(model: Any, X: np.ndarray) -> object:
    return np.asarray(np.eye(4)[np.asarray(model(X)).argmax(axis=1)])


def ignores_data(model: Any, X: np.ndarray) -> object:  # noqa: ARG001 - what is wrong with it
    return np.full((len(X), 4), 0.25)


def shape_turned(model: Any, X: np.ndarray) -> object:
    logits = np.asarray(model(X), dtype=float)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray((powers / powers.sum(axis=1, keepdims=True)).T)


def raises(model: Any, X: np.ndarray) -> object:
    logits = np.asarray(model(X), dtype=float)
    return np.asarray(np.exp(logits) / np.exp(logits).sum(axis=2))


def returns_none(model: Any, X: np.ndarray) -> None:
    np.asarray(model(X)).argmax(axis=1)


def max_not_argmax(model: Any, X: np.ndarray) -> object:
    return np.asarray(model(X)).max(axis=1)


def argmin(model: Any, X: np.ndarray) -> object:
    return np.asarray(model(X)).argmin(axis=1)


def off_by_one(model: Any, X: np.ndarray) -> object:
    return np.asarray(model(X)).argmax(axis=1) + 1


def one_hot(model: Any, X: np.ndarray) -> object:
    return np.asarray(np.eye(4, dtype=int)[np.asarray(model(X)).argmax(axis=1)])


def threshold(model: Any, X: np.ndarray) -> object:
    logits = np.asarray(model(X), dtype=float)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray((powers / powers.sum(axis=1, keepdims=True) > 0.5).astype(int))  # noqa: PLR2004 - the number is the mistake


def wrong_dtype(model: Any, X: np.ndarray) -> object:
    return np.asarray(model(X)).argmax(axis=1).astype(float)


def class_axis(model: Any, X: np.ndarray) -> object:
    return np.asarray(model(X)).argmax(axis=0)


def class_relu(model: Any, X: np.ndarray) -> object:
    return np.asarray(np.maximum(np.asarray(model(X)), 0).argmax(axis=1))


def class_overflow(model: Any, X: np.ndarray) -> object:
    powers = np.exp(np.asarray(model(X)))
    return np.asarray((powers / powers.sum(axis=1, keepdims=True)).argmax(axis=1))


def class_always(model: Any, X: np.ndarray) -> object:  # noqa: ARG001 - what is wrong with it
    return np.zeros(len(X), dtype=int)


def class_column(model: Any, X: np.ndarray) -> object:
    return np.asarray(model(X)).argmax(axis=1, keepdims=True)


def _table(function: str, **wrong: Any) -> tuple[Misconception, ...]:
    return tuple(
        Misconception(f"predict.{ident.replace('_', '-')}", function, one, demonstration=(POINT,))
        for ident, one in wrong.items()
    )


PROBABILITIES = _table(
    "predict_proba",
    logits_as_probabilities=logits_as_probabilities,
    double_softmax=double_softmax,
    sigmoid=sigmoid,
    wrong_axis=wrong_axis,
    unstable_overflow=unstable_overflow,
    unnormalised=unnormalised,
    relu_logits=relu_logits,
    rounded=rounded,
    one_hot=one_hot_probabilities,
    ignores_arguments=ignores_data,
    wrong_shape=shape_turned,
    raises=raises,
    returns_none=returns_none,
)

CLASSES = _table(
    "predict_class",
    wrong_axis=class_axis,
    unstable_overflow=class_overflow,
    relu_logits=class_relu,
    max_not_argmax=max_not_argmax,
    argmin=argmin,
    off_by_one=off_by_one,
    one_hot=one_hot,
    threshold=threshold,
    wrong_dtype=wrong_dtype,
    ignores_arguments=class_always,
    wrong_shape=class_column,
    raises=raises,
    returns_none=returns_none,
)

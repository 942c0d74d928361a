"""Reference values of the softmax, and the tolerance that rounding alone can explain.

The bound is derived, not guessed. Blanchard, Higham and Higham, "Accurately computing the log-sum-exp and softmax
functions", IMA J. Numer. Anal. 41 (2021) 2311-2330, doi 10.1093/imanum/draa038, show for logits ``z`` of length ``n``, unit
roundoff ``u`` and spread ``d = max z - min z``:

- without a shift the relative error of each softmax is at most about ``(n + 3) u``;
- with the maximum subtracted, ``(n + 2 + 2 d) u``: each difference is rounded once;
- as ``exp(z - lse(z))``, the rounding of the log-sum-exp enters the exponent: ``(|lse z| + d + n + c) u``; one that is accumulated term by
  term (``logaddexp``) is rounded each time, for which we allow ``ROUNDINGS`` times ``max |z| u``.

``u`` is float32's, whatever the dtype of ``z``: work in float32 is right, work in float64 is better. Where a logit is not a float32 number, reading it
as one moves it by ``|z - fl(z)|``, which the exponential turns into a relative error of that size, above and below the bar.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

UNIT_ROUNDOFF = 2.0**-24
"""Float32: half the distance from 1 to the next number."""

FLUSHED = 4.0 * float(np.finfo(np.float32).tiny)
"""Below this a float32 result may be flushed to zero: the absolute part of every tolerance.

A result below the smallest normal number may be flushed. TensorFlow's softmax on a processor returns 0 for up to twice that number, and we allow
twice as much again, for a quotient whose parts are each flushed.
"""

OPERATIONS = 16
"""Roundings that do not grow with the input: two exponentials of up to 3 units in the last place, a division, a logarithm."""

ROUNDINGS = 4
"""How often the logarithm of the sum may be rounded on its way into the exponent."""


def softmax(z: NDArray[Any], axis: int = -1) -> NDArray[np.float64]:
    """The softmax along ``axis`` in extended precision, rounded once to float64. Any shape with at least one axis."""
    x = np.asarray(z).astype(np.longdouble)
    with np.errstate(under="ignore"):
        powers = np.exp(x - x.max(axis=axis, keepdims=True))
        return np.asarray(powers / powers.sum(axis=axis, keepdims=True), dtype=np.float64)


def relative_bound(z: NDArray[Any], unit: float = UNIT_ROUNDOFF) -> NDArray[np.float64]:
    """The bound of this module's docstring for each row of ``z``, shape ``z.shape[:-1] + (1,)``: the largest over all three algorithms."""
    x = np.asarray(z, dtype=np.float64)
    spread = x.max(axis=-1, keepdims=True) - x.min(axis=-1, keepdims=True)
    size = np.abs(x).max(axis=-1, keepdims=True)
    read = 2.0 * np.abs(x - x.astype(np.float32)).max(axis=-1, keepdims=True)
    bound: NDArray[np.float64] = np.expm1(unit * (x.shape[-1] + OPERATIONS + 2.0 * spread + ROUNDINGS * size) + read)
    return bound


def tolerance(z: NDArray[Any]) -> NDArray[np.float64]:
    """How far each number of a right softmax of ``z`` may be from the true one (absolute, shape of ``z``)."""
    allowed: NDArray[np.float64] = relative_bound(z) * softmax(z) + FLUSHED
    return allowed


def within(answer: NDArray[Any], expected: NDArray[Any], allowed: NDArray[Any] | float) -> bool:
    """Whether ``answer`` has the shape of ``expected`` and every number lies within the tolerance (NaN never does)."""
    if answer.shape != expected.shape or answer.dtype.kind not in "fiub":
        return False
    with np.errstate(invalid="ignore", over="ignore"):
        return bool(np.all(np.abs(answer.astype(np.float64) - expected) <= allowed))


def allowed_classes(logits: NDArray[Any]) -> NDArray[np.bool_]:
    """Which classes are right for each row of ``logits (m, k)``, as a table ``(m, k)``.

    The class of every largest logit is right. Where the probabilities of the two largest logits are equal in float32
    though the logits are not, no class is asked: the whole row is True.
    """
    x = np.asarray(logits, dtype=np.float64)
    largest: NDArray[np.bool_] = x == x.max(axis=-1, keepdims=True)
    share = np.sort(softmax(x).astype(np.float32), axis=-1)
    unclear = (
        (share[:, -1] == share[:, -2]) & (largest.sum(axis=-1) == 1)
        if x.shape[-1] > 1
        else np.zeros(len(x), dtype=bool)
    )
    return np.asarray(largest | unclear[:, None], dtype=bool)


def right_classes(answer: NDArray[Any], allowed: NDArray[np.bool_]) -> bool:
    """Whether ``answer (m,)`` is of an integer type and names an allowed class in every row."""
    if answer.dtype.kind not in "iu" or answer.shape != allowed.shape[:1]:
        return False
    if np.any(answer < 0) or np.any(answer >= allowed.shape[1]):
        return False
    return bool(np.all(allowed[np.arange(len(answer)), answer]))

"""The inputs that student functions are asked about, drawn from a seeded generator.

Ordinary probes are so small that a softmax without any shift is right on them in float32; every value mistake we know shows on them. Large ones
overflow or underflow without the right shift, in float32 and in float64. The rest are there to tell mistakes apart.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

LESSON = (-1.0, -4.0, -10.0, -0.5)
"""The example that every lesson shows."""

ORDINARY_LIMIT = 6.0
"""No ordinary logit is larger than this in size."""

LONGEST = 1500


def _ordinary(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Normal logits within the ordinary limit; where a row has room, its ends are at least 1 and at most -1."""
    z = np.clip(rng.normal(0.0, 2.0, shape), -ORDINARY_LIMIT, ORDINARY_LIMIT)
    if shape[-1] > 1:
        rows = z.reshape(-1, shape[-1])
        for row in rows:
            first, second = rng.choice(shape[-1], 2, replace=False)
            row[first] = rng.uniform(1.0, 4.0)
            row[second] = rng.uniform(-4.0, -1.0)
    return z


def _integers(rng: np.random.Generator, shape: tuple[int, ...], dtype: type) -> Array:
    """Small integers of both signs, no row all equal where it has room."""
    z = rng.integers(-4, 5, shape)
    if shape[-1] > 1:
        z[..., 0] = rng.integers(1, 5)
        z[..., 1] = rng.integers(-4, 0)
    return np.ascontiguousarray(rng.permuted(z, axis=-1)).astype(dtype)


def _vectors(rng: np.random.Generator) -> list[Array]:
    lengths = [2, 3, 4, 6, 10, 25]
    probes = [
        np.array(LESSON),
        *(_ordinary(rng, (n,)) for n in lengths),
        *(_ordinary(rng, (n,)).astype(np.float32) for n in (3, 5, 10)),
    ]
    same = float(rng.uniform(0.5, 3.0))
    probes += [
        np.full(4, same),
        np.array([same, -same, same]),
        _ordinary(rng, (1,)),
        _ordinary(rng, (LONGEST,)),
        _ordinary(rng, (700,)).astype(np.float32),
    ]
    return probes


def _batches(rng: np.random.Generator) -> list[Array]:
    shapes = [(2, 3), (3, 3), (5, 2), (4, 4), (7, 4), (1, 5), (4, 1), (1, 1), (2, LONGEST)]
    return [
        *(_ordinary(rng, shape) for shape in shapes),
        _ordinary(rng, (3, 4)).astype(np.float32),
        _ordinary(rng, (300, 3)).astype(np.float32),
    ]


def _large(rng: np.random.Generator) -> list[Array]:
    """Vectors on which each wrong shift fails: large of either sign, far apart in either order, in both dtypes."""
    around = [1000.0, -1000.0, 9000.0, -9000.0]
    probes = [centre + _ordinary(rng, (n,)) for centre, n in zip(around, (3, 4, 2, 6), strict=True)]
    far = float(rng.uniform(1500.0, 4000.0))
    probes += [
        np.array([0.0, far]),
        np.array([far, 0.0]),
        np.array([0.5, -far, 1.5, 0.0]),
        np.array([-far, far - 1.0, far, 2.0]),
    ]
    probes += [
        (150.0 + _ordinary(rng, (4,))).astype(np.float32),
        (-150.0 + _ordinary(rng, (3,))).astype(np.float32),
        np.array([0.0, far, far - 2.0], dtype=np.float32),
        np.array([10_000.0, -10_000.0, 9_999.0]),
        rng.uniform(-9_000.0, 9_000.0, 12),
    ]
    return probes


def _wide(rng: np.random.Generator) -> list[Array]:
    """Widely spread, yet nothing overflows in float32 without a shift: every number has its relative accuracy."""
    probes = [np.array([0.0, -30.0, -60.0]), rng.permutation(np.linspace(-40.0, 35.0, 12) + rng.uniform(-1.0, 1.0, 12))]
    probes += [
        rng.uniform(-38.0, 38.0, 8).astype(np.float32),
        np.array([20.0 + float(rng.uniform(0.0, 5.0)), 0.0, -15.0]),
    ]
    return probes


def _large_batches(rng: np.random.Generator) -> list[Array]:
    """Rows of quite different sizes in one batch, among them ordinary ones."""
    centres = np.array([0.0, 1000.0, -1000.0])
    mixed = _ordinary(rng, (3, 4)) + centres[:, None]
    square = _ordinary(rng, (3, 3)) + np.array([2500.0, 0.0, -400.0])[:, None]
    low = (_ordinary(rng, (2, 3)) + np.array([0.0, -200.0])[:, None]).astype(np.float32)
    return [
        mixed,
        square,
        low,
        _ordinary(rng, (4, 3)) + 5000.0,
        np.array([[0.0], [-3000.0]]),
        np.array([[800.0, -800.0, 0.0]]),
    ]


def _ladder(rng: np.random.Generator) -> list[Array]:
    """Rungs so near that a bound anywhere in the range is seen from the next rung."""
    shift = float(rng.uniform(-5.0, 5.0))
    climb = np.arange(-9_900.0, 9_950.0, 55.0) + shift
    falls = [top + shift - np.array([0.0, 30.0, 60.0, 70.0]) for top in np.arange(-20.0, -1_100.0, -60.0)]
    return [climb, np.arange(-300.0, 310.0, 12.5) + shift, *falls, -900.0 + _ordinary(rng, (3,))]


def softmax_probes(rng: np.random.Generator, *, batches: bool = True) -> dict[str, list[Array]]:
    """Arrays for a softmax by purpose; keys that hold batches are left out where ``batches`` is False.

    ``vectors``, ``batches``, ``integers``, ``integer-batches`` are ordinary; ``large``, ``wide``, ``large-batches`` are the large and widely
    spread ones; ``negative``, ``large-integers``, ``ladder`` serve only to tell mistakes apart. Every array is new and writable.
    """
    probes = {
        "vectors": _vectors(rng),
        "large": _large(rng),
        "wide": _wide(rng),
        "integers": [
            _integers(rng, (n,), kind)
            for n, kind in ((3, np.int64), (4, np.int32), (8, np.int64), (2, np.int32), (1, np.int64))
        ],
        "negative": [_ordinary(rng, (4,)) + low for low in (-12.0, -25.0, -45.0)]
        + [_ordinary(rng, (3,)) - 2.0 * ORDINARY_LIMIT],
        "large-integers": [
            np.array([1000, 998, 1001]),
            np.array([-2000, -2001], dtype=np.int32),
            np.array([3000, 0, -3000, 2999]),
        ],
        "ladder": _ladder(rng),
    }
    if batches:
        probes["batches"] = _batches(rng)
        probes["large-batches"] = _large_batches(rng)
        probes["integer-batches"] = [
            _integers(rng, shape, kind) for shape, kind in (((2, 3), np.int64), ((3, 3), np.int32), ((4, 2), np.int64))
        ]
    return probes


SIXTEENTHS = 16.0
"""Logits of probe models are multiples of 1/16 so that float32 represents every step of making them."""


def _grid(values: Array) -> Array:
    return np.round(np.asarray(values, dtype=np.float64) * SIXTEENTHS) / SIXTEENTHS


def _clear_rows(rng: np.random.Generator, rows: int, top: float, gap: float) -> Array:
    """``rows`` rows with the largest logit at ``top`` and no other within ``gap``; the classes take turns at being the largest."""
    table = np.empty((rows, 4))
    order = [*rng.permutation(4), *rng.integers(0, 4, max(0, rows - 4))]
    for row, winner in zip(table, order, strict=False):
        row[:] = top - gap - rng.uniform(0.0, 2.0, 4)
        row[winner] = top
    return table


def predict_probes(rng: np.random.Generator) -> dict[str, list[Array]]:
    """Logit tables ``(m, 4)`` for a prediction by purpose, ``m`` at most 16 and never 4: multiples of 1/16, at most 1e4 in size.

    ``ordinary`` rows have a positive maximum, some of them no probability above one half; ``negative``, ``tied`` and ``huge`` say it
    themselves. In the first two the largest logit of a row stands alone. ``saturated`` serves only to tell mistakes apart.
    """
    sharp = _clear_rows(rng, 9, 3.0, 1.5) + rng.uniform(-1.0, 1.0, (9, 1))
    flat = _clear_rows(rng, 6, 1.0, 0.125)
    flat = np.maximum(flat, flat.max(axis=1, keepdims=True) - 0.75)
    mixed = _clear_rows(rng, 7, 2.0, 3.0)
    # Shares of a column prefer another class than the row does.
    rivals = np.array(
        [
            [2.0, 1.5, 0.0, -1.0],
            [5.0, 1.0, -2.0, 0.0],
            [0.5, -1.0, 2.5, 2.0],
            [0.0, -3.0, 5.5, 1.0],
            [3.0, -2.0, 0.0, 2.0],
        ]
    )
    rivals = rng.permutation(rivals[:, rng.permutation(4)] + rng.uniform(0.0, 0.25), axis=0)
    negative = [_clear_rows(rng, 8, -0.5, 0.5), _clear_rows(rng, 5, -7.0, 1.0), _clear_rows(rng, 3, -40.0, 2.0)]
    tied = np.array(
        [
            [1.0, 1.0, 1.0, 1.0],
            [2.0, -1.0, 2.0, 0.0],
            [-3.0, -1.5, -1.5, -2.0],
            [0.0, 0.0, -1.0, -1.0],
            [-2.0, -2.0, -2.0, -2.5],
        ]
    )
    apart = np.array([[30.0, 0.0, -30.0, 25.0], [3.0, -20.0, -38.0, 1.0], [18.0, 17.0, -17.0, 0.0]])
    huge = [
        _clear_rows(rng, 5, 1000.0, 1.0),
        _clear_rows(rng, 6, -1000.0, 1.0),
        np.array([[9000.0, -9000.0, 0.0, 8999.0], [-9000.0, -9001.0, -8998.0, -9500.0], [0.0, 200.0, 201.5, -200.0]]),
    ]
    return {
        "ordinary": [_grid(sharp), _grid(flat), _grid(mixed), _grid(rivals), _grid(sharp[:1])],
        "negative": [_grid(table) for table in negative],
        "tied": [_grid(rng.permuted(tied, axis=1))],
        "huge": [_grid(table) for table in huge],
        "saturated": [_grid(_clear_rows(rng, 7, 45.0, 4.0)), _grid(rng.permuted(apart, axis=1))],
    }

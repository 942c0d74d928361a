"""Models whose logits we chose: weights of one hidden ReLU layer that give a table of logits exactly.

The points lie on a parabola, where each is a corner of a convex curve: one ReLU unit can be 1 at its own point and
exactly 0 at every other. A logit is then one product, 1 times a weight, and sums of zeros: exact in float32 in whatever
order it is added up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

STEP = 0.5
"""Distance of neighbouring points in the first coordinate; the second is its square, halved, less 4."""
MAX_POINTS = 64


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A probe model: what builds it in the kernel, the points to ask it about, and the logits it has there."""

    inputs: NDArray[np.float32]
    """Points, shape (m, 2)."""
    logits: NDArray[np.float64]
    """Its logits there, shape (m, classes)."""
    parameters: Mapping[str, Any]
    """Parameters of the request ``probe_model``."""
    handle: str = ""

    def with_handle(self, handle: str) -> "Probe":
        """The same probe, known in the kernel by ``handle``."""
        return replace(self, handle=handle)

    def part(self, rows: slice) -> "Probe":
        """The same model, asked about some of its points only."""
        return replace(self, inputs=self.inputs[rows], logits=self.logits[rows])


def probe_model(table: NDArray[Any], *, kind: Literal["functional", "sequential"] = "functional") -> Probe:
    """A model that has the logits ``table (m, classes)``, numbers of float32, at the m points of the probe.

    Raises ValueError for more than 64 rows.
    """
    logits = np.asarray(table, dtype=np.float64)
    count = logits.shape[0]
    if not 0 < count <= MAX_POINTS:
        raise ValueError(f"a probe model has 1 to {MAX_POINTS} points, not {count}")
    # A fixed order that is not sorted: the place of a point says nothing about its row.
    corner = (np.arange(count) * _stride(count) % count) - count // 2
    first = corner * STEP
    inputs = np.stack([first, first * first / 2.0 - 4.0], axis=1)
    # 1 - (corner - own)**2 = 1 - own**2 + 2 own corner - corner**2, written in the coordinates of the points.
    kernel = np.stack([2.0 * corner / STEP, np.full(count, -2.0 / STEP**2)])
    bias = 1.0 - corner.astype(np.float64) ** 2 - 4.0 * 2.0 / STEP**2
    weights = (kernel, bias, logits, np.zeros(logits.shape[1]))
    parameters = {
        "kind": kind,
        "softmax_head": False,
        "weights": {str(number): weight.astype(np.float32) for number, weight in enumerate(weights)},
    }
    return Probe(inputs.astype(np.float32), logits, parameters)


def _stride(count: int) -> int:
    """A number without a common divisor with ``count``, near its golden section."""
    return next(stride for stride in range(max(1, round(count * 0.62)), 2 * count + 1) if np.gcd(stride, count) == 1)

"""Right answers, with NumPy alone, for exercises that lean on a wrong one. They run in the examiner, never in the kernel."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def my_softmax(z: NDArray[Any]) -> NDArray[Any]:
    """The softmax of ``z`` along its last axis, in float64."""
    shifted = np.asarray(z, dtype=np.float64)
    shifted = shifted - shifted.max(axis=-1, keepdims=True)
    exponentials = np.exp(shifted)
    return exponentials / exponentials.sum(axis=-1, keepdims=True)

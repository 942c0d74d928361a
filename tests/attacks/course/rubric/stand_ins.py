"""Right answers, with NumPy alone, for the exercise that leans on a wrong one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

REMARK = "PLANTED-stand-in"


def my_softmax(z: NDArray[Any]) -> NDArray[Any]:
    """The softmax of the vector ``z``, in float64."""
    e = np.exp(np.asarray(z, dtype=np.float64) - np.max(z))
    return np.asarray(e / e.sum())

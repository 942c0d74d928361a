"""What is known about a student's function, and what is concluded from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.answers import Answer, Returned

Number = float | int | str


@dataclass(frozen=True, slots=True)
class Observation:
    """One call of a student's function: what was given, what came back, and what is right.

    ``given`` holds the inputs by name: ``{"z": z}`` for a softmax; ``{"logits": L, "own": P or None}`` for a prediction,
    where ``L (m, 4)`` are the probe model's logits and ``own`` is what the student's own global model returns for
    the same ``X``. ``expected`` and ``tolerance`` come from ``grader.diagnosis.accuracy``; for classes ``expected`` is the
    table ``(m, 4)`` of allowed classes.
    """

    function: str
    given: Mapping[str, Any]
    answer: Answer
    expected: NDArray[Any]
    tolerance: NDArray[Any] | float = 0.0
    model: str = ""
    """The handle of the probe model that a prediction was asked about."""

    def array(self) -> NDArray[Any] | None:
        """The numbers that came back, or None where no rectangular array of real numbers did."""
        if not isinstance(self.answer, Returned):
            return None
        array = self.answer.value.array
        if array is None or array.dtype.kind not in "fiub":
            return None
        return array

    def changed_input(self) -> bool:
        """Whether the call left its (first) array argument otherwise than it was."""
        if not isinstance(self.answer, Returned) or not self.answer.arguments_after or "z" not in self.given:
            return False
        after, before = self.answer.arguments_after[0], np.asarray(self.given["z"])
        return after.shape != before.shape or not np.array_equal(after, before, equal_nan=True)


@dataclass(frozen=True, slots=True)
class Found:
    """A mistake that was named: its published id, the parameters fitted to it, and words for its texts."""

    id: str
    parameters: Mapping[str, Number] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

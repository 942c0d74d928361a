"""Observations made ready for comparing: one shape of record, whatever came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from grader.answers import Lost, Missing, Raised, Returned, TimedOut
from grader.diagnosis.accuracy import relative_bound, within
from grader.diagnosis.evidence import Observation

Form = Literal["values", "none", "raised", "timed-out", "shape", "lost", "missing"]
Extended = NDArray[np.longdouble]

QUIET = 40.0
"""Logits up to this size overflow in no dtype but float16, whatever is subtracted from them."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One observation of a function of logits.

    ``values`` are the numbers that came back, float64, in the shape in which they came; None unless ``form`` is ``values``
    (a rectangular array of real numbers of the input's size, or of a square made from it) or ``shape`` (any other).
    """

    observation: Observation
    x: Extended
    integer: bool
    single: bool
    form: Form
    values: NDArray[np.float64] | None
    right: bool
    quiet: bool
    bound: float

    @property
    def kind(self) -> tuple[int, bool]:
        """Vector or batch (1 or 2), and whether the input was of an integer type."""
        return self.x.ndim, self.integer


def form_of(observation: Observation) -> Form:
    """What kind of answer came back, before its numbers are looked at."""
    match observation.answer:
        case Raised():
            return "raised"
        case TimedOut():
            return "timed-out"
        case Missing():
            return "missing"
        case Lost():
            return "lost"
        case Returned(value=value) if value.kind == "none":
            return "none"
    return "shape" if observation.array() is None else "values"


def case_of(observation: Observation, given: str) -> Case:
    """Prepare one observation whose logits stand in ``given[given]``."""
    z = np.asarray(observation.given[given])
    form = form_of(observation)
    array = observation.array()
    values = None if array is None else array.astype(np.float64)
    right = array is not None and within(array, observation.expected, observation.tolerance)
    square = z.shape[:1] * 2 if z.shape[1:] == (1,) else z.shape
    if form == "values" and values is not None and values.size != z.size and values.shape != square:
        form = "shape"
    size = float(np.abs(z.astype(np.float64)).max())
    return Case(
        observation=observation,
        x=z.astype(np.longdouble),
        integer=z.dtype.kind in "iu",
        single=z.dtype == np.float32,
        form=form,
        values=values,
        right=right,
        quiet=size <= QUIET,
        bound=float(relative_bound(z).max()) + float(relative_bound(z.reshape(1, -1)).max()),
    )


def cases_of(observations: Sequence[Observation], given: str) -> list[Case]:
    """All observations, those that tell most first: wrong values on small inputs, then other wrong values, then the rest."""
    cases = [case_of(observation, given) for observation in observations]

    def rank(case: Case) -> tuple[bool, bool, bool, int]:
        return (case.form != "values", case.right, not case.quiet, case.x.size)

    return sorted(cases, key=rank)


def quiet_kinds(cases: Sequence[Case]) -> set[tuple[int, bool]]:
    """The kinds of input on which every quiet probe was answered with numbers."""
    kinds = {case.kind for case in cases if case.quiet}
    return kinds - {case.kind for case in cases if case.quiet and case.form != "values"}


def finite(values: NDArray[Any]) -> bool:
    """Whether every number is finite."""
    return bool(np.isfinite(values).all())

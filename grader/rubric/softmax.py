"""Examining a student's softmax: shared by the rubrics of all assignments that ask for one.

All questions of the checks travel in one message; each check then looks at its part of the answers::

    exam = student.once("softmax", SoftmaxExam)
    exam.check_vectors()
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.answers import Answer, Call, Missing, TimedOut
from grader.diagnosis.accuracy import softmax, tolerance, within
from grader.diagnosis.evidence import Observation
from grader.diagnosis.probes import softmax_probes
from grader.rubric.outcomes import CallTimedOut, Failure
from grader.rubric.student import Student, unfit

ONLY_TO_TELL_APART = frozenset({"negative", "large-integers", "ladder"})
"""Purposes of probes that no check looks at: asked once points are lost, to name the mistake."""

WORDS = {
    "vectors": "vectors of ordinary logits",
    "batches": "batches of ordinary logits",
    "large": "vectors of large logits",
    "wide": "vectors of widely spread logits",
    "large-batches": "batches of large logits",
    "integers": "vectors of integers",
    "integer-batches": "batches of integers",
}


class SoftmaxExam:
    """What a student's softmax answered to the probes of this submission.

    The judged contract: floats of the input's shape, the softmax along the last axis to within
    ``grader.diagnosis.accuracy.tolerance``, and the input unchanged.
    """

    def __init__(self, student: Student, name: str = "my_softmax", *, batches: bool = True) -> None:
        self.student = student
        self.name = name
        self.functions = (name,)
        self.exercise = student.exercise
        self._probes = softmax_probes(student.rng("softmax"), batches=batches)
        self._observed: dict[str, list[Observation]] = {}
        self._ask(purpose for purpose in self._probes if purpose not in ONLY_TO_TELL_APART)

    def check_vectors(self) -> None:
        """Require right values on vectors. Raises Failure."""
        self._require("vectors")

    def check_batches(self) -> None:
        """Require right values on batches, row by row. Raises Failure."""
        self._require("batches")

    def check_large(self) -> None:
        """Require finite and accurate values on large and widely spread logits. Raises Failure."""
        self._require(*self._kinds(("large", "wide"), ("large-batches",)))

    def check_integers(self) -> None:
        """Require right values on integer input. Raises Failure."""
        self._require(*self._kinds(("integers",), ("integer-batches",)))

    def check_unchanged(self) -> None:
        """Require that ordinary input is left unchanged by a function whose values are right. Raises Failure."""
        purposes = self._kinds(("vectors", "integers"), ("batches", "integer-batches"))
        self._require(*(purpose for purpose in purposes if purpose in ("vectors", "batches")))
        for purpose in purposes:
            if any(observation.changed_input() for observation in self._observed[purpose]):
                raise Failure(f"`{self.name}` changed the array it was given ({WORDS[purpose]})")

    def more_evidence(self) -> None:
        """Ask what only serves to tell mistakes apart."""
        self._ask(purpose for purpose in self._probes if purpose in ONLY_TO_TELL_APART)

    def demonstrate(self, function: str, arguments: tuple[Any, ...]) -> Answer:
        """What the function answers to a public demonstration input."""
        (answer,) = self.student.ask(Call(function, arguments, return_arguments=True))
        return answer

    def _kinds(self, vectors: tuple[str, ...], batches: tuple[str, ...]) -> tuple[str, ...]:
        """The purposes that count: each kind of input where the function is right on ordinary ones of that kind.

        A fault on one kind is charged once, by the check of that kind.
        """
        if "batches" not in self._probes or not self._right("batches"):
            return vectors
        return (*vectors, *batches) if self._right("vectors") else batches

    def _right(self, purpose: str) -> bool:
        return all(self._problem(observation) is None for observation in self._observed[purpose])

    def _require(self, *purposes: str) -> None:
        for purpose in purposes:
            problems = [self._problem(observation) for observation in self._observed[purpose]]
            for observation, problem in zip(self._observed[purpose], problems, strict=True):
                if problem is not None:
                    if isinstance(observation.answer, TimedOut):
                        raise CallTimedOut(problem)
                    wrong = len([one for one in problems if one is not None])
                    count = (
                        ""
                        if isinstance(observation.answer, Missing)
                        else f" ({wrong} of {len(problems)} {WORDS[purpose]})"
                    )
                    raise Failure(problem + count)

    def _problem(self, observation: Observation) -> str | None:
        z = observation.given["z"]
        if (problem := unfit(self.name, observation.answer, shape=z.shape)) is not None:
            return problem
        array = observation.array()
        assert array is not None
        if within(array, observation.expected, observation.tolerance):
            return None
        return f"`{self.name}` returned {wrong_values(array.astype(np.float64))}"

    def _ask(self, purposes: Iterable[str]) -> None:
        wanted = list(purposes)
        arrays = [(purpose, z) for purpose in wanted for z in self._probes[purpose]]
        calls = [Call(self.name, (z,), return_arguments=True) for _, z in arrays]
        for (purpose, z), answer in zip(arrays, self.student.ask(*calls), strict=True):
            observation = Observation(self.name, {"z": z}, answer, softmax(z), tolerance(z))
            self._observed.setdefault(purpose, []).append(observation)
            self.student.observe(observation, self.exercise)


def wrong_values(array: NDArray[np.float64]) -> str:
    """What is plainly wrong with an array that should hold softmaxes along its last axis, in words."""
    signs: Mapping[str, bool] = {
        "NaN": bool(np.isnan(array).any()),
        "an infinite number": bool(np.isinf(array).any()),
        "a negative number": bool((array < 0).any()),
    }
    for words, there in signs.items():
        if there:
            return words
    with np.errstate(over="ignore"):
        sums = array.sum(axis=-1)
    far = np.abs(sums - 1.0) > 1e-3  # noqa: PLR2004 - only the wording depends on it
    if far.any():
        return f"numbers whose sum is {float(np.ravel(sums)[np.ravel(far)][0]):.4g}, not 1"
    return "numbers that are not the softmax"

"""Misconceptions that a course adds of its own: run, compared, and named when every probe agrees."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.answers import Missing, Raised, Returned, TimedOut
from grader.diagnosis.accuracy import right_classes
from grader.diagnosis.evidence import Found, Number, Observation
from grader.diagnosis.forms import exception_words, limit_words
from grader.diagnosis.misconception import Misconception

RELATIVE = 1e-5
"""How far a student's numbers may be from the wrong implementation's, relative to them, beyond the check's own tolerance."""


def _agrees(wrong: Any, observation: Observation, parameters: Mapping[str, Number]) -> bool:
    """Whether the wrong implementation does what the student's code did for this input.

    Where it has no finite value (a division by 0, say), nothing is said: written otherwise, it may raise there.
    """
    given = {
        key: np.array(value) if isinstance(value, np.ndarray) else value for key, value in observation.given.items()
    }
    try:
        with np.errstate(all="ignore"):
            made = np.asarray(wrong(**given, **parameters))
    except Exception:  # noqa: BLE001 - a course's wrong implementation may raise whatever the mistake raises
        return isinstance(observation.answer, Raised)
    if made.dtype.kind not in "fiub":
        return False
    made = made.astype(np.float64)
    defined = np.isfinite(made)
    array = observation.array()
    if array is None or array.shape != made.shape:
        return isinstance(observation.answer, Raised) and not defined.all()
    with np.errstate(invalid="ignore"):
        near = np.abs(array - made) <= np.abs(made) * RELATIVE + observation.tolerance
    return bool(np.all(near | ~defined))


def _is_right(observation: Observation) -> bool:
    array = observation.array()
    if array is not None and observation.expected.dtype == np.bool_ and observation.expected.ndim == array.ndim + 1:
        return right_classes(array, observation.expected)
    if array is None or array.shape != observation.expected.shape:
        return False
    return bool(np.all(np.abs(array - observation.expected) <= observation.tolerance))


def _other_form(observation: Observation) -> bool:
    array = observation.array()
    return array is None or array.shape != observation.expected.shape


def explain_by_extras(observations: Sequence[Observation], extra: Sequence[Misconception]) -> Found | None:
    """The first of a course's misconceptions that agrees with every observation, fewest parameters first; None if all is right."""
    if not extra or all(_is_right(observation) for observation in observations):
        return None
    held: list[tuple[int, int, Found]] = []
    for place, misconception in enumerate(extra):
        fitted = misconception.fit(observations) if misconception.fit else [{}]
        held += [
            (len(parameters), place, Found(misconception.id, dict(parameters)))
            for parameters in fitted
            for wrong in (misconception.wrong, *misconception.others)
            if all(_agrees(wrong, observation, parameters) for observation in observations)
        ]
    return min(held, key=lambda one: one[:2])[2] if held else None


def rest_by_form(prefix: str, observations: Sequence[Observation]) -> list[Found]:
    """For exercises that are a course's own: what can be said of any function by the form of its answers."""
    wrong = [observation for observation in observations if not _is_right(observation)]
    if not wrong:
        return []
    answers = [observation.answer for observation in wrong]
    ident = "incorrect"
    if any(isinstance(answer, Missing) for answer in answers):
        ident = "missing"
    elif all(isinstance(answer, TimedOut) for answer in answers):
        ident = "timeout"
    elif all(isinstance(answer, Raised) for answer in answers):
        ident = "raises"
    elif all(isinstance(answer, Returned) and answer.value.kind == "none" for answer in answers):
        ident = "returns-none"
    elif all(isinstance(answer, Returned) and _other_form(one) for answer, one in zip(answers, wrong, strict=True)):
        ident = "wrong-shape"
    return [Found(f"{prefix}.{ident}", words=exception_words(wrong) | limit_words(wrong))]

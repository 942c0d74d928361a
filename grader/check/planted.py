"""Misconceptions planted in the reference: each wrong implementation in place of the right one, graded like a submission."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.assignment import Assignment, Exercise
from grader.diagnosis import model_misconceptions, predict, softmax
from grader.diagnosis.misconception import planted as source_of
from grader.rubric.course import load_misconceptions


@dataclass(frozen=True, slots=True)
class Plant:
    """A misconception in place of a reference's answer: its id, a name for the case, and the answer's source."""

    id: str
    name: str
    source: str


def planted(assignment: Assignment, exercise: Exercise, answer: str) -> Iterator[Plant]:
    """Every misconception about this exercise, ours and the course's own, in the answer of the reference."""
    known = (*softmax.MISCONCEPTIONS, *predict.MISCONCEPTIONS, *load_misconceptions(assignment))
    sources = [
        (one.id, f"{answer}\n\n{source_of(replace(one, wrong=wrong), one.function)}")
        for one in known
        if one.function in exercise.names
        for wrong in (one.wrong, *one.others)
    ]
    if assignment.id == model_misconceptions.ASSIGNMENT and "model" in exercise.names:
        sources += [(one.id, one.source) for one in model_misconceptions.MISCONCEPTIONS]
    taken: dict[str, int] = {}
    for ident, source in sources:
        number = taken[ident] = taken.get(ident, 0) + 1
        yield Plant(ident, ident if number == 1 else f"{ident} ({number})", source)

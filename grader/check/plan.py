"""All cases of an assignment: its solutions, and what is made from its reference."""

import ast
from collections.abc import Iterator, Sequence

from grader.assignment import Assignment, Exercise
from grader.check.cases import Case, Expected
from grader.check.mutants import mutants
from grader.check.planted import planted
from grader.check.reference import notebook
from grader.check.rewrites import blanks, rewrites
from grader.check.runner import Task
from grader.check.solutions import Prepared, Solutions

WHOLE_SAMPLE = 4
"""Wrong answers of each exercise that are also graded as a whole notebook."""
SALT_SAMPLE = 8
"""Every so many wrong answers are also graded under other salts."""
STEADY = frozenset({"reference", "right"})
BACKWARDS = 2
"""The run in which the checks are asked in the opposite order."""
SLOW = frozenset({"timeout", "missing"})
"""Last parts of ids whose cases are not repeated: they wait for a limit, or show nothing new."""


def tasks(assignment: Assignment, solutions: Solutions) -> tuple[Task, ...]:
    """Every run of every case."""
    prepared = [*solutions.prepared, *_made(assignment, solutions)]
    runs = [Task(one) for one in prepared]
    for number, one in enumerate(_steady(prepared)):
        again = (1, 2) if one.case.kind == "reference" else (1 + number % 2,)
        runs += [Task(one, run, f"{assignment.salt}/check {run}", backwards=run == BACKWARDS) for run in again]
    return tuple(runs)


def _made(assignment: Assignment, solutions: Solutions) -> Iterator[Prepared]:
    """The cases that are made from the reference."""
    for exercise in assignment.exercises:
        maker = _Maker(assignment, solutions, exercise)
        yield from maker.planted()
        yield from maker.mutants()
        yield from maker.rewrites()
        yield from maker.blanks()
        yield from maker.whole()


class _Maker:
    """Makes the cases of one exercise."""

    def __init__(self, assignment: Assignment, solutions: Solutions, exercise: Exercise) -> None:
        self.assignment = assignment
        self.solutions = solutions
        self.exercise = exercise
        self.answer = solutions.reference.answer(exercise.name)

    def planted(self) -> Iterator[Prepared]:
        """Every misconception of this exercise in place of the reference's answer."""
        for plant in planted(self.assignment, self.exercise, self.answer):
            excused = plant.id in self.solutions.settings.not_asked
            case = Case(
                name=f"planted/{plant.name}",
                kind="planted",
                exercise=self.exercise.name,
                expected={} if excused else {self.exercise.name: Expected((plant.id,))},
                excused=plant.id if excused else "",
            )
            yield self._prepared(case, plant.source)

    def mutants(self) -> Iterator[Prepared]:
        """Small changes of the reference, which should lose points."""
        for number, (words, source) in enumerate(mutants(self.answer), start=1):
            case = Case(
                name=f"mutant/{self.exercise.name}-{number}", kind="mutant", exercise=self.exercise.name, note=words
            )
            yield self._prepared(case, source)

    def rewrites(self) -> Iterator[Prepared]:
        """The reference in other words, which must not lose any."""
        tensorflow = "tensorflow" in self.assignment.preload
        for words, source in rewrites(self.answer, self.exercise.names, tensorflow=tensorflow):
            name = f"rewrite/{self.exercise.name}: {words}"
            yield self._prepared(Case(name=name, kind="rewrite", exercise=self.exercise.name), source)

    def blanks(self) -> Iterator[Prepared]:
        """Answers without work in them."""
        for words, source in blanks(self.answer, self.exercise.names):
            case = Case(
                name=f"blank/{self.exercise.name}: {words}", kind="blank", exercise=self.exercise.name, note=words
            )
            yield self._prepared(case, source)

    def whole(self) -> Iterator[Prepared]:
        """Some wrong answers in the whole reference, where the other exercises must keep their points."""
        wrong = [
            one.case
            for one in self.solutions.prepared
            if one.case.kind == "wrong" and one.case.exercise == self.exercise.name and _repeatable(one.case)
        ]
        sources = self.solutions.sources
        for case in _spread([case for case in wrong if _parses(sources[case.name])], WHOLE_SAMPLE):
            cells = self.solutions.reference.whole(self.exercise.name, sources[case.name])
            whole = Case(name=f"whole/{case.name}", kind="wrong", expected=case.expected, note=case.note)
            yield Prepared(whole, notebook(cells, self.assignment.id))

    def _prepared(self, case: Case, source: str) -> Prepared:
        cells = self.solutions.reference.cut(self.exercise.name, source)
        return Prepared(case, notebook(cells, self.assignment.id))


def _steady(prepared: Sequence[Prepared]) -> list[Prepared]:
    """The cases that are graded again under another salt, every second one backwards: the right ones, and some of the wrong ones.

    The reference is graded in both ways. Its rewrites are not: another salt draws other numbers, but not for them alone.
    """
    wrong = [
        one for one in prepared if one.case.kind in {"wrong", "planted"} and one.case.exercise and _repeatable(one.case)
    ]
    return [one for one in prepared if one.case.kind in STEADY] + wrong[::SALT_SAMPLE]


def _repeatable(case: Case) -> bool:
    ids = [identity for expected in case.expected.values() for identity in expected.ids]
    return not any(identity.rpartition(".")[2] in SLOW for identity in ids)


def _spread(cases: Sequence[Case], count: int) -> list[Case]:
    """``count`` of the cases, evenly from the first to the last."""
    return [cases[number * len(cases) // count] for number in range(count)] if len(cases) > count else list(cases)


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True

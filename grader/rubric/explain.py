"""Name the mistakes of an exercise that lost points, and know what to put right before its checks are tried again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from grader.answers import Answer, Call
from grader.assignment import Assignment, Exercise
from grader.diagnosis.demonstrations import Shown, demonstrations, shows_it
from grader.diagnosis.evidence import Found
from grader.diagnosis.functions import explain_functions
from grader.diagnosis.texts import Texts
from grader.rubric.collect import Ruling
from grader.rubric.course import StandIn, load_misconceptions, load_stand_ins
from grader.rubric.models import ModelEvidence
from grader.rubric.prediction import PredictionExam
from grader.rubric.softmax import SoftmaxExam
from grader.rubric.student import PROBABILITY_HEAD, Student
from grader.verdict import Diagnosis

UNTOUCHED = "notebook.template-untouched"
RETURNS_PROBABILITIES = frozenset({"softmax-output", "double-softmax"})
"""Last parts of the ids of a model whose own head gives probabilities."""


class Replaceable(Protocol):
    """The part of the submission under examination that stand-ins are put into."""

    def stand_in(self, name: str, function: StandIn) -> None:
        """Bind a name of the notebook to a stub whose calls ``function`` answers, outside the kernel."""


@dataclass(frozen=True, slots=True)
class Help:
    """One thing to put right before the checks of an exercise are tried again: a stand-in, or the kind of probe model."""

    owner: str
    """The exercise whose fault it is."""
    words: str
    name: str = ""
    stand_in: StandIn | None = None
    assume: str | None = None

    def apply(self, subject: Replaceable, student: Student) -> Student:
        """The student to ask again. A stand-in stays in the kernel from here on."""
        if self.stand_in is not None:
            subject.stand_in(self.name, self.stand_in)
        return student.again(self.assume)


class Explainer:
    """The mistakes an assignment knows, their texts, and its stand-ins."""

    def __init__(self, assignment: Assignment, texts: Texts, templates: Mapping[str, str]) -> None:
        self.assignment = assignment
        self.texts = texts
        self.templates = templates
        self.stand_ins = load_stand_ins(assignment)
        self.misconceptions = load_misconceptions(assignment)

    def diagnoses(self, exercise: Exercise, student: Student, failed: Mapping[str, Ruling]) -> list[Diagnosis]:
        """The mistakes of an exercise that lost points, each shown on its demonstration input; at least one."""
        exams = [item for item in student.made(exercise.name) if isinstance(item, SoftmaxExam | PredictionExam)]
        for exam in exams:
            exam.more_evidence()
        return [
            self._worded(exercise, found, student, *self._demonstrate(found, exams, student))
            for found in self._found(exercise, student, failed)
        ]

    def unnamed(self, exercise: Exercise, student: Student, failed: Mapping[str, Ruling]) -> list[Diagnosis]:
        """What is said where no mistake could be named: the exercise is incorrect, with the check's message."""
        return [self._worded(exercise, _incorrect(exercise, failed), student)]

    def remaining(
        self, exercise: Exercise, student: Student, failed: Mapping[str, Ruling], known: Sequence[Diagnosis]
    ) -> list[Diagnosis]:
        """The mistakes that are left when what the exercise leans on is put right. Nothing more is asked of the kernel."""
        by_id = {diagnosis.id: diagnosis for diagnosis in known}
        found = self._found(exercise, student, failed)
        return [by_id.get(one.id) or self._worded(exercise, one, student) for one in found]

    def helps(self, exercise: Exercise, lost: Sequence[Exercise], student: Student) -> list[Help]:
        """What this exercise may lean on that is at fault elsewhere, the least intrusive first."""
        others = [other for other in lost if other.name != exercise.name]
        helps = []
        for other in others:
            evidence = [item for item in student.made(other.name) if isinstance(item, ModelEvidence)]
            kinds = {found.id.rpartition(".")[2] for item in evidence for found in item.found}
            if kinds & RETURNS_PROBABILITIES:
                helps.append(Help(other.name, "a model that gives probabilities", assume=PROBABILITY_HEAD))
        helps += [
            Help(other.name, f"a right `{name}`", name=name, stand_in=self.stand_ins[name])
            for other in others
            for name in other.stands_in
        ]
        return helps

    def _found(self, exercise: Exercise, student: Student, failed: Mapping[str, Ruling]) -> list[Found]:
        found = [one for item in student.made(exercise.name) if isinstance(item, ModelEvidence) for one in item.found]
        if not found:
            names = {name: student.name(name) for name in exercise.names}
            observed = student.observations(exercise.name)
            found = explain_functions(exercise.prefix, observed, names, self.templates, self.misconceptions)
        because = [ruling.because for ruling in failed.values() if (ruling.because or "").startswith("notebook.")]
        if because:
            found = _missing_first(exercise, student, found, everything=UNTOUCHED in because)
        message = _incorrect(exercise, failed).words["message"]
        return [replace(one, words={"message": message} | dict(one.words)) for one in found] or [
            _incorrect(exercise, failed)
        ]

    def _demonstrate(
        self, found: Found, exams: Sequence[SoftmaxExam | PredictionExam], student: Student
    ) -> tuple[Shown | None, Answer | None]:
        """The first public call that shows the mistake, and its answer; where none does, the first of all."""
        first: tuple[Shown | None, Answer | None] = (None, None)
        for shown in demonstrations(found, self.misconceptions):
            function, arguments = shown
            exam = next((exam for exam in exams if function in exam.functions), None)
            if exam is not None:
                answer = exam.demonstrate(function, arguments)
            else:
                (answer,) = student.ask(Call(function, arguments, return_arguments=True))
            if shows_it(found, shown, answer):
                return shown, answer
            first = (shown, answer) if first[0] is None else first
        return first

    def _worded(
        self,
        exercise: Exercise,
        found: Found,
        student: Student,
        shown: Shown | None = None,
        answer: Answer | None = None,
    ) -> Diagnosis:
        name = str(found.words.get("function") or found.words.get("name") or next(iter(exercise.names), ""))
        info = student.name(name) if name else None
        cell = None if info is None or not info.exists else info.cell
        if info is not None and cell is None and info.bound_in:
            cell = info.bound_in[-1]
        if found.words.get("untouched"):
            return self.texts.untouched(found.id, name, cell, detail=self.assignment.detail)
        return self.texts.diagnosis(found, answer, cell, detail=self.assignment.detail, shown=shown)


def _incorrect(exercise: Exercise, failed: Mapping[str, Ruling]) -> Found:
    message = next((ruling.message for ruling in failed.values() if ruling.message), "")
    return Found(f"{exercise.prefix}.incorrect", words={"message": message})


def _missing_first(exercise: Exercise, student: Student, found: Sequence[Found], *, everything: bool) -> list[Found]:
    """The mistakes of an exercise that lost points by what happened to the notebook: its answer is missing.

    What else was found is kept where a name of the exercise is there all the same, unless ``everything`` is missing.
    """
    identity = f"{exercise.prefix}.missing"
    if everything:
        return [Found(identity, words={"name": next(iter(exercise.names), ""), "untouched": "yes"})]
    absent = [name for name in exercise.names if not student.name(name).exists]
    missing = [one for one in found if one.id == identity]
    missing = missing or [Found(identity, words={"name": next(iter([*absent, *exercise.names]), "")})]
    rest = [] if len(absent) == len(exercise.names) else [one for one in found if one.id != identity]
    return [*missing, *rest]

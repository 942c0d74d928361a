"""Examining a student's Keras model by what it does: shared by the rubrics of all assignments that ask for a model.

A rubric examines once and checks several times::

    evidence = examine_student(student, TASK)
    check_shape(evidence)

Every number comes from the student's kernel (``grader.inside.models``), every decision is made in
``grader.diagnosis.models``, and the two meet here. A right model costs two messages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from grader.answers import Answer, Lost, NameInfo, Question, Request, Returned, TimedOut, Value
from grader.diagnosis.evidence import Found
from grader.diagnosis.model_head import Weight
from grader.diagnosis.model_loss import (
    Forms,
    LossCases,
    LossFacts,
    judge_loss,
    logit_cases,
    probability_cases,
    takes_probabilities,
)
from grader.diagnosis.models import FaultyCell, Judgement, ModelFacts, ModelTask, Shortfall, judge
from grader.inside.models import MAX_WEIGHTS
from grader.rubric.model_probing import Prober, Unanswered
from grader.rubric.outcomes import CallTimedOut, CarriedForward, Failure
from grader.rubric.student import Student

MAX_DIMENSIONS, MAX_SIZE = 8, 2**31
"""What a variable's shape may be: more than fits into any kernel, and little enough to compute with."""


class Ask(Protocol):
    """The question road: answers to the questions, in order."""

    def __call__(self, *questions: Question, timeout_s: float | None = None) -> list[Answer]:
        """Put the questions to the student's kernel, all in one message."""


@dataclass(frozen=True, slots=True)
class ModelEvidence:
    """What the examination of one model showed."""

    task: ModelTask
    facts: ModelFacts
    judgement: Judgement

    @property
    def found(self) -> tuple[Found, ...]:
        """The diagnoses of the exercise, the most specific first: one per independent mistake."""
        return self.judgement.found


def examine_student(student: Student, task: ModelTask) -> ModelEvidence:
    """Examine the model of a submission, once for all checks."""

    def make(asked: Student) -> ModelEvidence:
        return examine_model(
            asked.ask, task, asked.name(task.name), asked.rng(task.name), asked.faulty, capped=asked.capped
        )

    return student.once(("model", task.name), make)


def examine_model(
    ask: Ask,
    task: ModelTask,
    info: NameInfo,
    rng: np.random.Generator,
    faulty: Sequence[FaultyCell] = (),
    *,
    capped: bool = False,
) -> ModelEvidence:
    """Ask the kernel about the model that ``info`` names, in two to four messages.

    ``faulty`` are the cells that ended with an error; ``capped`` says that ``fit`` was cut short by the grader.
    """
    with np.errstate(all="ignore"):  # outputs are whatever the kernel says, up to the largest numbers there are
        facts = _measured(ask, task, rng) if info.exists else ModelFacts()
        return ModelEvidence(task, facts, judge(task, facts, info, faulty, capped=capped))


def check_shape(evidence: ModelEvidence) -> None:
    """Require the widths asked for and a nonlinear hidden layer. Raises Failure, CallTimedOut."""
    _require(evidence, evidence.judgement.shape)


def check_head_and_loss(evidence: ModelEvidence) -> None:
    """Require a linear last layer and a categorical cross-entropy that takes logits. Raises Failure, CallTimedOut."""
    _require(evidence, evidence.judgement.head_and_loss)


def check_trained(evidence: ModelEvidence) -> None:
    """Require a compiled and trained model. Raises Failure, CallTimedOut; CarriedForward where head and loss are why."""
    _require(evidence, evidence.judgement.trained)


def _require(evidence: ModelEvidence, shortfall: Shortfall | None) -> None:
    if shortfall is None:
        return
    if shortfall.carried:
        raise CarriedForward(evidence.task.name, shortfall.message)
    kind = CallTimedOut if shortfall.timed_out else Failure
    raise kind(shortfall.message, because=shortfall.id)


def _measured(ask: Ask, task: ModelTask, rng: np.random.Generator) -> ModelFacts:
    """Everything that is asked of one model."""
    cases = logit_cases(rng, task.outputs)
    prober = Prober(ask, task, rng)
    described, losses, *first = ask(
        Request("model.describe", {"name": task.name, "inputs": task.inputs}),
        _loss_question(task, cases),
        *prober.first_questions(),
    )
    if not isinstance(described, Returned):
        return ModelFacts(kind="model", layers=1, failed=described)
    about = described.value
    kind, name = (_entry(about, key).text for key in ("kind", "type_name"))
    if kind != "model":
        return ModelFacts(kind=kind or "other", type_name=name)
    if isinstance(losses, TimedOut | Lost):
        return ModelFacts(kind="model", layers=1, failed=losses)
    weights = _weights(_entry(about, "weights"))
    steps = _entry(about, "steps")
    known: dict[str, Any] = {
        "kind": "model",
        "type_name": name,
        "compiled": _is(about, "compiled"),
        "steps": int(steps.text) if steps.kind == "int" else 0,
        "layers": len(_entry(about, "layers").items),
        "weights": weights,
        "finite": all(weight.finite for weight in weights),
        "own_training": _is(about, "own_training"),
        "loss": _loss_facts(ask, task, rng, cases, losses, name=_entry(about, "loss").text),
    }
    prober.half = _is(about, "half")
    try:
        seen = prober.examine(weights, first)
    except Unanswered as unanswered:
        return ModelFacts(**known, failed=unanswered.answer)
    return ModelFacts(**{**known, **seen})


def _is(about: Value, key: str) -> bool:
    flag = _entry(about, key)
    return flag.kind == "bool" and flag.array is not None and bool(flag.array)


def _loss_question(task: ModelTask, cases: LossCases) -> Request:
    """The cases as two arrays, one row after the other, and the rows of each case: few buffers."""
    sizes = np.array([len(label) for label in cases.labels])
    asked = {"labels": np.concatenate(cases.labels), "outputs": np.concatenate(cases.outputs), "sizes": sizes}
    return Request("model.losses", {"name": task.name, "output": 0, "cases": asked})


def _loss_facts(
    ask: Ask, task: ModelTask, rng: np.random.Generator, cases: LossCases, answer: Answer, *, name: str
) -> LossFacts:
    """What the loss is; asked once more where it does not take logits."""
    if not isinstance(answer, Returned):
        message = getattr(answer, "message", "") or getattr(answer, "reason", "") or "it does not answer"
        return LossFacts("raises", name=name, error=str(message))
    forms, constant = _loss_values(cases, answer)
    facts = judge_loss(cases, forms, constant, name)
    if facts.kind in ("other", "log-probabilities"):
        more = probability_cases(rng, task.outputs)
        (again,) = ask(_loss_question(task, more))
        if isinstance(again, Returned) and takes_probabilities(more, *_loss_values(more, again)):
            return replace(facts, kind="probabilities")
    return facts


def _loss_values(cases: LossCases, answer: Returned) -> tuple[Forms, float]:
    """The values of the loss per form of labels, or its error's message; and what is added to each value."""
    forms: dict[str, Any] = {}
    asked = answer.value.entries.get("forms")
    for form, result in ({} if asked is None else asked.entries).items():
        values = result.entries["values"].array if "values" in result.entries else None
        if values is not None and values.shape == (len(cases.labels),) and values.dtype.kind == "f":
            forms[form] = values.astype(np.float64)
        else:
            forms[form] = _entry(_entry(result, "error"), "message").text
    constant = _entry(answer.value, "constant").array
    return forms, 0.0 if constant is None or constant.shape else float(constant)


NOTHING = Value("none", "NoneType")


def _entry(value: Value, key: str) -> Value:
    """An entry of a mapping; nothing, where there is none."""
    return value.entries.get(key, NOTHING)


def _weights(described: Value) -> tuple[Weight, ...]:
    """The described variables of floats that may be changed, with their index."""
    weights = []
    for index, one in enumerate(described.items[:MAX_WEIGHTS]):
        # A shape crosses as an array of integers; that of a scalar as an empty array.
        shape = _entry(one, "shape").array
        if "float" in _entry(one, "dtype").text and shape is not None and shape.ndim == 1:
            sizes = tuple(int(size) for size in shape) if shape.dtype.kind == "i" else ()
            if len(sizes) <= MAX_DIMENSIONS and all(0 < size <= MAX_SIZE for size in sizes):
                weights.append(Weight(index, sizes, finite=_is(one, "finite"), trainable=_is(one, "trainable")))
    return tuple(weights)

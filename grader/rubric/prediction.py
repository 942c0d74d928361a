"""Examining a student's prediction functions on probe models: real Keras models whose logits we chose.

    exam = student.once("prediction", PredictionExam)
    exam.check_probabilities("ordinary")

A missing or broken model of the student's own costs nothing here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from grader.answers import Answer, Call, Lost, Ref, Request, Returned, TimedOut
from grader.diagnosis.accuracy import allowed_classes, right_classes, softmax, tolerance, within
from grader.diagnosis.evidence import Observation
from grader.diagnosis.probes import predict_probes
from grader.errors import GraderFault
from grader.rubric.outcomes import CallTimedOut, Failure
from grader.rubric.probe_models import Probe, probe_model
from grader.rubric.softmax import wrong_values
from grader.rubric.student import PROBABILITY_HEAD, Student, no_answer, unfit

WORDS = {
    "ordinary": "ordinary logits",
    "unusual": "logits that are all negative, or of which several are the largest",
    "huge": "huge logits",
}
PLAIN = 2
"""The first tables, of ordinary logits, are asked on a model of their own."""
BUILD_S = 30.0
"""Seconds for building all probe models: the first one imports what Keras loads lazily."""


Kind = Literal["functional", "sequential"]
Table = tuple[str, NDArray[np.float64]]


class PredictionExam:
    """What the student's ``predict_proba`` and ``predict_class`` answered on this submission's probe models.

    The judged contract: for ``X (m, 2)`` and a model with 4 logits, class probabilities ``(m, 4)`` to within the derived
    tolerance, and class indices ``(m,)`` of an integer type, any class of the largest logit being right.
    """

    def __init__(
        self, student: Student, probabilities: str = "predict_proba", classes: str = "predict_class", own: str = "model"
    ) -> None:
        self.student = student
        self.exercise = student.exercise
        self.probabilities, self.classes, self.own = probabilities, classes, own
        self.functions = (probabilities, classes)
        self._observed: dict[tuple[str, str], list[Observation]] = {}
        self._unbuilt: Answer | None = None
        """What came back instead of a probe model: the answer to every question that needs one."""
        asked = [name for name in self.functions if student.name(name).exists]
        tables = _merged(predict_probes(student.rng("prediction")))
        probes = [*self._build("functional", tables[:PLAIN], asked), *self._build("sequential", tables[PLAIN:], asked)]
        own_outputs = self._own_outputs([probe for _, probe in probes]) if asked else [None] * len(probes)
        for function in self.functions:
            answers = self._called(function, [probe for _, probe in probes])
            for (purpose, probe), mine, answer in zip(probes, own_outputs, answers, strict=True):
                self._observe(function, purpose, probe, mine, answer)

    def check_probabilities(self, *purposes: str) -> None:
        """Require class probabilities on probe models with such logits. Raises Failure."""
        self._require(self.probabilities, purposes)

    def check_classes(self, *purposes: str) -> None:
        """Require class indices on probe models with such logits. Raises Failure."""
        self._require(self.classes, purposes)

    def more_evidence(self) -> None:
        """Nothing more is needed to tell the mistakes apart."""

    def demonstrate(self, function: str, arguments: tuple[Any, ...]) -> Answer:
        """What a function answers on a model with public demonstration logits ``(m, 4)``."""
        ((_, probe),) = self._build("functional", [("shown", np.asarray(arguments[0], dtype=np.float64))], [function])
        (answer,) = self._called(function, [probe])
        return answer

    def _called(self, function: str, probes: Sequence[Probe]) -> list[Answer]:
        """What a function answers on each of these probes."""
        if self._unbuilt is not None and self.student.name(function).exists:
            return [self._unbuilt] * len(probes)
        return self.student.ask(*(Call(function, (Ref(probe.handle), probe.inputs)) for probe in probes))

    def _build(self, kind: Kind, tables: Sequence[Table], asked: Sequence[str]) -> list[tuple[str, Probe]]:
        """One probe model that has the logits of all these tables, and for each table the points to ask it about."""
        whole = probe_model(np.concatenate([table for _, table in tables]), kind=kind)
        if asked:
            head = PROBABILITY_HEAD in self.student.assumes
            request = Request("probe_model", {**whole.parameters, "softmax_head": head})
            whole = whole.with_handle(self._handle(request))
        ends = np.cumsum([len(table) for _, table in tables])
        return [
            (purpose, whole.part(slice(end - len(table), end)))
            for (purpose, table), end in zip(tables, ends.tolist(), strict=True)
        ]

    def _handle(self, request: Request) -> str:
        """Have a probe model built. Raises GraderFault where none can be built without the submission either."""
        (answer,) = self.student.ask(request, timeout_s=BUILD_S)
        if isinstance(answer, Returned) and (handle := answer.value.entries.get("handle")) is not None and handle.text:
            return handle.text
        if isinstance(answer, Lost | TimedOut):
            self._unbuilt = answer
            return ""
        words = no_answer("Keras", answer)
        if not self.student.is_at_fault(request, timeout_s=BUILD_S):
            raise GraderFault(f"no probe model could be built: {words}")
        self._unbuilt = Lost(f"after this notebook no Keras model can be built to ask it about ({words})")
        return ""

    def _own_outputs(self, probes: list[Probe]) -> list[Any]:
        """What the student's own model returns on the same inputs: shows a function that ignores its argument."""
        if not self.student.name(self.own).exists:
            return [None] * len(probes)
        questions = [Request("forward", {"model": Ref(self.own), "x": probe.inputs}) for probe in probes]
        return [_outputs(answer) for answer in self.student.ask(*questions)]

    def _observe(self, function: str, purpose: str, probe: Probe, own: Any, answer: Answer) -> None:
        logits = probe.logits
        given = {"logits": logits, "own": own}
        if function == self.classes:
            observation = Observation(function, given, answer, allowed_classes(logits), model=probe.handle)
        else:
            observation = Observation(function, given, answer, softmax(logits), tolerance(logits), probe.handle)
        self._observed.setdefault((function, purpose), []).append(observation)
        self.student.observe(observation, self.exercise)

    def _require(self, function: str, purposes: tuple[str, ...]) -> None:
        for purpose in purposes:
            for observation in self._observed[function, purpose]:
                problem = self._problem(function, observation)
                if problem is not None:
                    kind = CallTimedOut if isinstance(observation.answer, TimedOut) else Failure
                    raise kind(f"{problem} ({WORDS[purpose]})")

    def _problem(self, function: str, observation: Observation) -> str | None:
        logits = observation.given["logits"]
        classes = function == self.classes
        shape = logits.shape[:1] if classes else logits.shape
        if (
            problem := unfit(function, observation.answer, shape=shape, kind="int" if classes else "float")
        ) is not None:
            return problem
        array = observation.array()
        assert array is not None
        if classes:
            right = right_classes(array, observation.expected)
            return None if right else f"`{function}` returned another class than that of the largest logit"
        if within(array, observation.expected, observation.tolerance):
            return None
        return f"`{function}` returned {wrong_values(array.astype(np.float64))}"


def _merged(probes: Mapping[str, Sequence[NDArray[np.float64]]]) -> list[Table]:
    """The tables to ask about, ordinary ones first: all of a purpose in one call, and a single row by itself."""
    ordinary = probes["ordinary"]
    return [
        ("ordinary", np.concatenate([table for table in ordinary if len(table) > 1])),
        ("ordinary", np.concatenate([table for table in ordinary if len(table) == 1])),
        ("unusual", np.concatenate([*probes["negative"], *probes["tied"]])),
        ("huge", np.concatenate(probes["huge"])),
    ]


def _outputs(answer: Answer) -> Any:
    if isinstance(answer, Returned) and "y" in answer.value.entries:
        return answer.value.entries["y"].array
    return None

"""What a rubric test asks of a submission, and the evidence it leaves behind."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from grader.answers import Answer, Call, Lost, Missing, NameInfo, Question, Raised, Returned, TimedOut, Unusable
from grader.diagnosis.evidence import Observation
from grader.diagnosis.models import FaultyCell
from grader.rubric.outcomes import CallTimedOut, Failure

T = TypeVar("T")

PROBABILITY_HEAD = "probability-head"
"""Assumption: probe models return probabilities, as the student's own model does."""


class Asker(Protocol):
    """The question road (``kernel.session.Session`` is one)."""

    def ask(self, *questions: Question, timeout_s: float | None = None) -> list[Answer]:
        """Answers to the questions, in order."""

    def ask_untouched(self, question: Question, *, timeout_s: float) -> Answer:
        """The answer of a kernel in which nothing of the submission has run."""

    def names(self, names: Sequence[str]) -> dict[str, NameInfo]:
        """What the names are bound to after the last cell."""


class Student:
    """One submission, as the rubric's tests see it: a kernel that answers questions.

    Every question and its answer is kept as evidence for the diagnosis of the exercise that asked it.
    """

    def __init__(
        self,
        asker: Asker,
        seed: int,
        names: Mapping[str, NameInfo],
        *,
        faulty: Sequence[FaultyCell] = (),
        capped: bool = False,
        assumes: frozenset[str] = frozenset(),
    ) -> None:
        self._asker = asker
        self._seed = seed
        self._names = dict(names)
        self._shared: dict[Any, Any] = {}
        self._made_for: dict[Any, str] = {}
        self.faulty = tuple(faulty)
        """The notebook's cells that ended with an error."""
        self.capped = capped
        """Whether the grader cut ``fit`` short."""
        self.assumes = assumes
        """What is put right while checks are tried again (``PROBABILITY_HEAD``)."""
        self._observations: dict[str, list[Observation]] = {}
        self.exercise = ""
        """The exercise of the check that runs now."""

    def ask(self, *questions: Question, timeout_s: float | None = None) -> list[Answer]:
        """Put questions to the student's kernel, all in one message; answers in order."""
        return self._asker.ask(*questions, timeout_s=timeout_s)

    def is_at_fault(self, question: Question, *, timeout_s: float) -> bool:
        """Whether a question of ours is answered where nothing of the submission has run: what it did is then its fault."""
        return isinstance(self._asker.ask_untouched(question, timeout_s=timeout_s), Returned)

    def name(self, name: str) -> NameInfo:
        """What ``name`` is bound to after the last cell."""
        if name not in self._names:
            self._names.update(self._asker.names([name]))
        return self._names[name]

    def rng(self, purpose: str) -> np.random.Generator:
        """A generator for this submission and purpose: drawn after the student's code has run, the same every time."""
        digest = hashlib.sha256(f"{self._seed:x}/{purpose}".encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:16], "big"))

    def once(self, key: object, make: Callable[["Student"], T]) -> T:
        """``make(self)`` on the first call for ``key`` in this examination; the same object afterwards."""
        if key not in self._shared:
            self._made_for[key] = self.exercise
            self._shared[key] = make(self)
        value: T = self._shared[key]
        return value

    def made(self, exercise: str | None = None) -> list[Any]:
        """Everything made by ``once`` (for a check of that exercise), in order."""
        return [item for key, item in self._shared.items() if exercise in (None, self._made_for[key])]

    def again(self, assume: str | None = None) -> "Student":
        """The same submission with nothing asked yet: the same probes, and one thing more assumed."""
        more = self.assumes if assume is None else self.assumes | {assume}
        return Student(self._asker, self._seed, self._names, faulty=self.faulty, capped=self.capped, assumes=more)

    def call(
        self,
        function: str,
        *arguments: Any,
        shape: tuple[int, ...] | None = None,
        kind: Literal["float", "int"] = "float",
    ) -> NDArray[Any]:
        """Call a function of the notebook and return its value as an array of ``shape`` (any, if None).

        Arguments are arrays, numbers, text, lists of these, or ``Ref``. Raises Failure, as the student's fault, when
        the function is missing, raises, returns something else, or does not return in time.
        """
        (answer,) = self.ask(Call(function, arguments))
        return array_of(function, answer, shape=shape, kind=kind)

    def expect(
        self, function: str, *arguments: Any, value: NDArray[Any], tolerance: NDArray[Any] | float, **given: Any
    ) -> None:
        """Call a function and require ``value`` to within ``tolerance``; the answer is evidence for the diagnosis.

        ``given`` names the inputs as misconceptions take them (``z=z``). Raises Failure, or ValueError where it names none: the mistakes of
        the function could not be told apart.
        """
        if not given:
            raise ValueError(f"expect({function!r}, …) names no input: add each as misconceptions take it, such as z=z")
        (answer,) = self.ask(Call(function, arguments))
        expected = np.asarray(value)
        self.observe(Observation(function, given, answer, expected, tolerance))
        got = array_of(function, answer, shape=expected.shape)
        if not bool(np.all(np.abs(got - expected) <= tolerance)):
            raise Failure(f"`{function}` returned other values than the ones asked for")

    def observe(self, observation: Observation, exercise: str | None = None) -> None:
        """Keep an observation as evidence for an exercise (the one that runs now, where none is named)."""
        self._observations.setdefault(exercise or self.exercise, []).append(observation)

    def observations(self, exercise: str) -> list[Observation]:
        """The evidence of one exercise, in order."""
        return self._observations.get(exercise, [])


def array_of(
    function: str, answer: Answer, *, shape: tuple[int, ...] | None = None, kind: Literal["float", "int"] = "float"
) -> NDArray[Any]:
    """The array in an answer. Raises Failure with words for the student where there is none of that shape and kind."""
    if (problem := unfit(function, answer, shape=shape, kind=kind)) is not None:
        if isinstance(answer, TimedOut):
            raise CallTimedOut(problem)
        raise Failure(problem)
    assert isinstance(answer, Returned)
    assert answer.value.array is not None
    return answer.value.array


def unfit(
    function: str, answer: Answer, *, shape: tuple[int, ...] | None, kind: Literal["float", "int"] = "float"
) -> str | None:
    """Why an answer holds no array of that shape and kind, in words for the student; None where it does."""
    if not isinstance(answer, Returned):
        return no_answer(function, answer)
    value = answer.value
    if value.kind == "none":
        return f"`{function}` returned None"
    if value.array is None:
        return f"`{function}` returned a value of type {value.type_name}, not numbers"
    if shape is not None and value.array.shape != shape:
        return f"`{function}` returned an array of shape {value.array.shape}, where {shape} was expected"
    if value.array.dtype.kind not in ("iu" if kind == "int" else "fiu"):
        wanted = "integers" if kind == "int" else "numbers"
        return f"`{function}` returned values of type {value.array.dtype}, where {wanted} were expected"
    return None


def no_answer(name: str, answer: Answer) -> str:
    """Why there is no value, in words for the student."""
    match answer:
        case Missing(type_name=""):
            words = "is not defined after the last cell"
        case Missing(type_name=type_name):
            words = f"is a value of type {type_name}, not a function"
        case Raised(type_name=type_name, message=message, line=line):
            place = f" at line {line} of its cell" if line is not None else ""
            words = f"stopped with {type_name}{place}" + (f": {message}" if message else "")
        case TimedOut(limit_s=limit_s):
            words = f"did not return within {limit_s:g} s"
        case Lost(reason=reason):
            words = f"could not be asked: {reason}"
        case Unusable(reason=reason):
            words = f"returned something that cannot be used: {reason}"
        case Returned():
            words = "returned a value"
    return f"`{name}` {words}"

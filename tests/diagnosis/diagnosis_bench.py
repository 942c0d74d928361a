"""Stands in for the kernel: calls Python functions as if they were a student's, and asks for the diagnosis."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.answers import Answer, NameInfo, Raised, Returned, Value
from grader.diagnosis.accuracy import allowed_classes, softmax, tolerance
from grader.diagnosis.evidence import Found, Observation
from grader.diagnosis.functions import explain_function
from grader.diagnosis.probes import predict_probes, softmax_probes

Array = NDArray[Any]
Function = Callable[[Array], Any]
Model = Callable[[Array], Array]

WEIGHTS = np.array([[1.0, -2.0, 0.5, 3.0], [0.3, 1.0, -1.0, 2.0]])


def value_of(result: Any) -> Value:
    """What the kernel would say that was returned."""
    kind = type(result).__name__
    if result is None:
        return Value("none", kind)
    if isinstance(result, str):
        return Value("text", kind, text=result)
    try:
        array = np.asarray(result)
    except ValueError:
        return Value("list", kind, items=tuple(value_of(item) for item in result))
    if array.dtype.kind not in "fiubc":
        items = tuple(value_of(item) for item in result) if isinstance(result, list | tuple) else ()
        return Value("list" if items else "opaque", kind, items=items)
    return Value("array", kind, array, "list" if isinstance(result, list | tuple) else "ndarray")


def ask(function: Callable[..., Any], *arguments: Any) -> Answer:
    """Call it on copies, as the kernel does."""
    given = [argument.copy() if isinstance(argument, np.ndarray) else argument for argument in arguments]
    try:
        with np.errstate(all="ignore"):
            result = function(*given)
    except Exception as error:  # noqa: BLE001 - a student's code raises whatever it likes
        return Raised(type(error).__name__, str(error))
    after = tuple(argument for argument in given if isinstance(argument, np.ndarray))
    return Returned(value_of(result), arguments_after=after)


def name_of(name: str, source: str = "") -> NameInfo:
    """A function that is there, written somewhere."""
    return NameInfo(name, exists=True, callable=True, type_name="function", cell=2, line=1, source=source)


def observe_softmax(function: Function, seed: int = 0, *, batches: bool = True) -> list[Observation]:
    """All probes of a softmax, asked."""
    probes = softmax_probes(np.random.default_rng(seed), batches=batches)
    return [
        Observation("my_softmax", {"z": z}, ask(function, z), softmax(z), tolerance(z))
        for purpose in probes.values()
        for z in purpose
    ]


def diagnose_softmax(function: Function, seed: int = 0, *, batches: bool = True, source: str = "") -> list[Found]:
    """The diagnosis of a softmax."""
    return explain_function("softmax", observe_softmax(function, seed, batches=batches), name_of("my_softmax", source))


def own_logits(points: Array) -> Array:
    """What the student's own global model returns."""
    logits: Array = points @ WEIGHTS
    return logits


def observe_prediction(name: str, function: Callable[[Model, Array], Any], seed: int = 0) -> list[Observation]:
    """All probe tables of a prediction, asked of models that return them in float32."""
    observations = []
    for tables in predict_probes(np.random.default_rng(seed)).values():
        for logits in tables:
            points = np.random.default_rng(len(logits)).normal(size=(len(logits), 2))
            given: Mapping[str, Any] = {"logits": logits, "own": own_logits(points)}
            answer = ask(lambda x, logits=logits: function(lambda _: logits.astype(np.float32), x), points)
            if name == "predict_class":
                observations.append(Observation(name, given, answer, allowed_classes(logits)))
            else:
                observations.append(Observation(name, given, answer, softmax(logits), tolerance(logits)))
    return observations


def diagnose_prediction(name: str, function: Callable[[Model, Array], Any], seed: int = 0) -> list[Found]:
    """The diagnosis of ``predict_proba`` or ``predict_class``."""
    return explain_function("predict", observe_prediction(name, function, seed), name_of(name))


def ids(found: list[Found]) -> list[str]:
    """The ids without their prefix."""
    return [one.id.split(".", 1)[1] for one in found]

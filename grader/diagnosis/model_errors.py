"""What the errors of a notebook's cells say about its model: no model at all, one that raises, one never trained.

The names and messages of errors are those of Python and Keras; a cell's source says only which errors concern the model.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.answers import Answer, Lost, NameInfo, Raised, TimedOut
from grader.diagnosis.model_facts import FaultyCell, ModelFacts, ModelFault, ModelTask

SYNTAX = frozenset({"SyntaxError", "IndentationError", "TabError"})
"""Errors that are the notebook's, not the model's: nothing of such a cell has run."""
LABELS = re.compile(
    r"`?target`? and `?output`?|`?output`? must have|label value|valid range|logits and labels"
    r"|Incompatible shapes|same rank|same shape|Dimensions must be equal",
    re.IGNORECASE,
)
"""Messages of Keras and TensorFlow about labels that do not fit a loss."""
TRAINS = re.compile(r"\bfit\b|\btrain_on_batch\b|\bGradientTape\b")
COMPILES = re.compile(r"\bcompile\b|\bfit\b")
PLACEHOLDER = re.compile(r"'(NoneType|ellipsis)' object")
NO_COMPILE = re.compile(r"call `?(model\.)?compile")
"""The message about training a model that was not compiled: an effect, not a cause."""
WRAPPER = re.compile(r"Exception encountered when calling|Graph execution error|Detected at node")
PAINT = re.compile(r"\x1b\[[0-9;]*m")
CAUSES = frozenset({"model.wrong-units", "model.wrong-loss", "model.raises"})
"""Mistakes that may be why training stopped with an error."""
KINDS = {"none": "None", "class": "a class", "function": "a function", "layer": "a single layer"}


@dataclass(frozen=True, slots=True)
class Errors:
    """The cells with errors that concern a model: those that bind its name, and those that train or compile."""

    building: tuple[FaultyCell, ...] = ()
    fitting: tuple[FaultyCell, ...] = ()
    compiling: tuple[FaultyCell, ...] = ()


def errors_of(name: str, info: NameInfo, faulty: Sequence[FaultyCell]) -> Errors:
    """The errors that concern the model, by what their cells bind and call.

    Where a later cell binds the name and runs to its end, an earlier error concerns a model that is gone.
    """
    word = re.compile(rf"\b{re.escape(name)}\b")
    last = max(info.bound_in, default=-1)
    since = -1 if any(cell.cell == last for cell in faulty) else last
    run = [cell for cell in faulty if cell.name not in SYNTAX and cell.cell > since]
    building = tuple(cell for cell in run if cell.cell in info.bound_in or _binds(name, cell.source))
    speaking = tuple(cell for cell in run if cell in building or word.search(cell.source))
    return Errors(
        building,
        tuple(cell for cell in speaking if TRAINS.search(cell.source)),
        tuple(cell for cell in speaking if cell in building or COMPILES.search(cell.source)),
    )


def unusable(task: ModelTask, facts: ModelFacts, errors: Errors) -> ModelFault | None:
    """The one mistake of a name that holds no model that can be called; None where it holds one."""
    blank = ModelFault("model.not-implemented", f"`{task.name}` is not built yet")
    if facts.kind == "model":
        empty = not facts.layers and not facts.weights
        return blank if empty else _not_called(task, facts.failed, errors)
    # The error of calling something on a placeholder is an effect of the placeholder.
    causes = [cell for cell in errors.building if not PLACEHOLDER.search(cell.message)]
    returned = facts.kind == "none" and len(causes) < len(errors.building) and not _binds_nothing(task.name, errors)
    if facts.kind in ("missing", "ellipsis", "none") and not returned:
        if causes:
            return raised(causes[0])
        missing = ModelFault("model.missing", f"`{task.name}` is not defined after the last cell")
        return missing if facts.kind == "missing" else blank
    words = KINDS.get(facts.kind, f"a {facts.type_name}")
    return ModelFault("model.not-a-model", f"`{task.name}` is {words}, not a Keras model", {}, {"what": words})


def _binds_nothing(name: str, errors: Errors) -> bool:
    """Whether a cell binds the name to None by itself, not to what a call such as ``compile`` returned."""
    bare = re.compile(rf"^\s*{re.escape(name)}\s*=\s*None\b", re.MULTILINE)
    return any(bare.search(cell.source) for cell in errors.building)


def _not_called(task: ModelTask, answer: Answer | None, errors: Errors) -> ModelFault | None:
    """A model that gives no outputs, by what came instead (None: it gives them)."""
    match answer:
        case None:
            return None
        case Raised() if errors.building:
            return raised(errors.building[0])
        case TimedOut(limit_s=limit_s):
            words = f"`{task.name}` did not answer within {limit_s:g} s"
            return ModelFault("model.timeout", words, {"limit": limit_s})
        case Raised(type_name=kind, message=message):
            words = f"calling `{task.name}` on an array of shape (m, {task.inputs}) stops with {kind}"
            return ModelFault("model.raises", words, {}, _words(kind, message, "calling it"))
        case Lost(reason=reason):
            words = f"calling `{task.name}` ended the kernel: {reason}"
            return ModelFault("model.raises", words, {}, _words("the end of the kernel", reason, "calling it"))
    words = f"what `{task.name}` returns cannot be used"
    return ModelFault("model.incorrect", words, {}, {"reason": words})


def _binds(name: str, source: str) -> bool:
    return re.search(rf"^\s*{re.escape(name)}\s*(:[^=]+)?=(?!=)", source, re.MULTILINE) is not None


def _words(kind: str, message: str, when: str) -> dict[str, str]:
    return {"error": kind, "message": _error(kind, message), "when": when, "reason": usual(kind, message)}


def first_line(message: str) -> str:
    """The first line of a message that tells anything: not the one in which Keras says which layer it was in."""
    lines = [PAINT.sub("", line).strip() for line in message.splitlines()]
    return next((line for line in lines if line and not WRAPPER.match(line)), lines[0] if lines else "")


def raised(cell: FaultyCell) -> ModelFault:
    """An error of a cell that builds, compiles or fits the model."""
    error = _error(cell.name, cell.message)
    words = _words(cell.name, cell.message, "running its cell")
    return ModelFault("model.raises", f"the cell of the model stops with {error}", {"cell": cell.cell}, words)


def _error(kind: str, message: str) -> str:
    """An error in one line, as Python ends a traceback."""
    first = first_line(message)
    return f"{kind}: {first}" if first else kind


def usual(kind: str, message: str) -> str:
    """Words for the usual reasons of an error; empty for others."""
    if "loss identifier" in message:
        return "a loss in quotes is a name only, without brackets or options"
    if "from_logits" in message and kind in ("TypeError", "ValueError"):
        return "`from_logits` belongs to the loss, not to a layer or to `compile`"
    if kind == "NameError":
        return "a name that the cell uses is not defined"
    return ""


def loss_raises(message: str) -> ModelFault:
    """A loss that raises for labels of every form, where no cell shows it."""
    line = f"the loss of the model cannot be computed: {first_line(message)}"
    return ModelFault("model.raises", line, {}, _words("ValueError", message, "asking its loss"))


def not_compiled(task: ModelTask, errors: Errors) -> ModelFault:
    """Not compiled, or an error on the way there; fit before compile is an effect of not having compiled."""
    if errors.compiling and not any(NO_COMPILE.search(cell.message) for cell in errors.compiling):
        return raised(errors.compiling[0])
    return ModelFault("model.not-compiled", f"`{task.name}` was never compiled")


def labels_refused(errors: Errors) -> bool:
    """Whether training stopped because the labels do not fit the loss."""
    return any(LABELS.search(cell.message) for cell in errors.fitting)


def untrained(task: ModelTask, errors: Errors, before: Sequence[ModelFault]) -> ModelFault:
    """Compiled, and no step was taken, or one at most: because an error came first, or because nothing was done.

    ``before`` are the mistakes found so far: where one of them is why training stopped, it is named and nothing else.
    """
    if not errors.fitting:
        return ModelFault("model.not-trained", f"`{task.name}` has not been trained")
    # After one error, Keras stops the next training of the same model with another that says nothing: the first counts.
    error = next((cell for cell in errors.fitting if LABELS.search(cell.message)), errors.fitting[0])
    cause = next((fault for fault in before if fault.id in CAUSES), None)
    if cause is not None:
        return cause
    if not LABELS.search(error.message):
        return raised(error)
    return ModelFault("model.label-mismatch", "the labels do not fit the loss: training stops with an error")

"""What is wrong with a model, judged by facts and numbers alone: shape, last layer and loss, training.

Pure NumPy: the numbers come from ``grader.inside.models`` in the student's kernel, by way of ``grader.rubric.models``;
``model_head`` and ``model_loss`` say what a last layer and a loss are. The names of layers and losses only word a message.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.answers import NameInfo, TimedOut
from grader.diagnosis.evidence import Found, Number
from grader.diagnosis.model_errors import (
    Errors,
    errors_of,
    labels_refused,
    loss_raises,
    not_compiled,
    raised,
    untrained,
    unusable,
)
from grader.diagnosis.model_facts import FaultyCell, ModelFacts, ModelFault, ModelTask
from grader.diagnosis.model_loss import SHOWN, STUCK_AT

__all__ = ["PUBLIC_POINT", "FaultyCell", "Judgement", "ModelFacts", "ModelTask", "Shortfall", "judge"]

RIGHT = 0.80
"""Accuracy on fresh points from which a model is trained, whatever its optimizer says."""
BETTER_THAN_CHANCE = 0.30
PUBLIC_POINT = (1.0, 2.0)
"""The point that mistakes are shown on: asked, and never judged. Repeated where a model has more inputs."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Why one check fails: a line for the student, the id that explains it, and how it shows."""

    id: str
    message: str
    timed_out: bool = False
    carried: bool = False
    """Only an effect of another fault: the check earns its points."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What each check makes of the model (None where it passes), and the mistakes, the most specific first."""

    shape: Shortfall | None = None
    head_and_loss: Shortfall | None = None
    trained: Shortfall | None = None
    found: tuple[Found, ...] = ()


def judge(
    task: ModelTask, facts: ModelFacts, info: NameInfo, faulty: Sequence[FaultyCell] = (), *, capped: bool = False
) -> Judgement:
    """The judgement on a model: each check, and one diagnosis per independent mistake.

    ``faulty`` are the cells that ended with an error, ``capped`` says that the grader cut ``fit`` short.
    """
    errors = errors_of(task.name, info, faulty)
    whole = unusable(task, facts, errors)
    if whole is not None:
        timed_out = isinstance(facts.failed, TimedOut)
        short = Shortfall(whole.id, whole.message, timed_out=timed_out)
        return Judgement(short, short, short, (_found(task, whole),))
    shape = _shape(task, facts)
    head = _head_and_loss(task, facts, errors)
    trained = [] if task.centres is None else _trained(task, facts, errors, shape + head, capped=capped)
    carried = bool(trained) and facts.steps > 0 and bool(head or _one_unit(facts)) and facts.compiled
    faults = shape + head + ([] if carried else trained)
    return Judgement(
        _shortfall(shape),
        _shortfall(head) or (_shortfall(shape) if _one_unit(facts) else None),
        _shortfall(trained, carried=carried),
        tuple(_found(task, fault) for fault in _once(faults)),
    )


def _found(task: ModelTask, fault: ModelFault) -> Found:
    return Found(fault.id, dict(fault.parameters), {"name": task.name, "message": fault.message, **fault.words})


def _once(faults: Sequence[ModelFault]) -> list[ModelFault]:
    return [fault for place, fault in enumerate(faults) if fault.id not in {other.id for other in faults[:place]}]


def _shortfall(faults: Sequence[ModelFault], *, carried: bool = False) -> Shortfall | None:
    return Shortfall(faults[0].id, faults[0].message, carried=carried) if faults else None


def _one_unit(facts: ModelFacts) -> bool:
    return bool(facts.shape) and facts.shape[-1] == 1


def _shape(task: ModelTask, facts: ModelFacts) -> list[ModelFault]:
    if facts.outputs != 1 or len(facts.shape) != 1:
        rest = "".join(f", {size}" for size in facts.shape)
        what = f"{facts.outputs} arrays" if facts.outputs != 1 else f"an array of shape (m{rest or ','})"
        words = f"`{task.name}` returns {what}, not one of shape (m, {task.outputs})"
        return [ModelFault("model.incorrect", words, {}, {"reason": words})]
    faults = []
    units = facts.shape[-1]
    if units != task.outputs:
        words = f"the last layer has {units} unit{'s' if units != 1 else ''}, where {task.outputs} are asked for"
        numbers = {"units": units, "expected": task.outputs}
        faults.append(ModelFault("model.wrong-units", words, numbers, {"call": _public_call(task)}))
        if units == 1:
            return faults
    kernels = [weight.shape for weight in facts.weights if len(weight.shape) > 1]
    if facts.bent is False:
        if len(kernels) <= 1:
            return [*faults, ModelFault("model.no-hidden", "there is no hidden layer before the last one")]
        faults.append(ModelFault("model.linear-hidden", "no layer before the last one is nonlinear"))
    if task.hidden and not _has_widths(task, kernels):
        widths = [shape[-1] for shape in kernels[:-1]]
        wanted = ", ".join(str(units) for units in task.hidden)
        seen = ", ".join(str(units) for units in widths) or "none"
        words = f"the hidden layers have {seen} units, not {wanted}"
        faults.append(ModelFault("model.wrong-hidden-units", words, {}, {"units": seen, "expected": wanted}))
    elif facts.hidden == "open" and not faults:
        faults.append(ModelFault("model.linear-hidden", "a hidden layer lets negative numbers through, unlike a ReLU"))
    elif facts.hidden == "bounded" and not faults:
        words = "a hidden layer is bounded above, unlike a ReLU"
        faults.append(ModelFault("model.incorrect", words, {}, {"reason": words}))
    return faults


def _has_widths(task: ModelTask, kernels: Sequence[tuple[int, ...]]) -> bool:
    """Whether the kernels, in some order, lead from the inputs through the hidden widths to the last layer."""
    left = list(kernels)
    width = task.inputs
    for units in task.hidden:
        if (width, units) not in left:
            return False
        left.remove((width, units))
        width = units
    return len(left) == 1 and left[0][0] == width


def _head_and_loss(task: ModelTask, facts: ModelFacts, errors: Errors) -> list[ModelFault]:
    """The table of head by loss: at most one mistake of each, and one of both where they belong together."""
    if _one_unit(facts):
        return []
    head = _head(task, facts)
    if not facts.compiled:
        return [*head, not_compiled(task, errors)]
    kind, loss = facts.loss.kind, _loss(task, facts, errors)
    match facts.head:
        case "softmax" if kind == "logits":
            line = "the last layer returns probabilities, and the loss applies another softmax to them"
            return [ModelFault("model.double-softmax", line, head[0].parameters, head[0].words)]
        case "softmax" | "sigmoid" | "wrong-axis" | "log-softmax" if kind == "probabilities":
            # A loss for numbers from 0 to 1 goes with such a head: one idea, one mistake.
            return head
        case "log-softmax" if kind == "log-probabilities":
            return head
    return loss + head if facts.head == "softmax" else head + loss


HEADS: Mapping[str, tuple[str, str]] = {
    "softmax": ("model.softmax-output", "the last layer returns probabilities, not logits"),
    "sigmoid": ("model.sigmoid-output", "the last layer behaves like a sigmoid: every output lies between 0 and 1"),
    "relu": ("model.relu-output", "the last layer behaves like a ReLU: no output is below 0"),
    "tanh": ("model.tanh-output", "the last layer behaves like tanh: every output lies between -1 and 1"),
    "wrong-axis": ("model.wrong-axis", "the last layer is a softmax over the batch: columns sum to 1"),
    "log-softmax": ("model.incorrect", "the last layer returns logarithms of probabilities, not logits"),
    "other": ("model.incorrect", "the last layer is not linear"),
}


def _head(task: ModelTask, facts: ModelFacts) -> list[ModelFault]:
    """The mistake of the last layer, if any."""
    if facts.head is None or facts.head == "linear":
        return []
    name, words = HEADS[facts.head]
    return [ModelFault(name, words, facts.shown, {"reason": words, "call": _public_call(task)})]


def _public_call(task: ModelTask) -> str:
    """The call on the public point, for a student to paste."""
    point = (
        "np.array([[1.0, 2.0]])" if task.inputs == len(PUBLIC_POINT) else f"np.resize([1.0, 2.0], (1, {task.inputs}))"
    )
    return f"{task.name}({point})"


def _loss(task: ModelTask, facts: ModelFacts, errors: Errors) -> list[ModelFault]:
    """The mistake of the loss, if any, for a head that returns logits."""
    loss = facts.loss
    words = {"loss": loss.name}
    numbers: dict[str, Number] = {}
    if loss.shown is not None:
        numbers = {"value": loss.shown, "right": SHOWN}
        words["call"] = loss.call(task.name, task.outputs)
    named = f" (`{loss.name}`)" if loss.name else ""
    match loss.kind:
        case "logits":
            return []
        case "probabilities":
            stuck = {**numbers, "limit": STUCK_AT}
            line = "the loss takes the logits for probabilities"
            return [ModelFault("model.from-logits-missing", line, stuck, words)]
        case "raises":
            return [raised(errors.fitting[0]) if errors.fitting else loss_raises(loss.error)]
        case "none" if facts.own_training:
            line = "no loss that takes logits and labels could be found in the model"
            return [ModelFault("model.incorrect", line, {}, {"reason": line})]
        case "none":
            return [ModelFault("model.wrong-loss", "the model was compiled without a loss", {}, {"loss": "no loss"})]
    return [ModelFault("model.wrong-loss", f"the loss{named} is not a categorical cross-entropy", numbers, words)]


def _trained(
    task: ModelTask, facts: ModelFacts, errors: Errors, before: Sequence[ModelFault], *, capped: bool
) -> list[ModelFault]:
    """Why the model does not count as compiled and trained; ``before`` are the mistakes found so far."""
    accuracy = facts.accuracy or 0.0
    if not facts.compiled:
        return [not_compiled(task, errors)]
    if accuracy >= RIGHT:
        return []
    # The step in which labels are refused may count as taken.
    if facts.steps == 0 or (facts.steps == 1 and labels_refused(errors)):
        return [untrained(task, errors, before)]
    numbers: dict[str, Number] = {"accuracy": accuracy, "steps": facts.steps, "chance": 1.0 / task.outputs}
    if not facts.finite:
        return [ModelFault("model.diverged", "the weights are not finite numbers any more", numbers)]
    if capped or accuracy >= BETTER_THAN_CHANCE:
        return []
    # Outputs of another width or shape cannot name the classes: an effect.
    causes = [fault for fault in before if fault.id == "model.wrong-units" or facts.accuracy is None]
    return causes[:1] or [_at_chance(facts, numbers)]


def _at_chance(facts: ModelFacts, numbers: Mapping[str, Number]) -> ModelFault:
    if facts.shifted is not None and facts.shifted >= RIGHT / 2.0:
        words = {"reason": "the predicted classes are one too high"}
        return ModelFault("model.label-mismatch", "the labels that the model was trained on begin at 1", numbers, words)
    share = round(100.0 * (facts.accuracy or 0.0))
    return ModelFault("model.chance-level", f"{share} % of fresh points are right: no better than guessing", numbers)

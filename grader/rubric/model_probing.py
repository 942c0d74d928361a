"""Stepping a model's weights and watching its outputs: what is asked, in which order, until its last layer is known.

The first message holds what every model is asked; the second steps the two likeliest variables of the last layer, which
settles every right model; a third and a fourth are for the others.
"""

import re
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from grader.answers import Answer, Question, Request, Returned, Unusable, Value
from grader.diagnosis.model_head import (
    PUSHES,
    Change,
    HeadKind,
    HiddenKind,
    Response,
    Weight,
    candidates,
    far_points,
    hidden_kind,
    is_bent,
    is_tied,
    kind_by_range,
    other_weights,
    pushes,
    respond,
    scale_of,
    steps,
)
from grader.diagnosis.models import PUBLIC_POINT, ModelTask

Floats = NDArray[np.float64]

FRESH_POINTS = 2000
NEAR_POINTS = 11
"""Not a multiple of the classes, so that no batch of them is square."""
FIRST_CANDIDATES = 2
RARE = 0.05
"""The share of points below which a class counts as never predicted."""
_PLACE = re.compile(r"[0-9]{1,4}")
LAST_SCALES = (1.0, 0.1, 0.01)
"""Factors of the last kernel with fresh weights: where a head saturates, a smaller one does not."""


class Ask(Protocol):
    """The question road: answers to the questions, in order."""

    def __call__(self, *questions: Question, timeout_s: float | None = None) -> list[Answer]:
        """Put the questions to the student's kernel, all in one message."""


class Unanswered(Exception):  # noqa: N818 - data on its way to the judgement
    """The model could not be called; ``answer`` is what came instead."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__()


class Prober:
    """Examines one model that answers to a name."""

    def __init__(self, ask: Ask, task: ModelTask, rng: np.random.Generator) -> None:
        self.ask = ask
        self.task = task
        self.rng = rng
        self.output = 0
        self._columns = task.outputs
        self.half = False
        """Whether the model computes in half precision."""
        self.noisy = False
        """Whether it answers the same question differently, where that was asked."""
        self.batches: dict[str, Floats] = {"far": far_points(rng, task.inputs)}
        self.classes: NDArray[np.int64] = np.zeros(0, np.int64)
        if task.centres is None:
            self.batches["near"] = rng.uniform(0.0, 1.0, (NEAR_POINTS, task.inputs))
        else:
            centres = np.asarray(task.centres)
            self.classes = rng.integers(0, len(centres), FRESH_POINTS)
            self.batches["fresh"] = centres[self.classes] + rng.normal(size=(FRESH_POINTS, task.inputs))
            near = rng.integers(0, len(centres), NEAR_POINTS)
            self.batches["near"] = centres[near] + rng.normal(size=(NEAR_POINTS, task.inputs))
        self.batches["public"] = np.resize(np.array(PUBLIC_POINT), (1, task.inputs))
        self._samples: list[Floats] = []
        self._moderate: list[Floats] = []
        self._weights: Sequence[Weight] = ()
        self._fresh: list[Change] = []

    def first_questions(self) -> list[Question]:
        """What every model is asked: its outputs on all kinds of points."""
        passes = [{"batch": batch, "changes": []} for batch in self.batches]
        return [Request("model.outputs", {"name": self.task.name, "batches": self.batches, "passes": passes})]

    def examine(self, weights: Sequence[Weight], first: Sequence[Answer]) -> dict[str, Any]:
        """The facts that outputs show (fields of ``ModelFacts``). Raises Unanswered."""
        self._weights = weights
        answered = self._read(first[0])
        if len(answered) != len(self.batches) or not all(one.keys() == answered[0].keys() and one for one in answered):
            raise Unanswered(Unusable("not one array for each question"))
        shapes = [answered[0][place].shape if place in answered[0] else () for place in range(len(answered[0]))]
        wanted = (self.batches["far"].shape[0], self.task.outputs)
        self.output = next((place for place, shape in enumerate(shapes) if shape == wanted), 0)
        own = {key: one.get(self.output, np.zeros(0)) for key, one in zip(self.batches, answered, strict=True)}
        shape = own["far"].shape
        facts: dict[str, Any] = {"outputs": len(shapes), "shape": shape[1:] if shape[:1] == wanted[:1] else (0, 0)}
        wide = self._columns = shape[1] if len(shape) > 1 else 0
        if any(one.shape != (len(self.batches[key]), wide) or not one.size for key, one in own.items()):
            return facts
        by_batch = {key: one.astype(np.float64) for key, one in own.items()}
        known = {key: bool(np.isfinite(one).all()) for key, one in by_batch.items()}
        # Far away, exponentials inside a model may be infinite.
        facts["finite"] = all(weight.finite for weight in weights) and all(known[key] for key in known if key != "far")
        facts |= self._head(by_batch, finite=facts["finite"])
        facts |= self._accuracy(by_batch)
        if facts["finite"] and facts["head"] == "linear" and not self.half:
            facts["hidden"] = self._hidden()
        facts["shown"] = _shown(by_batch["public"])
        return facts

    def _head(self, own: dict[str, Floats], *, finite: bool) -> dict[str, Any]:
        """The kind of the last layer, and whether there is a nonlinearity before it."""
        columns = own["near"].shape[1]
        likely = candidates(self._weights, columns)
        found = np.zeros(columns, dtype=np.bool_)
        responses: list[Response] = []
        if finite:
            self._samples += [own["near"], own["far"]]
            self._moderate += [own["near"]]
            responses = self._step(likely[:FIRST_CANDIDATES], own["near"], [])
            found = _proportional(responses, found)
            if found.all() and (bent := is_bent(own["far"], "linear", half=self.half)):
                return {"head": "linear", "bent": bent}
        near, far = self._with_other_weights()
        if not found.all():
            responses += self._again(likely, responses, own["near"] if finite else near, found, finite=finite)
            found = _proportional(responses, found)
        kind = self._kind(responses, found, columns)
        signs = [is_bent(one, kind, half=self.half) for one in far]
        known = [sign for sign in signs if sign is not None]
        return {"head": kind, "bent": any(known) if known else None}

    def _hidden(self) -> HiddenKind:
        """Where ReLU layers of certain widths are asked for: what pushing their biases shows, the worst of them."""
        worst: HiddenKind = "relu"
        for units in self.task.hidden:
            biases = [weight for weight in self._weights if weight.shape == (units,)]
            if len(biases) != 1:
                continue
            # Twice: the next layer may happen to have no unit that the first push reaches.
            kinds = [self._pushed(biases[0]) for _ in range(2)]
            if "open" in kinds:
                return "open"
            worst = "bounded" if kinds == ["bounded", "bounded"] else worst
        return worst

    def _pushed(self, bias: Weight) -> HiddenKind:
        outputs = [one for one in self._pass([("near", push) for push in pushes(bias, self.rng)]) if one is not None]
        finite = len(outputs) == PUSHES and all(bool(np.isfinite(one).all()) for one in outputs)
        return hidden_kind(outputs) if finite else "relu"

    def _again(
        self,
        likely: Sequence[Weight],
        before: Sequence[Response],
        base: Floats,
        found: NDArray[np.bool_],
        *,
        finite: bool,
    ) -> list[Response]:
        """Step what has not been stepped, and once more, larger or smaller, what moved the outputs too little or too far."""
        basis = [] if finite else self._fresh
        unseen = [weight for weight in likely if weight.index not in {one.weight.index for one in before}]
        answered = self._step(unseen, base, basis)
        found = _proportional(answered, found)
        if found.all():
            return answered
        weak = [one for one in (*before, *answered) if not one.finite or _too_small(one, base)]
        for one in weak:
            # A head that grows like an exponential is finite only for steps that are small in themselves.
            small = (1e-2, 1e-2 / scale_of(base))
            for factor in (10.0 * scale_of(base) / one.size,) if one.finite else small:
                answered += self._step([one.weight], base, basis, factor)
        self.noisy = not _proportional(answered, found).all() and self._differs(basis)
        if self.noisy:
            # Noise that a model adds to its outputs is lost beside steps that are a hundred times as large.
            answered += self._step(likely[:FIRST_CANDIDATES], base, basis, 100.0)
        if not _proportional(answered, found).all() and finite and self._moderate:
            # Dead units hide a last layer without a bias: with other weights they live.
            answered += self._step(likely, self._moderate[-1], self._fresh)
        return answered

    def _differs(self, basis: list[Change]) -> bool:
        """Whether the model answers the same question differently: it adds noise, though it is not training."""
        once, again = self._pass([("near", basis), ("near", basis)])
        return once is not None and again is not None and not np.array_equal(once, again)

    def _kind(self, responses: Sequence[Response], found: NDArray[np.bool_], columns: int) -> HeadKind:
        if found.all():
            return "linear"
        kind = kind_by_range(self._samples, self._moderate)
        if kind is not None:
            return kind
        # Where a last layer shares its kernel with another, or works on noise, nothing moves in proportion, though it is linear.
        bent = any(one.bent and one.weight.shape[-1] == columns for one in responses)
        return "other" if bent and not self.noisy and not is_tied(self._weights, self._reads(), columns) else "linear"

    def _reads(self) -> list[int]:
        """How often one call reads each variable; nothing where the model cannot be traced."""
        (answer,) = self.ask(Request("model.reads", {"name": self.task.name, "inputs": self.task.inputs}))
        counted = answer.value.entries.get("reads") if isinstance(answer, Returned) else None
        if counted is None or counted.array is None or counted.array.dtype.kind != "i":
            return []
        return [int(count) for count in counted.array.reshape(-1)]

    def _step(
        self, weights: Sequence[Weight], base: Floats, basis: list[Change], factor: float = 1.0
    ) -> list[Response]:
        """The responses of the outputs to steps of these variables, from the model's own weights or from others."""
        if not weights:
            return []
        made = [steps(weight, self.rng, factor * scale_of(base)) for weight in weights]
        outputs = self._pass([("near", [*basis, *change]) for one in made for change in one])
        each = len(made[0])
        groups = [outputs[place : place + each] for place in range(0, len(outputs), each)]
        self._samples += [one for one in outputs if one is not None]
        return [respond(weight, base, group, half=self.half) for weight, group in zip(weights, groups, strict=True)]

    def _with_other_weights(self) -> tuple[Floats, list[Floats]]:
        """Outputs near and far with fresh weights of ordinary size, the last kernel at several scales."""
        self._fresh = other_weights(self._weights, self.rng)
        sets = [other_weights(self._weights, self.rng, scale) for scale in LAST_SCALES]
        passes: list[tuple[str, list[Change]]] = [("near", self._fresh), *(("far", changes) for changes in sets)]
        near, *far = self._pass(passes)
        if near is None:
            near = np.zeros((NEAR_POINTS, self._columns))
        else:
            self._samples.append(near)
            self._moderate.append(near)
        seen = [one for one in far if one is not None]
        self._samples += seen
        return near, seen

    def _pass(self, passes: Sequence[tuple[str, list[Change]]]) -> list[Floats | None]:
        """Outputs of the model with its weights changed; None where a change was refused, or changed their shape."""
        wanted = {batch for batch, _ in passes}
        request = Request(
            "model.outputs",
            {
                "name": self.task.name,
                "batches": {key: self.batches[key] for key in wanted},
                "passes": [{"batch": batch, "changes": changes} for batch, changes in passes],
            },
        )
        (answer,) = self.ask(request)
        answered = self._read(answer)
        if len(answered) != len(passes):
            raise Unanswered(Unusable("not one answer for each question"))
        results: list[Floats | None] = []
        for one, (batch, _) in zip(answered, passes, strict=True):
            array = one.get(self.output)
            fits = array is not None and array.shape == (len(self.batches[batch]), self._columns)
            results.append(array.astype(np.float64) if array is not None and fits else None)
        return results

    def _read(self, answer: Answer) -> list[dict[int, NDArray[Any]]]:
        """The arrays of every pass, by output; none for a pass that failed. Raises Unanswered."""
        if not isinstance(answer, Returned):
            raise Unanswered(answer)
        passes = answer.value.entries.get("passes")
        return [_arrays(one) for one in passes.entries.values()] if passes is not None else []

    def _accuracy(self, own: dict[str, Floats]) -> dict[str, Any]:
        """Shares of fresh points: class right, and predicted class one too high."""
        if "fresh" not in own or not np.isfinite(own["fresh"]).all():
            return {}
        predicted = own["fresh"].argmax(axis=1)
        # Where labels begin at 1, no point was ever of class 0: labels that are rotated are another mistake.
        begin_at_1 = np.mean(predicted == 0) < RARE
        return {
            "accuracy": float(np.mean(predicted == self.classes)),
            "shifted": float(np.mean(predicted == self.classes + 1)) if begin_at_1 else 0.0,
        }


def _arrays(one: Value) -> dict[int, NDArray[Any]]:
    """The arrays of numbers that a pass returned, by output."""
    outputs = one.entries.get("outputs")
    found = {} if outputs is None else outputs.entries
    arrays = {key: value.array for key, value in found.items() if _PLACE.fullmatch(key)}
    return {int(key): array for key, array in arrays.items() if array is not None and array.dtype.kind in "fiub"}


def _proportional(responses: Sequence[Response], found: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The columns that some variable moves in proportion."""
    for one in responses:
        found = found | one.proportional
    return found


def _too_small(response: Response, base: Floats) -> bool:
    return not response.bent and 0.0 < response.size < 4.0 * scale_of(base)


def _shown(outputs: Floats) -> dict[str, float]:
    """Numbers that illustrate what the model returns for the public point."""
    row = outputs[0]
    if not np.isfinite(row).all():
        return {}
    return {"sum": float(row.sum()), "lowest": float(row.min()), "highest": float(row.max())}

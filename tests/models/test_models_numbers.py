"""The judgement on models where it needs no Keras: losses and heads written in NumPy, probe models, planted cells."""

import ast
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.answers import Answer, NameInfo, Question, Raised, Request, Returned, TimedOut, Value
from grader.diagnosis.model_head import SCALES, TRIPLES, Weight, far_points, is_bent, is_tied, kind_by_range, respond
from grader.diagnosis.model_loss import Forms, judge_loss, logit_cases, probability_cases, takes_probabilities
from grader.diagnosis.model_misconceptions import MISCONCEPTIONS
from grader.diagnosis.models import FaultyCell, ModelFacts, ModelTask, judge
from grader.inside import values as inside
from grader.kernel import values
from grader.rubric.models import examine_model
from grader.rubric.probe_models import probe_model

Floats = NDArray[np.float64]
Loss = Callable[[NDArray[np.int64], Floats], Floats]
TASK = ModelTask(inputs=2, outputs=4, centres=np.zeros((4, 2)))


def log_softmax(z: Floats) -> Floats:
    """Logarithms of the softmax of rows."""
    top = z - z.max(axis=1, keepdims=True)
    result: Floats = top - np.log(np.exp(top).sum(axis=1, keepdims=True))
    return result


def of_right(values: Floats, y: NDArray[np.int64]) -> Floats:
    """The value of each row at its label."""
    result: Floats = values[np.arange(len(y)), y]
    return result


def kind_of(loss: Loss, classes: int = 4, seed: int = 0) -> str:
    """What a loss of NumPy is judged to be."""
    rng = np.random.default_rng(seed)

    def forms(cases: Any) -> Forms:
        rows = zip(cases.labels, cases.outputs, strict=True)
        return {"integers": np.array([np.mean(loss(y, z.astype(np.float64))) for y, z in rows])}

    cases, more = logit_cases(rng, classes), probability_cases(rng, classes)
    kind = judge_loss(cases, forms(cases), 0.0, "").kind
    if kind in ("other", "log-probabilities") and takes_probabilities(more, forms(more), 0.0):
        return "probabilities"
    return kind


def smoothed(y: NDArray[np.int64], z: Floats) -> Floats:
    """Cross-entropy with label smoothing of 0.2."""
    logs = log_softmax(z)
    result: Floats = -0.8 * of_right(logs, y) - 0.2 * logs.mean(axis=1)
    return result


def hinge(y: NDArray[np.int64], z: Floats) -> Floats:
    """A multiclass hinge, which no shift of a row changes."""
    gaps = np.maximum(0.0, 1.0 + z - of_right(z, y)[:, None])
    result: Floats = gaps.sum(axis=1) - 1.0
    return result


LOSSES: dict[str, tuple[str, Loss]] = {
    "cross-entropy": ("logits", lambda y, z: -of_right(log_softmax(z), y)),
    "smoothed": ("logits", smoothed),
    "weighted classes": ("logits", lambda y, z: -np.array([1, 3, 0.2, 5])[y] * of_right(log_softmax(z), y)),
    "focal": ("logits", lambda y, z: -((1 - np.exp(of_right(log_softmax(z), y))) ** 2.3) * of_right(log_softmax(z), y)),
    "with epsilon": ("logits", lambda y, z: -np.log(np.exp(of_right(log_softmax(z), y)) + 1e-5)),
    "temperature": ("logits", lambda y, z: -of_right(log_softmax(z / 2), y)),
    "on probabilities": ("probabilities", lambda y, p: -np.log(np.clip(of_right(p, y), 1e-7, 1))),
    "on probabilities, normalised": (
        "probabilities",
        lambda y, p: -np.log(np.clip(of_right(p, y) / p.sum(1), 1e-7, 1)),
    ),
    "on logarithms": ("log-probabilities", lambda y, z: -of_right(z, y)),
    "hinge": ("other", hinge),
    "squares": ("other", lambda y, z: ((z - np.eye(z.shape[1])[y]) ** 2).mean(axis=1)),
    "Brier score": ("other", lambda y, z: ((np.exp(log_softmax(z)) - np.eye(z.shape[1])[y]) ** 2).mean(axis=1)),
    "one less the probability": ("other", lambda y, z: 1 - np.exp(of_right(log_softmax(z), y))),
    "zero": ("other", lambda _, z: np.zeros(len(z))),
    "not a number": ("other", lambda _, z: np.full(len(z), np.nan)),
    "constant": ("other", lambda _, z: np.full(len(z), 7.0)),
}


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("seed", range(5))
def test_a_loss_is_known_by_its_values(name: str, seed: int) -> None:
    """Whatever the cases drawn, a loss is told by what it computes, up to smoothing, weights and focal factors."""
    expected, loss = LOSSES[name]
    with np.errstate(all="ignore"):
        assert kind_of(loss, seed=seed) == expected


def test_a_loss_over_ten_classes_is_known_too() -> None:
    """The cases serve any number of classes."""
    assert kind_of(lambda y, z: -of_right(log_softmax(z), y), classes=10) == "logits"


HEADS: dict[str, Callable[[Floats], Floats]] = {
    "softmax": lambda z: np.exp(log_softmax(z)),
    "wrong-axis": lambda z: np.exp(log_softmax(z.T)).T,
    "log-softmax": log_softmax,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
}


@pytest.mark.parametrize("name", HEADS)
def test_a_head_that_is_not_linear_is_known_by_what_its_outputs_share(name: str) -> None:
    """Rows that add up to 1, columns that do, bounds: the kind of a head that is not linear."""
    rng = np.random.default_rng(4)
    samples = [HEADS[name](rng.normal(0, 5, (11, 4))) for _ in range(4)]
    assert kind_by_range(samples, samples[:1]) == name


def test_outputs_of_a_linear_head_show_no_kind() -> None:
    """Outputs of either sign, above 1 and below 0, are those of no such head."""
    assert kind_by_range([np.random.default_rng(4).normal(0, 5, (11, 4))], []) is None


def test_choices_are_no_probabilities() -> None:
    """Rows with one 1 each come from an argmax: they add up to 1, and are no softmax."""
    rng = np.random.default_rng(4)
    samples = [np.eye(4)[rng.integers(0, 4, 11)] for _ in range(4)]
    assert kind_by_range(samples, samples[:1]) == "other"


def test_only_a_linear_head_answers_in_proportion() -> None:
    """Responses to d, -d, 3d, e and d + e add up for a linear head, and for no other."""
    rng = np.random.default_rng(5)
    logits, (d, e) = rng.normal(0, 3, (11, 4)), 50 * rng.choice((-1, 1), (2, 4)) * rng.uniform(1, 2, (2, 4))
    heads = {"linear": lambda z: z, "halved": lambda z: z / 2, **HEADS}
    for name, head in heads.items():
        stepped = [head(logits + by) for by in (d, -d, 3 * d, e, d + e)]
        response = respond(Weight(0, (4,)), head(logits), stepped)
        assert bool(response.proportional.all()) == (name in ("linear", "halved")), name


def test_a_tied_variable_is_one_that_a_call_reads_twice() -> None:
    """A variable of the last layer's width that is read twice is tied; one of a hidden layer that is used twice is not."""
    weights = [Weight(0, (2, 8)), Weight(1, (8, 8)), Weight(2, (8, 4)), Weight(3, (4,))]
    assert is_tied(weights, [1, 1, 2, 1], 4)
    assert not is_tied(weights, [1, 2, 1, 1], 4)
    assert not is_tied(weights, [], 4)


def test_far_points_show_a_relu_whose_bias_is_large() -> None:
    """A network that is linear near the data and bent far away is bent; a linear one is not, whatever its size."""
    points = far_points(np.random.default_rng(6), 2)
    weights = np.random.default_rng(7).normal(size=(2, 16))
    hidden = np.maximum(points @ weights + 50.0, 0.0)
    assert points.shape == (3 * TRIPLES * len(SCALES), 2)
    assert is_bent(hidden @ np.ones((16, 4)), "linear") is True
    assert is_bent((points @ weights + 50.0) @ np.ones((16, 4)), "linear") is False
    assert is_bent(np.zeros((3 * TRIPLES * len(SCALES), 4)), "linear") is None
    nothing_far_away = np.exp(-np.sum(points**2, axis=1, keepdims=True)) @ np.ones((1, 4)) + 1.0
    assert is_bent(nothing_far_away, "linear") is not False


@pytest.mark.parametrize("count", [1, 2, 3, 7, 16, 64])
def test_a_probe_model_has_exactly_its_logits_in_any_order_of_summation(count: int) -> None:
    """One ReLU unit is 1 at its own point and 0 at the others: single precision keeps every logit."""
    rng = np.random.default_rng(count)
    table = rng.integers(-160_000, 160_000, (count, 4)) / 16.0
    probe = probe_model(table)
    kernel, bias, last, offset = (probe.parameters["weights"][key] for key in "0123")
    for order in (np.arange(count), np.arange(count)[::-1], rng.permutation(count)):
        hidden = np.maximum(probe.inputs @ kernel[:, order] + bias[order], np.float32(0))
        assert np.array_equal(hidden @ last[order] + offset, table)


def test_a_probe_model_refuses_more_points_than_it_can_tell_apart() -> None:
    """The number of points is bounded."""
    with pytest.raises(ValueError, match="not 65"):
        probe_model(np.zeros((65, 4)))


def test_every_mistake_that_one_cell_can_make_has_a_cell() -> None:
    """Each id of a model but ``timeout`` and ``wrong-hidden-units`` is planted, by source that parses."""
    ids = {one.id for one in MISCONCEPTIONS}
    assert len(ids) == 21
    for one in MISCONCEPTIONS:
        ast.parse(one.source)


def test_a_call_that_hangs_is_a_timeout_and_one_that_raises_is_told_so() -> None:
    """No model that cannot be called is blamed for its layers."""
    info = NameInfo("model", exists=True)
    slow = judge(TASK, ModelFacts("model", layers=2, failed=TimedOut(10.0)), info)
    assert [found.id for found in slow.found] == ["model.timeout"]
    assert slow.shape is not None
    assert slow.shape.timed_out
    broken = judge(TASK, ModelFacts("model", layers=2, failed=Raised("ValueError", "no")), info)
    assert [found.id for found in broken.found] == ["model.raises"]


def test_a_syntax_error_is_the_notebooks_and_leaves_the_model_missing() -> None:
    """Nothing of such a cell has run: the model is missing, and the notebook says why."""
    cell = FaultyCell(3, "SyntaxError", "invalid syntax", "model = Sequential([")
    info = NameInfo("model", exists=False, bound_in=(3,))
    assert [found.id for found in judge(TASK, ModelFacts(), info, [cell]).found] == ["model.missing"]


def test_a_capped_run_loses_no_point_for_accuracy() -> None:
    """Where the grader cut training short, a model that has taken steps counts as trained."""
    facts = ModelFacts("model", layers=2, compiled=True, steps=5, shape=(4,), head="linear", bent=True, accuracy=0.2)
    info = NameInfo("model", exists=True)
    assert judge(TASK, facts, info, capped=True).trained is None
    short = judge(TASK, facts, info).trained
    assert short is not None
    assert short.id == "model.chance-level"


def described(shape: list[int]) -> dict[str, Any]:
    """What a kernel says of a model with one variable of that shape."""
    weight = {"shape": shape, "dtype": "float32", "trainable": True, "finite": True, "path": "w"}
    return {"kind": "model", "type_name": "M", "compiled": True, "steps": 1, "layers": [{}], "weights": [weight]}


def dishonest(shape: list[int], outputs: Callable[[NDArray[Any], bool], Any], key: str) -> Callable[..., list[Answer]]:
    """A kernel that makes up what it says: ``outputs`` of the points and of whether weights were to be changed."""

    def answer(question: Question) -> Answer:
        assert isinstance(question, Request)
        asked = question.parameters
        said: Any = {"forms": {}}
        if question.operation == "model.describe":
            said = described(shape)
        elif question.operation == "model.outputs":
            passes = [(asked["batches"][one["batch"]], bool(one["changes"])) for one in asked["passes"]]
            arrays = [{"outputs": {key: np.asarray(outputs(x, changed))}} for x, changed in passes]
            said = {"passes": {str(n): one for n, one in enumerate(arrays)}}
        writer = inside.Writer(1 << 26)
        node = writer.node(said)
        found: Value = values.value(node, writer.buffers, 1 << 26)
        return Returned(found)

    return lambda *questions, timeout_s=None: [answer(one) for one in questions]  # noqa: ARG005 - the road's own form


LINEAR = np.random.default_rng(3).normal(size=(2, 4))


@pytest.mark.parametrize(
    ("shape", "outputs", "key"),
    [
        pytest.param([4], lambda x, changed: (x @ LINEAR)[: -1 if changed else None], "0", id="rows that get lost"),
        pytest.param([4], lambda x, changed: (x @ LINEAR)[:, : 3 if changed else 4], "0", id="columns that get lost"),
        pytest.param([4], lambda x, changed: (x @ LINEAR)[None] if changed else x @ LINEAR, "0", id="one axis more"),
        pytest.param([4], lambda x, _: np.c_[x @ LINEAR, x], "0", id="more columns than asked for"),
        pytest.param(
            [4], lambda x, changed: np.c_[x, x, x] if not changed else x, "0", id="other widths than asked for"
        ),
        pytest.param([-4, 4], lambda x, _: x @ LINEAR, "0", id="a variable of negative size"),
        pytest.param([2**62] * 300, lambda x, _: x @ LINEAR, "0", id="a variable of endless size"),
        pytest.param([2**62, 4], lambda x, _: x @ LINEAR, "0", id="a variable of great size"),
        pytest.param([4], lambda x, _: x @ LINEAR, "9" * 5000, id="an output of a number that cannot be read"),
        pytest.param([4], lambda x, _: np.full((len(x), 4), 1e308), "0", id="numbers beyond single precision"),
    ],
)
def test_what_a_dishonest_kernel_says_of_a_model_is_data(
    shape: list[int], outputs: Callable[[NDArray[Any], bool], Any], key: str
) -> None:
    """Shapes that nobody asked for are judged like any other model: never an error of ours, never all points."""
    info = NameInfo("model", exists=True, callable=True, type_name="M")
    evidence = examine_model(dishonest(shape, outputs, key), TASK, info, np.random.default_rng(1))
    judged = evidence.judgement
    assert evidence.found
    assert judged.shape or judged.head_and_loss

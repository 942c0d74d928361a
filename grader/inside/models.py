"""Questions about Keras models, inside the student's kernel: facts and numbers only, every decision is made elsewhere.

The student's own Keras answers, looked up on first use. A question leaves a model as it was: weights that a pass changes
are put back whatever happens.
"""

import builtins
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from grader.inside.context import Context
from grader.inside.values import type_name

# Functions find the builtins through their module: with a copy, replacing one in `builtins` does not reach ours.
globals()["__builtins__"] = dict(vars(builtins))

MAX_WEIGHTS = 100
"""Variables of one model that are described and may be changed; the last ones where there are more."""
MAX_LAYERS = 100
MAX_MESSAGE = 2000
"""Characters of an error's message."""


def describe(parameters: dict[str, Any], context: Context) -> dict[str, Any]:
    """What ``name`` is bound to; for a Keras model also its layers, weights, loss and steps. ``inputs``: numbers per point.

    A model that is not built is called once on zeros. A fact that cannot be had is None.
    """
    thing = context.resolve(parameters["name"])
    facts: dict[str, Any] = {"kind": _kind(thing), "type_name": type_name(type(thing))}
    if facts["kind"] != "model":
        return facts
    _build(thing, parameters["inputs"])
    for key, read in FACTS.items():
        try:
            facts[key] = read(thing)
        except Exception:  # noqa: BLE001 - the student's class may raise from any attribute
            facts[key] = None
    return facts


def outputs(parameters: dict[str, Any], context: Context) -> dict[str, Any]:
    """What the model returns for ``batches`` of points, with its weights changed as each of ``passes`` says.

    A pass is ``{"batch": key, "changes": [...]}``; a change is ``{"index"}`` with ``set`` or ``add``, ``{"draw", "seed",
    "scale"}`` of fresh numbers, or with ``times``, a factor. An index counts in the ``weights`` of ``describe``. A pass
    without changes raises what the model raises; one with changes that fails answers with ``error``.
    """
    import numpy as np  # noqa: PLC0415 - the student's own, on first use

    model = _model(parameters["name"], context)
    variables = _weights(model)
    tensors = {key: _tensor(batch.astype(np.float32)) for key, batch in parameters["batches"].items()}
    answers: dict[str, Any] = {}
    for number, step in enumerate(parameters["passes"]):
        if not step["changes"]:
            answers[str(number)] = _called(model, tensors[step["batch"]])
            continue
        try:
            with _changed(variables, step["changes"]):
                answers[str(number)] = _called(model, tensors[step["batch"]])
        except Exception as error:  # noqa: BLE001 - a change may not fit the student's own code
            answers[str(number)] = _error(error)
    return {"passes": answers}


def reads(parameters: dict[str, Any], context: Context) -> dict[str, Any]:
    """How often one call of the model reads each of the ``weights`` of ``describe``: ``{"reads": (weights,)}``."""
    import tensorflow as tf  # noqa: PLC0415 - the student's own, on first use

    model = _model(parameters["name"], context)
    points = tf.TensorSpec((None, parameters["inputs"]), tf.float32)
    graph = tf.function(lambda batch: model(batch, training=False)).get_concrete_function(points).graph
    read = [operation.inputs[0] for operation in graph.get_operations() if operation.type == "ReadVariableOp"]
    handles = [[inner for outer, inner in graph.captures if outer is one.handle] for one in _weights(model)]
    return {"reads": [sum(one is inner for one in read for inner in inners) for inners in handles]}


def losses(parameters: dict[str, Any], context: Context) -> dict[str, Any]:
    """What the compiled loss makes of cases, for each form of labels.

    ``cases`` are ``labels`` (all rows,), ``outputs`` (all rows, n) and ``sizes``, the rows of each case in turn; a
    single row that the loss refuses is NaN. The forms are ``integers`` (m,), ``column`` (m, 1), asked where the first is
    refused, and ``one-hot`` (m, n): each answers ``{"values": (cases,)}``, means over the rows, or ``{"error": ...}``.
    """
    import numpy as np  # noqa: PLC0415 - the student's own, on first use

    model = _model(parameters["name"], context)
    facts: dict[str, Any] = {"source": "none", "constant": 0.0, "forms": {}}
    make = _loss(model, parameters["output"], facts)
    if make is None:
        return facts
    cases = parameters["cases"]
    ends = np.cumsum(cases["sizes"])
    rows = [slice(int(end - size), int(end)) for end, size in zip(ends, cases["sizes"], strict=True)]
    for form in ("integers", "column", "one-hot"):
        if form == "column" and "values" in facts["forms"]["integers"]:
            continue
        try:
            loss = make()
            values = [_mean_loss(loss, cases["labels"][row], cases["outputs"][row], form) for row in rows]
            facts["forms"][form] = {"values": np.array(values, dtype=np.float64)}
        except Exception as error:  # noqa: BLE001 - whatever a loss raises for labels of the other form
            facts["forms"][form] = _error(error)
    return facts


def forward(parameters: dict[str, Any], context: Context) -> dict[str, Any]:  # noqa: ARG001 - the form of an operation
    """What ``model`` returns for the points ``x``: ``{"y"}``, the first array where there are several."""
    import numpy as np  # noqa: PLC0415 - the student's own, on first use

    called = _called(parameters["model"], _tensor(parameters["x"].astype(np.float32)))
    return {"y": called["outputs"]["0"]}


def probe_model(parameters: dict[str, Any], context: Context) -> dict[str, Any]:
    """Build a model of one hidden ReLU layer with the given weights and keep it: ``{"handle"}``.

    ``weights`` are hidden kernel, hidden bias, last kernel, last bias; ``kind`` is functional or sequential; with
    ``softmax_head`` its last layer returns probabilities.
    """
    import keras  # noqa: PLC0415 - the student's own, on first use

    kernel, _, last, _ = (parameters["weights"][key] for key in ("0", "1", "2", "3"))
    # Of float32 whatever policy the student has set, and without drawing from the student's random state.
    usual = {"dtype": "float32", "kernel_initializer": "zeros"}
    layers = [
        keras.layers.Input(shape=(kernel.shape[0],), dtype="float32"),
        keras.layers.Dense(kernel.shape[1], activation="relu", **usual),
        keras.layers.Dense(last.shape[1], activation="softmax" if parameters["softmax_head"] else "linear", **usual),
    ]
    if parameters["kind"] == "sequential":
        model = keras.Sequential(layers)
    else:
        flow = layers[0]
        for layer in layers[1:]:
            flow = layer(flow)
        model = keras.Model(layers[0], flow)
    model.set_weights(list(parameters["weights"].values()))
    return {"handle": context.keep(model)}


OPERATIONS: dict[str, Callable[[dict[str, Any], Context], dict[str, Any]]] = {
    "model.describe": describe,
    "model.outputs": outputs,
    "model.reads": reads,
    "model.losses": losses,
    "forward": forward,
    "probe_model": probe_model,
}


def _model(name: Any, context: Context) -> Any:
    """What ``name`` is bound to, a model. Anything else is refused at once: TensorFlow is not imported for its sake."""
    thing = context.resolve(name)
    if _kind(thing) != "model":
        raise TypeError(f"{type_name(type(thing))} is no model")
    return thing


def _kind(thing: Any) -> str:
    """none, ellipsis, model, layer, class, function or other."""
    if thing is None:
        return "none"
    if thing is ...:
        return "ellipsis"
    keras = sys.modules.get("keras")
    kind = type(thing)
    for name, types in (("model", "Model"), ("layer", "Layer")):
        if keras is not None and issubclass(kind, getattr(keras, types)):
            return name
    if isinstance(thing, type):
        return "class"
    return "function" if callable(thing) and hasattr(thing, "__code__") else "other"


def _build(model: Any, inputs: int) -> None:
    """Give a model its weights, where calling it does; a model that raises is told by the question for its outputs."""
    try:
        if not model.built or not model.weights:
            import numpy as np  # noqa: PLC0415 - the student's own, on first use

            model(_tensor(np.zeros((1, inputs), np.float32)), training=False)
    except Exception:  # noqa: BLE001 - told by the first question for its outputs, with its place
        return
    for variable in model.weights:
        _initialise(variable)


def _initialise(variable: Any) -> None:
    """Give a variable a first value: one that was made in a ``fit`` that failed never got it, and cannot be read."""
    shape = tuple(int(size) for size in variable.shape)
    if tuple(variable.numpy().shape) == shape:
        return
    import numpy as np  # noqa: PLC0415 - the student's own, on first use

    # Of the size Keras would draw, but the same every time; a vector may be a variance.
    size = 1.0 if len(shape) < 2 else (6.0 / (shape[0] + shape[-1])) ** 0.5  # noqa: PLR2004 - a matrix has two
    drawn = np.random.default_rng(len(shape)).uniform(-size, size, shape)
    variable.assign(drawn if len(shape) > 1 else np.ones(shape))


def _parts(model: Any) -> Iterator[Any]:
    """The layers of a model and of the models in it, input layers left out, in order."""
    for layer in list(model.layers)[:MAX_LAYERS]:
        if hasattr(layer, "layers"):
            yield from _parts(layer)
        elif type(layer).__name__ != "InputLayer":
            yield layer


def _weights(model: Any) -> list[Any]:
    """The variables of a model: Keras's own, and plain TensorFlow variables that its layers hold."""
    found = list(model.weights)
    for layer in (model, *_parts(model)):
        for value in list(vars(layer).values()):
            for item in value if isinstance(value, list | tuple) else (value,):
                if type(item).__name__ == "ResourceVariable" and not any(item is other for other in found):
                    found.append(item)
    return found[-MAX_WEIGHTS:]


def _described_weights(model: Any) -> list[dict[str, Any]]:
    import numpy as np  # noqa: PLC0415 - the student's own, on first use

    described = []
    for variable in _weights(model):
        array = np.asarray(variable.numpy())
        real = array.dtype.kind == "f" or array.dtype.name == "bfloat16"
        described.append(
            {
                "shape": [int(size) for size in array.shape],
                "dtype": array.dtype.name,
                "trainable": bool(variable.trainable),
                "finite": bool(np.isfinite(array.astype(np.float64)).all()) if real else True,
                "path": str(getattr(variable, "path", variable.name)),
            }
        )
    return described


def _described_layers(model: Any) -> list[dict[str, Any]]:
    return [
        {
            "class": type(layer).__name__,
            "activation": _named(getattr(layer, "activation", None)),
            "units": layer.units if type(getattr(layer, "units", None)) is int else None,
        }
        for layer in list(_parts(model))[:MAX_LAYERS]
    ]


def _named(thing: Any) -> str:
    """The name of a loss, an activation, or a list of them, for words only."""
    if thing is None or isinstance(thing, str):
        return thing or ""
    if isinstance(thing, dict):
        thing = list(thing.values())
    if isinstance(thing, list | tuple):
        return ", ".join(_named(item) for item in thing)
    return str(getattr(thing, "__name__", type(thing).__name__))


def _steps(model: Any) -> int | None:
    optimizer = model.optimizer
    return None if optimizer is None else int(optimizer.iterations)


FACTS: Mapping[str, Callable[[Any], Any]] = {
    "compiled": lambda model: bool(model.compiled),
    "steps": _steps,
    "loss": lambda model: _named(model.loss),
    "own_training": lambda model: type(model).train_step is not sys.modules["keras"].Model.train_step,
    "layers": _described_layers,
    "weights": _described_weights,
    "half": lambda model: any(str(layer.compute_dtype).endswith("float16") for layer in (model, *_parts(model))),
}


def _tensor(array: Any) -> Any:
    import tensorflow as tf  # noqa: PLC0415 - the student's own, on first use

    return tf.constant(array)


def _called(model: Any, batch: Any) -> dict[str, Any]:
    """What the model returns, as a list of arrays: ``{"kind", "outputs": {"0": array, ...}}``."""
    import numpy as np  # noqa: PLC0415 - the student's own, on first use

    returned = model(batch, training=False)
    many = list(returned.values()) if isinstance(returned, dict) else returned
    several = isinstance(many, list | tuple)
    arrays = [np.asarray(item) for item in (many if several else (many,))]
    # Half precision and bfloat16 cross as float32.
    arrays = [array.astype(np.float32) if array.dtype.kind not in "biu" else array for array in arrays]
    return {"kind": "several" if several else "one", "outputs": {str(n): array for n, array in enumerate(arrays)}}


@contextmanager
def _changed(variables: Sequence[Any], changes: Sequence[dict[str, Any]]) -> Iterator[None]:
    """The variables with changes made; put back at the end, whatever happens."""
    import numpy as np  # noqa: PLC0415 - the student's own, on first use

    before: dict[int, Any] = {}
    try:
        for change in changes:
            variable = variables[change["index"]]
            now = np.asarray(variable.numpy())
            before.setdefault(change["index"], now)
            wide = now.astype(np.float64)
            if "set" in change:
                new = _drawn(change["set"], now.shape)
            else:
                new = wide + _drawn(change["add"], now.shape) if "add" in change else wide * change["times"]
            variable.assign(new.astype(now.dtype))
        yield
    finally:
        for index, value in before.items():
            variables[index].assign(value)


def _drawn(draw: dict[str, Any], shape: tuple[int, ...]) -> Any:
    """Numbers drawn from a seed: ``step`` (either sign, 4 to 8 in size), ``normal``, or ``positive`` (0.2 to 1)."""
    import numpy as np  # noqa: PLC0415 - the student's own, on first use

    rng = np.random.default_rng(draw["seed"])
    if draw["draw"] == "step":
        numbers = rng.choice((-1.0, 1.0), shape) * rng.uniform(4.0, 8.0, shape)
    else:
        numbers = rng.normal(size=shape) if draw["draw"] == "normal" else rng.uniform(0.2, 1.0, shape)
    return numbers * draw["scale"]


def _error(error: Exception) -> dict[str, Any]:
    return {"error": {"type_name": type(error).__name__, "message": str(error)[:MAX_MESSAGE]}}


def _labels(labels: Any, form: str, batch: Any) -> Any:
    """Labels in one of their forms, as ``fit`` would hand them over."""
    import numpy as np  # noqa: PLC0415 - the student's own, on first use

    whole = labels.astype(np.int64)
    if form == "one-hot":
        return _tensor(np.eye(batch.shape[1], dtype=np.float32)[whole])
    return _tensor(whole if form == "integers" else whole[:, None])


def _mean_loss(loss: Callable[[Any, Any], Any], labels: Any, batch: Any, form: str) -> float:
    import numpy as np  # noqa: PLC0415 - the student's own, on first use

    try:
        return float(np.mean(np.asarray(loss(_labels(labels, form, batch), _tensor(batch)))))
    except Exception:
        if len(labels) > 1:
            raise
        return float("nan")


def _loss(model: Any, output: int, facts: dict[str, Any]) -> Callable[[], Callable[[Any, Any], Any]] | None:
    """What makes a function of (labels, outputs) that gives the loss ``fit`` minimises; None where there is none."""
    import keras  # noqa: PLC0415 - the student's own, on first use

    if type(model).compute_loss is not keras.Model.compute_loss:
        facts["source"] = "compute_loss"
        facts["constant"] = float(sum(float(extra) for extra in model.losses))
        return lambda: lambda labels, batch: model.compute_loss(x=None, y=labels, y_pred=batch)
    loss = getattr(model, "loss", None)
    if loss is None:
        loss = _held_loss(model, keras)
    if isinstance(loss, dict):
        loss = list(loss.values())
    if isinstance(loss, list | tuple):
        loss = loss[min(output, len(loss) - 1)] if loss else None
    if loss is None:
        return None
    facts["source"] = "loss"
    return lambda: _as_compiled(loss, keras)


def _held_loss(model: Any, keras: Any) -> Any:
    """The loss of a model that trains by a step of its own: the one loss among its attributes, if any."""
    if type(model).train_step is keras.Model.train_step:
        return None
    held = {name: value for name, value in vars(model).items() if not name.startswith("_")}
    found = [value for value in held.values() if isinstance(value, keras.losses.Loss)]
    found += [value for name, value in held.items() if "loss" in name and callable(value) and value not in found]
    return found[0] if found else None


def _as_compiled(loss: Any, keras: Any) -> Callable[[Any, Any], Any]:
    """A loss as ``compile`` makes it of a string, a function or an object."""
    try:
        from keras.src.trainers.compile_utils import CompileLoss  # noqa: PLC0415 - what fit itself uses, where there is one
    except ImportError:
        function: Callable[[Any, Any], Any] = keras.losses.get(loss)
        return function
    compiled: Callable[[Any, Any], Any] = CompileLoss(loss)
    return compiled

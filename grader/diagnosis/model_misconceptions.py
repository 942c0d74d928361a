"""The mistakes one can make with a model, each as a cell that stands in place of the model's in the reference notebook.

The cells use the names of the assignment ``softmax``: ``keras``, ``tf``, ``np``, ``X_train (m, 2)`` and ``y_train (m,)`` with classes
0 to 3. ``grader check`` plants each and demands its id.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelMisconception:
    """One mistake: its published id, and the source of a cell that makes it."""

    id: str
    source: str


ASSIGNMENT = "softmax"
"""The assignment whose names the cells use."""
HIDDEN = 'keras.layers.Dense(16, activation="relu")'
LINEAR = "keras.layers.Dense(4)"
LOGITS = "keras.losses.SparseCategoricalCrossentropy(from_logits=True)"


def _cell(
    *layers: str,
    loss: str = LOGITS,
    fit: str = "X_train, y_train, epochs=8",
    optimizer: str = "keras.optimizers.Adam(0.01)",
) -> str:
    """A cell that builds a Sequential model of these layers, compiles and fits it."""
    return (
        f"model = keras.Sequential([keras.layers.Input((2,)), {', '.join(layers)}])\n"
        f"model.compile(loss={loss}, optimizer={optimizer})\n"
        f"model.fit({fit}, verbose=0)\n"
    )


def _head(activation: str, loss: str = LOGITS) -> str:
    return _cell(HIDDEN, f'keras.layers.Dense(4, activation="{activation}")', loss=loss)


ONE_HOT = "keras.utils.to_categorical(y_train, 4)"
STRING_LOSS = '"sparse_categorical_crossentropy"'

MISCONCEPTIONS: tuple[ModelMisconception, ...] = tuple(
    ModelMisconception(f"model.{name}", source)
    for name, source in (
        ("missing", _cell(HIDDEN, LINEAR).replace("model", "network")),
        ("not-implemented", "model = ...\n"),
        ("not-a-model", "model = [" + HIDDEN + ", " + LINEAR + "]\n"),
        ("not-compiled", f"model = keras.Sequential([keras.layers.Input((2,)), {HIDDEN}, {LINEAR}])\n"),
        ("raises", _cell(HIDDEN, "keras.layers.Dense(4, from_logits=True)")),
        ("raises", _cell(HIDDEN, LINEAR, loss='"SparseCategoricalCrossentropy(from_logits=True)"')),
        ("label-mismatch", _cell(HIDDEN, LINEAR, loss="keras.losses.CategoricalCrossentropy(from_logits=True)")),
        ("label-mismatch", _cell(HIDDEN, LINEAR, fit=f"X_train, {ONE_HOT}, epochs=8")),
        ("label-mismatch", _cell(HIDDEN, LINEAR, fit="X_train, y_train + 1, epochs=8")),
        ("diverged", _cell(HIDDEN, LINEAR, optimizer="keras.optimizers.SGD(1e30)")),
        ("wrong-units", _cell(HIDDEN, "keras.layers.Dense(3)")),
        ("wrong-units", _cell(HIDDEN, 'keras.layers.Dense(1, activation="sigmoid")', loss='"binary_crossentropy"')),
        ("no-hidden", _cell(LINEAR)),
        ("linear-hidden", _cell("keras.layers.Dense(16)", "keras.layers.Dense(8)", LINEAR)),
        ("softmax-output", _head("softmax", STRING_LOSS)),
        ("double-softmax", _head("softmax")),
        ("double-softmax", _cell(HIDDEN, LINEAR, "keras.layers.Softmax()")),
        ("sigmoid-output", _head("sigmoid")),
        ("relu-output", _head("relu")),
        ("tanh-output", _head("tanh")),
        ("wrong-axis", _cell(HIDDEN, LINEAR, "keras.layers.Softmax(axis=0)", loss=STRING_LOSS)),
        ("from-logits-missing", _cell(HIDDEN, LINEAR, loss=STRING_LOSS)),
        ("from-logits-missing", _cell(HIDDEN, LINEAR, loss="keras.losses.SparseCategoricalCrossentropy()")),
        ("wrong-loss", _cell(HIDDEN, LINEAR, loss='"mse"', fit=f"X_train, {ONE_HOT}, epochs=8")),
        ("wrong-loss", _cell(HIDDEN, LINEAR, loss='"categorical_hinge"', fit=f"X_train, {ONE_HOT}, epochs=8")),
        ("not-trained", _cell(HIDDEN, LINEAR, fit="X_train, y_train, epochs=0")),
        ("chance-level", _cell(HIDDEN, LINEAR, optimizer="keras.optimizers.SGD(0.0)")),
        ("incorrect", _head("log_softmax")),
    )
)
"""Every id of a model that a cell can make by itself, in the order of the contract (a timeout is left to the solutions)."""

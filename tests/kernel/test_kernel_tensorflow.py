"""Sessions with TensorFlow: tensors cross as arrays, training is seeded and may be capped."""

from collections.abc import Callable

import numpy as np
import pytest

from grader.answers import Call, Raised, Ref, Returned
from grader.kernel.session import Session

OpenSession = Callable[..., Session]

CELLS = (
    "import numpy as np, tensorflow as tf\nfrom tensorflow import keras",
    (
        "x = np.random.rand(64, 2)\ny = (x[:, 0] > x[:, 1]).astype(int)\n"
        "model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4, 'relu'), keras.layers.Dense(2)])\n"
        "model.compile('adam', keras.losses.SparseCategoricalCrossentropy(from_logits=True))\n"
        "history = model.fit(x, y, epochs=9, verbose=0)"
    ),
    "@tf.function\ndef jitted(z):\n    return tf.nn.softmax(z)",
    (
        "def half(z):\n    return tf.cast(z, tf.bfloat16)\n"
        "def rows(z):\n    return [tf.exp(row) for row in z]\n"
        "def variable(z):\n    return tf.Variable(z)\n"
        "def symbolic(z):\n    return keras.Input((3,))\n"
        "def epochs():\n    return len(history.history['loss'])\n"
        "def apply(f, z):\n    return f(z)\n"
        "def broken(z):\n    return tf.reshape(z, (7, 7))"
    ),
)


@pytest.mark.tensorflow
def test_tensors_cross_and_training_is_capped(open_session: OpenSession) -> None:
    """Tensors of every kind are arrays; `fit` runs the capped epochs, said aloud; the same seed trains the same model."""
    z = np.array([1.0, 2.0])
    losses = []
    for _ in range(2):
        session = open_session(*CELLS, stage="tensorflow", max_epochs=3)
        execution = session.execute()
        assert execution.failures == ()
        assert execution.capped_epochs
        assert [note.kind for note in session.notes] == ["capped-epochs"]
        found = session.ask(
            Call("jitted", (z,)),
            Call("half", (z,)),
            Call("rows", (z,)),
            Call("variable", (z,)),
            Call("symbolic", (z,)),
            Call("epochs"),
            Call("apply", (Ref("model"), np.ones((1, 2)))),
            Call("broken", (z,)),
        )
        *returned, raised = found
        values = [answer.value for answer in returned if isinstance(answer, Returned)]
        assert len(values) == len(returned)
        kinds = [(value.kind, value.container) for value in values]
        assert kinds[:4] == [("array", "tensor"), ("array", "tensor"), ("array", "list"), ("array", "tensor")]
        assert kinds[4] == ("opaque", "other")
        assert values[1].array is not None
        assert (values[1].array.tolist(), values[1].array.dtype.name) == ([1.0, 2.0], "float32")
        assert values[1].type_name.endswith("[bfloat16]")
        assert values[5].text == "3"
        assert values[6].array is not None
        losses.append(values[6].array.tolist())
        assert isinstance(raised, Raised)
        assert (raised.type_name, raised.cell) == ("InvalidArgumentError", 3)
        described = session.names(["jitted", "model"])
        assert (described["jitted"].cell, described["jitted"].line) == (2, 2)
        assert described["model"].callable
    assert losses[0] == losses[1]

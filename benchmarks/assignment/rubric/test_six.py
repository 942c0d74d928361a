"""The same six assertions that the other graders run, asked from outside the student's process."""

from typing import Any

import numpy as np
import pytest

from grader.answers import Ref, Request, Returned
from grader.kernel.values import plain
from grader.rubric.student import Student

CENTRES = np.array([[-5, 2], [-2, -2], [1, 2], [5, -2]], dtype=np.float32)


def last_layer(student: Student) -> dict[str, Any]:
    """Facts about the model's last layer, asked once."""
    request = Request("model.describe", {"name": "model", "inputs": 2})
    (answer,) = student.once("describe", lambda asked: asked.ask(request))
    assert isinstance(answer, Returned)
    layer: dict[str, Any] = plain(answer.value)["layers"][-1]
    return layer


@pytest.mark.points(1, exercise="all", title="The lesson's example")
def test_q1(student: Student) -> None:
    """Four numbers."""
    got = student.call("my_softmax", np.array([-1.0, -4.0, -10.0, -0.5]), shape=(4,))
    assert np.allclose(got, [0.370558, 0.018449, 0.0000457, 0.610947], atol=1e-5)


@pytest.mark.points(1, exercise="all", title="Rows sum to 1")
def test_q2(student: Student) -> None:
    """A batch."""
    assert np.allclose(student.call("my_softmax", np.arange(12.0).reshape(3, 4), shape=(3, 4)).sum(axis=1), 1.0)


@pytest.mark.points(1, exercise="all", title="Large logits")
def test_q3(student: Student) -> None:
    """1000 twice."""
    assert np.allclose(student.call("my_softmax", np.array([1000.0, 1000.0]), shape=(2,)), 0.5)


@pytest.mark.points(1, exercise="all", title="Four outputs")
def test_q4(student: Student) -> None:
    """The shape of the output."""
    assert last_layer(student)["units"] == 4


@pytest.mark.points(1, exercise="all", title="A linear last layer")
def test_q5(student: Student) -> None:
    """The activation of the last layer."""
    assert last_layer(student)["activation"] == "linear"


@pytest.mark.points(1, exercise="all", title="Better than chance")
def test_q6(student: Student) -> None:
    """200 points."""
    y = student.rng("points").integers(0, 4, 200)
    x = CENTRES[y] + student.rng("noise").normal(size=(200, 2)).astype(np.float32)
    got = student.call("predict_class", Ref("model"), x, shape=(200,), kind="int")
    assert (got == y).mean() > 0.3

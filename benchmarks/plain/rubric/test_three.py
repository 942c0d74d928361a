"""The three assertions about the softmax."""

import numpy as np
import pytest

from grader.rubric.student import Student


@pytest.mark.points(1, exercise="softmax", title="The lesson's example")
def test_q1(student: Student) -> None:
    """Four numbers."""
    got = student.call("my_softmax", np.array([-1.0, -4.0, -10.0, -0.5]), shape=(4,))
    assert np.allclose(got, [0.370558, 0.018449, 0.0000457, 0.610947], atol=1e-5)


@pytest.mark.points(1, exercise="softmax", title="Rows sum to 1")
def test_q2(student: Student) -> None:
    """A batch."""
    assert np.allclose(student.call("my_softmax", np.arange(12.0).reshape(3, 4), shape=(3, 4)).sum(axis=1), 1.0)


@pytest.mark.points(1, exercise="softmax", title="Large logits")
def test_q3(student: Student) -> None:
    """1000 twice."""
    assert np.allclose(student.call("my_softmax", np.array([1000.0, 1000.0]), shape=(2,)), 0.5)

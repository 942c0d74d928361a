"""A softmax of vectors, and a number that leans on it."""

import numpy as np
import pytest

from grader.rubric.softmax import SoftmaxExam
from grader.rubric.student import Student

REMARK = "PLANTED-rubric"


@pytest.fixture
def exam(student: Student) -> SoftmaxExam:
    """The student's ``my_softmax``, asked once for all checks."""
    return student.once("softmax", lambda asked: SoftmaxExam(asked, batches=False))


@pytest.mark.points(2, exercise="softmax", title="PLANTED-title: ordinary logits")
def test_vectors(exam: SoftmaxExam) -> None:
    """Vectors of every length."""
    exam.check_vectors()


@pytest.mark.points(2, exercise="softmax", title="Large logits")
def test_large(exam: SoftmaxExam) -> None:
    """Of up to 1e4 in size."""
    exam.check_large()


@pytest.mark.points(1, exercise="softmax", title="The input is left unchanged", hidden=True)
def test_unchanged(exam: SoftmaxExam) -> None:
    """The array that was given holds the same numbers afterwards."""
    exam.check_unchanged()


@pytest.mark.points(2, exercise="confidence", title="The largest probability")
def test_confidence(student: Student) -> None:
    """One number a vector."""
    for size in (2, 5):
        z = student.rng(f"confidence {size}").normal(size=size)
        e = np.exp(z - z.max())
        student.expect("confidence", z, value=np.asarray(e.max() / e.sum()), tolerance=1e-6, z=z)

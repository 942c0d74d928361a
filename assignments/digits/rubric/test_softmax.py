"""Exercise ``softmax``: the softmax of one vector of logits."""

import pytest

from grader.rubric.softmax import SoftmaxExam
from grader.rubric.student import Student


@pytest.fixture
def exam(student: Student) -> SoftmaxExam:
    """The student's ``my_softmax``, asked once for all checks, on vectors only."""
    return student.once("softmax", lambda asked: SoftmaxExam(asked, batches=False))


@pytest.mark.points(2.5, exercise="softmax", title="A vector of logits gives its softmax")
def test_vectors(exam: SoftmaxExam) -> None:
    """Vectors of every length, ordinary logits."""
    exam.check_vectors()


@pytest.mark.points(1.5, exercise="softmax", title="Large and widely spread logits stay finite and accurate")
def test_large_logits(exam: SoftmaxExam) -> None:
    """Up to 1e4 in size, of either sign."""
    exam.check_large()


@pytest.mark.points(0.5, exercise="softmax", title="Integer logits are right too")
def test_integers(exam: SoftmaxExam) -> None:
    """int32 and int64."""
    exam.check_integers()


@pytest.mark.points(0.5, exercise="softmax", title="The input is left unchanged", hidden=True)
def test_input_unchanged(exam: SoftmaxExam) -> None:
    """The array that was given holds the same numbers afterwards."""
    exam.check_unchanged()

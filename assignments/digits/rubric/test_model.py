"""Exercise ``model``: 400 inputs, 25 and 15 ReLU units, ten logits, and a loss that takes them. It need not be trained."""

import pytest

from grader.diagnosis.models import ModelTask
from grader.rubric.models import ModelEvidence, check_head_and_loss, check_shape, examine_student
from grader.rubric.student import Student

TASK = ModelTask(inputs=400, outputs=10, hidden=(25, 15))


@pytest.fixture
def evidence(student: Student) -> ModelEvidence:
    """What the student's model does, examined once for all checks."""
    return examine_student(student, TASK)


@pytest.mark.points(2, exercise="model", title="400 inputs, hidden layers of 25 and 15 units, 10 outputs")
def test_width_and_hidden_layers(evidence: ModelEvidence) -> None:
    """Shape and nonlinearity, by behaviour."""
    check_shape(evidence)


@pytest.mark.points(3, exercise="model", title="A linear last layer, and a compiled loss that takes logits")
def test_head_and_loss(evidence: ModelEvidence) -> None:
    """The two belong together: one check."""
    check_head_and_loss(evidence)

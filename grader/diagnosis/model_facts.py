"""What is known about a model: what an exercise asks for, what was measured, and how a mistake is written down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from grader.answers import Answer
from grader.diagnosis.evidence import Number
from grader.diagnosis.model_head import HeadKind, HiddenKind, Weight
from grader.diagnosis.model_loss import LossFacts


@dataclass(frozen=True, slots=True, eq=False)
class ModelTask:
    """The model an exercise asks for."""

    inputs: int
    outputs: int
    name: str = "model"
    hidden: tuple[int, ...] = ()
    """Units of the hidden ReLU layers, in order; empty where any nonlinear hidden layer is right."""
    centres: NDArray[Any] | None = None
    """Centres of the classes, (outputs, inputs), unit deviation: fresh points; None where it need not be trained."""


@dataclass(frozen=True, slots=True)
class FaultyCell:
    """A cell that ended with an error: its place in the file, the error, and the cell's source as executed."""

    cell: int
    name: str
    message: str
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class ModelFacts:
    """Everything that was measured about what a name is bound to."""

    kind: str = "missing"
    """missing, none, ellipsis, model, layer, class, function or other."""
    type_name: str = ""
    failed: Answer | None = None
    """What came instead of outputs, where the model could not be called."""
    compiled: bool = False
    steps: int = 0
    """Steps that the compiled optimizer has taken."""
    layers: int = 0
    weights: tuple[Weight, ...] = ()
    finite: bool = True
    outputs: int = 1
    """Arrays that the model returns for a batch."""
    shape: tuple[int, ...] = ()
    """Shape of what it returns for one point."""
    head: HeadKind | None = None
    bent: bool | None = None
    """Whether there is a nonlinearity before the head; None where it could not be seen."""
    hidden: HiddenKind = "relu"
    """Where ReLU layers are asked for: the worst that a hidden layer shows."""
    loss: LossFacts = field(default_factory=lambda: LossFacts("none"))
    own_training: bool = False
    """Whether the class trains by a step of its own."""
    accuracy: float | None = None
    shifted: float | None = None
    """Share of fresh points whose class is the predicted one less 1; 0 where class 0 is predicted too."""
    shown: Mapping[str, Number] = field(default_factory=dict)
    """Numbers that illustrate what the model returns for the public point."""


@dataclass(frozen=True, slots=True)
class ModelFault:
    """One mistake, with the line that a failed check shows."""

    id: str
    message: str
    parameters: Mapping[str, Number] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

"""Models of many kinds, each built and trained by real Keras, judged by the real examination over a transport in process."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.answers import Answer, Missing, NameInfo, Question, Raised, Request, Returned
from grader.diagnosis.models import FaultyCell, ModelTask
from grader.inside import values as inside
from grader.inside.context import Absent
from grader.inside.models import OPERATIONS
from grader.kernel import values as outside
from grader.rubric.models import ModelEvidence, examine_model

CENTRES = np.array([[-5.0, 2.0], [-2.0, -2.0], [1.0, 2.0], [5.0, -2.0]])
TASK = ModelTask(inputs=2, outputs=4, centres=CENTRES)
DIGITS = ModelTask(inputs=400, outputs=10, hidden=(25, 15))
HERE = Path(__file__).parent
CAP = 32 * 2**20


@dataclass(frozen=True)
class Case:
    """One submission's cells, and the last parts of the ids it must be told."""

    name: str
    cells: tuple[str, ...]
    expected: tuple[str, ...] = ()


def read(path: Path) -> Iterator[Case]:
    """The cases of a file: ``#: name -> ids``, then its source, cells parted by ``#%%``."""
    for block in re.split(r"^#: ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _, source = block.partition("\n")
        name, _, expected = title.partition(" -> ")
        ids = tuple(part.strip() for part in expected.split(",") if part.strip())
        yield Case(name, tuple(re.split(r"^#%%\n", source, flags=re.MULTILINE)), ids)


class Transport:
    """The notebook's namespace, and the question road without a socket: the same operations, the same encoding."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names
        self.kept: dict[str, Any] = {}
        self.messages = 0

    def keep(self, value: Any) -> str:
        """Keep an object; its handle."""
        handle = f"probe:{len(self.kept) + 1}"
        self.kept[handle] = value
        return handle

    def resolve(self, name: str) -> Any:
        """The object behind a name or handle."""
        if name in self.kept:
            return self.kept[name]
        if name not in self.names:
            raise Absent(name)
        return self.names[name]

    def ask(self, *questions: Question, timeout_s: float | None = None) -> list[Answer]:
        """Answer every question."""
        assert timeout_s is None or timeout_s > 0
        self.messages += 1
        return [self._answer(question) for question in questions]

    def _answer(self, question: Question) -> Answer:
        assert isinstance(question, Request)
        sent = outside.Writer()
        node = sent.node(question.parameters)
        writer = inside.Writer(CAP)
        try:
            parameters = inside.read(node, sent.buffers, self.resolve)
            answer = writer.node(OPERATIONS[question.operation](parameters, self))  # type: ignore[arg-type]
        except Absent as absent:
            return Missing(absent.name, absent.kind)
        except Exception as error:  # noqa: BLE001 - as the kernel does: whatever the student's code raises is data
            return Raised(type(error).__name__, str(error))
        return Returned(outside.value(answer, writer.buffers, CAP))


@pytest.fixture(scope="module")
def prelude() -> dict[str, Any]:
    """What the cells before the model's give: data and imports. One TensorFlow for all cases."""
    # Late: TensorFlow starts only when these tests run.
    import keras  # noqa: PLC0415 - see above
    import tensorflow as tf  # noqa: PLC0415 - see above

    keras.utils.set_random_seed(7)
    rng = np.random.default_rng(7)
    y_train = rng.integers(0, 4, size=800)
    points = (CENTRES[y_train] + rng.normal(size=(800, 2))).astype("float32")
    return {
        "np": np,
        "tf": tf,
        "keras": keras,
        "layers": keras.layers,
        "Sequential": keras.Sequential,
        "X_train": points,
        "y_train": y_train,
    }


def run(case: Case, prelude: dict[str, Any], task: ModelTask = TASK) -> tuple[ModelEvidence, Transport]:
    """Execute a case's cells and examine what is there afterwards."""
    keras = prelude["keras"]
    keras.utils.set_random_seed(1)
    names = {**prelude, "__name__": "__main__"}
    faulty = []
    for number, source in enumerate(case.cells):
        try:
            exec(compile(source, f"<cell {number}>", "exec"), names)
        except Exception as error:  # noqa: BLE001 - a cell of a student may raise anything
            faulty.append(FaultyCell(number, type(error).__name__, str(error), source))
    keras.mixed_precision.set_global_policy("float32")
    keras.backend.set_floatx("float32")
    bound = tuple(
        n for n, source in enumerate(case.cells) if re.search(r"^(model\s*=|def model)", source, re.MULTILINE)
    )
    info = NameInfo("model", "model" in names, bound_in=bound)
    transport = Transport(names)
    return examine_model(transport.ask, task, info, np.random.default_rng(11), faulty), transport


@pytest.mark.tensorflow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", list(read(HERE / "right.cells")), ids=lambda case: case.name)
def test_a_right_model_is_not_accused(case: Case, prelude: dict[str, Any]) -> None:
    """Every right way of building a model passes every check, with no diagnosis."""
    evidence, _ = run(case, prelude)
    assert [found.id for found in evidence.found] == []
    judgement = evidence.judgement
    assert (judgement.shape, judgement.head_and_loss, judgement.trained) == (None, None, None)


@pytest.mark.tensorflow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", list(read(HERE / "wrong.cells")), ids=lambda case: case.name)
def test_a_wrong_model_is_told_its_mistake(case: Case, prelude: dict[str, Any]) -> None:
    """Every wrong model is told its mistake by its published id, and nothing else."""
    evidence, _ = run(case, prelude)
    assert [found.id for found in evidence.found] == [f"model.{part}" for part in case.expected]
    judgement = evidence.judgement
    assert any((judgement.shape, judgement.head_and_loss, judgement.trained))


@pytest.mark.tensorflow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", list(read(HERE / "digits.cells")), ids=lambda case: case.name)
def test_hidden_layers_of_given_widths_are_relu_layers(case: Case, prelude: dict[str, Any]) -> None:
    """Where ReLU layers of certain widths are asked for, other widths and other activations are told, no right one is."""
    rng = np.random.default_rng(3)
    data = {"X": rng.random((64, 400)).astype("float32"), "y": rng.integers(0, 10, (64, 1))}
    evidence, _ = run(case, {**prelude, **data, "Dense": prelude["keras"].layers.Dense}, DIGITS)
    assert [found.id for found in evidence.found] == [f"model.{part}" for part in case.expected]

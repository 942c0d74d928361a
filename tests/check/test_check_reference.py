"""Cutting a reference notebook down to what one exercise needs."""

import json
from pathlib import Path

import pytest

from grader.assignment import Exercise
from grader.check.reference import Reference, bound, load, notebook, used
from grader.errors import AssignmentError

EXERCISES = (
    Exercise(name="softmax", title="s", points=1, names=("my_softmax",)),
    Exercise(name="model", title="m", points=1, names=("model",)),
    Exercise(name="prediction", title="p", points=1, names=("predict",)),
)
CELLS = (
    ("a", "import numpy as np\nimport tensorflow as tf\nfrom helpers import *\n%matplotlib inline\nX = load(np.pi)"),
    ("b", "def my_softmax(z):\n    return np.exp(z)"),
    ("c", "model = tf.Model()"),
    ("d", "model.compile()\nmodel.fit(X)"),
    ("e", "print(model.summary())"),
    ("f", "def predict(model, X):\n    return my_softmax(model(X))"),
)


@pytest.fixture
def reference() -> Reference:
    """A notebook with an import too many, a star import, and a model that is built in two cells."""
    return Reference(CELLS, EXERCISES)


def test_only_needed_imports_are_kept(reference: Reference) -> None:
    """An answer in NumPy is cut to NumPy's import and itself: no TensorFlow, no data, no star import."""
    assert reference.cut("softmax", "def my_softmax(z):\n    return np.tanh(z)\n") == (
        "import numpy as np",
        "def my_softmax(z):\n    return np.tanh(z)\n",
    )


def test_needed_cells_bring_what_they_need(reference: Reference) -> None:
    """A cell that binds a name in use is kept, with what it uses in turn; star imports where a name has no other home."""
    cells = reference.cut("model", "model = tf.Model(X)")
    assert cells == (
        "import numpy as np\nimport tensorflow as tf\nfrom helpers import *\npass\nX = load(np.pi)",
        "model = tf.Model(X)",
    )


def test_parameters_are_not_needed_names(reference: Reference) -> None:
    """A parameter called like another exercise's name does not bring that exercise's cells."""
    cells = reference.cut("prediction", CELLS[5][1])
    assert not any("tf" in cell for cell in cells)
    assert any("def my_softmax" in cell for cell in cells)


def test_another_exercise_comes_with_all_its_cells(reference: Reference) -> None:
    """An answer that uses the model gets it compiled and fitted too."""
    cells = reference.cut("prediction", "P = model(X)\ndef predict(m, x):\n    return P")
    assert "model.compile()\nmodel.fit(X)" in cells


def test_an_answer_spans_the_cells_that_shape_it(reference: Reference) -> None:
    """The model's answer is where it is built and where it is compiled, not where it is looked at."""
    assert reference.homes("model") == (2, 3)
    assert reference.answer("model") == "model = tf.Model()\n\nmodel.compile()\nmodel.fit(X)\n"
    assert reference.homes("softmax") == (1,)


def test_a_whole_notebook_has_the_answer_in_place_of_all_its_cells(reference: Reference) -> None:
    """No cell of the old answer stays beside the new one."""
    cells = reference.whole("model", "model = None")
    assert cells == (CELLS[0][1], CELLS[1][1], "model = None", CELLS[4][1], CELLS[5][1])


def test_the_cell_named_like_the_exercise_wins() -> None:
    """Where a cell's id is the exercise's name, that cell is the answer, whatever else binds the name."""
    cells = (("x", "my_softmax = None"), ("softmax", "def my_softmax(z): ..."))
    assert Reference(cells, EXERCISES[:1]).homes("softmax") == (1,)


def test_names_in_functions_and_classes_are_seen() -> None:
    """A global used inside a function, a class or a comprehension is used; a local is not."""
    assert {"g", "h", "k"} <= used("def f(x):\n    y = g(x)\n    return [h(y) for i in x]\nclass C:\n    a = k\n")
    assert not {"x", "y", "i"} & used("def f(x):\n    y = g(x)\n    return [h(y) for i in x]\n")
    assert bound("import a.b as c\nfrom d import e\nf = 1\ndef g(): ...\n") == {"c", "e", "f", "g"}


def test_a_source_that_does_not_parse_needs_all_its_words() -> None:
    """What is no Python brings whatever it could mean, and binds nothing."""
    assert {"np", "exp"} <= used("def f(z) return np.exp(z)")
    assert bound("def f(z) return np.exp(z)") == frozenset()


def test_an_exercise_without_an_answer_is_a_fault(tmp_path: Path) -> None:
    """A reference that binds no graded name of an exercise is a broken assignment, and says which."""
    path = tmp_path / "reference.ipynb"
    path.write_bytes(notebook(["my_softmax = 1"], "x"))
    with pytest.raises(AssignmentError, match=r"does not answer model, prediction"):
        load(path, EXERCISES)


def test_a_made_notebook_is_one() -> None:
    """What is made has the cells it was given, and names its assignment."""
    made = json.loads(notebook(["a = 1", "b = 2"], "x"))
    assert [cell["source"] for cell in made["cells"]] == ["a = 1", "b = 2"]
    assert made["metadata"]["grader"] == {"assignment": "x"}

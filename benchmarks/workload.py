"""The work that every grader is given: one notebook, six assertions, in each grader's own form."""

import json
import zipfile
from pathlib import Path
from typing import Any

IMPORTS = "import numpy as np\nimport tensorflow as tf\nfrom tensorflow import keras"
DATA = """\
rng = np.random.default_rng(0)
centres = np.array([[-5, 2], [-2, -2], [1, 2], [5, -2]], dtype="float32")
y_train = rng.integers(0, 4, 2000)
X_train = centres[y_train] + rng.normal(size=(2000, 2)).astype("float32")"""
SOFTMAX = """\
def my_softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)"""
MODEL = """\
model = keras.Sequential([
    keras.layers.Input((2,)),
    keras.layers.Dense(25, activation="relu"),
    keras.layers.Dense(15, activation="relu"),
    keras.layers.Dense(4, activation="linear"),
])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(X_train, y_train, epochs=1, verbose=0)"""
PREDICT = """\
def predict_class(model, X):
    return np.argmax(model.predict(X, verbose=0), axis=1)"""
CELLS = (IMPORTS, DATA, SOFTMAX, MODEL, PREDICT)
PLAIN_CELLS = ("import numpy as np", SOFTMAX)

ASSERTIONS = {
    "q1": "assert np.allclose(my_softmax(np.array([-1.0, -4.0, -10.0, -0.5])), [0.370558, 0.018449, 0.0000457, 0.610947], atol=1e-5)",
    "q2": "assert np.allclose(my_softmax(np.arange(12.0).reshape(3, 4)).sum(axis=1), 1.0)",
    "q3": "assert np.allclose(my_softmax(np.array([1000.0, 1000.0])), 0.5)",
    "q4": "assert model.output_shape == (None, 4)",
    "q5": "assert model.layers[-1].activation.__name__ == 'linear'",
    "q6": "assert (predict_class(model, X_train[:200]) == y_train[:200]).mean() > 0.3",
}


def notebook(cells: tuple[str, ...], tests: dict[str, str] | None = None) -> dict[str, Any]:
    """A notebook of these code cells; ``tests`` become nbgrader's autograder cells."""
    made = [_cell(f"cell-{number}", source, {}) for number, source in enumerate(cells)]
    for name, source in (tests or {}).items():
        flags = {"schema_version": 3, "grade": True, "locked": True, "solution": False, "task": False}
        made.append(_cell(name, source, {"nbgrader": {**flags, "grade_id": name, "points": 1, "cell_type": "code"}}))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def _cell(identity: str, source: str, metadata: dict[str, Any]) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": identity,
        "source": source,
        "metadata": metadata,
        "outputs": [],
        "execution_count": None,
    }


def write_copies(folder: Path, count: int, cells: tuple[str, ...] = CELLS) -> Path:
    """``count`` submissions that differ in one comment, so that nothing can be remembered between them."""
    folder.mkdir(parents=True)
    for number in range(count):
        (folder / f"s{number:02}.ipynb").write_text(json.dumps(notebook((*cells, f"# {number}"))))
    return folder


def write_nbgrader_course(folder: Path, count: int) -> Path:
    """A course folder of nbgrader's with ``count`` submissions of the assignment ``ps1``."""
    source = folder / "source" / "ps1" / "p.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(json.dumps(notebook(CELLS, ASSERTIONS)))
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'bench'\n")
    for number in range(count):
        copy = folder / "submitted" / f"s{number:02}" / "ps1" / "p.ipynb"
        copy.parent.mkdir(parents=True)
        copy.write_text(json.dumps(notebook((*CELLS, f"# {number}"), ASSERTIONS)))
    return folder


def write_otter_zip(folder: Path) -> Path:
    """otter-grader's autograder zip with the six assertions as OK tests."""
    path = folder / "autograder.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("otter_config.json", json.dumps({"lang": "python"}))
        archive.writestr("requirements.txt", "")
        for name, source in ASSERTIONS.items():
            code = ">>> " + source
            case = {"code": code, "hidden": False, "locked": False, "points": 1}
            suites = [{"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}]
            test = {"name": name, "points": 1, "suites": suites}
            archive.writestr(f"tests/{name}.py", f"OK_FORMAT = True\ntest = {test!r}\n")
    return path

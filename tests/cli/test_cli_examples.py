"""The examples that the README points at, through the command, with TensorFlow: each is told its own mistake and no other."""

from pathlib import Path

import pytest
from cli_helpers import document

EXAMPLES = Path(__file__).parents[2] / "examples"
EXPECTED = {
    "broken": (5.0, ["notebook.syntax-error", "softmax.missing", "model.raises"]),
    "double-softmax": (9.0, ["model.double-softmax"]),
    "naive": (9.0, ["softmax.unstable-overflow"]),
    "right": (10.0, []),
    "unfinished": (5.5, ["model.not-implemented", "predict.not-implemented"]),
}


@pytest.mark.tensorflow
def test_the_examples_are_told_what_they_show(tmp_path: Path) -> None:
    """Graded from an empty folder, the assignment named in the notebooks themselves."""
    told = {}
    for one in document(EXAMPLES, "--jobs", "2", cwd=tmp_path, timeout=300)["submissions"]:
        found = [
            *one["notebook"]["diagnoses"],
            *(item for exercise in one["exercises"] for item in exercise["diagnoses"]),
        ]
        assert one["status"] == "graded", one["error"]
        assert all(item[field] for item in found for field in ("title", "explanation", "hint"))
        told[one["id"]] = (one["score"], [item["id"] for item in found])
    assert told == EXPECTED

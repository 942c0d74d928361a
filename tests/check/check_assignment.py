"""A small assignment without TensorFlow, with its solutions, for the tests of ``grader check``."""

import json
from pathlib import Path
from typing import Any

CONFIG = """
id = "doubling"
title = "Doubling"
version = "1"
salt = "two times two"
notebook = "doubling.ipynb"

[[exercises]]
name = "double"
title = "Twice each number"
points = 2
names = ["double"]
"""
RUBRIC = '''
import numpy as np
import pytest


@pytest.mark.points(1, exercise="double", title="Vectors")
def test_vectors(student):
    """Twice each number, and the input unchanged."""
    x = student.rng("vectors").normal(1.0, 3.0, 7)
    student.expect("double", x, value=2 * x, tolerance=1e-9, x=x)


@pytest.mark.points(1, exercise="double", title="Large numbers")
def test_large(student):
    """Numbers beyond 100."""
    x = student.rng("large").uniform(200.0, 900.0, 5)
    student.expect("double", x, value=2 * x, tolerance=1e-9, x=x)
'''
MISCONCEPTIONS = '''
"""What students of doubling get wrong."""

import numpy as np

from grader.diagnosis.misconception import Misconception


def squared(x):
    return x * x


def capped(x):
    return np.minimum(2 * x, 100.0)


MISCONCEPTIONS = (
    Misconception(id="doubling.squared", function="double", wrong=squared),
    Misconception(id="doubling.capped", function="double", wrong=capped),
)
'''
TEXTS = """
["doubling.{name}"]
title = "A mistake about doubling"
explanation = "The function does something else with each number."
evidence = ""
hint = "What is twice 3?"
"""
HEADER = '# /// case\n# exercise = "double"\n# expect = {expect}\n# points = {points}\n# note = "n"\n# ///\n'
ANSWER = "def double(x):\n    return {value}\n"


def notebook(*cells: str) -> str:
    """A notebook file with these code cells."""
    made: list[dict[str, Any]] = [
        {"cell_type": "code", "execution_count": None, "id": f"c{n}", "metadata": {}, "outputs": [], "source": cell}
        for n, cell in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def make(root: Path) -> Path:
    """Write ``assignments/doubling`` and ``solutions/doubling`` below a folder; the assignment's folder."""
    folder, solutions = root / "assignments" / "doubling", root / "solutions" / "doubling"
    files = {
        folder / "assignment.toml": CONFIG,
        folder / "doubling.ipynb": notebook("import numpy as np", "def double(x):\n    ..."),
        folder / "rubric" / "test_double.py": RUBRIC,
        folder / "misconceptions" / "doubling.py": MISCONCEPTIONS,
        solutions / "reference.ipynb": notebook("import numpy as np\nimport math", ANSWER.format(value="2 * x")),
        solutions / "right" / "sum.py": answer("x + x"),
        solutions / "right" / "whole.ipynb": notebook(ANSWER.format(value="x - (-x)")),
        solutions / "wrong" / "doubling.squared" / "power.py": answer("x ** 2", "doubling.squared", 0),
        solutions / "wrong" / "doubling.capped" / "clip.py": answer("np.clip(x * 2, None, 100)", "doubling.capped", 1),
        solutions / "wrong" / "doubling.capped" / "where.py": answer(
            "np.where(x > 50, 100.0, x + x)", "doubling.capped", 1
        ),
        solutions / "wrong" / "double.raises" / "half.py": answer(
            "x * 2 if abs(x).max() > 60 else 1 / 0", "double.raises", 1
        ),
    }
    for name in ("squared", "capped"):
        files[folder / "texts" / f"{name}.toml"] = TEXTS.replace("{name}", name)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def answer(value: str, expect: str = "", points: float = 2) -> str:
    """A ``.py`` file of a solutions folder: one answer with its header."""
    ids = f'["{expect}"]' if expect else "[]"
    return HEADER.replace("{expect}", ids).replace("{points}", str(points)) + ANSWER.format(value=value)

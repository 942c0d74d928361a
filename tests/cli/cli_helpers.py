"""A small assignment without TensorFlow, notebooks for it, and the command itself."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

GRADE = [sys.executable, "-P", "-m", "grader.cli.grade"]
SECRET = "SECRET-OF-THE-HIDDEN-CHECK"

ASSIGNMENT = """\
id = "tiny"
title = "A tiny assignment"
version = "1"
salt = "pepper"
notebook = "tiny.ipynb"

[kernel]
preload = ["numpy"]

[limits]
cell_s = 20

[[exercises]]
name = "softmax"
title = "A stable softmax"
points = 2
names = ["my_softmax"]
"""

RUBRIC = f'''\
"""Two checks, one of them hidden."""

import numpy as np
import pytest


def softmax(z):
    e = np.exp(z - np.max(z))
    return e / np.sum(e)


@pytest.mark.points(1, exercise="softmax", title="Right on small logits")
def test_small(student):
    z = np.array([1.0, 2.0, 3.0])
    assert np.allclose(student.call("my_softmax", z, shape=(3,)), softmax(z))


@pytest.mark.points(1, exercise="softmax", title="Right on large logits", hidden=True)
def test_large(student):
    z = np.array([1000.0, 0.0])
    assert np.allclose(student.call("my_softmax", z, shape=(2,)), softmax(z)), "{SECRET}"
'''

RIGHT = "import numpy as np\ndef my_softmax(z):\n    e = np.exp(z - np.max(z))\n    return e / e.sum()"
NAIVE = "import numpy as np\ndef my_softmax(z):\n    e = np.exp(z)\n    return e / e.sum()"


def write_notebook(file: Path, *sources: str, assignment: str | None = None) -> Path:
    """Write a notebook of code cells."""
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "source": source,
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        for number, source in enumerate(sources)
    ]
    metadata: dict[str, Any] = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    if assignment is not None:
        metadata["grader"] = {"assignment": assignment}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}), encoding="utf-8"
    )
    return file


def write_tiny(parent: Path, config: str = ASSIGNMENT, rubric: str = RUBRIC) -> Path:
    """Write the assignment into ``parent/assignments/tiny``."""
    folder = parent / "assignments" / "tiny"
    (folder / "rubric").mkdir(parents=True)
    (folder / "assignment.toml").write_text(config, encoding="utf-8")
    (folder / "rubric" / "test_tiny.py").write_text(rubric, encoding="utf-8")
    write_notebook(folder / "tiny.ipynb", "def my_softmax(z):\n    raise NotImplementedError", assignment="tiny")
    return folder


def variables(**more: str) -> dict[str, str]:
    """The environment of a user outside CI."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {"COLUMNS": "100"} | more


def grade(
    *arguments: str | Path, cwd: Path, env: Mapping[str, str] | None = None, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run the command in ``cwd``."""
    return subprocess.run(
        [*GRADE, *map(str, arguments)],
        cwd=cwd,
        env=variables() if env is None else dict(env),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )


def document(*arguments: str | Path, cwd: Path, **more: Any) -> dict[str, Any]:
    """The run document that the command writes to standard output."""
    done = grade(*arguments, "--json", "-", cwd=cwd, **more)
    loaded: dict[str, Any] = json.loads(done.stdout)
    return loaded


def read_terminal(descriptor: int, until: str | None = None) -> str:
    """What was written to a pseudo-terminal up to its end, or until a text stands in it."""
    output = b""
    while until is None or until not in output.decode(errors="replace"):
        try:
            part = os.read(descriptor, 65536)
        except OSError:  # its other side is closed
            break
        if not part:
            break
        output += part
    return output.decode(errors="replace").replace("\r\n", "\n")

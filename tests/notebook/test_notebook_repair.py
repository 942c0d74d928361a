"""Repairs: what a bare kernel lacks is left out or stood in for, each said, with every line in its place."""

import json
from pathlib import Path

import pytest
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from grader.notebook import magics
from grader.notebook.cells import Notebook
from grader.notebook.read import read
from grader.notebook.repair import Surroundings, repair
from grader.notebook.skip import SkipRule
from grader.notebook.template import is_untouched

HERE = frozenset({"numpy", "matplotlib", "tensorflow", "keras", "google", "IPython", "os"})


def repaired(*sources: str, **surroundings: object) -> Notebook:
    """A notebook of these code cells after repair, where only NumPy and its like are installed."""
    cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in sources]
    data = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}).encode()
    around = Surroundings(installed=lambda name: name in HERE, **surroundings)  # type: ignore[arg-type] # any of its fields
    return repair(read(data), around)


def kinds(notebook: Notebook) -> list[str]:
    """The kinds of the repairs, in order."""
    return [one.kind for one in notebook.repairs]


@pytest.mark.parametrize(
    ("line", "executed", "kind"),
    [
        ("%matplotlib widget", "%matplotlib inline", "magic"),
        ("%matplotlib inline", "%matplotlib inline", None),
        ("!pip install x", "pass", "install"),
        ("pip install x", "pass", "install"),
        ("conda install -y x", "pass", "install"),
        ("%pip install x", "pass", "install"),
        ("!ls", "pass", "shell-line"),
        ("files = !ls", "files = None", "shell-line"),
        ("%time y = f(3)", "y = f(3)", "magic"),
        ("%timeit f(3)", "pass", "magic"),
        ("%load_ext tensorboard", "pass", "magic"),
        ("%config InlineBackend.figure_format='retina'", None, None),
        ("%cd data", None, None),
        ("%pylab", None, None),
        ("%pylab qt", "%pylab inline", "magic"),
        ("%cd /content", "pass", "folder"),
        ("np.exp?", "pass", None),
    ],
)
def test_a_line_that_is_no_python_gives_way_to_one_that_does_no_harm(
    line: str, executed: str | None, kind: str | None
) -> None:
    """The line alone changes, also within a block; what was done is said with its cell."""
    found = repaired("x = 1", f"if x:\n    {line}\n    z = 3")
    assert found.cells[1].executed.split("\n") == ["if x:", f"    {executed or line}", "    z = 3"]
    assert [(one.cell, one.kind) for one in found.repairs] == ([(1, kind)] if kind else [])


def test_python_that_looks_like_a_magic_is_left_alone() -> None:
    """Strings, continued lines and names such as pip are Python."""
    source = "a = '''\n%matplotlib widget\n!rm\n'''\nb = (7\n% 4)\npip = 3\npip\nc = 5 \\\n% 3"
    assert repaired(source).cells[0].executed == source
    mixed = source + "\n!ls"
    assert repaired(mixed).cells[0].executed == source + "\npass"


def test_a_timed_cell_runs_and_another_languages_cell_does_not() -> None:
    """The lines keep their numbers in both."""
    found = repaired("%%time\ndef f():\n    pass", "%%bash\nrm x\n", "%%html\n<b>")
    assert [cell.executed for cell in found.cells] == ["\ndef f():\n    pass", "\n\n", "%%html\n<b>"]
    assert kinds(found) == ["magic", "magic"]


def test_missing_modules_are_stood_in_for_by_kind() -> None:
    """What shows things is silent, progress bars iterate, anything else says that it is absent; NumPy is NumPy."""
    found = repaired(
        "from helpers import *\nimport numpy as np, seaborn as sns\nfrom tqdm.notebook import tqdm\nfrom google.colab import drive"
    )
    assert found.shims["modules"] == {
        "helpers": "absent",
        "seaborn": "quiet",
        "tqdm": "progress",
        "google.colab": "quiet",
    }
    assert found.cells[0].executed == found.cells[0].source


def test_a_guarded_import_and_a_written_module_are_left_alone() -> None:
    """The notebook has its own remedy."""
    found = repaired(
        "try:\n    import cupy as xp\nexcept ImportError:\n    import numpy as xp",
        "%%writefile own.py\nx = 1",
        "import own",
    )
    assert found.shims == {}


def test_support_files_are_found(tmp_path: Path) -> None:
    """Modules and styles beside the notebook are used; data under another path are mapped to the file that is there."""
    (tmp_path / "data").mkdir()
    for name in ("autils.py", "deep.mplstyle", "data/X.npy"):
        (tmp_path / name).write_text("")
    source = "from autils import *\nplt.style.use('./deep.mplstyle')\nplt.style.use(\n    'other.mplstyle'\n); X = np.load('/content/X.npy')\nnp.load('data/X.npy')"
    found = repaired(source, support=tmp_path)
    assert found.cells[0].executed.split("\n")[2:5] == ["(None", "", "); X = np.load('/content/X.npy')"]
    assert found.shims == {"paths": {"/content/X.npy": "data/X.npy"}}
    assert kinds(found) == ["data-file", "style-file"]


def test_a_rule_skips_a_cell_but_not_its_definitions_nor_a_graded_name() -> None:
    """Imports, definitions and harmless assignments run, on their lines; a cell that binds a graded name runs whole."""
    loop = "import os\nm = 3\nfor i in range(m):\n    model.predict(i)\nguess = [model.predict(i) for i in range(m)]\ndef g():\n    pass"
    rules = (SkipRule(r"\.predict\(", "it predicts one image at a time"),)
    found = repaired(loop, loop + "\nmodel = 1", rules=rules, graded=frozenset({"model"}))
    assert found.cells[0].executed.split("\n") == ["import os", "m = 3", "", "", "", "def g():", "    pass"]
    assert found.cells[1].executed == found.cells[1].source
    assert [(one.cell, one.kind) for one in found.repairs] == [(0, "skipped")]
    assert "it predicts one image at a time" in found.repairs[0].text


def test_names_that_keras_has_moved_are_read_as_the_new_ones() -> None:
    """On the same lines, beside other text; a keyword of another function, a string and a comment stay."""
    source = (
        "from tensorflow.keras.layers.core import Dense, Flatten\né = tf.keras.optimizers.legacy.Adam(lr=0.1, name='lr'); f(lr=2)\n"
        "o = keras.optimizers.SGD(\n    lr = 0.5)  # lr\nx = 'keras.layers.core'"
    )
    found = repaired(source)
    assert found.cells[0].executed.split("\n") == [
        "from tensorflow.keras.layers import Dense, Flatten",
        "é = tf.keras.optimizers.Adam(learning_rate=0.1, name='lr'); f(lr=2)",
        "o = keras.optimizers.SGD(",
        "    learning_rate = 0.5)  # lr",
        "x = 'keras.layers.core'",
    ]
    assert {one.kind for one in found.repairs} == {"old-keras"}
    assert "`lr` was read as `learning_rate`." in {one.text for one in found.repairs}
    assert (
        kinds(
            repaired(
                "class Adam:\n    def __init__(self, lr):\n        pass", "Adam(lr=1)", "x" + ".layers.core" * 20_000
            )
        )
        == []
    )


def test_private_keras_and_names_of_gone_modules_are_read_as_the_public_ones() -> None:
    """Keras as TensorFlow keeps it for itself builds no model with the public one; a name imported keeps its name."""
    found = repaired(
        "from tensorflow.python.keras.layers.core import Dense\nimport tensorflow.python.keras as k, os\n"
        "from keras.utils import np_utils\nx = tf.python.keras.layers.core.Dense(3)\nfrom tensorflow.python import keras\n"
        "tf.compat.v1.disable_eager_execution()"
    )
    assert found.cells[0].executed.split("\n") == [
        "from tensorflow.keras.layers import Dense",
        "import tensorflow.keras as k, os",
        "from keras import utils as np_utils",
        "x = tf.keras.layers.Dense(3)",
        "from tensorflow import keras",
        "(None)",
    ]
    assert {one.kind for one in found.repairs} == {"old-keras"}
    several = repaired("if x: from keras.utils import to_categorical, np_utils as u")
    assert several.cells[0].executed == "if x: from keras.utils import to_categorical; from keras import utils as u"
    same = "from tensorflow.python.framework import ops\nfrom mykeras.layers.core import x\nfrom keras.layers import core_like"
    assert repaired(same).cells[0].executed == same


def test_a_module_that_keras_no_longer_has_is_stood_in_for() -> None:
    """Only where nothing of that name lies in the installed Keras; its other modules are left alone."""
    found = repaired(
        "from tensorflow.keras.wrappers.gone import X\nfrom keras.layers import Dense\nimport keras.src.models"
    )
    assert found.shims == {"modules": {"tensorflow.keras.wrappers.gone": "absent"}}


@pytest.mark.parametrize(
    ("call", "executed", "kind"),
    [
        ("run_line_magic('matplotlib', 'widget')", "(get_ipython().run_line_magic('matplotlib', 'inline'))", "magic"),
        ("run_line_magic('matplotlib', 'inline')", None, None),
        ("magic('matplotlib notebook')", "(get_ipython().run_line_magic('matplotlib', 'inline'))", "magic"),
        ("magic('env A=1')", "(get_ipython().run_line_magic('env', 'A=1'))", "magic"),
        ("system('pip install x')", "(None)", "install"),
        ("getoutput('ls')", "(None)", "shell-line"),
        ("run_cell_magic('bash', '', 'ls')", "(None)", "magic"),
        ("run_cell_magic('time', '', 'y = 1')", None, None),
        ("run_line_magic(name, 'x')", None, None),
    ],
)
def test_a_magic_that_is_called_is_a_magic(call: str, executed: str | None, kind: str | None) -> None:
    """As notebooks have it that went through a Python file and back; the line keeps its number."""
    line = f"get_ipython().{call}"
    found = repaired(f"a = 1\nx = {line}; b = 2")
    assert found.cells[0].executed == f"a = 1\nx = {executed or line}; b = 2"
    assert kinds(found) == ([kind] if kind else [])


def test_a_pause_is_left_out_but_not_a_function_that_waits() -> None:
    """What the student's function does is its behaviour; short pauses are nobody's trouble."""
    source = "for i in range(3):\n    time.sleep(20); time.sleep(0.01)\ndef f():\n    time.sleep(30)"
    found = repaired(source)
    assert found.cells[0].executed == source.replace("time.sleep(20)", "(None)")
    assert kinds(found) == ["pause"]


def test_repairs_quote_safely() -> None:
    """Text of the student's in a repair is printable, short, and closes no code span."""
    found = repaired("!echo `x` \x1b[31m" + "y" * 500)
    (one,) = found.repairs
    assert one.text.isprintable()
    assert one.text.count("`") == 2
    assert len(one.text) < 200


def test_the_blank_template_is_recognised_and_a_filled_one_is_not() -> None:
    """Comments, spaces and added scratch cells fill nothing in; an answer anywhere does."""
    graded = frozenset({"f", "g"})
    template = repaired("import numpy as np", "def f(z):\n    # your code\n    raise NotImplementedError", "g = ...")
    blank = "def f(z):\n\n    raise NotImplementedError"
    assert is_untouched(repaired("import numpy as np", blank, "g = ..."), template, graded)
    assert is_untouched(repaired(blank, "g = ...  # later", "1 + 1"), template, graded)
    assert not is_untouched(repaired(blank, "g = 4"), template, graded)
    assert not is_untouched(repaired(blank, "g = ...", "f = len"), template, graded)
    assert not is_untouched(repaired(blank, "g = ...", "def f(z) return"), template, graded)
    assert is_untouched(repaired("import math", blank, "g = ..."), template, graded)
    assert not is_untouched(repaired(blank, "g = ...", "from scipy.special import softmax as f"), template, graded)
    assert not is_untouched(repaired(), template, graded)
    assert not is_untouched(repaired("x = 1"), template, graded)


def test_an_answer_under_a_misspelled_name_is_an_answer() -> None:
    """Work under another name than the graded one is work: beside a blank answer, the notebook is no longer the template."""
    graded = frozenset({"f", "g"})
    template = repaired("data = 1", "def f(z):\n    ...", "def g(z):\n    ...")
    assert is_untouched(repaired("data = 1", "def f(z):\n    ...", "def g(z):\n    ..."), template, graded)
    assert not is_untouched(repaired("data = 1", "def f(z):\n    ...", "def G(z):\n    return 2 * z"), template, graded)
    assert not is_untouched(repaired("data = 1", "def f(z):\n    ...", "gg = [2 * x for x in data]"), template, graded)


_PIECES = st.sampled_from(
    [
        "%%time",
        "%time x = 1",
        "!ls \\",
        "pip install a",
        "x = '''",
        "'''",
        "(",
        ")",
        "  y = 2",
        "# c",
        "f?",
        "a = !ls",
        "%magic",
        "if x:",
        "\\",
        '"',
        "z",
    ]
)


@examples(200)
@given(st.lists(_PIECES, max_size=8))
def test_repair_keeps_the_number_of_lines_whatever_the_text(pieces: list[str]) -> None:
    """A line is replaced by a line: places in tracebacks stay the student's own."""
    source = "\n".join(pieces)
    found = repaired(source)
    assert found.cells[0].executed.count("\n") == source.count("\n")
    assert magics.plain(source).count("\n") in (source.count("\n"), 0)

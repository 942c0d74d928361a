"""Root causes: what failed first is told once, with what failed because of it."""

import json
import time

from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from grader.notebook.causes import Failure, root_causes, why_missing
from grader.notebook.cells import Notebook
from grader.notebook.read import read
from grader.notebook.repair import Surroundings, repair


def notebook(*sources: str) -> Notebook:
    """A notebook of these code cells."""
    cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in sources]
    data = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}).encode()
    return repair(read(data), Surroundings(installed=lambda name: name == "numpy"))


def undefined(cell: int, name: str, line: int = 1) -> Failure:
    """A NameError."""
    return Failure(cell, "NameError", f"name '{name}' is not defined", line)


def texts(book: Notebook, *failures: Failure) -> list[str]:
    """The texts of the notes."""
    return [note.text for note in root_causes(book, failures)]


UNREAD = Failure(0, "FileNotFoundError", "[Errno 2] No such file or directory: 'data/X.npy'", 1)


def test_a_chain_of_two_is_one_sentence() -> None:
    """The cell that the student sees fail, and the cell that is why."""
    book = notebook("X = np.load('data/X.npy')\nY = 1", "a = 1\nb = 2\nmodel.fit(X)")
    (text,) = texts(book, UNREAD, undefined(1, "X", 3))
    assert text == (
        "Code cell 2 (`a = 1`) stopped at line 3: NameError: `X` is not defined, because code cell 1 (`X = np.load('data/X.npy')`) "
        "could not read data/X.npy."
    )


def test_a_long_chain_is_told_once_and_begins_at_its_root() -> None:
    """Followers of followers belong to the first."""
    book = notebook("X = np.load('data/X.npy')", "Z = X + 1", "print(Z)")
    (text,) = texts(book, UNREAD, undefined(1, "X"), undefined(2, "Z"))
    assert text.startswith("Code cell 1")
    assert "code cell 2" in text
    assert "code cell 3" in text


def test_a_name_bound_before_the_failing_line_is_no_reason() -> None:
    """A cell that failed after it had bound the name did not cause the NameError of a later `del`."""
    book = notebook("X = 1\nboom()", "del X", "X")
    notes = root_causes(book, [undefined(0, "boom", 2), undefined(2, "X")])
    assert [note.cell for note in notes] == [0, 2]


def test_a_stopped_cell_is_a_cause_like_any_other() -> None:
    """Time limits and dead kernels have words of their own."""
    book = notebook("while True: pass\nX = 1", "X")
    assert "ran longer than its time limit" in texts(book, Failure(0, stopped="timeout"), undefined(1, "X"))[0]


def test_a_cell_that_is_no_python_is_shown_where_it_stops_being_python() -> None:
    """The place of the caret, in words, and what failed because of it."""
    book = notebook("def f(z)\n    return z", "f(1)")
    (text,) = texts(book, Failure(0, "SyntaxError", "expected ':' (<cell 1>, line 1)", 1), undefined(1, "f"))
    assert "is not Python: SyntaxError: expected ':' (line 1, after `def f(z)`)" in text
    (said,) = texts(notebook("f(z"), Failure(0, "SyntaxError", "'(' was never closed (line 1)", 1))
    assert said.count("line 1") == 1
    assert text.startswith("Code cell 2")


def test_order_typos_and_forgotten_imports_are_recognised() -> None:
    """The three causes of an undefined name that a beginner meets."""
    book = notebook("f(1)", "def f(z):\n    return z", "scores = [1]", "score", "np.zeros(3)", "pritn(1)", "qqq")
    found = texts(
        book, *(undefined(cell, name) for cell, name in ((0, "f"), (3, "score"), (4, "np"), (5, "pritn"), (6, "qqq")))
    )
    assert "made further down, in code cell 2" in found[0]
    assert "did you mean `scores`?" in found[1]
    assert "no cell has `import numpy as np`" in found[2]
    assert "did you mean `print`?" in found[3]
    assert "no cell makes it" in found[4]


def test_a_star_import_of_a_missing_module_is_named() -> None:
    """The name may have come from there."""
    book = notebook("from course_helpers import *", "check_everything()")
    assert (
        "may come from the module `course_helpers`, which is not here"
        in texts(book, undefined(1, "check_everything"))[0]
    )


def test_the_same_reason_in_several_cells_is_told_once() -> None:
    """A misspelt name or attribute that stops one cell after the other; what depends on any of them belongs to it."""
    book = notebook(
        "def sotfmax(z): pass", "softmax(1)", "a = softmax(2)", "a + 1", "softmax(3)", "np.maxx(1)", "np.maxx(2)"
    )
    attribute = [Failure(cell, "AttributeError", "module 'numpy' has no attribute 'maxx'", 1) for cell in (5, 6)]
    found = texts(book, *(undefined(cell, "softmax") for cell in (1, 2, 4)), undefined(3, "a"), *attribute)
    assert len(found) == 2
    assert found[0].count("did you mean `sotfmax`?") == 1
    assert found[0].startswith("Code cell 2 (`softmax(1)`) stopped at line 1: NameError: `softmax` is not defined")
    assert "For the same reason stopped: code cell 3 (`a = softmax(2)`), code cell 5 (`softmax(3)`)." in found[0]
    assert found[0].endswith("Because of that, these stopped too: code cell 4 (`a + 1`): `a` is not defined.")
    assert found[1].endswith("For the same reason stopped: code cell 7 (`np.maxx(2)`).")


def test_of_several_missing_star_imports_none_is_singled_out() -> None:
    """Nobody knows which of them has the name."""
    book = notebook("from one import *\nfrom two import *", "check_everything()")
    (text,) = texts(book, undefined(1, "check_everything"))
    assert "it may come from a module that is not here: `one` or `two`." in text


def test_a_star_import_that_was_not_reached_may_have_brought_any_name() -> None:
    """A name that no cell binds leads to the failed cell with the star import; not where that was reached."""
    book = notebook("import nothing\nfrom helpers import *", "load()")
    failed = Failure(0, "ModuleNotFoundError", "No module named 'nothing'", 1)
    (text,) = texts(book, failed, undefined(1, "load"))
    assert (
        "because code cell 1 (`import nothing`) stopped at line 1: the module `nothing` is not installed here" in text
    )
    assert len(texts(book, Failure(0, "ValueError", "late", 3), undefined(1, "load"))) == 2


def test_a_cell_that_ended_itself_is_told_only_where_others_needed_it() -> None:
    """Leaving by `exit()` is said among the repairs already."""
    book = notebook("exit()\nx = 1", "x")
    left = Failure(0, "SystemExit", "", 1)
    assert texts(book, left) == []
    assert len(texts(book, left, undefined(1, "x"))) == 1


def test_why_an_answer_is_missing_is_told() -> None:
    """Stopped before it was made, not Python, or made under a near name."""
    book = notebook("import nothing_here\ndef f(z):\n    return z", "def g(z) return z", "mysoftmax = 1")
    failures = [
        Failure(0, "ModuleNotFoundError", "No module named 'x'", 1),
        Failure(1, "SyntaxError", "expected ':'", 1),
    ]
    assert "stopped at line 1: the module `x` is not installed here" in (why_missing(book, failures, "f") or "")
    assert "is not Python" in (why_missing(book, failures, "g") or "")
    assert "there is `mysoftmax`" in (why_missing(book, failures, "my_softmax") or "")
    assert why_missing(book, failures, "predict") is None


def test_a_students_words_stay_short_and_on_one_line() -> None:
    """A message of a megabyte with escapes is cut and cleaned."""
    book = notebook("raise_it()")
    (text,) = texts(book, Failure(0, "ValueError", "\x1b[31m`" * 100_000, 1))
    assert len(text) < 400
    assert text.isprintable()


def test_a_notebook_of_failures_is_explained_in_time() -> None:
    """Two thousand cells, each failing on a name near a thousand others."""
    book = notebook(*(f"name_{number} = nmae_{number}\nfrom m import *" for number in range(1_500)), *["def f(x"] * 400)
    failures = [undefined(number, f"nmae_{number}") for number in range(1_500)]
    began = time.process_time()
    assert root_causes(book, failures)
    assert time.process_time() - began < 5.0


_NAMES = st.sampled_from(["a", "b", "np", "aa", "print", "\ud800", "f", ""])
_LINES = st.sampled_from(
    [
        "a = b",
        "def f(a):",
        "    return a",
        "import np",
        "from m import *",
        "%%time",
        "(",
        "b = a",
        "x\0",
        "if a:",
        "'''",
    ]
)
_FAILURES = st.builds(
    Failure,
    cell=st.integers(0, 3),
    name=st.sampled_from(
        ["NameError", "SyntaxError", "ModuleNotFoundError", "FileNotFoundError", "ValueError", "ImportError", ""]
    ),
    message=st.one_of(
        _NAMES.map(lambda name: f"name '{name}' is not defined"),
        _NAMES.map(lambda name: f"No module named '{name}'"),
        st.text(max_size=30),
    ),
    line=st.none() | st.integers(-3, 9),
    stopped=st.sampled_from(["", "timeout", "died", "else"]),
)


@examples(200)
@given(
    st.lists(st.lists(_LINES, max_size=4).map("\n".join), min_size=4, max_size=4),
    st.lists(_FAILURES, max_size=5),
    _NAMES,
)
def test_any_failures_of_any_cells_are_explained_in_printable_words(
    sources: list[str], failures: list[Failure], name: str
) -> None:
    """Whatever a hostile kernel reports, there are notes, each short, printable and with a cell of the notebook."""
    book = notebook(*sources)
    for note in root_causes(book, failures):
        assert note.text.isprintable()
        assert len(note.text) < 2_000
        assert note.cell in range(4)
    assert (why_missing(book, failures, name) or "").isprintable()

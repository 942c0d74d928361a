"""Reading notebook files: tolerant where the meaning is plain, refused by name where it is not."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UnreadableNotebook
from grader.limits import Limits
from grader.notebook.cells import Notebook
from grader.notebook.read import read


def notebook(*sources: Any, **extra: Any) -> bytes:
    """A notebook file of code cells with these sources."""
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        for source in sources
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells, **extra}).encode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"[1, 2]", "the file holds a list"),
        (b"{}", "no `cells`"),
        (b'{"cells": {}}', "`cells` is an object"),
        (b'{"cells": [3]}', "cell 1 is a number"),
        (b'{"cells": [{"source": "x"}]}', "does not say its type"),
        (b'{"cells": [{"cell_type": ["code"], "source": "x"}]}', "does not say its type"),
        (b'{"cells": [{"cell_type": "code", "source": {"a": 1}}]}', "source of cell 1 is an object"),
        (b'{"worksheets": 1, "nbformat": 3}', "`worksheets` is a number"),
        (b'{"worksheets": [[]], "nbformat": 3}', "worksheet 1"),
        (b'{"cells": [], "nbformat": 9}', "nbformat 9"),
        (b'{"cells": [1' + b"0" * 5000 + b"]}", "number that is too long"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"{" * 3_100_000, "more than 3,000,000 parts"),
        (notebook("x = 1")[:-40], "ends in the middle (line 1, column"),
        (b'{"cells": [}]', "not valid JSON"),
        (b'{"cells": \xff}', "not UTF-8 (byte 10, line 1)"),
        ('{"cells": []}'.encode("utf-16"), "UTF-16"),
        ('{"cells": []}'.encode("utf-32-be"), "UTF-16 or UTF-32"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"%PDF-1.7", "PDF"),
        (b"print('hello')", "does not start as a JSON object"),
        (b"version https://git-lfs.github.com/spec/v1", "Git LFS"),
    ],
)
def test_what_is_no_notebook_is_refused_with_the_value_and_the_place(data: bytes, words: str) -> None:
    """The message says what was found, and where; it is one line."""
    with pytest.raises(UnreadableNotebook) as caught:
        read(data)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_text_of_code_cells_is_capped() -> None:
    """All of it is looked through before a cell runs, so a few megabytes could keep the grader busy for minutes."""
    one = {"cell_type": "code", "metadata": {}, "source": "import q\n" * 100}
    text = {"cell_type": "markdown", "metadata": {}, "source": "x" * 5000}
    file = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [one, text]}
    assert len(read(json.dumps(file).encode(), Limits(source_kib=1))) == 2
    file["cells"] = [one, text, one]
    with pytest.raises(UnreadableNotebook, match="more than 1 KiB of text, the limit `source_kib`"):
        read(json.dumps(file).encode(), Limits(source_kib=1))


def test_the_size_is_capped_before_anything_is_parsed() -> None:
    """A file over `notebook_mib` is refused at once, whatever is in it."""
    began = time.process_time()
    with pytest.raises(UnreadableNotebook, match="larger than 1 MiB, the limit `notebook_mib`"):
        read(b"[" * (1024 * 1024 + 1), Limits(notebook_mib=1))
    assert time.process_time() - began < 0.5


def test_the_number_of_cells_is_capped() -> None:
    """At the limit the notebook is read, one above it is refused with both numbers."""
    assert len(read(notebook(*["1"] * 3), Limits(cells=3))) == 3
    with pytest.raises(UnreadableNotebook, match="4 cells, more than 3, the limit `cells`"):
        read(notebook(*["1"] * 4), Limits(cells=3))


def test_a_pipe_a_folder_and_a_missing_file_are_refused_without_waiting(tmp_path: Path) -> None:
    """Only a regular file is read."""
    os.mkfifo(tmp_path / "pipe.ipynb")
    for path, words in (
        (tmp_path / "pipe.ipynb", "not a regular file"),
        (tmp_path, "not a regular file"),
        (Path("/dev/zero"), "not a regular file"),
        (tmp_path / "none.ipynb", "cannot be opened"),
    ):
        with pytest.raises(UnreadableNotebook, match=words):
            read(path)


def test_a_message_quotes_nothing_of_the_file(tmp_path: Path) -> None:
    """A link to somebody else's file does not show its contents."""
    (tmp_path / "secret").write_text("root:x:0:0:hush\n")
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "secret")
    with pytest.raises(UnreadableNotebook) as caught:
        read(tmp_path / "link.ipynb")
    assert "hush" not in str(caught.value)


def test_sources_are_text_or_lines_and_line_ends_are_pythons() -> None:
    """All ways of writing one source are one source, with one seed."""
    ways = (notebook("a = 1\nb = 2"), notebook(["a = 1\n", "b = 2"]), notebook("a = 1\r\nb = 2"))
    read_ways = [read(way) for way in ways]
    assert {one.cells[0].source for one in read_ways} == {"a = 1\nb = 2"}
    assert len({one.seed("salt") for one in read_ways}) == 1


def test_the_seed_follows_the_code_and_the_salt_and_nothing_else() -> None:
    """Outputs, text and metadata leave it; any change of code, of cell borders or of the salt moves it."""
    base = read(notebook("a", "b")).seed("s")
    told = json.loads(notebook("a", "b"))
    told["cells"].insert(1, {"cell_type": "markdown", "metadata": {}, "source": "hello"})
    told["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    assert read(json.dumps(told).encode()).seed("s") == base
    assert (
        len(
            {
                base,
                read(notebook("ab", "")).seed("s"),
                read(notebook("a", "c")).seed("s"),
                read(notebook("a", "b")).seed("t"),
            }
        )
        == 4
    )


def test_half_characters_are_replaced_and_said() -> None:
    """A lone surrogate would stop every writer of UTF-8 behind the reader."""
    found = read(notebook("x = '\ud800'"))
    found.cells[0].source.encode("utf-8")
    assert [repair.kind for repair in found.repairs] == ["text"]


def test_the_assignment_is_an_id_and_never_a_path() -> None:
    """`metadata.grader.assignment` counts only where it is well formed."""
    for value, wanted in (
        ("softmax", "softmax"),
        ("../x", None),
        ("/etc", None),
        ("a\n", None),
        (3, None),
        (["softmax"], None),
    ):
        assert read(notebook(metadata={"grader": {"assignment": value}})).assignment == wanted
    assert read(notebook(metadata={"grader": "softmax"})).assignment is None
    assert read(notebook(metadata=[])).assignment is None


def test_cells_are_counted_as_submitted_and_places_are_for_people() -> None:
    """Text cells count for the index and not for the number."""
    data = json.loads(notebook("# a comment\n\ndef my_softmax(z):\n    pass", "x" * 200, ""))
    data["cells"].insert(0, {"cell_type": "markdown", "metadata": {}, "source": "title"})
    found = read(json.dumps(data).encode())
    assert found.place(1) == "code cell 1 (`def my_softmax(z):`)"
    assert found.place(2).endswith("x…`)")
    assert found.place(3) == "code cell 3"
    assert found.place(0) == "cell 1 (text)"
    assert found.line(1, 3) == "def my_softmax(z):"


def test_the_notebook_to_execute_is_valid_and_keeps_every_place() -> None:
    """A file of nbformat 3 with a heading becomes a valid 4.5 notebook of as many cells."""
    import nbformat  # noqa: PLC0415 - the validator is slow to import, and only this test asks it

    sheet = {
        "cells": [{"cell_type": "heading", "level": 1, "source": "T"}, {"cell_type": "code", "input": ["a = 1\n", "a"]}]
    }
    found = read(json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [sheet]}).encode())
    made = found.to_nbformat()
    nbformat.validate(made)
    assert [cell.cell_type for cell in made.cells] == ["markdown", "code"]
    assert made.cells[1].source == "a = 1\na"


def test_names_are_found_where_they_are_bound() -> None:
    """Top level only, through blocks, patterns, magics and comprehensions; with lines."""
    source = (
        "%matplotlib inline\nimport numpy as np, os.path\nfrom m import *\nfor i in range(3):\n    if (z := i):\n        a, (b, *c) = 1, (2, 3)\n"
        "with open('f') as f:\n    pass\nw = [k for k in (y := [1])]\ndef g(p):\n    q = 1\nclass C:\n    r = 2\nfiles = !ls\n"
        "try:\n    t = 1\nexcept ValueError as error:\n    u = 2\nmatch w:\n    case [s, *rest]:\n        v = 3\n"
    )
    found = read(notebook(source))
    assert {binding.name for binding in found.bindings} == {
        "np", "os", "*", "i", "z", "a", "b", "c", "f", "w", "y", "g", "C", "files", "t", "u", "s", "rest", "v",
    }  # fmt: skip
    assert next(binding.line for binding in found.bindings if binding.name == "g") == 10
    assert found.bound_in("g") == (0,)


def test_imports_are_found_in_broken_cells_too() -> None:
    """What a kernel may need is read from the text where a cell is not Python."""
    found = read(
        notebook(
            "import numpy.linalg as la",
            "def f(:\n  from tensorflow import keras",
            "__import__('keras')",
            "%%bash\nimport nothing",
        )
    )
    assert found.imports() == {"numpy", "tensorflow", "keras"}


@pytest.mark.parametrize(
    "source",
    ["(" * 190, "-" * 100_000 + "1", "a" + ".b" * 50_000, "lambda:" * 5_000, "if 1:\n" * 90, "x\0", "[" + "1," * 100_000 + "]",
     "if x:\n a=1\n" + "elif y:\n b=2\n" * 3_000, "'''" * 999, "\\\n" * 9_999, "%" * 9_999, "!x\\\n" * 9_999],
)  # fmt: skip
def test_hostile_sources_are_analysed_in_time(source: str) -> None:
    """Whatever the text, names and imports are looked for within a second, and nothing is raised."""
    began = time.process_time()
    found = read(notebook(source))
    found.imports()
    _ = found.bindings
    assert time.process_time() - began < 2.0


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["cells", "cell_type", "source", "metadata", "id", "nbformat", "worksheets", "input", "kernelspec", "name", "tags"])
        | st.text(max_size=5), inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


@examples(150)
@given(st.dictionaries(st.sampled_from(["cells", "metadata", "nbformat", "worksheets"]), _JSON, min_size=1))
def test_any_json_is_read_or_refused(document: dict[str, Any]) -> None:
    """There is a notebook or UnreadableNotebook, and never another exception."""
    data = json.dumps(document).encode()
    try:
        found = read(data)
    except UnreadableNotebook:
        return
    assert isinstance(found, Notebook)
    _ = found.bindings, found.imports(), found.seed("s"), [found.place(cell.index) for cell in found.cells]


@examples(100)
@given(st.binary(max_size=300), st.integers(0, 300))
def test_any_bytes_are_read_or_refused(noise: bytes, at: int) -> None:
    """Noise put anywhere into a notebook gives a notebook or UnreadableNotebook."""
    good = notebook("x = 1", "def f():\n    return 2")
    said = ""
    try:
        read(good[:at] + noise + good[at:])
    except UnreadableNotebook as refused:
        said = str(refused)
    assert said.isprintable()

"""Stand-ins in the student's kernel: silent widgets, absent modules, files under other paths, nobody who types."""

import ast
import builtins
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.inside import shims

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run code as a notebook's cell, after ``install`` with the settings given; everything is put back afterwards."""
    for owner, name in ((builtins, "__import__"), (builtins, "open"), (os, "chdir")):
        monkeypatch.setattr(owner, name, getattr(owner, name))

    def cell(source: str, **settings: Any) -> dict[str, Any]:
        namespace: dict[str, Any] = {"__name__": "__main__"}
        shims.install(settings, namespace)
        exec(compile(source, "<cell 1>", "exec"), namespace)
        return namespace

    return cell


def test_an_absent_module_costs_only_what_uses_it(run: Run) -> None:
    """Importing passes, by every form of the statement; using raises ModuleNotFoundError with the name."""
    source = "import helpers, helpers.deep as deep\nfrom helpers import *\nfrom helpers.tests import check, load_data\nimport math"
    names = run(source, modules={"helpers": "absent"})
    assert names["math"].pi > 3
    assert "missing module helpers" in repr(eval("helpers.__version__", names))
    for use in (
        "check(1)",
        "helpers.load_data()",
        "deep.x",
        "x, y = load_data",
        "class A(check): pass",
        "check + 1",
        "float(check)",
    ):
        with pytest.raises(ModuleNotFoundError, match="No module named 'helpers'"):
            exec(use, names)


def test_libraries_see_the_ordinary_python(run: Run) -> None:
    """An import by anything but the notebook still fails, and the stand-in is in no table of modules."""
    names = run("import helpers", modules={"helpers": "absent"})
    with pytest.raises(ImportError):
        exec("import helpers", {"__name__": "a.library"})
    assert "helpers" not in __import__("sys").modules
    assert names["helpers"].__name__ == "helpers"


def test_widgets_accept_everything_and_give_functions_back(run: Run) -> None:
    """As a decorator, with or without arguments, and as a call."""
    source = """
from ipywidgets import interact, VBox, IntSlider
import ipywidgets as widgets
@interact
def a(k=1): return k
@interact(k=(1, 3))
def b(k=1): return k
c = interact(b, k=IntSlider(min=1))
box = VBox([widgets.Output()])
box.layout.width = 3
with widgets.Output() as out:
    inside = True
box.children[0].observe(a, names='value')
"""
    names = run(source, modules={"ipywidgets": "quiet"})
    assert (names["a"](3), names["b"](4), names["c"](5), names["inside"]) == (3, 4, 5, True)


def test_colab_is_one_part_of_a_package_that_is_there(run: Run) -> None:
    """`google` stays itself; an upload brings no files."""
    source = "from google.colab import files, drive\ndrive.mount('/content')\nuploaded = files.upload()\nfrom json import decoder, loads"
    names = run(source, modules={"google.colab": "quiet", "json.decoder": "quiet"})
    assert names["uploaded"] == {}
    assert names["loads"]("[1]") == [1]
    assert names["decoder"].JSONDecoder() is not None


def test_progress_bars_iterate(run: Run) -> None:
    """What a loop over them does is what it does without them."""
    source = """
from tqdm.notebook import tqdm, trange
import tqdm as whole
seen = [i for i in tqdm([1, 2], desc='x')] + list(trange(2)) + list(whole.tqdm(range(1))) + list(whole.auto.trange(1))
with tqdm(total=3) as bar:
    bar.update(1); bar.set_postfix(loss=3)
length = len(tqdm([1, 2]))
"""
    names = run(source, modules={"tqdm": "progress"})
    assert names["seen"] == [1, 2, 0, 1, 0, 0]
    assert names["length"] == 2


def test_files_are_found_under_the_notebooks_own_paths(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only paths that were named, only for reading, and only where the path itself is not there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.txt").write_text("digits")
    names = run(
        "import os\nos.chdir('/nowhere/lab')\nwith open('/content/x.txt') as file: text = file.read()",
        paths={"/content/x.txt": "data/x.txt"},
        folder=True,
    )
    assert names["text"] == "digits"
    for source in ("open('/content/y.txt')", "open('/content/x.txt', 'w')"):
        with pytest.raises(FileNotFoundError):
            exec(source, names)


def test_nobody_types_for_ever(run: Run) -> None:
    """An empty text, and after twenty of them the end of input: a loop that waits for an answer ends."""
    names = run("first = input('Name? ')", input=True)
    assert names["first"] == ""
    with pytest.raises(EOFError, match="nobody types"):
        exec("while True: input()", names)


def test_leaving_ends_the_cell(run: Run) -> None:
    """`exit` and `quit` raise, and do not reach the kernel's own."""
    names = run("", exit=True)
    for source in ("exit()", "quit(1)"):
        with pytest.raises(SystemExit):
            exec(source, names)


def test_without_settings_nothing_is_touched(run: Run) -> None:
    """A notebook that needs no stand-in runs in an ordinary Python."""
    before = (builtins.__import__, builtins.open, os.chdir)
    assert set(run("x = 1")) == {"__name__", "__builtins__", "x"}
    assert before == (builtins.__import__, builtins.open, os.chdir)


class Shell:
    """Stands for IPython, which hands each cell's syntax tree to its transformers before it runs it."""

    def __init__(self) -> None:
        self.ast_transformers: list[Any] = []

    def get_ipython(self) -> "Shell":
        """The name by which a notebook asks for its shell."""
        return self

    def run(self, source: str, names: dict[str, Any]) -> None:
        """Run a cell."""
        tree = ast.parse(source)
        for transformer in self.ast_transformers:
            tree = transformer.visit(tree)
        exec(compile(tree, "<cell 1>", "exec"), names)


@pytest.fixture
def cell_by_cell(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run code cell by cell in one notebook without the modules ``a`` and ``b``: its names, and how its cells ended."""
    monkeypatch.setattr(builtins, "__import__", builtins.__import__)

    def run_cells(*sources: str) -> dict[str, Any]:
        shell = Shell()
        names: dict[str, Any] = {"__name__": "__main__", "get_ipython": shell.get_ipython}
        shims.install({"modules": {"a": "absent", "b": "absent"}}, names)
        ends: list[tuple[str, int] | None] = []
        for source in sources:
            try:
                shell.run(source, names)
                ends.append(None)
            except Exception as error:  # noqa: BLE001 - any of them is how the cell ended
                places = traceback.extract_tb(error.__traceback__)
                ends.append((str(error), next(one.lineno or 0 for one in places if one.filename == "<cell 1>")))
        return names | {"ends": ends}

    return run_cells


def test_a_cell_goes_on_behind_what_needs_an_absent_module(cell_by_cell: Run) -> None:
    """What does not depend on it is bound; the cell ends with the first such error, at its own line."""
    found = cell_by_cell(
        "import a\nfrom b import g\nx = a.f(1)\n@g\ndef h(): pass\ny = 3\ny + 1",
        "z = x + 1\nw = 4",
        "import a\nv = a.f()\nu = nowhere\nt = 5",
        "x = 1\nprint(x)",
    )
    assert (found["y"], found["w"], found["x"]) == (3, 4, 1)
    assert not {"h", "z", "u", "t"} & set(found)
    assert [end and end[1] for end in found["ends"]] == [3, 1, 2, None]
    assert "No module named 'a'" in found["ends"][0][0]
    assert "'x' is not defined" in found["ends"][1][0]


def test_only_cells_that_speak_of_an_absent_module_are_touched(cell_by_cell: Run) -> None:
    """An error of another kind ends a cell where it arises, an import of another module too, and so do early exits."""
    found = cell_by_cell(
        "import a\nimport a_third_one\nx = 1", "from __future__ import annotations\nimport a\ny = 1", "1 / 0\nz = 1"
    )
    assert not {"x", "z"} & set(found)
    assert found["y"] == 1
    assert [end and end[1] for end in found["ends"]] == [2, None, 1]


def test_a_path_put_together_leads_to_the_file_too(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its last part, as the notebook speaks of it; a file that is there is itself, and others stay missing."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "X.npy").write_text("digits")
    source = "import os\nfrom pathlib import Path\nwith open(os.path.join('/content', 'X.npy')) as one, open(Path('/d') / 'X.npy') as two:\n    text = one.read() + two.read()"
    assert run(source, paths={"X.npy": "data/X.npy"})["text"] == "digitsdigits"
    with pytest.raises(FileNotFoundError):
        run("open('/content/Y.npy')", paths={"X.npy": "data/X.npy"})

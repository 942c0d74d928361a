"""Make a notebook run in a bare, offline kernel without changing what its work means; each step is said aloud.

Two means. Lines that are no Python, or only change the look of plots, give way to a line that does nothing (line numbers
stay). What the notebook expects of its surroundings (modules, paths, somebody who types) gets a stand-in in the kernel:
``Notebook.shims`` are the settings for ``grader.inside.shims.install``.
"""

import ast
import importlib.util
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from grader.notebook import magic_calls, magics
from grader.notebook.cells import Cell, Notebook
from grader.notebook.looks import blank, clean, quote, without_looks
from grader.notebook.magics import Magic
from grader.notebook.old_keras import renewed
from grader.notebook.skip import SkipRule, skipped
from grader.verdict import Repair

QUIET = (
    "ipywidgets",
    "ipympl",
    "google.colab",
    "kaggle_secrets",
    "seaborn",
    "plotly",
    "bokeh",
    "altair",
    "nbgrader",
    "otter",
    "gradio",
    "livelossplot",
    "mlflow",
    "visualkeras",
    "wandb",
)
"""Modules that show things or talk to a service: where they are missing, every use of them is accepted and does nothing."""

PROGRESS = ("tqdm.notebook", "tqdm.auto", "tqdm.keras", "tqdm.autonotebook", "tqdm")

_RUNS_AS_IT_IS = frozenset(
    {"alias", "autosave", "colors", "config", "dhist", "env", "logstart", "logstop", "lsmagic", "magic", "mkdir",
     "pdef", "pdoc", "pinfo", "precision", "pprint", "psource", "pwd", "reload_ext", "reset_selective", "set_env", "who",
     "who_ls", "whos", "xmode"}
)  # fmt: skip
_DRAWS = frozenset({"matplotlib", "pylab"})
"""Line magics whose argument says where plots are drawn; ``pylab`` also brings NumPy's names."""
_KEPT_CELL_MAGICS = frozenset(
    {"file", "writefile", "HTML", "html", "javascript", "js", "latex", "markdown", "svg", "SVG"}
)
_IMPORT_FAULTS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_NOT_RUN = {"install": ("install", "nothing is installed"), "shell": ("shell-line", "shell commands do not run")}
_WRITTEN = re.compile(r"^%%(?:writefile|file)[ \t]+(?:-a[ \t]+)?(\w+)\.py[ \t]*$", re.MULTILINE)


def is_installed(module: str) -> bool:
    """Whether a top-level module can be imported by the interpreter that the kernels run; imports nothing."""
    if module in sys.builtin_module_names or module in sys.stdlib_module_names:
        return True
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def is_in_keras(module: str) -> bool:
    """Whether Keras, as it is installed, has the module of that dotted name; imports nothing.

    True for a name that is none of Keras's.
    """
    parts = module.removeprefix("tensorflow.").split(".")
    spec = importlib.util.find_spec("keras") if parts[0] == "keras" else None
    if spec is None or not spec.submodule_search_locations:
        return True
    place = Path(spec.submodule_search_locations[0]).joinpath(*parts[1:])
    return place.is_dir() or place.with_suffix(".py").is_file()


@dataclass(frozen=True)
class Surroundings:
    """What the notebook finds beside it, and what the assignment says about it."""

    support: Path | None = None
    """Folder of the files that lie beside the notebook in the kernel."""
    rules: tuple[SkipRule, ...] = ()
    graded: frozenset[str] = frozenset()
    """Names that exercises grade: a cell that binds one is never skipped."""
    installed: Callable[[str], bool] = field(default=is_installed)

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The support files, relative, with forward slashes."""
        if self.support is None:
            return ()
        return tuple(
            path.relative_to(self.support).as_posix()
            for path in sorted(self.support.rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        )

    @cached_property
    def modules(self) -> frozenset[str]:
        """Top-level modules among the support files."""
        return frozenset(
            PurePosixPath(name).stem if "/" not in name else name.partition("/")[0]
            for name in self.files
            if name.endswith(".py")
        )


def repair(notebook: Notebook, surroundings: Surroundings | None = None) -> Notebook:
    """The notebook as it is to be executed, with ``repairs`` and ``shims`` filled in. Never raises for a notebook's sake."""
    surroundings = surroundings or Surroundings()
    repairs: list[Repair] = []
    sources: dict[int, str] = {}
    own = frozenset(binding.name for binding in notebook.bindings if binding.what in ("def", "class"))
    for cell in notebook.code_cells:
        found = skipped(cell, surroundings.rules, surroundings.graded)
        if found is not None:
            sources[cell.index] = found.source
            repairs.append(Repair(cell=cell.index, kind="skipped", text=found.text))
            continue
        made, said = _without_magics(cell)
        made, called = _without_magic_calls(cell.index, made)
        made, also = without_looks(cell.index, made, surroundings.files)
        made, renamed = renewed(made, own)
        sources[cell.index] = made
        repairs += (
            said + called + also + [Repair(cell=cell.index, kind="old-keras", text=f"{words}.") for words in renamed]
        )
    notebook = notebook.with_executed(sources, ())
    shims, said = _shims(notebook, surroundings)
    return replace(notebook, repairs=notebook.repairs + tuple(sorted(repairs + said, key=_order)), shims=shims)


def _order(repair: Repair) -> tuple[int, str]:
    return (-1 if repair.cell is None else repair.cell, repair.kind)


def _without_magics(cell: Cell) -> tuple[str, list[Repair]]:
    """A cell's source without the magics that cannot run here, and what was done."""
    found = magics.find(cell.source)
    said: list[Repair] = []

    def instead(magic: Magic) -> str | None:
        line, kind, text = _replacement(magic)
        if text:
            said.append(Repair(cell=cell.index, kind=kind, text=text))
        return line

    source = magics.replace(cell.source, found, instead)
    if (
        found
        and found[0].kind == "cell"
        and found[0].name not in magics.BODY_IS_PYTHON
        and _replacement(found[0])[0] is not None
    ):
        source = "\n" * source.count("\n")
    return source, said


def _without_magic_calls(index: int, source: str) -> tuple[str, list[Repair]]:
    """A cell's source without calls of IPython that run a magic which cannot run here, and what was done."""
    said: list[Repair] = []
    begin = (magics.MAX_ANALYSED, 0)
    # From the end, so that the places of the calls before it stay true; a call around one that was replaced stays.
    for call in sorted(magic_calls.find(source), key=magic_calls.begin, reverse=True):
        line, kind, text = _replacement(call.magic)
        if magic_calls.end(call) > begin:
            continue
        if line is not None and text:
            drawn = f"get_ipython().run_line_magic({call.magic.name!r}, 'inline')"
            instead = drawn if call.magic.name in _DRAWS else "None"
            if call.magic.kind == "cell":
                text = f"{quote(call.magic.text)} was skipped: it does not run while a notebook is graded."
        elif call.old:
            instead = f"get_ipython().run_line_magic({call.magic.name!r}, {call.magic.rest!r})"
            kind, text = "magic", f"`magic(…)` was read as {quote(instead)}: IPython has renamed it."
        else:
            continue
        source = blank(source, call.node, instead)
        begin = magic_calls.begin(call)
        said.append(Repair(cell=index, kind=kind, text=text))
    return source, said[::-1]


def _replacement(magic: Magic) -> tuple[str | None, str, str]:
    """The line that stands for a magic (None: it runs as it is), the repair's kind, and its text (empty: no repair)."""
    quoted = quote(magic.text)
    instead = magics.as_python(magic)
    match magic.kind:
        case "help":
            return instead, "", ""
        case "install" | "shell":
            kind, words = _NOT_RUN[magic.kind]
            return instead, kind, f"{quoted} was skipped: {words} while a notebook is graded."
        case "cell" if magic.name in magics.BODY_IS_PYTHON:
            return instead, "magic", f"{quoted} was left out; the rest of the cell ran."
        case "cell" if magic.name not in _KEPT_CELL_MAGICS:
            return instead, "magic", f"The whole cell was skipped: {quoted} does not run while a notebook is graded."
        case "line" if not _runs_as_it_is(magic):
            return _line_magic(magic, quoted)
    return None, "", ""


def _runs_as_it_is(magic: Magic) -> bool:
    argument = magic.rest.strip()
    if magic.name in _DRAWS:
        return argument in {"", "inline"}
    if magic.name == "cd":
        return not argument.startswith(("/", "~", ".."))
    return magic.name in _RUNS_AS_IT_IS


def _line_magic(magic: Magic, quoted: str) -> tuple[str, str, str]:
    instead = magics.as_python(magic)
    if magic.name in _DRAWS:
        text = f"{quoted} was read as `%{magic.name} inline`: there is no window to draw in."
        return f"{magic.indent}%{magic.name} inline", "magic", text
    if magic.name == "cd":
        return instead, "folder", f"{quoted} was skipped: the notebook stays in its own folder."
    if magic.name in magics.STATEMENT_MAGICS:
        return instead, "magic", f"{quoted} was run without being timed."
    return instead, "magic", f"{quoted} was skipped: the answer does not need it."


def _shims(notebook: Notebook, surroundings: Surroundings) -> tuple[Mapping[str, Any], list[Repair]]:
    """Settings for the stand-ins in the kernel, and what they stand in for."""
    trees = [(cell.index, tree) for cell in notebook.code_cells if (tree := magics.parse(cell.executed)) is not None]
    written = frozenset(name for cell in notebook.code_cells for name in _WRITTEN.findall(cell.source))
    shims: dict[str, Any] = {}
    said: list[Repair] = []
    modules: dict[str, str] = {}
    tried = {name for _, tree in trees for name in _tried(tree)}
    for index, tree in trees:
        for name in _imports(tree):
            found = _missing(name, surroundings, written)
            if found is None or found[0] in modules or found[0].partition(".")[0] in tried:
                continue
            module, kind = found
            modules[module] = kind
            said.append(Repair(cell=index, kind=_MODULE_KINDS[kind], text=_module_text(module, kind)))
        said += _calls(index, tree, surroundings, shims)
    if modules:
        shims["modules"] = modules
    return shims, said


_MODULE_KINDS = {"absent": "missing-module", "quiet": "display", "progress": "progress"}


def _module_text(module: str, kind: str) -> str:
    if kind == "quiet":
        return f"`{module}` is not here. It only shows things or fetches files, so that its calls were accepted and did nothing."
    if kind == "progress":
        return f"Progress bars of `{module}` were left out; the loops ran."
    return f"The module `{clean(module)}` is not here. Its import was passed over: only what uses it fails."


def _missing(name: str, surroundings: Surroundings, written: frozenset[str]) -> tuple[str, str] | None:
    """What is missing of an imported dotted name (the part that needs a stand-in), and the kind of stand-in."""
    top = name.partition(".")[0]
    if top in surroundings.modules or top in written:
        return None
    for quiet in QUIET:
        if name == quiet or name.startswith(quiet + "."):
            return (quiet, "quiet") if "." in quiet or not surroundings.installed(top) else None
    for progress in PROGRESS:
        if name == progress:
            present = surroundings.installed(top) and ("." not in progress or surroundings.installed("ipywidgets"))
            return None if present else (progress if surroundings.installed(top) else top, "progress")
    if not surroundings.installed(top):
        return top, "absent"
    return None if is_in_keras(name) else (name, "absent")


def _imports(tree: ast.AST) -> Iterator[str]:
    """Dotted names of modules that ``tree`` imports; of ``from google import colab`` also ``google.colab``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module in {"google", "tqdm"}:
                yield from (
                    f"{node.module}.{alias.name}" for alias in node.names if alias.name in {"colab", "notebook", "auto"}
                )
            yield node.module


def _tried(tree: ast.AST) -> Iterator[str]:
    """Top-level modules imported in a ``try`` that expects the import to fail: the notebook has its own remedy."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Try):
            continue
        caught = {
            name.id
            for handler in node.handlers
            for name in ast.walk(handler.type or ast.Name("Exception"))
            if isinstance(name, ast.Name)
        }
        if caught & _IMPORT_FAULTS:
            for statement in node.body:
                yield from (name.partition(".")[0] for name in _imports(statement))


def _calls(index: int, tree: ast.AST, surroundings: Surroundings, shims: dict[str, Any]) -> list[Repair]:
    """Stand-ins for calls that need more than a kernel: ``input``, ``exit``, ``os.chdir``, files under other paths."""
    said: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="input")):
                shims["input"] = True
                said["input"] = "`input()` was answered with an empty text: nobody types while a notebook is graded."
            case ast.Call(func=ast.Name(id="exit" | "quit")):
                shims["exit"] = True
                said["exit"] = "`exit()` ended its cell only; the cells after it ran."
            case ast.Call(func=ast.Attribute(attr="chdir")):
                shims["folder"] = True
                said["folder"] = "A change to a folder that is not here is passed over; the notebook stays in its own."
            case ast.Call(func=ast.Name(id="TensorBoard") | ast.Attribute(attr="TensorBoard")) if (
                not surroundings.installed("tensorboard")
            ):
                shims["tensorboard"] = True
                said["display"] = "TensorBoard is not here. It only shows how training went; its callback did nothing."
            case ast.ImportFrom(module="IPython.core.display"):
                shims["display"] = True
            case ast.Constant(value=str(path)) if (known := _same_file(path, surroundings.files)) is not None:
                shims.setdefault("paths", {}).update({path: known, PurePosixPath(path).as_posix(): known})
                said["data-file"] = (
                    f"Where the notebook reads {quote(path)} it gets {quote(known)}, which comes with the assignment."
                )
    return [Repair(cell=index, kind=kind, text=text) for kind, text in said.items()]


def _same_file(path: str, files: tuple[str, ...]) -> str | None:
    """The one support file with the name of ``path``, where the path itself is none of them."""
    plain = PurePosixPath(path.replace("\\", "/")).as_posix() if len(path) < 300 and "\n" not in path else ""  # noqa: PLR2004 - longer text is no path
    name = plain.rpartition("/")[2]
    if "." not in name or plain in files or name.endswith((".py", ".mplstyle")):
        return None
    same = [file for file in files if file.rpartition("/")[2] == name]
    return same[0] if len(same) == 1 else None

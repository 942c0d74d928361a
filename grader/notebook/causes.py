"""Which cell failed first: chains of failing cells, told once, from where they begin.

Pure functions on a notebook's text and on how its cells ended. A name that is not defined leads to the cell that would
have bound it; if that cell stopped before it could, the reader hears about that cell, and about the others because of it.
"""

import ast
import builtins
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.notebook import magics
from grader.notebook.cells import Notebook, imported
from grader.verdict import Note

USUAL_NAMES: Mapping[str, str] = {
    "np": "import numpy as np",
    "numpy": "import numpy",
    "tf": "import tensorflow as tf",
    "keras": "from tensorflow import keras",
    "plt": "import matplotlib.pyplot as plt",
    "pd": "import pandas as pd",
    "Sequential": "from tensorflow.keras import Sequential",
    "Dense": "from tensorflow.keras.layers import Dense",
    "Model": "from tensorflow.keras import Model",
    "Adam": "from tensorflow.keras.optimizers import Adam",
    "SparseCategoricalCrossentropy": "from tensorflow.keras.losses import SparseCategoricalCrossentropy",
    "math": "import math",
}
"""Names that a usual import line gives; it is quoted where no cell has it."""

STOPPED: Mapping[str, str] = {
    "timeout": "ran longer than its time limit",
    "died": "ended the kernel",
    "out-of-memory": "used more memory than the limit",
    "output": "printed more than the limit",
}
"""How a cell that did not end by itself is spoken of, by the reason that the kernel's session gives."""

_NOT_DEFINED = re.compile(r"name '([^']+)' is not defined|(?:local|free) variable '([^']+)'")
_NO_MODULE = re.compile(r"No module named '?([\w.]+)'?")
_NO_IMPORT = re.compile(r"cannot import name '([^']+)' from '([^']+)'")
_NO_FILE = re.compile(r"No such file or directory: '([^']+)'|(?:Unable to|Can't) open file .*?name = '([^']+)'")
_CELL_PLACE = re.compile(r" \(<[^>]*>, line \d+\)|\(\d+\.py, line \d+\)$")
_LINE_PLACE = re.compile(rf"{_CELL_PLACE.pattern}| \(line \d+\)$")
"""In a SyntaxError's message, which ends with its line; we say the line ourselves."""
_SYNTAX = frozenset({"SyntaxError", "IndentationError", "TabError"})
_MESSAGE = 160
_SEARCHED = 20_000
MAX_EXPLAINED = 60
"""Failing cells that are explained; a notebook with more of them has a first cause among these."""
_TOLD = 5
"""Cells that are listed with the one that they failed because of."""
_NAMES = 1_000
"""Known names that a misspelt one is compared with."""


@dataclass(frozen=True, slots=True)
class Failure:
    """How one cell ended that did not finish: the exception's name and message, and the cell's line (from 1) if known.

    ``stopped`` is a key of ``STOPPED`` for a cell that did not end by itself; name and message may then be empty.
    """

    cell: int
    name: str = ""
    message: str = ""
    line: int | None = None
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class _Link:
    """Why a failure happened: ``root`` is the failing cell it goes back to, itself or an earlier one."""

    failure: Failure
    because_of: int | None
    words: str
    same_as: int | None = None
    """An earlier cell that failed by itself in the very same words."""


def root_causes(notebook: Notebook, failures: Iterable[Failure]) -> tuple[Note, ...]:
    """One note for each first cause, in the order of the cells, which also names the cells that failed because of it."""
    ordered = sorted(failures, key=lambda failure: failure.cell)[:MAX_EXPLAINED]
    by_cell = {failure.cell: failure for failure in ordered}
    links = _with_twins([_explain(notebook, failure, by_cell) for failure in ordered])
    followers: dict[int, list[_Link]] = {}
    for link in links.values():
        followers.setdefault(_root(link, links), []).append(link)
    told = [root for root in sorted(followers) if not _left(links[root].failure) or len(followers[root]) > 1]
    return tuple(_note(notebook, links[root], followers[root]) for root in told)


def _with_twins(found: Iterable[_Link]) -> dict[int, _Link]:
    """The links by cell; one that ended by itself as an earlier one did refers to that."""
    links: dict[int, _Link] = {}
    first: dict[tuple[str, str], int] = {}
    for link in found:
        failure = link.failure
        alone = link.because_of is None and not failure.stopped and failure.name not in _SYNTAX | {"SystemExit"}
        twin = first.setdefault((failure.name, link.words), failure.cell) if alone else failure.cell
        links[failure.cell] = link if twin == failure.cell else replace(link, same_as=twin)
    return links


def why_missing(notebook: Notebook, failures: Iterable[Failure], name: str) -> str | None:
    """Why ``name`` is bound after no cell although one would bind it, in words; None where no cell binds it or no failure explains it."""
    by_cell = {failure.cell: failure for failure in failures}
    for cell in reversed(notebook.bound_in(name)):
        if (failure := by_cell.get(cell)) is not None and _before_binding(notebook, failure, name):
            return f"`{_clean(name)}` is made in {notebook.place(cell)}, which {_how(notebook, failure)}."
    for index in notebook.unparsed:
        if index in by_cell and re.search(rf"\b{re.escape(name)}\b", notebook.cells[index].source):
            return f"`{_clean(name)}` is made in {notebook.place(index)}, which {_how(notebook, by_cell[index])}."
    if (deleted := _deleted(notebook, name, len(notebook))) is not None:
        return f"`{_clean(name)}` was deleted by `del` in {notebook.place(deleted)}."
    if (inside := _made_inside(notebook, name)) is not None:
        return f"`{_clean(name)}` is {inside}: outside of it the name does not exist."
    guess = _near(name, {binding.name for binding in notebook.bindings if binding.what != "import"})
    return f"There is no `{_clean(name)}`, but there is `{guess}`: a name counts letter by letter." if guess else None


def did_you_mean(notebook: Notebook, name: str) -> str | None:
    """A name that the notebook binds (or Python has) and that is one slip away from ``name``."""
    bound = {binding.name for binding in notebook.bindings} - {"*", name}
    return _near(name, bound) or _near(name, {known for known in dir(builtins) if known[0] != "_"})


def _near(name: str, known: Iterable[str]) -> str | None:
    """The nearest of ``known`` in spelling: the same but for case, or at least 0.8 alike and no shorter than 3 letters."""
    names = sorted(known)
    folded = [other for other in names if other.casefold() == name.casefold() and other != name]
    if folded:
        return folded[0]
    if not 3 <= len(name) <= 60:  # noqa: PLR2004 - every two letters are near every other two; a longer name is no slip
        return None
    alike = [other for other in names if other != name and abs(len(other) - len(name)) <= 2][:_NAMES]  # noqa: PLR2004 - one slip
    return next(iter(difflib.get_close_matches(name, alike, n=1, cutoff=0.8)), None)


def _left(failure: Failure) -> bool:
    """Whether the cell ended itself by ``exit()``, which a repair already tells."""
    return failure.name == "SystemExit"


def _root(link: _Link, links: Mapping[int, _Link]) -> int:
    seen: set[int] = set()
    while link.failure.cell not in seen:
        seen.add(link.failure.cell)
        before = link.same_as if link.because_of is None else link.because_of
        link = links.get(before, link) if before is not None else link
    return link.failure.cell


def _explain(notebook: Notebook, failure: Failure, by_cell: Mapping[int, Failure]) -> _Link:
    """The failure's own words, and the earlier failing cell behind it, if there is one."""
    found = _NOT_DEFINED.search(failure.message) if failure.name in {"NameError", "UnboundLocalError"} else None
    name = (found.group(1) or found.group(2)) if found is not None else ""
    if not name or failure.name == "UnboundLocalError":
        return _Link(failure, None, _own_words(failure))
    binders = [cell for cell in notebook.bound_in(name) if cell != failure.cell]
    earlier = [cell for cell in binders if cell < failure.cell]
    for cell in reversed(earlier):
        if cell in by_cell and _before_binding(notebook, by_cell[cell], name):
            return _Link(failure, cell, f"`{_clean(name)}` is not defined")
    if not binders and (star := _unreached_star(notebook, failure.cell, by_cell)) is not None:
        return _Link(failure, star, f"`{_clean(name)}` is not defined")
    broken = next((cell for cell in _unparsed_with(notebook, name) if cell < failure.cell and cell in by_cell), None)
    if broken is not None:
        return _Link(failure, broken, f"`{_clean(name)}` is not defined")
    return _Link(failure, None, f"`{_clean(name)}` is not defined{_undefined(notebook, name, failure.cell, binders)}")


def _unreached_star(notebook: Notebook, before: int, by_cell: Mapping[int, Failure]) -> int | None:
    """The last cell above ``before`` that failed at or above an ``import *``, which might have brought any name."""
    stars = [binding for binding in notebook.bindings if binding.name == "*" and binding.cell < before]
    failed = [star.cell for star in stars if star.cell in by_cell and (by_cell[star.cell].line or 0) <= star.line]
    return failed[-1] if failed else None


def _undefined(notebook: Notebook, name: str, cell: int, binders: Sequence[int]) -> str:
    """What is known about a name that no failing cell should have bound."""
    skipped = {repair.cell for repair in notebook.repairs if repair.kind == "skipped"}
    if any(other in skipped for other in binders):
        return f": {notebook.place(next(other for other in binders if other in skipped))} was skipped"
    later = [other for other in binders if other > cell]
    if later and len(later) == len(binders):
        return f" yet: it is made further down, in {notebook.place(later[0])}; the cells are run from top to bottom"
    if (deleted := _deleted(notebook, name, cell)) is not None:
        return f" any more: {notebook.place(deleted)} has deleted it by `del`"
    if (inside := _made_inside(notebook, name)) is not None and not binders:
        return f": it is {inside}, and outside of it the name does not exist"
    return _unmade(notebook, name, cell, binders)


def _unmade(notebook: Notebook, name: str, cell: int, binders: Sequence[int]) -> str:
    """Where a name that no cell makes may have been meant to come from."""
    guess = did_you_mean(notebook, name)
    if guess is not None:
        return f"; did you mean `{guess}`?"
    if name in USUAL_NAMES:
        return f": no cell has `{USUAL_NAMES[name]}`"
    if stars := _missing_stars(notebook, cell):
        listed = " or ".join(f"`{_clean(star)}`" for star in stars[:3])
        one = f"the module {listed}, which is not here"
        return f"; it may come from {one if len(stars) == 1 else f'a module that is not here: {listed}'}"
    if below := [other for other in notebook.bound_in("*") if other > cell]:
        return f" here; it may come with the `import *` further down, in {notebook.place(below[0])}"
    return ": no cell makes it (perhaps a cell that did was deleted)" if not binders else ""


def _deleted(notebook: Notebook, name: str, before: int) -> int | None:
    """The last cell above ``before`` that deletes a name, where no cell between them binds it again."""
    bound = [cell for cell in notebook.bound_in(name) if cell < before]
    for cell in reversed(notebook.code_cells):
        tree = magics.parse(cell.source) if cell.index < before and "del " in cell.source else None
        for node in tree.body if tree is not None else ():
            if isinstance(node, ast.Delete) and any(isinstance(at, ast.Name) and at.id == name for at in node.targets):
                return cell.index if bound and cell.index >= bound[-1] else None
    return None


def _made_inside(notebook: Notebook, name: str) -> str | None:
    """Where a name is made that only exists inside a function or a class, in words."""
    for cell in notebook.code_cells:
        tree = magics.parse(cell.source) if name in cell.source else None
        for outer in tree.body if tree is not None else ():
            if not isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            made = (
                node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else getattr(node, "name", "")
                for node in ast.walk(outer)
                if node is not outer and not isinstance(node, ast.alias)
            )
            if name in made:
                return f"made only inside `{_clean(outer.name)}`, in {notebook.place(cell.index)}"
    return None


def _missing_stars(notebook: Notebook, until: int) -> list[str]:
    """Modules that are not here and that a cell up to ``until`` star-imports."""
    missing = {name for name, kind in notebook.shims.get("modules", {}).items() if kind == "absent"}
    starred: list[str] = []
    for cell in (star for star in notebook.bound_in("*") if star <= until):
        tree = magics.parse(notebook.cells[cell].source)
        for node in ast.walk(tree) if tree is not None else ():
            if isinstance(node, ast.ImportFrom) and node.module and any(alias.name == "*" for alias in node.names):
                starred += [node.module] if imported(node) and node.module.partition(".")[0] in missing else []
    return starred


def _unparsed_with(notebook: Notebook, name: str) -> list[int]:
    """Cells that are not Python and mention ``name`` as if they made it."""
    word = re.escape(name)
    made = re.compile(rf"\b(?:def|class)\s+{word}\b|\b{word}\s*=(?!=)|\bimport\b.*\b{word}\b")
    return [cell for cell in notebook.unparsed if made.search(notebook.cells[cell].source[:_SEARCHED])]


def _before_binding(notebook: Notebook, failure: Failure, name: str) -> bool:
    """Whether a cell that failed did so before or while it bound ``name``."""
    lines = [binding.line for binding in notebook.bindings if binding.cell == failure.cell and binding.name == name]
    return bool(lines) and (failure.line is None or failure.line <= _end(notebook, failure.cell, min(lines)))


def _end(notebook: Notebook, cell: int, line: int) -> int:
    """The last line of the top-level statement of ``cell`` that begins at or spans ``line``."""
    tree = magics.parse(notebook.cells[cell].source)
    for statement in tree.body if tree is not None else ():
        if statement.lineno <= line <= (statement.end_lineno or line):
            return statement.end_lineno or line
    return line


def _own_words(failure: Failure) -> str:
    """What happened in the cell itself, for a sentence that begins "stopped at line 3:"."""
    place = _LINE_PLACE if failure.name in _SYNTAX else _CELL_PLACE
    message = _clean(place.sub("", failure.message.strip().split("\n", 1)[0]), _MESSAGE)
    name = _clean(failure.name)
    words = f"{name}: {message}" if message else name
    if failure.name == "ModuleNotFoundError" and (found := _NO_MODULE.search(failure.message)) is not None:
        words = f"the module `{_clean(found.group(1))}` is not installed here"
    elif failure.name == "ImportError" and (found := _NO_IMPORT.search(failure.message)) is not None:
        words = f"`{_clean(found.group(2))}` has no `{_clean(found.group(1))}`"
    elif failure.name in {"FileNotFoundError", "OSError"} and (found := _NO_FILE.search(failure.message)) is not None:
        words = f"it could not read {_clean(found.group(1) or found.group(2), 120)}"
    elif failure.name in {"StdinNotImplementedError", "EOFError"} and "type" in failure.message + failure.name:
        words = "it waits for somebody to type"
    return words


def _how(notebook: Notebook, failure: Failure) -> str:
    """A verb phrase: how the cell ended."""
    if failure.stopped:
        return STOPPED.get(failure.stopped, "was stopped")
    words = _own_words(failure)
    if words.startswith("it could not read "):
        return words.removeprefix("it ")
    where = f" at line {failure.line}" if failure.line is not None else ""
    if caret := _caret(notebook, failure):
        return f"is not Python: {words}{caret}"
    return f"stopped{where}: {words}"


def _caret(notebook: Notebook, failure: Failure) -> str:
    """For a syntax error, where the caret stands: the line, and the text before it."""
    if failure.name not in _SYNTAX or (fault := magics.syntax_fault(notebook.cells[failure.cell].source)) is None:
        return ""
    lines = notebook.cells[failure.cell].source.split("\n")
    line = lines[fault.line - 1] if 1 <= fault.line <= len(lines) else ""
    before, after = line[: fault.column - 1].strip(), line[fault.column - 1 :].strip()
    if before and after:
        return f" (line {fault.line}, at `{_clean(after)}` after `{_clean(before[-40:])}`)"
    return f" (line {fault.line}, {'after' if before else 'at'} `{_clean(before or after)}`)" if before or after else ""


def _note(notebook: Notebook, root: _Link, links: Sequence[_Link]) -> Note:
    """One first cause, with the cells that failed because of it, and those that failed in the same way."""
    followers = [link for link in links if link is not root and link.same_as is None]
    twins = [link for link in links if link.same_as is not None]
    direct = len(followers) == 1 and followers[0].because_of == root.failure.cell
    text = _sentence(_because(notebook, root, followers[0] if direct else None))
    if twins:
        listed = ", ".join(notebook.place(link.failure.cell) for link in twins[:_TOLD])
        text += f" For the same reason stopped: {listed}{_more(twins)}."
    if followers and not direct:
        listed = "; ".join(f"{notebook.place(link.failure.cell)}: {link.words}" for link in followers[:_TOLD])
        text += f" Because of that, these stopped too: {listed}{_more(followers)}."
    return Note(kind="root-cause", cell=root.failure.cell, text=text)


def _because(notebook: Notebook, root: _Link, only: _Link | None) -> str:
    """How the first cell ended; where one cell alone failed because of it, how that ``only`` one did, and the first."""
    place = notebook.place(root.failure.cell)
    how = _how(notebook, root.failure)
    if root.words and not root.failure.stopped and root.failure.name == "NameError":
        where = f" at line {root.failure.line}" if root.failure.line is not None else ""
        how = f"stopped{where}: NameError: {root.words}"
    if only is None:
        return f"{place} {how}"
    line = f" at line {only.failure.line}" if only.failure.line is not None else ""
    return (
        f"{notebook.place(only.failure.cell)} stopped{line}: {only.failure.name}: {only.words}, because {place} {how}"
    )


def _more(links: Sequence[_Link]) -> str:
    return f"; and {len(links) - _TOLD} more" if len(links) > _TOLD else ""


def _sentence(text: str) -> str:
    first = text[:1].upper() + text[1:]
    return first if first.endswith((".", "?")) else first + "."


def _clean(text: str, limit: int = 60) -> str:
    kept = "".join(
        character if character.isprintable() and character != "`" else "'" if character == "`" else "?"
        for character in text[:limit]
    )
    return kept if len(text) <= limit else kept + "…"

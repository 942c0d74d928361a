"""A notebook as the grader sees it: frozen cells, their names, and words for their places.

Cells are counted as in the file that was submitted (0-based, all cells). To people we say "code cell 3 (`def f(z):`)",
1-based among the code cells, with the first line that says something.
"""

import ast
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal

from grader.notebook import magics
from grader.verdict import Repair

CellKind = Literal["code", "markdown", "raw"]
FIRST_LINE = 60
"""Characters of a first line that are quoted."""

_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+([\w.]+(?:[ \t]*,[ \t]*[\w.]+)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: ``source`` as submitted, ``executed`` as it is run after repairs (the same number of lines)."""

    index: int
    kind: CellKind
    source: str
    executed: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Binding:
    """A name bound at the top level of a cell. ``what`` is ``def``, ``class``, ``import`` or ``value``; lines from 1."""

    name: str
    cell: int
    line: int
    what: Literal["def", "class", "import", "value"]


@dataclass(frozen=True)
class Notebook:
    """A notebook that was read and may be executed. ``metadata`` is the file's own, unchecked."""

    sha256: str
    cells: tuple[Cell, ...]
    repairs: tuple[Repair, ...] = ()
    assignment: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    shims: Mapping[str, Any] = field(default_factory=dict)
    """Settings for ``grader.inside.shims.install``, which the kernel runs before the first cell."""

    def __len__(self) -> int:
        return len(self.cells)

    @cached_property
    def code_cells(self) -> tuple[Cell, ...]:
        """The code cells, in order."""
        return tuple(cell for cell in self.cells if cell.kind == "code")

    @cached_property
    def _numbers(self) -> Mapping[int, int]:
        return {cell.index: number for number, cell in enumerate(self.code_cells, start=1)}

    def code_number(self, cell: int) -> int:
        """1-based number of a cell among the code cells. Raises KeyError for a cell that holds no code."""
        return self._numbers[cell]

    def first_line(self, cell: int) -> str:
        """The first line of a cell that says something: not empty, not a comment; cut at 60 characters."""
        lines = [line.strip() for line in self.cells[cell].source.split("\n")]
        spoken = [line for line in lines if line]
        code = [line for line in spoken if not line.startswith("#")]
        line = (code or spoken or [""])[0]
        return line if len(line) <= FIRST_LINE else line[: FIRST_LINE - 1] + "…"

    def place(self, cell: int) -> str:
        """A cell's place for people: ``code cell 3 (`def my_softmax(z):`)``."""
        number = self._numbers.get(cell)
        kept = (character if character.isprintable() else "?" for character in self.first_line(cell))
        line = "".join(kept).replace("`", "'")
        where = f"code cell {number}" if number is not None else f"cell {cell + 1} (text)"
        return f"{where} (`{line}`)" if line and number is not None else where

    def line(self, cell: int, line: int) -> str:
        """Line ``line`` (from 1) of a cell as submitted, stripped; empty where there is none."""
        lines = self.cells[cell].source.split("\n")
        return lines[line - 1].strip() if 1 <= line <= len(lines) else ""

    def seed(self, salt: str) -> int:
        """128-bit seed for the probes: a hash of the code cells' sources, as submitted, and the assignment's salt."""
        digest = sha256(salt.encode("utf-8", "surrogatepass"))
        for cell in self.code_cells:
            text = cell.source.encode("utf-8", "surrogatepass")
            digest.update(len(text).to_bytes(8, "big") + text)
        return int.from_bytes(digest.digest()[:16], "big")

    def imports(self) -> set[str]:
        """Top-level names of the modules that any code cell mentions in an import, executed or not."""
        found: set[str] = set()
        for cell in self.code_cells:
            tree = magics.parse(cell.executed)
            names = _imported_in_text(cell.executed) if tree is None else imported(tree)
            found.update(name.partition(".")[0] for name in names)
        return found - {""}

    @cached_property
    def bindings(self) -> tuple[Binding, ...]:
        """Every name bound at top level, by cell and line: all cells, in order."""
        return tuple(binding for cell in self.code_cells for binding in bindings(cell))

    @cached_property
    def unparsed(self) -> tuple[int, ...]:
        """The code cells that are not Python, magics aside, or too long to be looked at."""
        return tuple(cell.index for cell in self.code_cells if magics.parse(cell.source) is None)

    def bound_in(self, name: str) -> tuple[int, ...]:
        """The cells that bind ``name`` at top level, in order, each once."""
        return tuple(dict.fromkeys(binding.cell for binding in self.bindings if binding.name == name))

    def with_executed(self, sources: Mapping[int, str], repairs: tuple[Repair, ...]) -> "Notebook":
        """Return this notebook with other sources to execute for some cells, and what was done said."""
        cells = tuple(replace(cell, executed=sources.get(cell.index, cell.executed)) for cell in self.cells)
        return replace(self, cells=cells, repairs=self.repairs + repairs)

    def to_nbformat(self) -> Any:
        """A fresh nbformat 4.5 notebook to execute: one cell for each cell of the file, without outputs.

        Cells without code keep their place and their text. Each call gives a new object that its user may change.
        """
        # Imported late: reading a notebook, which every command does, needs no schema validator.
        from nbformat import v4  # noqa: PLC0415

        made = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell, "raw": v4.new_raw_cell}
        cells = [made[cell.kind](source=cell.executed, id=f"cell-{cell.index}") for cell in self.cells]
        return v4.new_notebook(cells=cells)


def _imported_in_text(source: str) -> Iterator[str]:
    for match in _IMPORT.finditer(source[: magics.MAX_ANALYSED]):
        yield from (name.strip() for name in match.group(1).split(","))


def imported(tree: ast.AST) -> set[str]:
    """Dotted names of every module imported anywhere in ``tree``, also by ``import_module`` with a literal name."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in {"import_module", "__import__"} and isinstance(node.args[0].value, str):
                found.add(node.args[0].value)
    return found


def bindings(cell: Cell) -> tuple[Binding, ...]:
    """The names that a cell's source binds at top level, in order; none where it is not Python."""
    tree = magics.parse(cell.source)
    if tree is None:
        return ()
    try:
        return tuple(Binding(name, cell.index, line, what) for name, line, what in _bound(tree.body))
    except RecursionError:  # a chain of thousands of `elif`, each inside the one before
        return ()


def _bound(statements: list[ast.stmt]) -> Iterator[tuple[str, int, Literal["def", "class", "import", "value"]]]:
    """Name, line and kind of what statements bind, following blocks but not the bodies of functions and classes."""
    for statement in statements:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield statement.name, statement.lineno, "def"
            case ast.ClassDef():
                yield statement.name, statement.lineno, "class"
            case ast.Import() | ast.ImportFrom():
                for alias in statement.names:
                    yield alias.asname or alias.name.partition(".")[0], statement.lineno, "import"
            case _:
                yield from ((name, line, "value") for name, line in _targets(statement))
        for block in ("body", "orelse", "finalbody"):
            inner = getattr(statement, block, None)
            if isinstance(inner, list) and not isinstance(
                statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
            ):
                yield from _bound(inner)
        for branch in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            yield from _bound(branch.body)


def _targets(statement: ast.stmt) -> Iterator[tuple[str, int]]:
    """Names stored by a statement itself: assignments, loops, ``with``, patterns and ``:=``; not inside its blocks."""
    waiting: deque[ast.AST] = deque([statement])
    while waiting:
        node = waiting.popleft()
        if isinstance(node, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name, node.lineno
        for name, value in ast.iter_fields(node):
            if name in {"body", "orelse", "finalbody", "handlers", "cases"} and isinstance(value, list):
                if name == "cases":
                    waiting.extend(case.pattern for case in value)
                continue
            if name == "generators":  # the loop names of a comprehension are its own; what it iterates over is not
                waiting.extend(part for loop in value for part in (loop.iter, *loop.ifs))
                continue
            waiting.extend(
                part for part in (value if isinstance(value, list) else [value]) if isinstance(part, ast.AST)
            )

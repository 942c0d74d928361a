"""Places in a student's notebook: from an execution count and a line that the kernel speaks of to cell, line and source."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.answers import NameInfo
from grader.kernel.values import clean
from grader.notebook import magics
from grader.notebook.cells import Notebook

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda

MAX_LINE = 200
"""Characters of a source line that are quoted."""


@dataclass
class Places:
    """Which cell each execution count stands for in the kernel that runs now."""

    notebook: Notebook
    counts: dict[int, int] = field(default_factory=dict)

    def place(self, count: Any, line: Any) -> tuple[int | None, int | None]:
        """Cell and line, as submitted, of a count and line of the kernel's; None for what it did not or cannot mean."""
        cell = self.counts.get(count) if type(count) is int else None
        if cell is None or type(line) is not int:
            return cell, None
        line += _blank_lines(self.notebook.cells[cell].executed)
        return cell, line if 1 <= line <= self.notebook.cells[cell].source.count("\n") + 1 else None

    def innermost(self, frames: Any) -> tuple[int | None, int | None]:
        """The innermost place of a traceback's frames, [count, line] from the outside in, that is in the notebook."""
        if type(frames) is list:
            for frame in reversed(frames[-64:]):
                if type(frame) is list and len(frame) == 2:  # noqa: PLR2004 - a count and a line
                    cell, line = self.place(*frame)
                    if cell is not None:
                        return cell, line
        return None, None

    def line_in(self, cell: int, frames: Any) -> int | None:
        """The line of ``cell`` itself, outside its functions, that a traceback goes through."""
        if type(frames) is list:
            for frame in frames[:64]:
                if type(frame) is list and len(frame) == 2 and self.place(*frame)[0] == cell:  # noqa: PLR2004 - as above
                    return self.place(*frame)[1]
        return None

    def source_line(self, cell: int | None, line: int | None) -> str:
        """The text of a line as submitted, stripped; empty where there is none."""
        return clean(self.notebook.line(cell, line), MAX_LINE) if cell is not None and line is not None else ""

    def name(self, name: str, found: Mapping[str, Any]) -> NameInfo:
        """What the kernel says of a name, with what the notebook's text says of it."""
        bound_in = self.notebook.bound_in(name)
        if found.get("exists") is not True:
            return NameInfo(name, exists=False, bound_in=bound_in)
        cell, line = self.place(found.get("count"), found.get("line"))
        if cell is None and found.get("callable") is True:
            # Compiled outside the cell's own code (`%%time`, exec): the text knows where.
            cell = next((where for where in reversed(bound_in) if self._defines(where, name)), None)
        source, line = (self._source(cell, name, line)) if cell is not None else ("", None)
        return NameInfo(
            name,
            exists=True,
            callable=found.get("callable") is True,
            type_name=clean(found.get("type_name"), MAX_LINE),
            cell=cell,
            line=line,
            source=source,
            bound_in=bound_in,
        )

    def _defines(self, cell: int, name: str) -> bool:
        bindings = self.notebook.bindings
        return any(bound.cell == cell and bound.name == name and bound.what in {"def", "class"} for bound in bindings)

    def _source(self, cell: int, name: str, line: int | None) -> tuple[str, int | None]:
        """Source text and first line of the definition in ``cell`` at ``line``, else of the last one called ``name``."""
        source = self.notebook.cells[cell].source
        tree = magics.parse(source)
        if tree is None:
            return "", line
        node = _definition(tree, name, line)
        if node is None:
            return "", line
        return "\n".join(source.split("\n")[node.lineno - 1 : node.end_lineno]), node.lineno


def _definition(tree: ast.Module, name: str, line: int | None) -> _Definition | None:
    """The function, class or lambda that begins at ``line`` (decorators count), else the last one called ``name``."""
    named: _Definition | None = None
    for node in ast.walk(tree):
        if isinstance(node, ast.Lambda) and node.lineno == line:
            return node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) == line:
                return node
            if node.name == name:
                named = node
    return named


def _blank_lines(source: str) -> int:
    """Leading lines without text: IPython drops them before it compiles a cell."""
    lines = source.split("\n")
    return next((index for index, line in enumerate(lines) if line.strip()), 0)

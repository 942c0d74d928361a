"""The reference notebook, cut into what one exercise needs: its own cells, and whatever binds a name that they use.

Imports are kept one statement at a time, so that an exercise in NumPy runs without TensorFlow; other cells are kept whole.
"""

import ast
import builtins
import json
import symtable
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.assignment import Exercise
from grader.errors import AssignmentError, Fault, UnreadableNotebook
from grader.notebook.magics import plain
from grader.notebook.read import read

SHAPING = frozenset({"add", "build", "compile", "fit", "load_weights", "set_weights"})
"""Methods that make a model what it is: a cell that calls one on a graded name is part of the answer."""

_BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__", "get_ipython", "display"}
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of a cell that is kept or left out as a whole. ``group`` are cells that are kept together."""

    cell: int
    text: str
    binds: frozenset[str]
    uses: frozenset[str]
    star: bool = False
    group: str = ""


class Reference:
    """The code cells of a reference notebook, with the exercises they answer."""

    def __init__(self, sources: Iterable[tuple[str, str]], exercises: Iterable[Exercise]) -> None:
        """``sources`` are the code cells as (cell id, source), in order."""
        self.sources = tuple(sources)
        self.exercises = {exercise.name: exercise for exercise in exercises}
        self._homes: dict[str, tuple[int, ...]] = {}
        for name, exercise in self.exercises.items():
            self._homes[name] = self._own(exercise)
        for name, exercise in self.exercises.items():
            taken = {cell for cells in self._homes.values() for cell in cells}
            shaping = [cell for cell in range(len(self.sources)) if cell not in taken and self._shapes(cell, exercise)]
            self._homes[name] = tuple(sorted({*self._homes[name], *shaping}))

    def homes(self, exercise: str) -> tuple[int, ...]:
        """The cells that are the answer of an exercise: the one of its name or those that bind its names, and those that shape them."""
        return self._homes[exercise]

    def answer(self, exercise: str) -> str:
        """The source of an exercise's answer, its cells one after the other."""
        return "\n\n".join(plain(self.sources[cell][1]) for cell in self.homes(exercise)) + "\n"

    def cut(self, exercise: str, source: str) -> tuple[str, ...]:
        """The cells of a notebook that answers one exercise with ``source``, and holds besides only what that needs."""
        wanted = set(used(source))
        kept: set[Unit] = set()
        others = [unit for unit in self._units if unit.cell not in self.homes(exercise)]
        while True:
            groups = {unit.group for unit in kept} - {""}
            more = [unit for unit in others if unit not in kept and (unit.binds & wanted or unit.group in groups)]
            if not more:
                break
            kept.update(more)
            wanted.update(*(unit.uses for unit in more))
        known = bound(source).union(_BUILTINS, *(unit.binds for unit in kept))
        if wanted - known:
            kept.update(unit for unit in others if unit.star)
        return tuple(self._written(exercise, source, kept))

    def whole(self, exercise: str, source: str) -> tuple[str, ...]:
        """The cells of the whole notebook with ``source`` in place of one exercise's answer."""
        homes = self.homes(exercise)
        return tuple(
            source if cell == homes[0] else text for cell, (_, text) in enumerate(self.sources) if cell not in homes[1:]
        )

    def _written(self, exercise: str, source: str, kept: set[Unit]) -> Iterator[str]:
        first = self.homes(exercise)[0]
        for cell in range(len(self.sources)):
            if cell == first:
                yield source
            elif text := "\n".join(unit.text for unit in self._units if unit.cell == cell and unit in kept):
                yield text

    def _own(self, exercise: Exercise) -> tuple[int, ...]:
        named = [cell for cell, (name, _) in enumerate(self.sources) if name == exercise.name]
        binding = [cell for cell, (_, text) in enumerate(self.sources) if bound(plain(text)) & set(exercise.names)]
        return tuple(named or binding)

    def _shapes(self, cell: int, exercise: Exercise) -> bool:
        return any(
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in SHAPING
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in exercise.names
            for node in outside_functions(ast.parse(plain(self.sources[cell][1])))
        )

    @cached_property
    def _units(self) -> tuple[Unit, ...]:
        group = {cell: name for name, cells in self._homes.items() for cell in cells}
        return tuple(
            unit
            for cell, (_, text) in enumerate(self.sources)
            for unit in _units(cell, plain(text), group.get(cell, ""))
        )


def load(path: Path, exercises: Iterable[Exercise]) -> Reference:
    """Read a reference notebook. Raises AssignmentError where it cannot be read, or answers not every exercise."""
    try:
        notebook = read(path)
        ids = [cell.get("id", "") for cell in json.loads(path.read_bytes()).get("cells", [])]
        reference = Reference([(ids[cell.index], cell.source) for cell in notebook.code_cells], exercises)
    except (UnreadableNotebook, OSError, ValueError, SyntaxError) as error:
        remedy = "put a notebook there that earns every point"
        raise AssignmentError((Fault(path, None, f"cannot be used: {error}", remedy),)) from error
    missing = [name for name in reference.exercises if not reference.homes(name)]
    if missing:
        fault = Fault(path, None, f"does not answer {', '.join(missing)}", "bind the graded names in a cell")
        raise AssignmentError((fault,))
    return reference


def notebook(cells: Iterable[str], assignment: str) -> bytes:
    """The file of a notebook with these code cells."""
    document: Mapping[str, Any] = {
        "cells": [
            {
                "cell_type": "code",
                "execution_count": None,
                "id": f"cell-{number}",
                "metadata": {},
                "outputs": [],
                "source": source,
            }
            for number, source in enumerate(cells)
        ],
        "metadata": {
            "grader": {"assignment": assignment},
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document).encode()


def used(source: str) -> frozenset[str]:
    """The names that a source looks up at top level, in functions too; all of them where it does not parse."""
    try:
        table = symtable.symtable(source, "<cell>", "exec")
    except SyntaxError:
        return frozenset(_words(source))
    return frozenset(_looked_up(table, top=True))


def bound(source: str) -> frozenset[str]:
    """The names that a source binds at top level; none where it does not parse."""
    try:
        table = symtable.symtable(source, "<cell>", "exec")
    except SyntaxError:
        return frozenset()
    return frozenset(one.get_name() for one in table.get_symbols() if one.is_assigned() or one.is_imported())


def outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node that runs with the cell itself: not inside a function or a class."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(child for child in ast.iter_child_nodes(node) if not isinstance(child, _SCOPES))


def _words(source: str) -> set[str]:
    return set("".join(letter if letter.isidentifier() or letter.isdigit() else " " for letter in source).split())


def _looked_up(table: symtable.SymbolTable, *, top: bool) -> Iterator[str]:
    for one in table.get_symbols():
        if one.is_referenced() and (top or one.is_global()):
            yield one.get_name()
    for child in table.get_children():
        yield from _looked_up(child, top=False)


def _units(cell: int, source: str, group: str) -> Iterator[Unit]:
    """A cell's imports one by one, and the rest of it as one unit."""
    lines = source.split("\n")
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            text = ast.unparse(statement)
            star = any(alias.name == "*" for alias in statement.names)
            yield Unit(cell, text, bound(text), frozenset(), star)
            for number in range(statement.lineno - 1, statement.end_lineno or statement.lineno):
                lines[number] = ""
    rest = "\n".join(lines).strip("\n")
    if rest.strip():
        yield Unit(cell, rest, bound(rest), used(rest), group=group)

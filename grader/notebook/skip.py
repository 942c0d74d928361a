"""Cells that grading does not need, by an instructor's rule: plots, long training, thousands of single predictions.

Of such a cell only imports, definitions and assignments that the rule does not speak about are run, so that later cells
find the names they use. A cell that binds a graded name is never touched.
"""

import ast
import re
from dataclasses import dataclass

from grader.notebook import magics
from grader.notebook.cells import Cell, bindings

_KEPT = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_MAX_MATCHED = 20_000
"""Characters of a cell that rules are matched against: a backtracking pattern must not meet a stranger's megabyte."""


@dataclass(frozen=True, slots=True)
class SkipRule:
    """A regular expression searched in a cell's source, and the reason that is told to the student."""

    pattern: str
    reason: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """What of a skipped cell is executed, on its own lines, and what is said."""

    source: str
    text: str


def skipped(cell: Cell, rules: tuple[SkipRule, ...], graded: frozenset[str]) -> Skipped | None:
    """How ``cell`` is skipped by the first rule that speaks about it, or None where it runs."""
    if not rules or len(cell.source) > _MAX_MATCHED:
        return None
    rule = next((rule for rule in rules if re.search(rule.pattern, cell.source, re.MULTILINE)), None)
    if rule is None or any(binding.name in graded or binding.name == "*" for binding in bindings(cell)):
        return None
    tree = magics.parse(cell.source)
    lines = magics.plain(cell.source).split("\n")
    if tree is None:
        return None
    kept = [""] * len(lines)
    for statement in tree.body:
        text = lines[statement.lineno - 1 : statement.end_lineno]
        assigned = isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign)
        assigned = assigned and not any(re.search(other.pattern, "\n".join(text), re.MULTILINE) for other in rules)
        if assigned or isinstance(statement, _KEPT):
            first = min([statement.lineno, *(item.lineno for item in getattr(statement, "decorator_list", ()))])
            kept[first - 1 : statement.end_lineno] = lines[first - 1 : statement.end_lineno]
    rest = "" if not any(kept) else " Its imports, definitions and assignments ran."
    return Skipped("\n".join(kept), f"The cell was skipped: {rule.reason}.{rest}")

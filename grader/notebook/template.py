"""Whether a submission is the assignment's blank notebook: nothing was filled in."""

import ast

from grader.notebook import magics
from grader.notebook.cells import Cell, Notebook, bindings


def is_untouched(notebook: Notebook, template: Notebook, graded: frozenset[str]) -> bool:
    """Whether every cell that binds a name is as the template has it, spaces and comments aside.

    A name that is not graded counts too, unless it is imported: it may be an answer whose name is misspelled. Where no cell binds a
    graded name, every code cell must be one of the template's. A notebook without code is not the template.
    """
    blank = {_meaning(cell) for cell in template.code_cells}
    filled = [cell for cell in notebook.code_cells if cell.source.strip()]
    answered = any(magics.parse(cell.source) is None or _binds(cell, graded) for cell in filled)
    judged = [cell for cell in filled if not answered or magics.parse(cell.source) is None or _defines(cell, graded)]
    return bool(judged) and all(_meaning(cell) in blank for cell in judged)


def _binds(cell: Cell, graded: frozenset[str]) -> bool:
    return any(binding.name in graded for binding in bindings(cell))


def _defines(cell: Cell, graded: frozenset[str]) -> bool:
    return any(binding.name in graded or binding.what != "import" for binding in bindings(cell))


def _meaning(cell: Cell) -> str:
    """A cell's text without what does not count: comments and layout, or spaces where it is not Python."""
    tree = magics.parse(cell.source)
    try:
        return ast.dump(tree) if tree is not None else " ".join(cell.source.split())
    except RecursionError:  # thousands of levels deep, and so not the template
        return cell.source

"""Statements of a cell that are left out since the work means the same without them, and how text of a cell is replaced and quoted."""

import ast
from collections.abc import Collection, Iterator

from grader.notebook import magics
from grader.verdict import Repair

_LISTED = 60
_WAITED_S = 0.1
"""Seconds of a pause from which on it is left out: in a loop, less adds up to little."""
_SWITCHES = ("disable_v2_behavior", "disable_eager_execution", "disable_v2_tensorshape")
"""Functions by which TensorFlow becomes the one that Keras had before its third version."""


def without_looks(index: int, source: str, files: Collection[str]) -> tuple[str, list[Repair]]:
    """A cell's source without statements that load a missing plot style, that only wait, or that take Keras its ground."""
    if not any(word in source for word in (".use", "sleep(", *_SWITCHES)) or (tree := magics.parse(source)) is None:
        return source, []
    said: list[Repair] = []
    for statement in _outside_functions(tree):
        style = _style(statement)
        if style is not None and style not in files and style.removeprefix("./") not in files:
            source = blank(source, statement)
            text = f"The plot style {quote(style)} is not here; it was left out. It changes only how plots look."
            said.append(Repair(cell=index, kind="style-file", text=text))
        elif (seconds := _pause(statement)) is not None:
            source = blank(source, statement)
            text = f"A pause of {seconds:g} s was left out: nothing waits while a notebook is graded."
            said.append(Repair(cell=index, kind="pause", text=text))
        elif (name := _switched_off(statement)) is not None:
            source = blank(source, statement)
            text = f"`{name}()` was left out: Keras runs nothing without what it switches off."
            said.append(Repair(cell=index, kind="old-keras", text=text))
    return source, said


def _outside_functions(tree: ast.Module) -> Iterator[ast.AST]:
    """The statements that a cell runs by itself, the inner ones of its blocks too, the later before the earlier."""
    found: list[ast.stmt] = []
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            found.append(node)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
            waiting.extend(ast.iter_child_nodes(node))
    return iter(sorted(found, key=lambda one: (one.lineno, one.col_offset), reverse=True))


def _switched_off(node: ast.AST) -> str | None:
    """The name of a switch that a statement calls."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name))) if name in _SWITCHES:
            return name
    return None


def _pause(node: ast.AST) -> float | None:
    """The seconds of a statement ``time.sleep(30)`` that are worth a word; None for any other."""
    match node:
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(attr="sleep", value=ast.Name(id="time")) | ast.Name(id="sleep"),
                args=[ast.Constant(value=int() | float() as seconds)],
            )
        ) if seconds >= _WAITED_S:
            return seconds
    return None


def _style(node: ast.AST) -> str | None:
    """The style that a statement ``plt.style.use("...")`` loads, where it is a file or one of the retired seaborn styles."""
    match node:
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(attr="use", value=ast.Attribute(attr="style")), args=[ast.Constant(value=str(name))]
            )
        ) if name.endswith(".mplstyle") or name.startswith("seaborn") or "/" in name:
            return name
    return None


def blank(source: str, node: ast.AST, instead: str = "None") -> str:
    """``source`` with the text of a statement or an expression replaced by an expression of as many lines."""
    first, last = node.lineno - 1, node.end_lineno - 1  # type: ignore[attr-defined]  # both have them
    lines = source.split("\n")
    before = lines[first].encode()[: node.col_offset].decode()  # type: ignore[attr-defined]  # as above
    after = lines[last].encode()[node.end_col_offset :].decode()  # type: ignore[attr-defined]  # as above
    lines[first : last + 1] = (before + "(" + instead + "\n" * (last - first) + ")" + after).split("\n")
    return "\n".join(lines)


def clean(text: str) -> str:
    """A student's text as it may stand in a sentence: printable, short, without backticks."""
    kept = "".join(character if character.isprintable() and character != "`" else "?" for character in text[:_LISTED])
    return kept if len(text) <= _LISTED else kept + "…"


def quote(text: str) -> str:
    """A student's text as code in a sentence."""
    return f"`{clean(text)}`"

"""Magics and shell lines written out as calls of IPython, ``get_ipython().run_line_magic("matplotlib", "widget")``.

A notebook that went through a Python file and back has them, and they cannot run here any more than the lines can.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from grader.notebook import magics
from grader.notebook.magics import Magic

_ANYWHERE = frozenset({"run_line_magic", "run_cell_magic"})
"""Methods that only IPython's shell has: whatever they are called on is one."""

_ON_THE_SHELL = frozenset({"magic", "system", "getoutput"})
"""Methods whose names others have too: the shell must have been asked for in the same expression."""


@dataclass(frozen=True, slots=True)
class MagicCall:
    """A call in a cell's tree, and the magic it stands for."""

    node: ast.Call
    magic: Magic
    old: bool = False
    """Whether the call's own name is one that IPython no longer has."""


def begin(call: MagicCall) -> tuple[int, int]:
    """Line and byte where a call begins."""
    return call.node.lineno, call.node.col_offset


def end(call: MagicCall) -> tuple[int, int]:
    """Line and byte behind a call."""
    return call.node.end_lineno or call.node.lineno, call.node.end_col_offset or call.node.col_offset


def find(source: str) -> Iterator[MagicCall]:
    """The calls in ``source`` that run a magic or a shell line whose text stands there literally."""
    if not any(word in source for word in ("_magic(", "get_ipython")) or (tree := magics.parse(source)) is None:
        return
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=attribute, value=shell), args=arguments) if (
                attribute in _ANYWHERE or (attribute in _ON_THE_SHELL and _is_shell(shell))
            ):
                words = [one.value for one in arguments if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                if words and len(words) == len(arguments) and (text := _line(attribute, words)):
                    yield from (MagicCall(node, magic, attribute == "magic") for magic in magics.find(text)[:1])


def _is_shell(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "get_ipython"


def _line(attribute: str, words: list[str]) -> str:
    """The line that does what the call does; empty for a cell magic around ordinary Python, which runs as it is."""
    first, rest = words[0].lstrip("%!"), " ".join(words[1:2])
    match attribute:
        case "run_cell_magic":
            return "" if first in magics.BODY_IS_PYTHON else f"%%{first} {rest}".rstrip()
        case "run_line_magic" | "magic":
            return f"%{first} {rest}".rstrip()
        case _:
            return f"!{first}"

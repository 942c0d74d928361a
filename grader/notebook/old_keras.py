"""Names that Keras has moved since a notebook was written: the work means the same under the new ones.

Only what is nothing but a new name: modules that were merged into their parents, and ``lr``, which is ``learning_rate`` now.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from grader.notebook import magics

MOVED = {
    "layers.convolutional": "layers",
    "layers.core": "layers",
    "layers.experimental.preprocessing": "layers",
    "layers.normalization": "layers",
    "layers.pooling": "layers",
    "layers.recurrent": "layers",
    "optimizers.experimental": "optimizers",
    "optimizers.legacy": "optimizers",
    "utils.np_utils": "utils",
}
"""Below ``keras``: a module that is gone, and where its names are now."""

OPTIMIZERS = frozenset({"Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Nadam", "RMSprop", "SGD"})


@dataclass(frozen=True, slots=True)
class _Edit:
    """Bytes ``start`` to ``end`` of a line (from 1) that become ``new``; ``old`` is how a person would say it."""

    line: int
    start: int
    end: int
    new: str
    old: str


def renewed(source: str, own: frozenset[str] = frozenset()) -> tuple[str, tuple[str, ...]]:
    """``source`` with new names for old ones, on the same lines, and each change in words.

    ``own`` are functions and classes that the notebook defines: an optimizer of one's own may well take ``lr``.
    """
    if not any(word in source for word in ("lr", *MOVED)) or (tree := magics.parse(source)) is None:
        return source, ()
    lines = source.split("\n")
    edits = sorted({edit.start + (edit.line << 32): edit for edit in _edits(tree, lines, own)}.items(), reverse=True)
    for _, edit in edits:
        line = lines[edit.line - 1].encode()
        lines[edit.line - 1] = (line[: edit.start] + edit.new.encode() + line[edit.end :]).decode()
    return "\n".join(lines), tuple(
        dict.fromkeys(f"`{edit.old}` was read as `{edit.new}`" for _, edit in reversed(edits))
    )


def _edits(tree: ast.AST, lines: list[str], own: frozenset[str]) -> Iterator[_Edit]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in OPTIMIZERS - own:
                for keyword in node.keywords:
                    if keyword.arg == "lr":
                        start = keyword.col_offset
                        yield _Edit(keyword.lineno, start, start + len("lr"), "learning_rate", "lr")
            case ast.ImportFrom(module=str(module)) if (new := _moved(module)) is not None:
                yield from _named(lines, node.lineno, module, new)
            case ast.Attribute(lineno=line, end_lineno=last) if line == last:
                dotted = _dotted(node)
                if (new := _moved(dotted)) is not None:
                    yield from _named(lines, line, dotted, new)


def _dotted(node: ast.expr) -> str:
    """A chain of at most eight names, ``tf.keras.optimizers.legacy``; empty for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute) and len(names) < 8:  # noqa: PLR2004 - no module of Keras lies deeper
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else ""


def _moved(dotted: str) -> str | None:
    """The new name of a dotted one that ends in a module which Keras has moved; None for any other."""
    for old, new in MOVED.items():
        if dotted == f"keras.{old}" or dotted.endswith(f".keras.{old}"):
            return dotted.removesuffix(old) + new
    return None


def _named(lines: list[str], line: int, old: str, new: str) -> Iterator[_Edit]:
    at = lines[line - 1].encode().find(old.encode())
    if at >= 0:
        yield _Edit(line, at, at + len(old.encode()), new, old)

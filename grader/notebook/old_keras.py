"""Names that Keras has moved since a notebook was written: the work means the same under the new ones.

Only what is nothing but a new name: modules that were merged into their parents, TensorFlow's private rest of Keras, and
``lr``, which is ``learning_rate`` now.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.notebook import magics

MOVED = {
    "engine.sequential": "models",
    "engine.topology": "layers",
    "engine.training": "models",
    "layers.advanced_activations": "layers",
    "layers.convolutional": "layers",
    "layers.core": "layers",
    "layers.embeddings": "layers",
    "layers.experimental.preprocessing": "layers",
    "layers.merge": "layers",
    "layers.normalization": "layers",
    "layers.pooling": "layers",
    "layers.recurrent": "layers",
    "optimizer_v2.adam": "optimizers",
    "optimizer_v2.gradient_descent": "optimizers",
    "optimizer_v2.rmsprop": "optimizers",
    "optimizers.adam_v2": "optimizers",
    "optimizers.experimental": "optimizers",
    "optimizers.gradient_descent_v2": "optimizers",
    "optimizers.legacy": "optimizers",
    "utils.np_utils": "utils",
    "utils.vis_utils": "utils",
}
"""Below ``keras``: a module that is gone, and where its names are now."""

PRIVATE = ("tensorflow.python.keras", "tf.python.keras")
"""Where TensorFlow keeps the rest of an older Keras, whose layers and models the public ones do not take."""

_GONE = re.compile(rf"(?<!\w)keras\.({'|'.join(map(re.escape, MOVED))})(?![\w])")

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
    if not any(word in source for word in ("lr", "keras")) or (tree := magics.parse(source)) is None:
        return source, ()
    lines = source.split("\n")
    # Of a chain of names the whole comes before its beginnings: the first edit at a place is the one that knows most.
    places: dict[tuple[int, int], _Edit] = {}
    for edit in _edits(tree, lines, own):
        places.setdefault((edit.line, edit.start), edit)
    edits = sorted(places.items(), reverse=True)
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
            case ast.Attribute(lineno=line, end_lineno=last) if line == last:
                dotted = _dotted(node)
                if (new := _moved(dotted)) is not None:
                    yield from _named(lines, line, dotted, new)
            case ast.Import() | ast.ImportFrom():
                yield from _in_import(lines, node)


def _in_import(lines: list[str], node: ast.Import | ast.ImportFrom) -> Iterator[_Edit]:
    match node:
        case ast.ImportFrom(module=str(module)) if (new := _moved(module)) is not None:
            yield from _named(lines, node.lineno, module, new)
        case ast.ImportFrom(module=str(module), lineno=line, end_lineno=last) if line == last:
            yield from _imported(lines, node, module)
        case ast.Import(names=names):
            for alias in names:
                if (new := _moved(alias.name)) is not None:
                    yield from _named(lines, alias.lineno, alias.name, new)


def _imported(lines: list[str], node: ast.ImportFrom, module: str) -> Iterator[_Edit]:
    """``from keras.utils import np_utils`` as ``from keras import utils as np_utils``: the name it binds stays."""
    moved = {alias.name: new for alias in node.names if (new := _moved(f"{module}.{alias.name}")) is not None}
    if not moved:
        return
    kept = [alias for alias in node.names if alias.name not in moved]
    statements = [ast.ImportFrom(module=module, names=kept, level=0)] if kept else []
    for alias in node.names:
        if (new := moved.get(alias.name)) is not None:
            parent, _, child = new.rpartition(".")
            bound = alias.asname or alias.name
            names = [ast.alias(child, None if bound == child else bound)]
            statements.append(ast.ImportFrom(module=parent, names=names, level=0))
    old = lines[node.lineno - 1].encode()[node.col_offset : node.end_col_offset].decode()
    yield _Edit(node.lineno, node.col_offset, node.end_col_offset or 0, "; ".join(map(ast.unparse, statements)), old)


def _dotted(node: ast.expr) -> str:
    """A chain of at most eight names, ``tf.keras.optimizers.legacy``; empty for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute) and len(names) < 8:  # noqa: PLR2004 - no module of Keras lies deeper
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else ""


def _moved(dotted: str) -> str | None:
    """The new name of a dotted one that is private, or in a module which Keras has moved; None for any other."""
    new = dotted
    for private in PRIVATE:
        if dotted == private or dotted.startswith(f"{private}."):
            new = private.replace(".python", "") + dotted.removeprefix(private)
    new = _GONE.sub(lambda found: f"keras.{MOVED[found[1]]}", new, count=1)
    return new if new != dotted else None


def _named(lines: list[str], line: int, old: str, new: str) -> Iterator[_Edit]:
    at = lines[line - 1].encode().find(old.encode())
    if at >= 0:
        yield _Edit(line, at, at + len(old.encode()), new, old)

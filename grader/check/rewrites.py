"""Rewrites of a reference answer that change nothing of what it does: none of them may lose a point.

Names, helper functions, order, loops for vectors, TensorFlow for NumPy, rounding in the last bit, lists for arrays.
"""

import ast
import builtins
import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from grader.check.reference import bound, used

NAMES = "abcdefghijklmnopqrstuvwxyz"
WRAPPERS = {
    "helper function": "    return {inner}(*{arguments})",
    "lists for arrays": "    return _np.asarray({inner}(*{arguments})).tolist()",
    "rows one by one": (
        "    *others, last = {arguments}\n"
        "    if _np.ndim(last) < 2:\n"
        "        return {inner}(*{arguments})\n"
        "    step = max(1, len(last) // 2) if others else 1\n"
        "    rows = []\n"
        "    for row in range(0, len(last), step):\n"
        "        rows.extend(_np.asarray({inner}(*others, last[row : row + step])))\n"
        "    return _np.stack(rows)"
    ),
    "rounding in the last bit": (
        "    values = _np.asarray({inner}(*{arguments}))\n"
        "    if values.dtype.kind != 'f':\n"
        "        return values\n"
        "    return values * (1 + _np.finfo(values.dtype).eps)"
    ),
    "another memory layout": "    return _np.asfortranarray({inner}(*{arguments}))",
}
TENSOR = "    return _tf.convert_to_tensor({inner}(*{arguments}))"


def rewrites(source: str, names: Sequence[str], *, tensorflow: bool) -> Iterator[tuple[str, str]]:
    """Each rewrite as (what was rewritten, source). ``names`` are the graded ones; ``tensorflow`` says whether it may be used.

    Nothing where the source does not parse.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    plain = ast.unparse(tree)
    made: list[tuple[str, str]] = [
        ("names", ast.unparse(_renamed(tree, frozenset(names)))),
        ("order", ast.unparse(_reordered(tree))),
    ]
    if functions >= set(names):
        made += [(words, wrapped(source, names, body)) for words, body in WRAPPERS.items()]
        if tensorflow:
            made.append(("tensors for arrays", wrapped(source, names, TENSOR, "import tensorflow as _tf\n")))
            if (translated := in_tensorflow(tree)) is not None:
                made.append(("TensorFlow for NumPy", translated))
    else:
        made.append(("helper function", _built_in_a_function(source, names)))
        made += _respelt(tree)
    yield from ((words, text) for words, text in made if text != plain)


def wrapped(source: str, names: Sequence[str], body: str, imports: str = "") -> str:
    """A source followed by a function around each graded one. ``body`` speaks of it as ``{inner}``, of its arguments as ``{arguments}``."""
    parts = [f"import numpy as _np\n{imports}\n{source}"]
    for name in names:
        inner = f"_first_{name}"
        parts.append(f"{inner} = {name}\n\n\ndef {name}(*given):\n" + body.format(inner=inner, arguments="given"))
    return "\n\n".join(parts) + "\n"


class _Renamer(ast.NodeTransformer):
    """Gives every variable of a tree another name, apart from those that are kept; keyword arguments of calls stay."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """A variable that is read or bound."""
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """A parameter."""
        node.arg = self.names.get(node.arg, node.arg)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """A function: its name, then what is inside."""
        node.name = self.names.get(node.name, node.name)
        self.generic_visit(node)
        return node


def _renamed(tree: ast.Module, graded: frozenset[str]) -> ast.Module:
    """The tree with its own variables renamed; what it imports, and what other cells bind, keep their names."""
    imported = {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    source = ast.unparse(tree)
    own = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)} | set(bound(source))
    fixed = graded | imported | (used(source) - bound(source)) | set(dir(builtins))
    free = (f"{first}{second}" for first in NAMES for second in "_123" if f"{first}{second}" not in fixed | own)
    names = {name: next(free) for name in sorted(own - fixed)}
    renamed = _Renamer(names).visit(copy.deepcopy(tree))
    assert isinstance(renamed, ast.Module)
    return renamed


def _reordered(tree: ast.Module) -> ast.Module:
    """The tree with its functions in the opposite order, and so the keyword arguments of its calls."""
    whole = copy.deepcopy(tree)
    functions = [node for node in whole.body if isinstance(node, ast.FunctionDef)]
    turned = iter(functions[::-1])
    whole.body = [next(turned) if isinstance(node, ast.FunctionDef) else node for node in whole.body]
    for node in ast.walk(whole):
        if isinstance(node, ast.Call) and all(keyword.arg for keyword in node.keywords):
            node.keywords.reverse()
    return whole


def _built_in_a_function(source: str, names: Sequence[str]) -> str:
    """The whole answer inside a function that returns the graded names."""
    body = ast.parse(source)
    given = ", ".join(names)
    maker = ast.parse(f"def _make():\n    return {given}\n\n\n{given} = _make()").body
    assert isinstance(maker[0], ast.FunctionDef)
    imports = [node for node in body.body if isinstance(node, ast.Import | ast.ImportFrom)]
    maker[0].body = [node for node in body.body if node not in imports] + maker[0].body
    return ast.unparse(ast.fix_missing_locations(ast.Module([*imports, *maker], [])))


def _respelt(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """An activation said in other ways."""
    for words, name, value in (
        ("no activation named", "linear", ast.Constant(None)),
        ("an activation as a function", "relu", ast.parse("lambda t: (t + abs(t)) / 2", mode="eval").body),
    ):
        whole = copy.deepcopy(tree)
        hit = False
        for node in ast.walk(whole):
            if isinstance(node, ast.keyword) and node.arg == "activation" and _says(node.value, name):
                node.value, hit = copy.deepcopy(value), True
        if hit:
            yield words, ast.unparse(ast.fix_missing_locations(whole))


def _says(node: ast.expr, value: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == value


class _ToTensorFlow(ast.NodeTransformer):
    """Writes NumPy calls as TensorFlow's; ``failed`` where one has no counterpart here."""

    FUNCTIONS: ClassVar[Mapping[str, str]] = {
        "asarray": "tf.convert_to_tensor",
        "array": "tf.convert_to_tensor",
        "exp": "tf.exp",
        "max": "tf.reduce_max",
        "sum": "tf.reduce_sum",
        "argmax": "tf.argmax",
    }
    METHODS: ClassVar[frozenset[str]] = frozenset({"max", "sum", "argmax"})

    def __init__(self) -> None:
        self.failed = False

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """A call of ``np.f(x)`` or ``x.f()``."""
        self.generic_visit(node)
        match node.func:
            case ast.Attribute(value=ast.Name(id="np" | "numpy"), attr=name) if name in self.FUNCTIONS:
                node.func = _expression(self.FUNCTIONS[name])
            case ast.Attribute(value=ast.Name(id="np" | "numpy")):
                self.failed = True
            case ast.Attribute(value=value, attr=name) if name in self.METHODS:
                node.func = _expression(self.FUNCTIONS[name])
                node.args.insert(0, value)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """A dtype such as ``np.float64``."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id in {"np", "numpy"} and node.attr.startswith("float"):
            return _expression(f"tf.{node.attr}")
        return node


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def in_tensorflow(tree: ast.Module) -> str | None:
    """The source of a tree with TensorFlow in place of NumPy; None where it uses what has no counterpart here, or no NumPy."""
    whole = copy.deepcopy(tree)
    translator = _ToTensorFlow()
    for function in ast.walk(whole):
        if isinstance(function, ast.FunctionDef):
            parameters = [argument.arg for argument in function.args.args]
            translator.visit(function)
            converted = [ast.parse(f"{name} = tf.cast({name}, tf.float64)").body[0] for name in parameters[:1]]
            if len(parameters) == 1:
                function.body[:0] = converted
    text = ast.unparse(ast.fix_missing_locations(whole))
    if translator.failed or text == ast.unparse(tree):
        return None
    return f"import tensorflow as tf\n{text}"


BLANKS = {
    "zeros": "    return _np.zeros_like(_np.asarray({inner}(*{arguments})))",
    "a constant": ("    values = _np.asarray({inner}(*{arguments}))\n    return _np.full_like(values, 1)"),
    "equal numbers": (
        "    values = _np.asarray({inner}(*{arguments}))\n    return _np.full(values.shape, 1 / values.shape[-1])"
    ),
}


def blanks(source: str, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Answers without work in them, of the reference's own shape: zeros, a constant, equal numbers. Only for functions."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    if {node.name for node in tree.body if isinstance(node, ast.FunctionDef)} >= set(names):
        yield from ((words, wrapped(source, names, body)) for words, body in BLANKS.items())

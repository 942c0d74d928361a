"""Generic mutants of a reference answer, made from its syntax tree: one small change each, of the kind that people make.

A mutant that keeps every point shows a change that the rubric does not see. Many are right all the same (another number of
hidden units): they are listed for the author to judge.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from typing import Any

Change = Callable[[ast.AST], Iterator[tuple[str, ast.AST | None]]]
"""What a node can be changed to, each with words; None removes a statement."""

ACTIVATIONS = ("linear", "relu", "softmax", "sigmoid", "tanh")
NOT_COUNTED = frozenset({"axis", "seed", "verbose", "epochs", "batch_size", "name", "shape", "dtype"})
"""Keyword arguments whose integers are not counts that an answer can be off by one in."""
SWAPPED = {"max": "min", "argmax": "argmin", "sum": "mean", "maximum": "minimum", "exp": "exp2"}
_SIGNS: dict[type[ast.operator], ast.operator] = {ast.Div: ast.Mult(), ast.Add: ast.Sub()}


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Each mutant of a source as (what was changed, changed source); every source once. Nothing where it does not parse."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    seen = {ast.unparse(tree)}
    for words, text in _mutated(tree):
        if text not in seen:
            seen.add(text)
            yield words, text


def _mutated(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for position, node in enumerate(ast.walk(tree)):
        for change in (_axis, _keepdims, _softmax, _from_logits, _off_by_one, _shift, _activation, _swapped, _dropped):
            for words, replacement in change(node):
                line = getattr(node, "lineno", 0)
                yield f"{words} (line {line})", _with(tree, position, replacement)


def _with(tree: ast.Module, position: int, replacement: ast.AST | None) -> str:
    """The source of a tree with its node at ``position`` (in the order of ``ast.walk``) replaced or removed."""
    whole = copy.deepcopy(tree)
    target = next(node for number, node in enumerate(ast.walk(whole)) if number == position)
    for parent in ast.walk(whole):
        for name, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, name, replacement)
            elif isinstance(value, list) and any(item is target for item in value):
                kept = [replacement if item is target else item for item in value]
                setattr(parent, name, [item for item in kept if item is not None] or [ast.Pass()])
    return ast.unparse(ast.fix_missing_locations(whole))


def _number(node: ast.AST) -> int | None:
    """The integer that a constant, or its negative, stands for."""
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))) if not isinstance(value, bool):
            return -value
    return None


def _called(node: ast.AST) -> str:
    """The last part of the name of what is called; empty where a node is no call by name."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
            return name
    return ""


def _keyword(node: ast.AST, name: str) -> ast.expr | None:
    """The value of a keyword argument, where a node is one of that name."""
    return node.value if isinstance(node, ast.keyword) and node.arg == name else None


def _axis(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    value = _keyword(node, "axis")
    if value is not None and (axis := _number(value)) is not None:
        other = 1 if axis == 0 else 0
        yield f"axis={axis} becomes axis={other}", ast.keyword("axis", ast.Constant(other))
        yield f"axis={axis} becomes axis=None", ast.keyword("axis", ast.Constant(None))


def _keepdims(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    value = _keyword(node, "keepdims")
    if isinstance(value, ast.Constant) and value.value is True:
        yield "keepdims is dropped", ast.keyword("keepdims", ast.Constant(False))


def _softmax(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    name = _called(node)
    if "softmax" in name.lower() and isinstance(node, ast.Call) and node.args:
        yield f"`{name}` is dropped", node.args[0]
        doubled = copy.deepcopy(node)
        doubled.args[0] = copy.deepcopy(node)
        yield f"`{name}` is doubled", doubled


def _from_logits(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    value = _keyword(node, "from_logits")
    if isinstance(value, ast.Constant) and isinstance(value.value, bool):
        yield "from_logits is flipped", ast.keyword("from_logits", ast.Constant(not value.value))


def _off_by_one(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    if isinstance(node, ast.keyword) and node.arg not in NOT_COUNTED and (count := _number(node.value)) is not None:
        yield f"{node.arg}={count} becomes {count + 1}", ast.keyword(node.arg, ast.Constant(count + 1))
    if not isinstance(node, ast.Call):
        return
    name = _called(node)
    for index, argument in enumerate(node.args):
        if (count := _number(argument)) is not None:
            for other in (count - 1, count + 1):
                changed = copy.deepcopy(node)
                changed.args[index] = ast.Constant(other)
                yield f"`{name}` gets {other} for {count}", changed
    if name in {"argmax", "argmin"}:
        yield f"1 is added to `{name}`", ast.BinOp(copy.deepcopy(node), ast.Add(), ast.Constant(1))


def _shift(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    match node:
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            yield "the subtraction is removed", left
            yield "the subtraction becomes an addition", ast.BinOp(left, ast.Add(), right)
        case ast.BinOp(left=left, op=ast.Div() | ast.Add() as sign, right=right):
            yield "an operator is turned around", ast.BinOp(left, _SIGNS[type(sign)], right)
            yield "the right side of an operator is removed", left
        case ast.UnaryOp(op=ast.USub(), operand=ast.Name() | ast.Call() as operand):
            yield "a minus is removed", operand


def _activation(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    value = _keyword(node, "activation")
    if isinstance(value, ast.Constant):
        for name in ACTIVATIONS:
            if name != (value.value or "linear"):
                yield f"activation {value.value!r} becomes {name!r}", ast.keyword("activation", ast.Constant(name))


def _swapped(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    name = _called(node)
    if name in SWAPPED and isinstance(node, ast.Call):
        changed: Any = copy.deepcopy(node)
        if isinstance(changed.func, ast.Attribute):
            changed.func.attr = SWAPPED[name]
        else:
            changed.func.id = SWAPPED[name]
        if not (isinstance(node.func, ast.Attribute) and name == "exp" and not isinstance(node.func.value, ast.Name)):
            yield f"`{name}` becomes `{SWAPPED[name]}`", changed


def _dropped(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    """A call of a method that shapes a model is left out; a value is computed and not returned."""
    match node:
        case ast.Expr(value=ast.Call() as call) | ast.Assign(value=ast.Call() as call):
            name = _called(call)
            if name in {"compile", "fit", "add"}:
                yield f"`{name}` is not called", None
        case ast.Return(value=ast.expr() as value):
            yield "the value is not returned", ast.Expr(value)

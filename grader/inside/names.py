"""Where the names of a notebook come from: the cell and line in which a function or class was defined."""

import builtins
from functools import partial
from typing import Any

from grader.inside.context import Context
from grader.inside.faults import cell_count
from grader.inside.values import type_name

# Functions find the builtins through their module: with a copy, replacing one in `builtins` does not reach ours.
globals()["__builtins__"] = dict(vars(builtins))

MAX_LAYERS = 16
"""Wrappers that are looked through; a cycle of them ends here."""
_INNER = ("__wrapped__", "python_function", "_python_function", "pyfunc", "__func__")
"""What functools.wraps, tf.function, np.vectorize and bound methods call the function inside."""


def names(parameters: dict[str, Any], context: Context) -> dict[str, Any]:
    """``{name: {exists, callable, type_name, count, line}}`` for each of ``parameters["names"]``."""
    return {name: _describe(name, context) for name in parameters["names"]}


def _describe(name: str, context: Context) -> dict[str, Any]:
    try:
        value = context.names[name]
    except KeyError:
        return {"exists": False}
    found = {"exists": True, "callable": callable(value), "type_name": type_name(type(value))}
    try:
        count, line = definition(value)
    except Exception:  # noqa: BLE001 - attributes of the student's own objects may raise anything
        count, line = None, None
    return found | {"count": count, "line": line}


def definition(value: Any) -> tuple[int | None, int | None]:
    """Execution count and line of the cell that defines a function or class; None where it is not from a cell."""
    if isinstance(value, type):
        return _of_class(value), None
    for _ in range(MAX_LAYERS):
        if isinstance(value, partial):
            value = value.func
            continue
        inner = next((found for name in _INNER if callable(found := _attribute(value, name))), None)
        if inner is None:
            break
        value = inner
    code = _attribute(value, "__code__")
    if code is None:
        code = _attribute(_attribute(type(value), "__call__"), "__code__")
    count = cell_count(getattr(code, "co_filename", None))
    return (count, code.co_firstlineno) if count is not None else (None, None)


def _attribute(value: Any, name: str) -> Any:
    return getattr(value, name, None)


def _of_class(value: type) -> int | None:
    for member in list(vars(value).values()):
        code = getattr(getattr(member, "__func__", member), "__code__", None)
        if (count := cell_count(getattr(code, "co_filename", None))) is not None:
            return count
    return None

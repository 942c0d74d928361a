"""Stand-ins for carrying forward: a name of the notebook bound to a function whose calls travel back to the grader.

The function that answers never enters this process; the grader caps the calls and their bytes.
"""

import builtins
from typing import Any

from grader.inside.context import Context

# Functions find the builtins through their module: with a copy, replacing one in `builtins` does not reach ours.
globals()["__builtins__"] = dict(vars(builtins))

_ABSENT = object()


def bind(parameters: dict[str, Any], context: Context) -> dict[str, Any]:
    """Bind ``name`` to a stand-in; what it was bound to is kept for ``restore``."""
    name: str = parameters["name"]

    def stand_in(*arguments: Any, **named: Any) -> Any:
        return context.call_back(name, (*arguments, *named.values()))

    stand_in.__name__ = stand_in.__qualname__ = name
    context.replaced.setdefault(name, context.names.get(name, _ABSENT))
    context.names[name] = stand_in
    return {}


def restore(parameters: dict[str, Any], context: Context) -> dict[str, Any]:
    """Bind ``name`` to what it was before ``bind``; nothing where there was no stand-in."""
    name: str = parameters["name"]
    if name not in context.replaced:
        return {}
    value = context.replaced.pop(name)
    if value is not _ABSENT:
        context.names[name] = value
    else:
        context.names.pop(name, None)
    return {}

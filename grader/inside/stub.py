"""Stand-ins for carrying forward: a name of the notebook bound to a function whose calls travel back to the grader.

The function that answers never enters this process; the grader caps the calls and their bytes. A stand-in replaces the
function, not only its name: whoever holds it by another name, as a default argument or in a partial calls it too.
"""

import builtins
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

from grader.inside.context import Context
from grader.inside.values import load

# Functions find the builtins through their module: with a copy, replacing one in `builtins` does not reach ours.
globals()["__builtins__"] = dict(vars(builtins))

_ABSENT = object()
_PLACE = "the stand-in"


def bind(parameters: dict[str, Any], context: Context) -> dict[str, Any]:
    """Bind ``name`` to a stand-in; what it was bound to is kept for ``restore``."""
    name: str = parameters["name"]

    def stand_in(*arguments: Any, **named: Any) -> Any:
        answer = context.call_back(name, (*arguments, *named.values()))
        return _like_a_tensor(answer)

    stand_in.__name__ = stand_in.__qualname__ = name
    if name not in context.replaced:
        value = context.names.get(name, _ABSENT)
        code = value.__code__ if type(value) is FunctionType else None
        context.replaced[name] = (value, code)
        if code is not None:
            _give(value, _calling(stand_in, code))
    context.names[name] = stand_in
    return {}


def restore(parameters: dict[str, Any], context: Context) -> dict[str, Any]:
    """Bind ``name`` to what it was before ``bind``; nothing where there was no stand-in."""
    name: str = parameters["name"]
    if name not in context.replaced:
        return {}
    value, code = context.replaced.pop(name)
    if value is _ABSENT:
        context.names.pop(name, None)
        return {}
    context.names[name] = value
    if code is not None:
        _give(value, code)
    return {}


def _give(function: FunctionType, code: CodeType) -> None:
    function.__code__ = code


def _calling(stand_in: Callable[..., Any], old: CodeType) -> CodeType:
    """Code that passes every call on to ``stand_in``, for a function that had ``old``: with as many free variables."""

    def body(*arguments: Any, **named: Any) -> Any:
        passed_on: Any = "the stand-in"  # _PLACE: a constant, since the function's globals are the notebook's
        return passed_on(*arguments, **named)

    code = body.__code__
    constants = tuple(stand_in if constant == _PLACE else constant for constant in code.co_consts)
    return code.replace(co_consts=constants, co_freevars=old.co_freevars)


def _like_a_tensor(answer: Any) -> Any:
    """An array that can be asked for its ``numpy()`` too: the student's function may have returned a tensor."""
    numbers = load()

    class Answer(numbers.ndarray):  # type: ignore[misc, name-defined]
        def numpy(self) -> Any:
            return numbers.array(self)

    return numbers.asarray(answer).view(Answer)

"""Exceptions of the student's code as data: type, message, and the places in their own cells. Never a frame of ours."""

import builtins
import re
import sys
from types import TracebackType
from typing import Any

from grader.inside.values import MAX_NAME

# Functions find the builtins through their module: with a copy, replacing one in `builtins` does not reach ours.
globals()["__builtins__"] = dict(vars(builtins))

MAX_MESSAGE = 2000
"""Characters of an exception's message that cross."""
MAX_FRAMES = 8
"""Places in cells that cross: the outermost, and the innermost ones."""

_CELL = re.compile(r"<cell (\d{1,9})>")


def cell_count(filename: Any) -> int | None:
    """The execution count of the cell that code with this file name was compiled from; None for any other code."""
    match = _CELL.fullmatch(filename) if type(filename) is str else None
    return int(match.group(1)) if match else None


def raised(error: BaseException) -> dict[str, Any]:
    """An exception as data: ``type_name``, ``message``, ``frames`` as [count, line] from the outside in."""
    found: dict[str, Any] = {
        "type_name": _name(error),
        "message": _message(error),
        "frames": _frames(error.__traceback__),
    }
    if isinstance(error, SyntaxError):
        found["syntax"] = _syntax(error)
    if isinstance(error, NameError | ImportError | AttributeError):
        missing = error.name
        found["missing"] = missing[:MAX_NAME] if type(missing) is str else ""
    return found


def _name(error: BaseException) -> str:
    name = type(error).__name__
    return name[:MAX_NAME] if type(name) is str else "Exception"


def _message(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - the student's own __str__ may raise anything
        return ""
    return text[:MAX_MESSAGE].encode("utf-8", "backslashreplace").decode("utf-8")


def _frames(traceback: TracebackType | None) -> list[list[int]]:
    found: list[list[int]] = []
    while traceback is not None:
        count = cell_count(traceback.tb_frame.f_code.co_filename)
        if count is not None:
            found.append([count, traceback.tb_lineno])
            if len(found) > 2 * MAX_FRAMES:
                del found[1 : -MAX_FRAMES + 1]
        traceback = traceback.tb_next
    return found if len(found) <= MAX_FRAMES else [found[0], *found[-MAX_FRAMES + 1 :]]


def _syntax(error: SyntaxError) -> dict[str, Any]:
    """Where a SyntaxError points: its cell, line, offset (from 1) and the message without the place."""
    return {
        "cell": cell_count(error.filename),
        "line": error.lineno if type(error.lineno) is int else None,
        "offset": error.offset if type(error.offset) is int else None,
        "message": error.msg[:MAX_MESSAGE] if type(error.msg) is str else "",
    }


def last_error(parameters: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ARG001 - every operation's shape
    """The error that the last cell ended with, as IPython keeps it for the student's debugger; empty without one."""
    error = getattr(sys, "last_value", None)
    return raised(error) if isinstance(error, BaseException) else {}

"""Answers the grader's questions inside the student's kernel. Nothing said here is believed by the grader.

A shell message ``grader_request`` holds ``{"token", "requests": [...]}``, arrays as buffers. Each request is answered by
a message of its own, ``grader_reply`` with ``{"index", "answer"}``, as soon as it is done: what was answered stays
answered when a later request hangs or kills the kernel. An interrupt ends the message: the grader decides whether to
ask the rest. An answer's ``outcome`` is returned, raised, interrupted,
missing or refused.
"""

import builtins
from collections.abc import Callable
from signal import SIGINT, signal
from time import perf_counter
from typing import Any

from grader.inside import prepare, stub
from grader.inside.context import Absent, Context
from grader.inside.faults import last_error, raised
from grader.inside.names import names
from grader.inside.values import TooLarge, Writer, read

# Functions find the builtins through their module: with a copy, replacing one in `builtins` does not reach ours.
globals()["__builtins__"] = dict(vars(builtins))

Operation = Callable[[dict[str, Any], Context], dict[str, Any]]

OPERATIONS: dict[str, Operation] = {
    "names": names,
    "prepare": prepare.prepare,
    "report": prepare.report,
    "error": last_error,
    "stub": stub.bind,
    "unstub": stub.restore,
}

_contexts: dict[int, Context] = {}


def context_of(kernel: Any) -> Context:
    """The one context of a kernel."""
    key = id(kernel)
    if key not in _contexts:
        _contexts[key] = Context(kernel)
    return _contexts[key]


def operation(name: str) -> Operation:
    """The operation of that name, the models' included. Raises KeyError."""
    if name not in OPERATIONS:
        # Late, so that a notebook without models never pays for it.
        from grader.inside import models  # noqa: PLC0415

        OPERATIONS.update(models.OPERATIONS)
    return OPERATIONS[name]


class _Gate:
    """Turns an interrupt into KeyboardInterrupt only while the student's code runs, never within our own sending."""

    def __init__(self) -> None:
        self.open = False

    def __call__(self, number: int, frame: Any) -> None:  # noqa: ARG002 - the signature of a signal's handler
        if self.open:
            self.open = False
            raise KeyboardInterrupt


async def handle(kernel: Any, stream: Any, ident: Any, parent: dict[str, Any]) -> None:
    """Answer every request of one message, in order."""
    context = context_of(kernel)
    content, buffers = parent["content"], parent["buffers"]
    gate = _Gate()
    context.open(parent, ident, content["token"])
    try:
        for index, request in enumerate(content["requests"]):
            signal(SIGINT, gate)
            answer, arrays = _answer(request, buffers, context, gate)
            context.reply(stream, {"index": index, "answer": answer}, arrays)
            if answer["outcome"] == "interrupted":
                break
    finally:
        context.close()


def _answer(
    request: dict[str, Any], buffers: list[Any], context: Context, gate: _Gate
) -> tuple[dict[str, Any], list[bytes]]:
    """One answer and its buffers. Whatever the student's code raises is data."""
    started = perf_counter()
    writer = Writer(context.cap)
    try:
        gate.open = True
        answer = _call(request, buffers, context, writer) if request["op"] == "call" else None
        if answer is None:
            answer = {"value": writer.node(_operate(request, buffers, context)), "arguments": []}
        gate.open = False
        answer["outcome"] = "returned"
    except Absent as absent:
        answer = {"outcome": "missing", "name": absent.name, "type_name": absent.kind}
    except TooLarge as large:
        answer = {"outcome": "refused", "reason": str(large)}
    except BaseException as error:  # noqa: BLE001 - SystemExit and the like are the student's too
        interrupted = isinstance(error, KeyboardInterrupt) and not gate.open
        answer = {"outcome": "interrupted"} if interrupted else {"outcome": "raised", **raised(error)}
    gate.open = False
    answer["seconds"] = answer.get("seconds", perf_counter() - started)
    return answer, writer.buffers if answer["outcome"] == "returned" else []


def _call(request: dict[str, Any], buffers: list[Any], context: Context, writer: Writer) -> dict[str, Any]:
    function = context.function(request["function"])
    arguments = [read(node, buffers, context.resolve) for node in request["arguments"]]
    started = perf_counter()
    value = function(*arguments)
    seconds = perf_counter() - started
    answer = {"value": writer.node(value), "seconds": seconds, "arguments": []}
    if request["return_arguments"]:
        given = zip(request["arguments"], arguments, strict=True)
        answer["arguments"] = [writer.array(array, "", "ndarray") for node, array in given if node["kind"] == "array"]
    return answer


def _operate(request: dict[str, Any], buffers: list[Any], context: Context) -> dict[str, Any]:
    parameters = read(request["parameters"], buffers, context.resolve)
    return operation(request["op"])(parameters, context)

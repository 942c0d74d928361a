"""The question road, this side: requests go out in one message, each answer comes back by itself, under a deadline.

Answers count in order, the first of each index only, only as replies to our message on the shell channel. A stand-in's
call from the student's code counts only with this message's token. Everything else that arrives is dropped.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, Literal

import numpy as np

from grader.answers import Answer, Call, Missing, Question, Raised, Returned, TimedOut, Unusable, Value
from grader.inside.faults import MAX_MESSAGE
from grader.kernel import values
from grader.kernel.places import Places
from grader.kernel.wire import Cut, KernelDied, Line, Message

GRACE_S = 1.0
"""Seconds that interrupted code has to yield before its kernel is given up."""
End = Literal["done", "paused", "stuck", "died"]
"""All answered; an interrupt ended the message, the rest may be asked again; the next one did not yield, or killed the kernel."""


@dataclass
class StandIns:
    """Functions of the grader that the student's code may call through stubs, and what is left of their caps."""

    functions: dict[str, Callable[..., Any]] = field(default_factory=dict)
    calls_left: int = 0
    bytes_left: int = 0


@dataclass(frozen=True)
class Terms:
    """What holds for the questions of one session: the cap of a value in bytes, its stand-ins, the places of its cells."""

    cap: int
    stand_ins: StandIns
    places: Places


@dataclass
class Batch:
    """How a batch of questions ended. ``answers`` are those that came, in order."""

    answers: list[Answer] = field(default_factory=list)
    end: End = "done"
    interrupts: int = 0
    """Answers over their limit."""


def encode(questions: Sequence[Question]) -> tuple[list[dict[str, Any]], list[bytes]]:
    """The questions as requests and buffers. Raises TypeError for what a question cannot carry."""
    writer = values.Writer()
    requests: list[dict[str, Any]] = []
    for question in questions:
        if isinstance(question, Call):
            arguments = [writer.node(argument) for argument in question.arguments]
            request = {"op": "call", "function": question.function, "arguments": arguments}
            requests.append(request | {"return_arguments": question.return_arguments})
        else:
            requests.append({"op": question.operation, "parameters": writer.node(question.parameters)})
    return requests, writer.buffers


async def ask(line: Line, questions: Sequence[Question], terms: Terms, *, limit_s: float, until: float) -> Batch:
    """Put questions in one message; each has ``limit_s`` seconds from the answer before it, all end at ``until``.

    A question over its limit is interrupted and answered ``TimedOut``, which ends the batch as ``paused``; where it does
    not yield within ``GRACE_S`` the batch ends as ``stuck``.
    """
    token = token_hex(16)
    requests, buffers = encode(questions)
    identity = line.send("shell", "grader_request", {"token": token, "requests": requests}, buffers)
    batch = Batch()
    while len(batch.answers) < len(questions) and batch.end == "done":
        await _next_answer(line, identity, token, batch, terms, limit_s=limit_s, until=until)
    return batch


async def _next_answer(
    line: Line, identity: str, token: str, batch: Batch, terms: Terms, *, limit_s: float, until: float
) -> None:
    """Wait for the batch's next answer, or for the reason that there is none."""
    started = line.now()
    deadline, interrupted = min(started + limit_s, until), False
    while True:
        try:
            message = await line.receive(("shell", "stdin"), deadline)
        except KernelDied:
            batch.end = "died"
            return
        except Cut as cut:
            if cut.channel == "iopub":  # what calls print is not read anyway
                continue
            batch.end = "stuck"
            return
        if message is None and interrupted:
            batch.end = "stuck"
            return
        if message is None:
            line.interrupt()
            interrupted, deadline = True, line.now() + GRACE_S
        elif message.parent == identity and message.channel == "stdin":
            serve(line, message, token, terms)
        elif message.parent == identity and (answer := answer_in(message, len(batch.answers), terms)) is not None:
            _settle(batch, answer, line.now() - started, limit_s if interrupted else None)
            return


def _settle(batch: Batch, answer: Answer, seconds: float, over: float | None) -> None:
    """Take an answer as it counts: over its limit it is TimedOut, whatever it says; a stray interrupt is no answer.

    The kernel says that it was interrupted by a TimedOut, and has left the rest of the message then.
    """
    if isinstance(answer, TimedOut):
        batch.end = "paused"
    if over is not None:
        batch.interrupts += 1
        batch.answers.append(TimedOut(over, seconds))
    elif not isinstance(answer, TimedOut):
        batch.answers.append(answer)
    elif not batch.interrupts:
        batch.answers.append(Raised("KeyboardInterrupt", "", seconds=seconds))


def answer_in(message: Message, index: int, terms: Terms) -> Answer | None:
    """The answer of that index in a reply; None where it is another one's, or no reply. Never raises."""
    content = message.content
    if message.type != "grader_reply" or type(content.get("index")) is not int or content["index"] != index:
        return None
    try:
        return _answer(content.get("answer"), message.buffers, terms)
    except values.Malformed as problem:
        return Unusable(str(problem))
    except Exception:  # noqa: BLE001 - the decoder's own net: what a stranger sent must never become our fault
        return Unusable("an answer that cannot be read")


def _answer(answer: Any, buffers: Sequence[bytes], terms: Terms) -> Answer:
    if type(answer) is not dict:
        raise values.Malformed("an answer that is not described")
    seconds = answer.get("seconds")
    seconds = seconds if type(seconds) is float and 0 <= seconds < 1e6 else 0.0  # noqa: PLR2004 - 11 days
    match answer.get("outcome"):
        case "returned":
            arguments = answer.get("arguments")
            nodes = {"kind": "list", "items": [answer.get("value"), *(arguments if type(arguments) is list else ())]}
            found, *after = values.value(nodes, buffers, terms.cap).items
            arrays = tuple(item.array for item in after if item.array is not None)
            return Returned(found, seconds, arrays)
        case "raised":
            frames = answer.get("frames")
            cell, line = terms.places.innermost(frames)
            name = values.clean(answer.get("type_name"), 100) or "Exception"
            message = values.message(answer.get("message"), MAX_MESSAGE)
            return Raised(name, message, cell, line, terms.places.source_line(cell, line), seconds)
        case "interrupted":
            return TimedOut(0.0, seconds)
        case "missing":
            return Missing(values.clean(answer.get("name"), 200), values.clean(answer.get("type_name"), 200))
        case "refused":
            return Unusable(f"it is too large: {values.clean(answer.get('reason'), 200)}")
    raise values.Malformed("an answer of no known kind")


def serve(line: Line, message: Message, token: str, terms: Terms) -> None:
    """Answer one call of a stand-in, if it is one: with this question's token, for a function that stands in, in its caps."""
    request = _request(message)
    if message.type != "input_request" or request.get("token") != token:
        return
    reply, buffers = _served(request, message.buffers, terms)
    line.send("stdin", "input_reply", {"value": json.dumps(reply)}, buffers)


def _request(message: Message) -> Mapping[str, Any]:
    prompt = message.content.get("prompt")
    try:
        request = json.loads(prompt) if type(prompt) is str else None
    except (ValueError, RecursionError):
        return {}
    return request if type(request) is dict else {}


def _served(request: Mapping[str, Any], buffers: Sequence[bytes], terms: Terms) -> tuple[dict[str, Any], list[bytes]]:
    stand_ins, name, nodes = terms.stand_ins, request.get("function"), request.get("arguments")
    function = stand_ins.functions.get(name) if type(name) is str else None
    if function is None or type(nodes) is not list:
        return {"error": "nothing stands in for this name"}, []
    stand_ins.calls_left -= 1
    stand_ins.bytes_left -= sum(map(len, buffers))
    if stand_ins.calls_left < 0 or stand_ins.bytes_left < 0:
        return {"error": f"`{name}` was called more often, or with more data, than the grader answers"}, []
    try:
        found = values.value({"kind": "list", "items": nodes}, buffers, terms.cap).items
        writer = values.Writer()
        node = writer.node(np.asarray(function(*map(_argument, found))))
    except Exception:  # noqa: BLE001 - arguments of the student's making: whatever is wrong with them is theirs to see
        return {"error": f"`{name}` cannot work with these arguments"}, []
    return {"value": node}, writer.buffers


def _argument(found: Value) -> Any:
    return values.plain(found) if found.array is None else found.array

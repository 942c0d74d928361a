"""What a hostile kernel sends is data, is dropped, or ends its own session: never an exception or another's answer."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from grader.answers import Call, Missing, Raised, Returned, TimedOut, Unusable
from grader.kernel import questions
from grader.kernel.places import Places
from grader.kernel.session import Session
from grader.kernel.wire import DELIMITER, Message, parse
from grader.limits import Limits
from grader.notebook.read import read

OpenSession = Callable[..., Session]

TERMS = questions.Terms(
    1 << 20,
    questions.StandIns(),
    Places(read(b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}'), {1: 0}),
)
TWICE = "def twice(x):\n    return x * 2"
KERNEL = "kernel = get_ipython().kernel\nsend = kernel.session.send"


def twice(session: Session, number: int) -> Any:
    """What the notebook's function returned for a number."""
    (answer,) = session.ask(Call("twice", (number,)))
    assert isinstance(answer, Returned), answer
    assert answer.value.array is not None
    return answer.value.array.item()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
FRAMES = st.lists(
    st.binary(max_size=30) | JSON.map(lambda tree: json.dumps(tree).encode()) | st.just(DELIMITER), max_size=9
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "outcome": st.sampled_from(["returned", "raised", "interrupted", "missing", "refused", "?"]) | JSON,
        "value": JSON | st.just({"kind": "none"}),
        "arguments": JSON,
        "seconds": JSON,
        "frames": JSON | st.lists(st.lists(st.integers(-2, 4), max_size=3), max_size=4),
        "type_name": JSON,
        "message": JSON,
        "name": JSON,
        "reason": JSON,
    },
)


@examples(300)
@given(FRAMES)
def test_any_frames_are_a_message_or_nothing(frames: list[bytes]) -> None:
    """Taking a message apart never raises, and what comes out has the types it says."""
    message = parse("shell", frames)
    assert message is None or (type(message.content) is dict and type(message.parent) is str)


def test_depth_and_long_numbers_are_no_messages() -> None:
    """JSON that would exhaust the parser is dropped."""
    head = [DELIMITER, b"", b'{"msg_type": "x"}', b'{"msg_id": "y"}', b"{}"]
    assert parse("shell", [*head, b"{}"]) is not None
    assert parse("shell", [*head, b"[" * 200_000]) is None
    assert parse("shell", [*head, b'{"n": ' + b"9" * 5000 + b"}"]) is None
    assert parse("shell", [*head, b"\xff"]) is None


@examples(300)
@given(JSON | ANSWERS, st.lists(st.binary(max_size=16), max_size=2))
def test_any_answer_is_data(answer: Any, buffers: list[bytes]) -> None:
    """Whatever a reply holds, it is one of the answers; the wrong index or type of message is none."""
    message = Message("shell", "grader_reply", "id", {"index": 0, "answer": answer}, buffers, 0)
    assert isinstance(questions.answer_in(message, 0, TERMS), Returned | Raised | TimedOut | Missing | Unusable)
    assert questions.answer_in(message, 1, TERMS) is None


@pytest.mark.parametrize(
    "content", [{}, {"index": True}, {"index": 0.0}, {"index": "0"}, {"index": -1}, {"index": [0]}, {"index": None}]
)
def test_an_answer_needs_its_index(content: dict[str, Any]) -> None:
    """An index of another type or value is no answer."""
    message = Message("shell", "grader_reply", "id", content, [], 0)
    assert questions.answer_in(message, 0, TERMS) is None


def test_replacing_what_python_and_numpy_offer_earns_nothing(open_session: OpenSession) -> None:
    """Builtins, NumPy and JSON rewritten after the start: the function's own value is what arrives."""
    session = open_session(
        "import builtins, json, time, signal\nimport numpy as np",
        "def twice(x):\n    return np.array([3.0]) * x",
        "original = np.array\nnp.asarray = np.frombuffer = lambda *a, **k: original([42.0])\n"
        "builtins.isinstance = builtins.issubclass = lambda *a: True\n"
        "builtins.callable = builtins.any = builtins.all = lambda *a: True\n"
        "builtins.type = builtins.len = builtins.zip = builtins.getattr = None\n"
        "time.perf_counter = signal.signal = None",
    )
    session.execute()
    assert twice(session, 2) == 6.0


def test_messages_nobody_asked_for_are_dropped(open_session: OpenSession) -> None:
    """Replies to other questions, of other types, early, garbled, and on the wrong channel change no answer."""
    session = open_session(
        KERNEL,
        TWICE,
        "def forge(x):\n"
        "    parent = kernel.get_parent()\n"
        "    ident = kernel._shell_parent_ident.get()\n"
        "    lie = {'outcome': 'returned', 'value': {'kind': 'int', 'value': '42'}, 'arguments': []}\n"
        "    for index in (-1, 5, True, 'x', None):\n"
        "        send(kernel.shell_stream, 'grader_reply', {'index': index, 'answer': lie}, parent, ident=ident)\n"
        "    for kind in ('execute_reply', 'grader_request', 'input_request', 'x' * 1000):\n"
        "        send(kernel.shell_stream, kind, {'index': 0, 'answer': lie}, parent, ident=ident)\n"
        "    send(kernel.shell_stream, 'grader_reply', {'index': 0, 'answer': lie}, {'header': {'msg_id': '1'}}, ident=ident)\n"
        "    send(kernel.shell_stream, 'grader_reply', {'index': 0, 'answer': lie}, None, ident=ident)\n"
        "    send(kernel.stdin_socket, 'input_request', {'prompt': '{\"token\": \"\"}', 'password': False}, parent, ident=ident)\n"
        "    send(kernel.stdin_socket, 'grader_reply', {'index': 0, 'answer': lie}, parent, ident=ident)\n"
        "    kernel.shell_stream.socket.send_multipart([*ident, b'<IDS|MSG>', b'', b'{', b'[' * 99999])\n"
        "    kernel.shell_stream.socket.send_multipart([*ident, b'', b''])\n"
        "    return x * 3",
    )
    session.execute()
    (forged,) = session.ask(Call("forge", (2,)))
    assert isinstance(forged, Returned)
    assert forged.value.text == "6"
    assert twice(session, 2) == 4


def test_a_function_that_answers_for_itself_says_nothing_for_others(open_session: OpenSession) -> None:
    """A forged answer is as good as a lie of the function's own; the next question is not touched by it."""
    session = open_session(
        KERNEL,
        TWICE,
        "def forge():\n"
        "    lie = {'outcome': 'returned', 'value': {'kind': 'int', 'value': '42'}, 'arguments': []}\n"
        "    for index in range(3):\n"
        "        send(kernel.shell_stream, 'grader_reply', {'index': index, 'answer': lie}, kernel.get_parent(),\n"
        "             ident=kernel._shell_parent_ident.get())\n"
        "    return 1",
    )
    session.execute()
    forged, honest = session.ask(Call("forge"), Call("twice", (2,)))
    assert isinstance(forged, Returned)
    assert forged.value.text == "42"
    assert isinstance(honest, Returned)
    assert honest.value.text == "4"


def test_a_lying_frame_is_unusable(open_session: OpenSession) -> None:
    """Replies whose arrays do not fit their description, changed on their way out, are no values."""
    session = open_session(
        "import numpy as np\ndef zeros(n):\n    return np.zeros(n)",
        "from grader.inside.context import Context\noriginal = Context.reply\n"
        "def reply(self, stream, content, buffers):\n"
        "    content['answer'].get('value', {})['shape'] = [7]\n"
        "    original(self, stream, content, buffers)\nContext.reply = reply",
    )
    session.execute()
    (answer,) = session.ask(Call("zeros", (3,)))
    assert isinstance(answer, Unusable)
    assert "shape" in answer.reason


def test_a_kernel_that_does_not_answer_is_not_waited_for(open_session: OpenSession) -> None:
    """With the handler gone every question ends at its limit, the session within the submission's."""
    session = open_session(
        TWICE,
        "get_ipython().kernel.shell_handlers.clear()",
        limits=Limits(cell_s=1.0, call_s=0.3, submission_s=4.0),
    )
    started = time.monotonic()
    session.execute()
    answers = session.ask(*[Call("twice", (1,))] * 3, Call("thrice"), Call("fourfold"))
    assert not any(isinstance(answer, Returned) for answer in answers)
    assert time.monotonic() - started < 8


def test_a_flood_of_replies_ends_at_the_limit(open_session: OpenSession) -> None:
    """A thread that sends replies without end costs its session time, no more."""
    session = open_session(
        KERNEL,
        TWICE,
        "import threading\n"
        "def flood():\n"
        "    ident = kernel._shell_parent_ident.get()\n"
        "    def work():\n"
        "        while True:\n"
        "            send(kernel.iopub_socket, 'grader_reply', {'x': 'x' * 1000}, ident=ident)\n"
        "    threading.Thread(target=work, daemon=True).start()",
        limits=Limits(call_s=2.0),
    )
    session.execute()
    session.ask(Call("flood"))
    started = time.monotonic()
    session.ask(*[Call("twice", (1,))] * 3)
    assert time.monotonic() - started < 10


def test_exceptions_that_attack_their_reader_are_data(open_session: OpenSession) -> None:
    """Names and messages that raise, are endless, or hold escape sequences arrive clean and cut, or not at all."""
    session = open_session(
        "class Evil(Exception):\n    def __str__(self):\n        raise self",
        "Long = type('L' * 5000, (Exception,), {})\n"
        "def evil():\n    raise Evil\n"
        "def long():\n    raise Long('\\x1b[2J' + 'm' * 10**6)\n"
        "def surrogate():\n    raise ValueError('\\ud800\\u202e')\n"
        "def deep(n=0):\n    return deep(n + 1)\n"
        "def generator():\n    raise GeneratorExit",
    )
    session.execute()
    found = session.ask(*(Call(name) for name in ("evil", "long", "surrogate", "deep", "generator")))
    assert all(isinstance(answer, Raised) for answer in found)
    evil, long, surrogate, deep, generator = (answer for answer in found if isinstance(answer, Raised))
    assert (evil.type_name, evil.message) == ("Evil", "")
    assert long.type_name == "L" * 100
    assert set(long.message) == {"m"}
    assert len(long.message) <= 2000
    assert "\u202e" not in surrogate.message
    assert (deep.type_name, deep.cell) == ("RecursionError", 1)
    assert generator.type_name == "GeneratorExit"

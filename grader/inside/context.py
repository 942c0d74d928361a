"""What the questions of one kernel share: the notebook's names, objects kept for later questions, the open callback."""

import builtins
from threading import Lock
from typing import Any

from grader.inside.values import MAX_TEXT, Writer, load, read, type_name

# Functions find the builtins through their module: with a copy, replacing one in `builtins` does not reach ours.
globals()["__builtins__"] = dict(vars(builtins))

POLL_MS = 20
"""Milliseconds between two looks for an interrupt while a stand-in waits for its answer."""


class Absent(LookupError):  # noqa: N818 - the name says what is the case
    """A question speaks of a name that is not there. ``kind`` is the type it has instead, where it has one."""

    def __init__(self, name: str, kind: str = "") -> None:
        super().__init__(name)
        self.name = name
        self.kind = kind


class Context:
    """One kernel, as the operations see it. ``notes`` gathers what the grader should know (capped epochs)."""

    def __init__(self, kernel: Any) -> None:
        self.kernel = kernel
        self.cap = 0
        self.notes: dict[str, Any] = {}
        self.replaced: dict[str, Any] = {}
        self._kept: dict[str, Any] = {}
        self._question: dict[str, Any] | None = None
        self._identity: Any = None
        self._token = ""
        self._lock = Lock()
        # Taken before the student's code runs, so that replacing a method of the session does not reach them.
        self._send = kernel.session.send
        self._receive = kernel.session.recv
        self._pack = kernel.session.pack
        self._unpack = kernel.session.unpack

    @property
    def names(self) -> dict[str, Any]:
        """The notebook's namespace."""
        namespace: dict[str, Any] = self.kernel.shell.user_ns
        return namespace

    def keep(self, value: Any) -> str:
        """Keep an object for later questions; the handle that refers to it (``probe:1``)."""
        handle = f"probe:{len(self._kept) + 1}"
        self._kept[handle] = value
        return handle

    def resolve(self, name: str) -> Any:
        """The object behind a handle or a name of the notebook. Raises Absent."""
        for place in (self._kept, self.names):
            if name in place:
                return place[name]
        raise Absent(name)

    def function(self, name: str) -> Any:
        """The callable behind a name of the notebook. Raises Absent, with its type where it is something else."""
        value = self.resolve(name)
        if not callable(value):
            raise Absent(name, type_name(type(value)))
        return value

    def open(self, parent: dict[str, Any], identity: Any, token: str) -> None:
        """Stand-ins may call back while this question is worked on; ``token`` proves that they belong to it."""
        self._question, self._identity, self._token = parent, identity, token

    def close(self) -> None:
        """The question is answered: from now on stand-ins raise."""
        self._question, self._identity, self._token = None, None, ""

    def reply(self, stream: Any, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Send one answer to the open question."""
        self._send(stream, "grader_reply", content, self._question, ident=self._identity, buffers=buffers)
        if (flush := getattr(stream, "flush", None)) is not None:
            flush(2)  # zmq.POLLOUT: a stream of the event loop would wait for the end of the batch

    def call_back(self, name: str, arguments: tuple[Any, ...]) -> Any:
        """Ask the grader for the value of a stand-in. Raises RuntimeError where no question is open, or on its refusal."""
        with self._lock:
            if not self._token:
                raise RuntimeError(f"the stand-in for {name} answers only while the grader asks")
            writer = Writer(self.cap)
            nodes = [writer.node(argument) for argument in arguments]
            request = {"token": self._token, "function": name, "arguments": nodes}
            prompt = self._pack(request).decode("utf-8")
            self._drop_stale()
            self._send(
                self.kernel.stdin_socket,
                "input_request",
                {"prompt": prompt, "password": False},
                self._question,
                ident=self._identity,
                buffers=writer.buffers,
            )
            message = self._wait()
        reply = self._unpack(message["content"]["value"].encode("utf-8"))
        if "error" in reply:
            raise RuntimeError(str(reply["error"])[:MAX_TEXT])
        return read(reply["value"], message["buffers"], self.resolve)

    def _drop_stale(self) -> None:
        while self.kernel.stdin_socket.poll(0):
            self._receive(self.kernel.stdin_socket)

    def _wait(self) -> dict[str, Any]:
        # Short polls: a signal is handled between them, so that a question can be interrupted here too.
        while True:
            if self.kernel.stdin_socket.poll(POLL_MS):
                _, message = self._receive(self.kernel.stdin_socket)
                if message is not None:
                    found: dict[str, Any] = message
                    return found


def warm() -> None:
    """Look NumPy's functions up before the student's code can replace them."""
    load()

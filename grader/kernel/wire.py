"""One kernel's messages: what is sent to it, and whatever comes back, taken apart with suspicion.

Everything that arrives was written by the student's process, whatever it claims to be: any bytes, any number of frames,
any parent. Messages are therefore read by this module and not by jupyter_client's session, whose signature proves nothing
here (the student's process holds the key). What is not a message is dropped.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any, Literal

from zmq.constants import Event, Flag
from zmq.error import Again

from grader.sandbox.protocol import RunningKernel

Channel = Literal["shell", "iopub", "stdin"]

DELIMITER = b"<IDS|MSG>"
HEADERS = 5
"""Frames of a message after the delimiter and before its buffers: signature, header, parent, metadata, content."""
MAX_HEADER = 64 * 1024
"""Bytes of a header that are parsed."""
LAST_WORDS_S = 0.05
"""Seconds in which messages that a dead kernel had sent may still arrive."""
CUT_S = 0.5
"""Seconds in which a process that ends closes its other connections too, after the first of them."""
DYING_S = 5.0
"""Seconds from the end of a kernel's connections to its death: its memory and its namespaces are taken down between them."""
STALL_S = 0.5
"""Seconds that a wait ends too late by when this process was kept from running, and so perhaps the whole machine."""
AFTER_STALL_S = 1.0
"""Seconds that a kernel has beyond its deadline then: the time in which nobody ran was not its own."""


class KernelDied(Exception):  # noqa: N818 - the name says what is the case
    """The kernel's process has ended, and every message that it sent has been read."""


class Cut(Exception):  # noqa: N818 - the name says what is the case
    """The kernel lives, but one of its connections was cut, at a message over the size that is taken; it stays cut."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel)
        self.channel = channel


@dataclass(frozen=True, slots=True)
class Message:
    """One message that could be taken apart. ``content`` is a JSON object of the student's making; ``size`` its bytes."""

    channel: Channel
    type: str
    parent: str
    content: dict[str, Any]
    buffers: list[bytes]
    size: int


def parse(channel: Channel, frames: Sequence[bytes]) -> Message | None:
    """Take one message apart; None for anything that is not one. Never raises."""
    try:
        start = frames.index(DELIMITER) + 1
        _, header, parent, _, content, *buffers = frames[start:]
        if len(header) > MAX_HEADER or len(parent) > MAX_HEADER:
            return None
        kind, origin, body = json.loads(header)["msg_type"], json.loads(parent).get("msg_id"), json.loads(content)
    except Exception:  # noqa: BLE001 - bytes of the student's: too deep, not UTF-8, a number of 5,000 digits…
        return None
    if type(kind) is not str or type(origin) is not str or type(body) is not dict:
        return None
    return Message(channel, kind, origin, body, buffers, len(content) + sum(map(len, buffers)))


class Line:
    """The connection to one running kernel. Used from coroutines of one event loop, one at a time."""

    def __init__(self, kernel: RunningKernel, loop: asyncio.AbstractEventLoop) -> None:
        self.kernel = kernel
        self._loop = loop
        self._session = kernel.client.session
        self._sockets: dict[Channel, Any] = {
            "shell": kernel.client.shell_channel.socket,
            "iopub": kernel.client.iopub_channel.socket,
            "stdin": kernel.client.stdin_channel.socket,
        }
        self.deaf = False
        """Output no longer arrives: its connection was cut."""
        self._monitors: dict[Channel, Any] = {
            channel: self._sockets[channel].get_monitor_socket(Event.DISCONNECTED) for channel in ("shell", "iopub")
        }
        self._cuts: dict[Channel, asyncio.Future[Any]] = {
            channel: monitor.recv_multipart() for channel, monitor in self._monitors.items()
        }
        self._pending: dict[Channel, asyncio.Future[list[bytes]]] = {}
        self._dead: asyncio.Future[None] = loop.create_future()
        # A descriptor of our own: an event loop has one reader for each, and others watch the kernel's too.
        self._pidfd = os.dup(kernel.pidfd)
        loop.add_reader(self._pidfd, self._died)

    def _died(self) -> None:
        self._loop.remove_reader(self._pidfd)
        if not self._dead.done():
            self._dead.set_result(None)

    def now(self) -> float:
        """Seconds on the clock that deadlines are given in."""
        return self._loop.time()

    def send(
        self, channel: Channel, kind: str, content: dict[str, Any], buffers: Sequence[bytes] = (), parent: str = ""
    ) -> str:
        """Send a message; returns its id, which nobody could have guessed before.

        Where the connection takes no more it is dropped: that nothing comes back shows it.
        """
        message = self._session.msg(kind, content)
        message["header"]["msg_id"] = message["msg_id"] = token_hex(16)
        if parent:
            message["parent_header"] = {"msg_id": parent}
        frames = [*self._session.serialize(message), *buffers]
        with contextlib.suppress(Again):
            # A kernel that broke its connection, or does not read, must not make this process wait in a send. It goes
            # through the very socket that is read from: a send may be told of a message that has come, and only
            # that socket then wakes its reader.
            self._sockets[channel].send_multipart(frames, flags=Flag.DONTWAIT).result()
        identity: str = message["msg_id"]
        return identity

    def interrupt(self) -> None:
        """Send the kernel an interrupt."""
        self.kernel.interrupt()
        # A cell that awaits something sees the interrupt only when its event loop wakes up: a question of nothing does it.
        self.send("shell", "grader_request", {"token": "", "requests": []})

    async def receive(self, channels: Sequence[Channel], deadline: float) -> Message | None:
        """The next message on one of ``channels``; None at the deadline, however much may be waiting then.

        Raises KernelDied once the kernel has died and what it had sent has been read; Cut, once for each connection.
        """
        stalled = False
        while (left := deadline - self._loop.time()) > 0:
            waiting = [self._next(channel) for channel in channels]
            dead = self._dead.done()
            watched: list[asyncio.Future[Any]] = [*waiting] if dead else [*waiting, self._dead, *self._cuts.values()]
            await asyncio.wait(
                watched, timeout=min(left, LAST_WORDS_S) if dead else left, return_when=asyncio.FIRST_COMPLETED
            )
            for channel, future in zip(channels, waiting, strict=True):
                if not future.done():
                    continue
                del self._pending[channel]
                if (message := _parsed(channel, future)) is not None:
                    return message
            if dead and not any(future.done() for future in waiting):
                raise KernelDied
            if not stalled and self._loop.time() > deadline + STALL_S:
                stalled, deadline = True, self._loop.time() + AFTER_STALL_S
            await self._notice_cuts()
        return None

    async def _notice_cuts(self) -> None:
        """Raise Cut for a connection that ended while the kernel lives on. A dying kernel ends them too, first."""
        for channel, cut in [*self._cuts.items()]:
            if cut.done():
                del self._cuts[channel]
                if not await self._dies():
                    self.deaf = self.deaf or channel == "iopub"
                    raise Cut(channel)

    async def _dies(self) -> bool:
        """Whether a kernel that lost a connection is ending: it then loses all of them, and its death follows.

        On a busy machine that takes a while, and a death must not be taken for a flood.
        """
        others = [*self._cuts.values()]
        await asyncio.wait([self._dead, *others], timeout=CUT_S, return_when=asyncio.FIRST_COMPLETED)
        if all(other.done() for other in others):
            await asyncio.wait([self._dead], timeout=DYING_S)
        return self._dead.done()

    def _next(self, channel: Channel) -> asyncio.Future[list[bytes]]:
        if channel not in self._pending:
            self._pending[channel] = self._sockets[channel].recv_multipart()
        return self._pending[channel]

    def close(self) -> None:
        """Stop listening; to be called before the kernel is killed. The kernel itself is not touched."""
        if self._pidfd < 0:
            return
        self._loop.remove_reader(self._pidfd)
        os.close(self._pidfd)
        self._pidfd = -1
        for future in (*self._pending.values(), *self._cuts.values()):
            future.cancel()
        self._pending.clear()
        self._cuts.clear()
        for channel, monitor in self._monitors.items():
            self._sockets[channel].disable_monitor()
            monitor.close(linger=0)
        self._dead.cancel()


def _parsed(channel: Channel, future: asyncio.Future[list[bytes]]) -> Message | None:
    """The message of a finished receive; None where the socket failed (the kernel's death or deadline follows)."""
    if future.cancelled() or future.exception() is not None:
        return None
    return parse(channel, future.result())

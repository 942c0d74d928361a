"""Frames over a Unix socket that keeps message boundaries: one JSON object, and open files beside it.

The fork server, its supervisors, the kernels before the student's code runs, and the grader talk in these. Only JSON is
read: nothing is ever unpickled.
"""

import array
import contextlib
import json
import os
import socket
from collections.abc import Sequence
from typing import Any

MAX_FRAME = 160 * 1024
"""Bytes of one frame: below the kernel's default send buffer, so that a frame goes in one piece or not at all."""

MAX_FILES = 64
"""Open files that one frame may carry (the system's own limit is 253)."""


def pair() -> tuple[socket.socket, socket.socket]:
    """Return two connected sockets that keep message boundaries, closed on exec."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(connection: socket.socket, message: dict[str, Any], files: Sequence[int] = ()) -> None:
    """Send one frame with ``files`` (descriptors) beside it.

    Raises:
        ValueError: the message or the list of files is too long for one frame.
        OSError: the other side has gone.

    """
    body = json.dumps(message, separators=(",", ":")).encode()
    if len(body) > MAX_FRAME or len(files) > MAX_FILES:
        raise ValueError(f"a frame of {len(body)} bytes and {len(files)} files is too long")
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))] if files else []
    connection.sendmsg([body], ancillary, socket.MSG_NOSIGNAL)


def receive(connection: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Receive one frame and its open files; None when the other side has gone, or sent no frame.

    Files that come with a frame that cannot be read are closed.
    """
    files: list[int] = []
    try:
        body, ancillary, flags, _ = connection.recvmsg(MAX_FRAME, socket.CMSG_SPACE(4 * MAX_FILES), _CLOSE_ON_EXEC)
    except ConnectionError:
        return None
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            received = array.array("i")
            received.frombytes(data[: len(data) - len(data) % received.itemsize])
            files.extend(received)
    try:
        if body and not flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
            message = json.loads(body)
            if isinstance(message, dict):
                return message, files
    except ValueError:
        pass
    for file in files:
        with contextlib.suppress(OSError):
            os.close(file)
    return None


_CLOSE_ON_EXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)

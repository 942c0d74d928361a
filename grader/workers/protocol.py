"""What the grade process and its conductors say to each other: framed JSON on two pipes, checked by type when it is read.

A conductor listens to the kernel of a student's, so what it sends is data to check, however much of the code is ours. A frame is a
length (four bytes, big-endian) and one JSON message.
"""

import struct
from collections.abc import Iterator
from typing import Any

import msgspec

from grader.scope import WHOLE, Scope
from grader.verdict import CheckResult, SubmissionResult

LENGTH = struct.Struct(">I")
LONGEST_FRAME = 64 * 1024 * 1024
"""Bytes of one message. No result comes near; a longer frame means that its sender can no longer be believed."""
OUT_OF_MEMORY = 71
"""Exit status of a conductor that ran into its memory limit."""


class Setup(msgspec.Struct, frozen=True, tag=True):
    """To a conductor, once: the assignment, by folder and hash, and where kernels come from."""

    folder: str
    sha256: str
    address: str
    mode: str


class Work(msgspec.Struct, frozen=True, tag=True):
    """To a conductor: grade this file (its path as the system's own bytes, which need not be UTF-8)."""

    id: str
    path: str
    file: bytes
    scope: Scope = WHOLE


class Outlined(msgspec.Struct, frozen=True):
    """A check of the rubric, before any submission: its exercise, and its result had it failed."""

    exercise: str
    check: CheckResult


class Ready(msgspec.Struct, frozen=True, tag=True):
    """From a conductor, once: the rubric is collected, and these are its checks. Work is awaited."""

    checks: tuple[Outlined, ...]


class Progress(msgspec.Struct, frozen=True, tag=True):
    """From a conductor: what runs now in the student's kernel, the ``done``-th of ``total``."""

    what: str
    done: int
    total: int


class Decided(msgspec.Struct, frozen=True, tag=True):
    """From a conductor: a check is decided, and stays so whatever happens next."""

    exercise: str
    check: CheckResult


class Done(msgspec.Struct, frozen=True, tag=True):
    """From a conductor: the result, and words for the cells that it names. Work is awaited."""

    result: SubmissionResult
    places: dict[int, str]


class Refused(msgspec.Struct, frozen=True, tag=True):
    """From a conductor, before any work: the call cannot be carried out (a broken rubric, no such isolation)."""

    message: str


class Broken(msgspec.Struct, frozen=True, tag=True):
    """From a conductor, before it ends: the grader's own fault, in words for the instructor."""

    message: str


ToConductor = Setup | Work
FromConductor = Ready | Progress | Decided | Done | Refused | Broken
_TO: msgspec.json.Decoder[ToConductor] = msgspec.json.Decoder(ToConductor)
_FROM: msgspec.json.Decoder[FromConductor] = msgspec.json.Decoder(FromConductor)


def frame(message: ToConductor | FromConductor) -> bytes:
    """One message as bytes. Lone surrogates, which UTF-8 cannot carry, become U+FFFD."""
    try:
        body = msgspec.json.encode(message)
    except UnicodeEncodeError:
        body = msgspec.json.encode(_without_surrogates(msgspec.to_builtins(message)))
    return LENGTH.pack(len(body)) + body


def _without_surrogates(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-8", "replace").decode("utf-8")
        case dict():
            return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
        case list() | tuple():
            return [_without_surrogates(item) for item in value]
        case _:
            return value


def to_conductor(body: bytes) -> ToConductor:
    """The message in a frame to a conductor. Raises msgspec.ValidationError or msgspec.DecodeError."""
    return _TO.decode(body)


def from_conductor(body: bytes) -> FromConductor:
    """The message in a frame from a conductor. Raises msgspec.ValidationError or msgspec.DecodeError."""
    return _FROM.decode(body)


class Frames:
    """Cuts a stream of bytes, as they come, into the bodies of frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The bodies completed by ``data``, one by one. Raises ValueError for a frame longer than ``LONGEST_FRAME``."""
        self._buffer += data
        while len(self._buffer) >= LENGTH.size:
            (length,) = LENGTH.unpack_from(self._buffer)
            if length > LONGEST_FRAME:
                raise ValueError(f"a message of {length} bytes was announced; at most {LONGEST_FRAME} are taken")
            if len(self._buffer) < LENGTH.size + length:
                return
            body = bytes(self._buffer[LENGTH.size : LENGTH.size + length])
            del self._buffer[: LENGTH.size + length]
            yield body

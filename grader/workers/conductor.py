"""A conductor: the expendable process that talks to students' kernels and runs the rubric, one submission after another.

It is started by ``grader.workers.pool`` with two pipes: work comes in on the first, everything it has to say goes out on the second.
A kernel can exhaust whoever listens to it, so a conductor has a memory limit of its own, and dies with the process that started it.
"""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.assignment import Assignment, load
from grader.errors import GraderFault, UnreadableNotebook, UsageError
from grader.grade import Job, Listener, serve
from grader.limits import MIB
from grader.notebook.read import read
from grader.sandbox.connect import connect
from grader.verdict import CheckResult, Diagnosis, SubmissionResult
from grader.workers.protocol import (
    LENGTH,
    OUT_OF_MEMORY,
    Broken,
    Decided,
    Done,
    FromConductor,
    Outlined,
    Progress,
    Ready,
    Refused,
    Setup,
    ToConductor,
    Work,
    frame,
    to_conductor,
)

MEMORY_MIB = 768
"""Private writable memory above what the conductor starts with; at the edge it ends with ``OUT_OF_MEMORY`` or by SIGABRT."""
_PR_SET_PDEATHSIG = 1


class Pipe:
    """The conductor's end of both pipes."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        self._incoming = os.fdopen(incoming, "rb")
        self._outgoing = outgoing

    def receive(self) -> ToConductor | None:
        """The next message, or None when the grade process has no more. Raises msgspec.ValidationError, EOFError."""
        head = self._incoming.read(LENGTH.size)
        if not head:
            return None
        (length,) = LENGTH.unpack(head)
        body = self._incoming.read(length)
        if len(body) < length:
            raise EOFError("the grade process ended in the middle of a message")
        return to_conductor(body)

    def send(self, message: FromConductor) -> None:
        """Send a message, all of it. Raises BrokenPipeError when nobody listens any more."""
        data = memoryview(frame(message))
        while data:
            data = data[os.write(self._outgoing, data) :]

    def jobs(self) -> Iterator[Job]:
        """The work as it comes."""
        while (message := self.receive()) is not None:
            if not isinstance(message, Work):
                raise GraderFault(f"a conductor was sent a second {type(message).__name__}")
            yield Job(message.id, message.path, Path(os.fsdecode(message.file)), message.scope)


def protect() -> None:
    """Die with the grade process, leave Ctrl-C to it, write no core file, and bound this process's own memory."""
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    limit = _data_size() + MEMORY_MIB * MIB
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _data_size() -> int:
    """Bytes of private writable memory now, as RLIMIT_DATA counts them (VmData of proc(5))."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0


def conduct(pipe: Pipe) -> None:
    """Read the setup, then grade until the work ends. Raises UsageError and GraderFault."""
    setup = pipe.receive()
    if setup is None:
        return
    if not isinstance(setup, Setup):
        raise GraderFault("a conductor was sent work before its setup")
    assignment = load(Path(setup.folder))
    if assignment.sha256 != setup.sha256:
        raise UsageError(f"the assignment in {setup.folder} changed while the grader started: run it again")
    sandbox = connect(setup.address, setup.mode)
    files: dict[str, Path] = {}

    def jobs() -> Iterator[Job]:
        for job in pipe.jobs():
            files[job.id] = job.file
            yield job

    def deliver(result: SubmissionResult) -> None:
        pipe.send(Done(result, places(result, files.pop(result.id), assignment)))

    def collected(checks: tuple[tuple[str, CheckResult], ...]) -> None:
        pipe.send(Ready(tuple(Outlined(exercise, check) for exercise, check in checks)))

    listener = Listener(
        progress=lambda _, what, done, total: pipe.send(Progress(what, done, total)),
        decided=lambda _, exercise, check: pipe.send(Decided(exercise, check)),
        collected=collected,
    )
    try:
        serve(assignment, sandbox, jobs(), deliver, listener)
    finally:
        sandbox.close()


def places(result: SubmissionResult, file: Path, assignment: Assignment) -> dict[int, str]:
    """Words for every cell that the result names."""
    found = [*result.notebook.diagnoses, *(item for exercise in result.exercises for item in exercise.diagnoses)]
    named: list[Diagnosis | Any] = [*found, *result.notebook.errors, *result.notebook.repairs, *result.notes]
    cells = {item.cell for item in named if item.cell is not None}
    if not cells:
        return {}
    try:
        notebook = read(file.read_bytes(), assignment.limits)
    except (OSError, UnreadableNotebook):
        return {}
    return {cell: notebook.place(cell) for cell in sorted(cells) if 0 <= cell < len(notebook)}


def main() -> None:
    """Conduct on the two pipes named on the command line, and say what went wrong before ending."""
    incoming, outgoing = (int(argument) for argument in sys.argv[1:3])
    for descriptor in (incoming, outgoing):
        os.set_inheritable(descriptor, False)
    protect()
    pipe = Pipe(incoming, outgoing)
    try:
        conduct(pipe)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except UsageError as error:
        pipe.send(Refused(str(error)))
    except BrokenPipeError:
        os._exit(1)
    except Exception as error:
        pipe.send(Broken(f"{type(error).__name__}: {error}"))
        raise
    sys.stderr.flush()
    # No finalisers: nothing of value is left in this process, and taking numpy and zmq down costs 0.1 s.
    os._exit(0)


if __name__ == "__main__":
    main()

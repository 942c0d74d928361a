"""A conductor that speaks the protocol and then behaves as the submission's id says. It grades nothing."""

import os
import signal
import sys
import time
from collections.abc import Callable

from grader.verdict import CheckResult, SubmissionResult
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
    Work,
    frame,
    to_conductor,
)

CHECKS = tuple(
    Outlined(exercise, CheckResult(id=f"{exercise}/one", title="One", outcome="skipped", score=0.0, max_score=points))
    for exercise, points in (("softmax", 4.0), ("model", 3.0), ("prediction", 3.0))
)


def read(descriptor: int, count: int) -> bytes:
    """Exactly ``count`` bytes, or none at the end."""
    data = b""
    while len(data) < count:
        part = os.read(descriptor, count - len(data))
        if not part:
            return b""
        data += part
    return data


def main() -> None:
    """Be ready, then act on each piece of work."""
    incoming, outgoing = int(sys.argv[1]), int(sys.argv[2])

    def say(message: FromConductor) -> None:
        os.write(outgoing, frame(message))

    def receive() -> object:
        head = read(incoming, LENGTH.size)
        return to_conductor(read(incoming, LENGTH.unpack(head)[0])) if head else None

    receive()
    if "broken-start" in sys.argv[3:]:
        sys.stderr.write("Traceback: no module named nothing\n")
        sys.exit(1)
    if "refuse" in sys.argv[3:]:
        say(Refused("the rubric is broken"))
    say(Ready(CHECKS))
    while isinstance(work := receive(), Work):
        act(work, say, outgoing)


def act(work: Work, say: Callable[[FromConductor], None], outgoing: int) -> None:  # noqa: C901 - a case for each way to end
    """Do what the id says, after one check was decided and while a cell runs (unless the id begins with ``early``)."""
    if not work.id.startswith("early"):
        say(Progress("code cell", 1, 2))
        say(Decided("softmax", CheckResult(id="softmax/one", title="One", outcome="passed", score=4.0, max_score=4.0)))
    once = work.file.decode()
    match work.id.removeprefix("early-").split(":")[0]:
        case "abort":
            os.kill(os.getpid(), signal.SIGABRT)
        case "memory":
            os._exit(OUT_OF_MEMORY)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "kill-once" | "abort-once" | "memory-once" as how if not os.path.exists(once):  # noqa: PTH110 - a path as text
            os.close(os.open(once, os.O_CREAT))
            if how == "memory-once":
                os._exit(OUT_OF_MEMORY)
            os.kill(os.getpid(), signal.SIGKILL if how == "kill-once" else signal.SIGABRT)
        case "raise":
            say(Broken("ValueError: ours"))
            sys.exit(1)
        case "hang":
            time.sleep(3600)
        case "garbage":
            os.write(outgoing, LENGTH.pack(5) + b"hello")
            time.sleep(3600)
        case "huge":
            os.write(outgoing, b"\xff\xff\xff\xff")
            time.sleep(3600)
        case "other":
            say(
                Done(
                    SubmissionResult(id="someone", path="", sha256="", status="graded", score=10.0, max_score=10.0), {}
                )
            )
            time.sleep(3600)
    result = SubmissionResult(id=work.id, path=work.path, sha256="", status="graded", score=10.0, max_score=10.0)
    say(Done(result, {0: "code cell 1"}))


if __name__ == "__main__":
    main()

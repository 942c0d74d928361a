"""A pool of conductors on this machine: hands out work, listens to what comes back, and rules on conductors that die.

A conductor that dies is replaced, and its work tried once more by one that has seen no other submission: a single death may
be an accident of ours, of a library, or of the machine. Where the second one dies too, of memory or by a signal while it
listens to a kernel, it died of what the kernel sent: that is a verdict about the submission (``notebook.output-limit``).
For any other reason it is a ``grader_error``. The pool runs in one thread, on one selector.
"""

import os
import selectors
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

import msgspec

from grader.assignment import Assignment
from grader.errors import GraderFault, UsageError
from grader.verdict import CheckResult, Diagnosis, SubmissionResult
from grader.workers import lost
from grader.workers.environment import environment, interpreter
from grader.workers.protocol import (
    OUT_OF_MEMORY,
    Broken,
    Decided,
    Done,
    Frames,
    FromConductor,
    Outlined,
    Progress,
    Ready,
    Refused,
    Setup,
    ToConductor,
    Work,
    frame,
    from_conductor,
)

CONDUCTOR = "grader.workers.conductor"
START_S = 180.0
"""Wall time that a conductor has from its start to its first word."""
SLACK_S = 60.0
"""Wall time, besides twice what the assignment gives a submission, after which a conductor that works on it is killed."""
END_S = 2.0
"""Wall time that conductors have to end by themselves when there is no more work."""
TRIES = 2
STDERR_TAIL = 4000
_READ = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Heard:
    """What is going on with the submission at ``index``: what runs now in its kernel, the ``done``-th of ``total``."""

    index: int
    what: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The result of the submission at ``index``, and words for the cells that it names."""

    index: int
    result: SubmissionResult
    places: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Task:
    """A submission on its way, and what was heard about it from its present conductor."""

    index: int
    work: Work
    tries: int = 0
    listening: bool = False
    decided: dict[str, CheckResult] = field(default_factory=dict)

    def begin(self) -> None:
        self.tries += 1
        self.listening = False
        self.decided.clear()


class _Conductor:
    """One conductor process: its pipes, and the work it has in hand."""

    def __init__(self, setup: Setup) -> None:
        work_read, self._work_write = os.pipe()
        self.results, results_write = os.pipe()
        self.process = subprocess.Popen(
            interpreter(CONDUCTOR, str(work_read), str(results_write)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(work_read, results_write),
            cwd="/",
            env=environment(),
            start_new_session=True,
        )
        os.close(work_read)
        os.close(results_write)
        assert self.process.stderr is not None
        self.stderr = self.process.stderr.fileno()
        os.set_blocking(self.results, False)
        os.set_blocking(self.stderr, False)
        self.frames = Frames()
        self.last_words = b""
        self.ready = False
        self.task: _Task | None = None
        self.fault = ""
        self.garbled = False
        self.deadline = time.monotonic() + START_S
        self.send(setup)

    def send(self, message: ToConductor) -> None:
        """Send a message; a conductor that is gone says so by the end of its results."""
        data = memoryview(frame(message))
        try:
            while data:
                data = data[os.write(self._work_write, data) :]
        except BrokenPipeError:
            self.fault = self.fault or "it ended before it took its work"

    def dismiss(self) -> None:
        """No more work: the conductor ends when it is done."""
        if self._work_write >= 0:
            os.close(self._work_write)
            self._work_write = -1

    def kill(self, fault: str = "") -> None:
        """End it now; its results end thereby."""
        self.fault = self.fault or fault
        if self.process.poll() is None:
            self.process.kill()

    def read_stderr(self) -> bool:
        """Take what it wrote to standard error; False at its end."""
        data = _read(self.stderr)
        if data:
            self.last_words = (self.last_words + data)[-STDERR_TAIL:]
        return data != b""

    def close(self) -> int:
        """Reap it and close our ends; the exit status."""
        self.dismiss()
        status = self.process.wait()
        while self.read_stderr() and len(self.last_words) < STDERR_TAIL:
            pass
        assert self.process.stderr is not None
        self.process.stderr.close()
        os.close(self.results)
        return status


def _read(descriptor: int) -> bytes | None:
    """What can be read now; None when nothing is there yet, empty at the end."""
    try:
        return os.read(descriptor, _READ)
    except BlockingIOError:
        return None


class Pool:
    """``size`` conductors for one assignment. Use as a context manager, from one thread."""

    def __init__(
        self,
        assignment: Assignment,
        address: str,
        mode: str,
        size: int,
        *,
        explain: Callable[[], Diagnosis],
        hear: Callable[[Heard], None] = lambda _: None,
    ) -> None:
        """Start the conductors at once; they get ready while the caller goes on.

        ``explain`` makes the diagnosis of ``notebook.output-limit`` where one is needed; ``hear`` is told how the work goes on.
        """
        self._assignment = assignment
        self._setup = Setup(str(assignment.folder), assignment.sha256, address, mode)
        self._explain = explain
        self._hear = hear
        self._selector = selectors.DefaultSelector()
        self._conductors: list[_Conductor] = []
        self._outline: tuple[Outlined, ...] = ()
        self._waiting: deque[_Task] = deque()
        self._finished: deque[Finished] = deque()
        self._false_starts = 0
        self._size = size
        for _ in range(size):
            self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close(at_once=exception[0] is not None)

    def grade(self, work: Sequence[Work]) -> Iterator[Finished]:
        """Results as they land, in any order.

        Raises UsageError, before the first result, when a conductor refuses (a broken rubric, no such isolation).
        """
        self._waiting.extend(_Task(index, one) for index, one in enumerate(work))
        left = len(self._waiting)
        while left:
            self._hand_out()
            while self._finished:
                left -= 1
                yield self._finished.popleft()
            if left:
                self._listen()

    def close(self, *, at_once: bool = False) -> None:
        """End all conductors; ``at_once`` without waiting for what they do."""
        deadline = time.monotonic() + (0.0 if at_once else END_S)
        for conductor in self._conductors:
            conductor.dismiss()
        for conductor in self._conductors:
            try:
                conductor.process.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                conductor.kill()
            conductor.close()
        self._conductors.clear()
        self._selector.close()

    def _start(self) -> None:
        conductor = _Conductor(self._setup)
        self._conductors.append(conductor)
        self._selector.register(conductor.results, selectors.EVENT_READ, (conductor, self._take))
        self._selector.register(conductor.stderr, selectors.EVENT_READ, (conductor, self._take_stderr))

    def _hand_out(self) -> None:
        while self._waiting and len(self._conductors) < self._size:
            self._start()
        for conductor in self._conductors:
            if conductor.ready and conductor.task is None and self._waiting:
                task = conductor.task = self._waiting.popleft()
                task.begin()
                conductor.deadline = time.monotonic() + 2 * self._assignment.limits.submission_s + SLACK_S
                conductor.send(task.work)

    def _listen(self) -> None:
        """Wait for a word from any conductor, or for the first deadline."""
        busy = [conductor for conductor in self._conductors if conductor.task is not None or not conductor.ready]
        wait = min((conductor.deadline for conductor in busy), default=time.monotonic() + 1.0) - time.monotonic()
        for key, _ in self._selector.select(max(0.0, wait)):
            conductor, take = key.data
            if conductor in self._conductors:  # it may have been buried by the event before this one
                take(conductor)
        now = time.monotonic()
        for conductor in busy:
            if now > conductor.deadline and conductor in self._conductors:
                conductor.kill("it did not come to an end in the time it is given")

    def _take_stderr(self, conductor: _Conductor) -> None:
        if not conductor.read_stderr():
            self._selector.unregister(conductor.stderr)

    def _take(self, conductor: _Conductor) -> None:
        data = _read(conductor.results)
        if data is None:
            return
        if not data:
            self._bury(conductor)
            return
        try:
            for body in conductor.frames.feed(data):
                self._answer(conductor, from_conductor(body))
        except (ValueError, msgspec.MsgspecError) as error:
            # What it sends can no longer be believed: nothing more is read from it.
            conductor.garbled = True
            conductor.kill(f"it sent what is no message: {error}")
            self._bury(conductor)

    def _answer(self, conductor: _Conductor, message: FromConductor) -> None:
        task = conductor.task
        match message:
            case Ready(checks=checks):
                conductor.ready = True
                self._false_starts = 0
                self._outline = checks
            case Refused(message=text):
                raise UsageError(text)
            case Broken(message=text):
                conductor.fault = text
            case Progress(what=what, done=done, total=total) if task is not None:
                task.listening = True
                self._hear(Heard(task.index, what, done, total))
            case Decided(check=check) if task is not None:
                task.decided[check.id] = check
            case Done(result=result, places=places) if task is not None and result.id == task.work.id:
                conductor.task = None
                self._finished.append(Finished(task.index, result, places))
            case _:
                raise ValueError(f"{type(message).__name__} came when it was not awaited")

    def _bury(self, conductor: _Conductor) -> None:
        """A conductor has ended: rule on the work it had in hand, and start another where work is left."""
        self._selector.unregister(conductor.results)
        if conductor.stderr in self._selector.get_map():
            self._selector.unregister(conductor.stderr)
        self._conductors.remove(conductor)
        conductor.kill()
        status = conductor.close()
        task = conductor.task
        if not conductor.ready:
            self._false_starts += 1
            if self._false_starts >= TRIES:
                raise GraderFault(f"the grading process does not start: {_last_words(conductor, status)}")
        if task is not None:
            self._rule(task, conductor, status)

    def _rule(self, task: _Task, conductor: _Conductor, status: int) -> None:
        if task.tries < TRIES:
            self._waiting.appendleft(task)
        elif task.listening and not conductor.garbled and (status < 0 or status == OUT_OF_MEMORY):
            result = lost.output_limit(task.work, self._assignment, self._outline, task.decided, self._explain())
            self._finished.append(Finished(task.index, result))
        else:
            reason = f"the grading process ended while it worked on this: {_last_words(conductor, status)}"
            result = lost.without_grade(task.work, self._assignment, self._outline, task.decided, reason)
            self._finished.append(Finished(task.index, result))


def _last_words(conductor: _Conductor, status: int) -> str:
    """Why a conductor ended, as far as it can be told."""
    how = f"exit status {status}" if status >= 0 else f"signal {-status}"
    last = conductor.last_words.decode("utf-8", "replace").strip().splitlines()[-1:]
    return "; ".join(part for part in (conductor.fault, how, *last) if part)

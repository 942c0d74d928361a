"""One notebook on one kernel: its cells, then questions to what they left behind.

A cell that kills its kernel, or does not yield at its deadline, is left out and the notebook is run again in a fresh
kernel: at most ``EXECUTION_RERUNS`` times. A question that does the same costs the kernel too; it is replaced
``QUESTION_RERUNS`` times, and the function it spoke of is not asked again. A kernel that was killed, nobody knows by
whom, is no evidence against what ran in it: ``ACCIDENTS`` times everything is tried again. All within the submission's
time.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Literal, TypeVar

from numpy.typing import NDArray

from grader.answers import Answer, Call, Lost, NameInfo, Question, Ref, Request, Returned, TimedOut
from grader.errors import KernelUnavailable
from grader.kernel import questions, values
from grader.kernel.cell import Cause, CellStuck
from grader.kernel.execution import CellRunner, Record, SyntaxPlace
from grader.kernel.loss import Loss, Spent, loss
from grader.kernel.places import Places
from grader.kernel.wire import KernelDied, Line
from grader.limits import MIB, Limits
from grader.notebook.causes import Failure
from grader.notebook.cells import Notebook
from grader.sandbox.protocol import KernelOrder, Sandbox
from grader.verdict import CellError, Isolation, Note, Resources

EXECUTION_RERUNS = 2
"""Fresh kernels for cells that killed theirs or never ended."""
QUESTION_RERUNS = 1
"""Fresh kernels for questions that killed theirs or never ended."""
ACCIDENTS = 1
"""Fresh kernels for one that was killed by nobody knows whom: a machine short of memory ends kernels first."""
HANGS = 2
"""Calls of one function that may run into their limit; the next ones are taken to do the same."""
THREADS = 1
"""Threads for NumPy's and TensorFlow's operations: the machine is shared with other submissions."""
PREPARE_S = 60.0
"""Seconds for seeds and the like before the first cell; nothing of the student's runs."""
CALLBACK_VALUES = 8
"""Values of the largest size that stand-ins take in, together."""

T = TypeVar("T")


@dataclass(frozen=True)
class Execution:
    """How the notebook's cells ended, all runs together. Cells are 0-based in the file as submitted."""

    errors: tuple[CellError, ...] = ()
    failures: tuple[Failure, ...] = ()
    """Every cell that did not finish, with the line where it is known: ``errors`` and ``stopped`` in one."""
    stopped: Mapping[int, str] = field(default_factory=dict)
    syntax: Mapping[int, SyntaxPlace] = field(default_factory=dict)
    deaths: Mapping[int, str] = field(default_factory=dict)
    """For a cell that ended its kernel: how, in words."""
    capped_epochs: bool = False
    outputs: Mapping[int, Sequence[Any]] = field(default_factory=dict)
    """nbformat outputs of each cell that was run, within the caps."""
    late: bool = False
    """The submission's time was over before the last cell had been run."""
    lost: str = ""
    """Why no kernel is left to ask, in words; empty where one is."""


class Session:
    """One notebook on one kernel, and on the kernels that replace it. Use from the thread of ``loop``; close at the end.

    ``progress(what, number, total)`` hears of each cell. ``skip`` are cells that are not run, with the reason.
    Every method may raise KernelUnavailable: the grader's fault, never the student's.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        notebook: Notebook,
        limits: Limits,
        *,
        order: KernelOrder,
        seed: int,
        loop: asyncio.AbstractEventLoop,
        progress: Callable[[str, int, int], None],
        max_epochs: int | None = None,
        skip: Mapping[int, str] | None = None,
    ) -> None:
        self.isolation = Isolation(mode=sandbox.mode)
        self._sandbox = sandbox
        self._notebook = notebook
        self._limits = limits
        self._order = order
        self._seed = seed
        self._loop = loop
        self._progress = progress
        self._max_epochs = max_epochs
        self._skip = dict(skip or {})
        self._stand_ins = questions.StandIns()
        self._terms = questions.Terms(limits.value_mib * MIB, self._stand_ins, Places(notebook))
        self._line: Line | None = None
        self._until = 0.0
        self._spent = Spent()
        self._notes: list[Note] = []
        self._reruns_left = {"cells": EXECUTION_RERUNS, "questions": QUESTION_RERUNS, "accidents": ACCIDENTS}
        self._refused: dict[tuple[str, ...], Answer] = {}
        self._hangs: dict[tuple[str, ...], int] = {}
        self._makers: list[Request] = []
        self._starving: list[int] = []
        self._lost = Lost("the notebook was not run")

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the reader should know about this session: kernels that were replaced, training that was cut short."""
        return tuple(self._notes)

    @property
    def resources(self) -> Resources:
        """What all kernels of this session used so far."""
        spent = Spent(self._spent.cpu_s, self._spent.peak_memory_bytes)
        if self._line is not None:
            spent.add(self._line.kernel.usage())
        return Resources(
            cpu_s=spent.cpu_s, peak_memory_bytes=spent.peak_memory_bytes, output_bytes=self._spent.output_bytes
        )

    # -- cells ---------------------------------------------------------------------------------------------------

    def execute(self) -> Execution:
        """Run the notebook's cells, once. What went wrong in them is data."""
        record, left_out, deaths = self._run_through()
        failures = record.failures | left_out
        ordered = tuple(failures[cell] for cell in sorted(failures))
        return Execution(
            errors=tuple(CellError(cell=f.cell, name=f.name, message=f.message) for f in ordered if f.name),
            failures=ordered,
            stopped={f.cell: f.stopped for f in ordered if f.stopped},
            syntax=record.syntax,
            deaths=deaths,
            capped_epochs=self._line is not None and self._capped_epochs(),
            outputs=record.outputs,
            late=record.late,
            lost="" if self._line is not None else self._lost.reason,
        )

    def _run_through(self) -> tuple[Record, dict[int, Failure], dict[int, str]]:
        """Run the cells to the last one, in fresh kernels without those that cost one: the last run, the cells, their deaths.

        No kernel is left where there was none for one more run.
        """
        left_out: dict[int, Failure] = {}
        deaths: dict[int, str] = {}
        while True:
            record, lost = self._run_cells()
            self._starving = [one.cell for one in record.failures.values() if one.stopped == "out-of-memory"]
            if lost is None or record.at is None:
                return record, left_out, deaths
            cell = record.at
            if self._was_accident(cell, f"While {self._notebook.place(cell)} ran, the kernel was killed", lost):
                continue
            left_out[cell] = Failure(cell, stopped=lost.stopped)
            if lost.stopped in ("died", "out-of-memory"):
                deaths[cell] = lost.death
            self._skip[cell] = lost.words
            if not self._may_replace("cells", cell, f"{self._notebook.place(cell)} {lost.words}", lost):
                return record, left_out, deaths

    def _run_cells(self) -> tuple[Record, Loss | None]:
        """One run of the notebook in a fresh kernel: what happened, and how the kernel was lost, if it was."""
        line = self._line = self._run(self._open())
        # A first kernel may have waited for the server to be up: that is not the submission's time.
        self._until = self._until or self._loop.time() + self._limits.submission_s
        self._terms.places.counts.clear()
        runner = CellRunner(
            line,
            self._notebook,
            self._limits,
            self._terms,
            until=self._until,
            skip=self._skip,
            progress=self._progress,
            run=self._run,
        )
        lost = None
        try:
            runner.preprocess(self._notebook.to_nbformat(), {})
        except CellStuck as stuck:
            lost = self._give_up(stuck.cause)
        except KernelDied:
            lost = self._give_up(None)
        self._spent.output_bytes += runner.record.output_bytes
        return runner.record, lost

    async def _open(self) -> Line:
        """Start a kernel and prepare it."""
        kernel = await self._sandbox.start_kernel(self._order)
        line = Line(kernel, self._loop)
        self.isolation = kernel.isolation
        parameters = {
            "seed": self._seed,
            "threads": THREADS,
            "max_epochs": self._max_epochs,
            "value_bytes": self._limits.value_mib * MIB,
            "shims": self._notebook.shims,
        }
        until = self._loop.time() + PREPARE_S
        batch = await questions.ask(line, [Request("prepare", parameters)], self._terms, limit_s=PREPARE_S, until=until)
        if not batch.answers or not isinstance(batch.answers[0], Returned):
            line.close()
            await kernel.kill()
            raise KernelUnavailable(f"the kernel could not be prepared: {batch}")
        return line

    def _give_up(self, cause: Cause | None) -> Loss:
        """End the kernel that did not yield (``cause``) or has died (None); what it came to."""
        assert self._line is not None
        line, self._line = self._line, None
        line.close()
        death = line.kernel.death() if cause is None else None
        self._run(line.kernel.kill())
        self._spent.add(line.kernel.usage())
        return loss(cause, death)

    def _was_accident(self, cell: int | None, what: str, loss: Loss) -> bool:
        """Whether the kernel is replaced as if nothing had happened."""
        return loss.unexplained and self._may_replace("accidents", cell, what, loss)

    def _may_replace(
        self, kind: Literal["cells", "questions", "accidents"], cell: int | None, what: str, loss: Loss
    ) -> bool:
        """Whether the notebook may be run in one more kernel; if so it is said, if not the session has none left."""
        if self._reruns_left[kind] > 0 and self._loop.time() < self._until:
            self._reruns_left[kind] -= 1
            how = {"cells": ", without it", "questions": ", for the other questions", "accidents": ""}[kind]
            text = f"{what}. The notebook was run again in a fresh kernel{how}."
            self._notes.append(Note(kind="kernel-replaced", cell=cell, text=text))
            return True
        self._lost = Lost(what, out_of_memory=loss.stopped == "out-of-memory")
        return False

    def _capped_epochs(self) -> bool:
        if self._max_epochs is None:
            return False
        (answer,) = self.ask(Request("report"))
        capped = isinstance(answer, Returned) and "capped_epochs" in answer.value.entries
        if capped:
            epochs = "1 epoch" if self._max_epochs == 1 else f"{self._max_epochs} epochs"
            text = f"Training was cut to {epochs} a call of `fit`."
            self._notes.append(Note(kind="capped-epochs", cell=None, text=text))
        return capped

    # -- questions -----------------------------------------------------------------------------------------------

    def ask(self, *asked: Question, timeout_s: float | None = None) -> list[Answer]:
        """Answers to the questions, in order; each question has ``timeout_s`` seconds (``limits.call_s``).

        Raises TypeError where a question carries what cannot cross: the rubric's fault.
        """
        limit = self._limits.call_s if timeout_s is None else timeout_s
        answers: dict[int, Answer] = {}
        waiting = list(range(len(asked)))
        while waiting:
            for index in waiting:
                if (settled := self._settled(asked[index], limit)) is not None:
                    answers[index] = settled
            waiting = [index for index in waiting if index not in answers]
            if not waiting or self._line is None:
                continue
            # One message speaks of one function: an answer that a dying kernel could not send any more must not
            # leave the blame for its death with another one.
            alike = list(next(groupby(waiting, key=lambda index: _key(asked[index])))[1])
            together = [asked[index] for index in alike]
            batch = self._run(questions.ask(self._line, together, self._terms, limit_s=limit, until=self._until))
            for index, answer in zip(alike, batch.answers, strict=False):
                answers[index] = answer
                self._remember(asked[index], answer)
            if batch.end in ("stuck", "died"):
                culprit = alike[len(batch.answers)]
                lost = self._lose(asked[culprit], limit, stuck=batch.end == "stuck")
                if lost is not None:
                    answers[culprit] = lost
            waiting = [index for index in waiting if index not in answers]
        return [answers[index] for index in range(len(asked))]

    def ask_untouched(self, question: Question, *, timeout_s: float) -> Answer:
        """The answer of a fresh kernel in which no cell has run: what fails there too is not the notebook's doing."""
        line = self._run(self._open())
        until = self._loop.time() + timeout_s
        batch = self._run(questions.ask(line, [question], self._terms, limit_s=timeout_s, until=until))
        line.close()
        self._run(line.kernel.kill())
        return batch.answers[0] if batch.answers else Lost("it did not answer")

    def _settled(self, question: Question, limit: float) -> Answer | None:
        """The answer of a question that need not or cannot be asked; None for one that is asked."""
        key = _key(question)
        if key in self._refused:
            return self._refused[key]
        if self._line is None:
            return self._lost
        if self._loop.time() >= self._until or self._hangs.get(key, 0) >= HANGS:
            return TimedOut(limit)
        return None

    def _remember(self, question: Question, answer: Answer) -> None:
        if isinstance(answer, TimedOut):
            self._hangs[_key(question)] = self._hangs.get(_key(question), 0) + 1
        elif isinstance(question, Request) and isinstance(answer, Returned) and "handle" in answer.value.entries:
            self._makers.append(question)

    def _lose(self, question: Question, limit: float, *, stuck: bool) -> Answer | None:
        """Settle a question that cost the kernel (None: it is to be asked again), and replace the kernel if one is left."""
        loss = self._give_up("timeout" if stuck else None)
        what = f"`{question.function}`" if isinstance(question, Call) else f"the question `{question.operation}`"
        if self._was_accident(None, f"During {what} the kernel was killed", loss):
            self._replace()
            return None
        answer: Answer = (
            TimedOut(limit) if stuck else Lost(f"it {loss.words}", out_of_memory=loss.stopped == "out-of-memory")
        )
        self._refused[_key(question)] = answer
        if self._may_replace("questions", None, f"{what} {loss.words}", loss):
            self._replace()
        return answer

    def _replace(self) -> None:
        """Run the cells once more for the questions, and make what earlier questions had made.

        Without the cells that failed for want of memory: they left their kernel none for anything else.
        """
        self._skip |= dict.fromkeys(self._starving, "used more memory than the limit")
        record, *_ = self._run_through()
        if self._line is None or record.late:
            self._lost = Lost("the notebook could not be run again")
        else:
            makers, self._makers = self._makers, []
            self.ask(*makers, *(Request("stub", {"name": name}) for name in self._stand_ins.functions))

    def names(self, names: Sequence[str]) -> dict[str, NameInfo]:
        """What the names are bound to after the last cell. Where no kernel is left, none of them exists."""
        # One question a name: an object that never lets itself be looked at must not hide the others.
        answers = self.ask(*(Request("names", {"names": [name]}) for name in names))
        found: dict[str, Any] = {}
        for name, answer in zip(names, answers, strict=True):
            told = values.plain(answer.value) if isinstance(answer, Returned) and answer.value.kind == "mapping" else {}
            found[name] = told.get(name)
        return {
            name: self._terms.places.name(name, entry if isinstance(entry, dict) else {})
            for name, entry in found.items()
        }

    # -- stand-ins -----------------------------------------------------------------------------------------------

    def stand_in(self, name: str, function: Callable[..., NDArray[Any]]) -> None:
        """From now on, calls of ``name`` in the student's code come here and are answered by ``function``.

        Only while a question is asked, at most ``limits.callbacks`` calls and ``CALLBACK_VALUES`` values of the largest
        size until the next ``stand_in``. An exception of ``function`` is one in the student's code.
        """
        # What never ended, or cost the kernel, may have been waiting for the function that is replaced.
        self._hangs.clear()
        self._refused.clear()
        self._stand_ins.functions[name] = function
        self._stand_ins.calls_left = self._limits.callbacks
        self._stand_ins.bytes_left = CALLBACK_VALUES * self._terms.cap
        self.ask(Request("stub", {"name": name}))

    def stand_down(self, name: str) -> None:
        """Give ``name`` back what it was bound to before ``stand_in``."""
        self._stand_ins.functions.pop(name, None)
        self.ask(Request("unstub", {"name": name}))

    def close(self) -> None:
        """End the kernel. Idempotent; ``resources`` stays."""
        self._lost = Lost("the session is closed")
        if self._line is not None:
            self._give_up("timeout")

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)


def _key(question: Question) -> tuple[str, ...]:
    """What is not asked again after a question cost the kernel: a function, or an operation on the same objects or names."""
    if isinstance(question, Call):
        return ("call", question.function)
    names = sorted(item.name for item in question.parameters.values() if isinstance(item, Ref))
    return (question.operation, *names, *question.parameters.get("names", ()))

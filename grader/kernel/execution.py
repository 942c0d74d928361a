"""Running a notebook's cells: nbconvert's ExecutePreprocessor with our own ear for deadlines, floods and deaths.

Every cell is run, whatever the ones before it did. Standard error is output like any other. ``input()`` is answered
with an error at once, because nobody is there.
"""

import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from nbclient.client import NotebookClient
from nbconvert.preprocessors.execute import ExecutePreprocessor

from grader.answers import Request, Returned
from grader.inside.faults import MAX_MESSAGE
from grader.kernel import questions, values
from grader.kernel.cell import CellRun, CellStuck
from grader.kernel.wire import KernelDied, Line
from grader.limits import Limits
from grader.notebook.causes import Failure
from grader.notebook.cells import Notebook

Stopped = Literal["timeout", "died", "out-of-memory", "output"]
"""Why a cell did not end by itself."""

OUT_OF_MEMORY = frozenset({"MemoryError", "_ArrayMemoryError", "ResourceExhaustedError"})
"""Names of the exceptions by which Python, NumPy and TensorFlow say that an allocation failed."""
EXPLAIN_S = 2.0
"""Seconds for the question where a cell's error arose."""

_IDENTIFIER = re.compile(r"[^\W\d]\w{0,99}")
_COUNT = re.compile(r" \(<cell [0-9]+>, line [0-9]+\)$")


@dataclass(frozen=True, slots=True)
class SyntaxPlace:
    """Where a cell stops being Python: line and column from 1, the line's text, and what the interpreter said."""

    line: int | None
    column: int | None
    text: str
    message: str


@dataclass
class Record:
    """What happened to the cells of one run, as it happens."""

    failures: dict[int, Failure] = field(default_factory=dict)
    """By cell: the exception it ended with, or why it was stopped."""
    syntax: dict[int, SyntaxPlace] = field(default_factory=dict)
    outputs: dict[int, list[Any]] = field(default_factory=dict)
    """By cell: nbformat outputs, within the caps."""
    output_bytes: int = 0
    """All that arrived."""
    kept_bytes: int = 0
    """What counts towards the cap of all cells together: of a flood only what one cell may print."""
    at: int | None = None
    """The cell that runs now."""
    late: bool = False
    """The submission's time was over before the last cell."""


class CellRunner(ExecutePreprocessor):  # type: ignore[misc]
    """Runs the cells of one notebook on one kernel, and records how each ended.

    Raises KernelDied or CellStuck from ``preprocess`` when the kernel cannot go on; ``record.at`` is then the cell.
    ``skip`` are cells that are not run; ``run`` drives a coroutine to its end; ``until`` is the submission's end.
    """

    def __init__(
        self,
        line: Line,
        notebook: Notebook,
        limits: Limits,
        terms: questions.Terms,
        *,
        until: float,
        skip: Mapping[int, str],
        progress: Callable[[str, int, int], None],
        run: Callable[[Coroutine[Any, Any, Any]], Any],
    ) -> None:
        super().__init__()
        self.record = Record()
        self._line = line
        self._notebook = notebook
        self._limits = limits
        self._terms = terms
        self._until = until
        self._skip = skip
        self._progress = progress
        self._run = run

    def preprocess(self, nb: Any, resources: Any = None, km: Any = None) -> tuple[Any, Any]:
        """Run every code cell of ``nb`` that is not to be skipped, in place, on the line's kernel."""
        NotebookClient.__init__(self, nb, km)
        self._check_assign_resources(resources)
        self.kc = self._line.kernel.client
        total = len(self._notebook.code_cells)
        for index, cell in enumerate(nb.cells):
            if cell.cell_type != "code" or not cell.source.strip() or index in self._skip:
                continue
            if self._line.now() >= self._until:
                self.record.late = True
                break
            self._progress("cell", self._notebook.code_number(index), total)
            self._run(self.async_execute_cell(cell, index))
        return nb, self.resources

    async def async_execute_cell(
        self,
        cell: Any,
        cell_index: int,
        execution_count: int | None = None,
        store_history: bool = True,  # noqa: ARG002 - the signature is nbclient's; a cell's count is always kept
    ) -> Any:
        """Run one cell to its end, its deadline, its cap of output, or its kernel's death."""
        record = self.record
        record.at = cell_index
        self.code_cells_executed += 1
        self._terms.places.counts[execution_count or self.code_cells_executed] = cell_index
        cell.outputs = record.outputs[cell_index] = []
        self.clear_before_next_output = False
        room = self._limits.output_kib * 1024 - record.kept_bytes
        running = CellRun(
            self._line,
            self._limits,
            until=self._until,
            room=room,
            show=lambda message: self._keep(message, cell, cell_index),
        )
        try:
            reply = await running.finish(cell.source)
        finally:
            record.output_bytes += running.sent
            record.kept_bytes += min(running.size, self._limits.cell_output_kib * 1024)
        await self._judge(cell_index, reply, running)
        record.at = None
        return cell

    def _keep(self, message: dict[str, Any], cell: Any, index: int) -> None:
        try:
            self.process_message(message, cell, index)
        except Exception:  # noqa: BLE001 - a message in a form that nbclient did not expect is not worth a grade
            self.log.debug("an output of cell %s could not be kept", index)

    def output(self, outs: list[Any], msg: dict[str, Any], display_id: str | None, cell_index: int) -> Any | None:
        """Append an output; text goes to the end of the stream before it, so that a loop of prints is one output."""
        last = outs[-1] if outs else {}
        same = msg["msg_type"] == last.get("output_type") == "stream" and msg["content"]["name"] == last["name"]
        if same and not self.clear_before_next_output:
            text, before = msg["content"]["text"], last["text"]
            if text.startswith("\r"):  # the line that is still open is overwritten
                text, before = text[1:], before[: before.rfind("\n") + 1]
            last["text"] = before + text
            return last
        return super().output(outs, msg, display_id, cell_index)

    async def _judge(self, index: int, reply: Mapping[str, Any], running: CellRun) -> None:
        """Record how a cell ended: by its reply, and by why it was interrupted, if it was."""
        failed = reply.get("status") == "error"
        name, message = values.clean(reply.get("ename"), 100), values.message(reply.get("evalue"), MAX_MESSAGE)
        # A flood that had ended by itself before the interrupt came was only cut.
        if running.cause == "timeout" or (running.cause == "output" and failed and name == "KeyboardInterrupt"):
            self.record.failures[index] = Failure(index, stopped=running.cause)
        elif failed:
            name = name if _IDENTIFIER.fullmatch(name) else "Exception"
            line = await self._explain(index)
            # The count in a SyntaxError's own words is no number that the reader knows.
            message = _COUNT.sub(f" (line {line})" if line is not None else "", message)
            stopped = "out-of-memory" if name in OUT_OF_MEMORY else ""
            self.record.failures[index] = Failure(index, name, message, line, stopped)

    async def _explain(self, index: int) -> int | None:
        """Ask the kernel where in the cell its error arose: the line; for a SyntaxError also what the interpreter saw."""
        batch = await questions.ask(self._line, [Request("error")], self._terms, limit_s=EXPLAIN_S, until=self._until)
        if batch.end == "died":
            raise KernelDied
        if batch.end == "stuck":
            raise CellStuck("timeout")
        answer = batch.answers[0]
        if not isinstance(answer, Returned) or answer.value.kind != "mapping":
            return None
        said, places = values.plain(answer.value), self._terms.places
        syntax = said.get("syntax")
        if type(syntax) is not dict or type(count := syntax.get("cell")) is not int:
            frames = said.get("frames")  # a table of integers crosses as an array
            return places.line_in(index, frames.tolist() if isinstance(frames, np.ndarray) else frames)
        cell, line = places.place(count, syntax.get("line"))
        if cell == index:
            column = syntax.get("offset")
            column = column if type(column) is int and column > 0 else None
            text, problem = places.source_line(index, line), values.clean(syntax.get("message"), MAX_MESSAGE)
            self.record.syntax[index] = SyntaxPlace(line, column, text, problem)
            return line
        return None

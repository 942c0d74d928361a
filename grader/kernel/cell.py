"""One cell on its way through the kernel: its deadline, its cap of output while it streams, its kernel's death."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from grader.kernel.wire import Cut, Line, Message
from grader.limits import Limits

Cause = Literal["timeout", "output"]

GRACE_S = 1.0
"""Seconds that a cell interrupted at its deadline has to yield before its kernel is killed."""
FLOOD_GRACE_S = 5.0
"""Seconds that a cell interrupted for its output has to yield: it may be in the middle of a long operation."""
OVERWRITTEN = 16
"""How much more than its cap a cell may send in lines that it overwrites itself, as progress bars do."""
STRAGGLERS_S = 1.0
"""Seconds to wait for the rest of a cell's messages after its reply, or for its reply after its last message."""

_OUTPUTS = frozenset({"display_data", "execute_result", "update_display_data"})


class CellStuck(Exception):  # noqa: N818 - the name says what is the case
    """A cell did not yield to an interrupt: only killing its kernel ends it."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause)
        self.cause = cause


def usable(message: Message) -> bool:
    """Whether an output message has the form that Jupyter's own have, as far as keeping it needs."""
    content = message.content
    match message.type:
        case "stream":
            return content.get("name") in ("stdout", "stderr") and type(content.get("text")) is str
        case "error":
            traceback = content.get("traceback")
            texts = type(content.get("ename")) is str and type(content.get("evalue")) is str
            return texts and type(traceback) is list and all(type(entry) is str for entry in traceback)
        case "clear_output":
            return type(content.get("wait", False)) is bool
        case kind if kind in _OUTPUTS:
            data, metadata, transient = (content.get(part, {}) for part in ("data", "metadata", "transient"))
            count = content.get("execution_count")
            shaped = type(data) is dict and type(metadata) is dict and type(transient) is dict
            return shaped and (count is None or type(count) is int) and type(transient.get("display_id", "")) is str
    return False


def seen(text: str) -> str:
    """What is left of a text when each line begins again after its last carriage return.

    A carriage return at the start of what is left says that the line before this text is overwritten too.
    """
    if "\r" not in text:
        return text
    first, *rest = (line.removesuffix("\r") for line in text.split("\n"))
    again = "\r" if "\r" in first or ("\n" not in text and text.endswith("\r")) else ""
    return again + "\n".join(line.rpartition("\r")[2] for line in (first, *rest))


class CellRun:
    """Runs one cell. ``show`` takes each output message that is within the caps; ``room`` is what is left for all cells."""

    def __init__(
        self, line: Line, limits: Limits, *, until: float, room: int, show: Callable[[dict[str, Any]], None]
    ) -> None:
        self.cause: Cause | None = None
        """Why the cell was interrupted, if it was."""
        self.sent = 0
        """Bytes of output it sent, kept or not."""
        self.size = 0
        """Those of them that a reader would see: lines that were overwritten do not count."""
        self._line = line
        self._limits = limits
        self._until = until
        self._cap = limits.cell_output_kib * 1024
        self._room = min(room, self._cap)
        self._show = show
        self._open_line = 0
        self._idle = False
        self._reply: Mapping[str, Any] | None = None

    async def finish(self, code: str) -> Mapping[str, Any]:
        """Send the cell and wait for its end; its reply, empty where none came. Raises KernelDied and CellStuck."""
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}}
        content |= {"allow_stdin": False, "stop_on_error": False}
        identity = self._line.send("shell", "execute_request", content)
        deadline = min(self._line.now() + self._limits.cell_s, self._until)
        while self._reply is None or not (self._idle or self._line.deaf):
            try:
                message = await self._line.receive(("shell", "iopub"), deadline)
            except Cut as cut:
                if cut.channel == "shell":
                    raise CellStuck("output") from None
                self.size = max(self.size, self._cap + 1)
            else:
                if message is None:
                    if self._reply is not None or self._idle:
                        break
                    if self.cause is not None:
                        raise CellStuck(self.cause)
                    deadline = self._interrupt("timeout", GRACE_S)
                elif message.parent == identity and self._take(message):
                    deadline = min(deadline, self._line.now() + STRAGGLERS_S)
            if self._floods():
                deadline = min(deadline, self._interrupt("output", FLOOD_GRACE_S))
        return self._reply or {}

    def _floods(self) -> bool:
        """Whether the cell is to be interrupted for its output: over the cap, still running, and not interrupted yet."""
        over = self.size > self._cap or self.sent > OVERWRITTEN * self._cap
        return over and self.cause is None and self._reply is None and not self._idle

    def _interrupt(self, cause: Cause, grace: float) -> float:
        self.cause = cause
        self._line.interrupt()
        return self._line.now() + grace

    def _take(self, message: Message) -> bool:
        """Take in one message of this cell's; whether it says that the cell has ended."""
        if message.channel == "shell":
            if self._reply is None and message.type == "execute_reply":
                self._reply = message.content
            return self._reply is not None
        if message.type == "status":
            self._idle = self._idle or message.content.get("execution_state") == "idle"
        else:
            self._keep(message)
        return self._idle or self._reply is not None

    def _measure(self, stream: dict[str, Any]) -> int:
        """Leave of a stream's text what is seen of it; by how much more is seen now than before it came."""
        text = stream["text"] = seen(stream["text"])
        before, self._open_line = self._open_line, len(text) - text.rfind("\n") - 1
        if text.startswith("\r"):
            return len(text) - before
        if "\n" not in text:
            self._open_line += before
        return len(text)

    def _keep(self, message: Message) -> None:
        """Show an output message as far as it is within the caps: the beginning of a text, all or nothing of the rest."""
        self.sent += message.size
        size = message.size
        if not usable(message):
            return
        if message.type == "stream":
            size = self._measure(message.content)
        left = self._room - self.size
        self.size += size
        if left <= 0 or (message.type != "stream" and left < size):
            return
        if message.type == "stream":
            message.content["text"] = message.content["text"][:left]
        self._show(
            {
                "msg_type": message.type,
                "header": {"msg_type": message.type},
                "parent_header": {"msg_id": message.parent},
                "content": message.content,
            }
        )

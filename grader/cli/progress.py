"""The progress line: which cell or check of which submission runs. On a terminal only."""

from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.status import Status
from rich.text import Text

from grader.report.safe import clean_line
from grader.run import Submission
from grader.workers.pool import Finished, Heard

CELL = "cell"
"""What a kernel's session says while cells run; everything else is the title of a check."""


class _Now:
    """What is going on, read by Rich whenever it draws the line: setting it costs nothing."""

    def __init__(self) -> None:
        self.words = "getting ready"

    def __rich__(self) -> Text:
        """The words as text that is never markup, cut to the line."""
        return Text(self.words, no_wrap=True, overflow="ellipsis")


class ProgressLine:
    """One line that is rewritten in place, and is gone when the work is done. Silent where the stream is no terminal."""

    def __init__(self, stream: TextIO, submissions: tuple[Submission, ...], *, quiet: bool = False) -> None:
        console = Console(file=stream, highlight=False, markup=False, emoji=False)
        self._submissions = submissions
        self._finished = 0
        self._now = _Now()
        self._status: Status | None = None
        if console.is_terminal and not console.is_dumb_terminal and not quiet:
            self._status = Status(self._now, console=console, spinner="line", spinner_style="")

    def __enter__(self) -> Self:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def hear(self, heard: Heard) -> None:
        """Say what runs now."""
        self._now.words = self.words(heard)

    def finish(self, _: Finished) -> None:
        """Count a submission that is done."""
        self._finished += 1
        if len(self._submissions) > 1:
            self._now.words = f"{self._finished} of {len(self._submissions)} graded"

    def words(self, heard: Heard) -> str:
        """``3 of 20 graded; ada.ipynb: cell 4 of 9``, or ``…: check 2 of 12, Large logits stay finite``."""
        many = len(self._submissions)
        before = f"{self._finished} of {many} graded; " if many > 1 else ""
        what = clean_line(heard.what, 80)
        now = f"cell {heard.done}" if what == CELL else f"check {heard.done + 1}"
        title = "" if what == CELL else f", {what}"
        return f"{before}{clean_line(self._submissions[heard.index].path, 60)}: {now} of {heard.total}{title}"

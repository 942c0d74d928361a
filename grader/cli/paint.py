"""Blocks of a report, painted by Rich for one stream: colour on a terminal, plain text everywhere else and with ``NO_COLOR``."""

import io
import os
from collections.abc import Iterable
from typing import TextIO

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.rule import Rule as RichRule
from rich.table import Table as RichTable
from rich.text import Text

from grader.errors import GraderFault
from grader.report.blocks import Blank, Block, Labelled, Line, Paragraph, Rule, Spread, Table
from grader.report.github import inert

STYLES = {
    "plain": "",
    "title": "bold",
    "good": "green",
    "part": "yellow",
    "bad": "bold red",
    "quiet": "dim",
    "code": "cyan",
    "label": "bold",
}
PLAIN_COLUMNS = 100
"""Columns of a line where there is no terminal that says how many it has."""
WIDEST = 110
"""Columns beyond which text is hard to read, however wide the terminal."""


def lead_nowhere(stream: TextIO) -> None:
    """Point a stream that cannot be written to nothing: what is still in its buffer fails no more, not even at the very end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class Painter:
    """Paints blocks for one stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        dumb = os.environ.get("TERM") in ("dumb", "unknown")
        self._colour = stream.isatty() and not dumb and not os.environ.get("NO_COLOR")
        self._commands = os.environ.get("GITHUB_ACTIONS") == "true"
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")

    def show(self, blocks: Iterable[Block]) -> None:
        """Write blocks to the stream. In GitHub Actions no line of them is a workflow command."""
        text = self.text(blocks)
        try:
            self._stream.write(inert(text) if self._commands else text)
            self._stream.flush()
        except BrokenPipeError:
            # Whoever read the report has left (`grade … | head`): the rest of the work is done all the same.
            lead_nowhere(self._stream)
        except OSError as error:
            lead_nowhere(self._stream)
            raise GraderFault(f"the report could not be written ({error.strerror})") from None

    def text(self, blocks: Iterable[Block]) -> str:
        """The blocks as the text that ``show`` writes."""
        buffer = io.StringIO()
        console = self._console(buffer)
        for block in blocks:
            console.print(_render(block), soft_wrap=isinstance(block, Paragraph) and block.whole)
        lines = (line.rstrip() for line in buffer.getvalue().split("\n"))
        return "\n".join(lines)

    def _console(self, buffer: io.StringIO) -> Console:
        columns = os.environ.get("COLUMNS", "")
        if columns.isdigit() and int(columns) > 0:
            width = int(columns)
        elif self._stream.isatty():
            width = Console(file=self._stream).width
        else:
            width = PLAIN_COLUMNS
        return Console(
            file=buffer,
            width=max(40, min(width, WIDEST)),
            force_terminal=self._colour,
            color_system="standard" if self._colour else None,
            no_color=not self._colour,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )


def to_text(line: Line) -> Text:
    """A line as Rich text: never markup, so that nothing in it can be taken for some."""
    text = Text(overflow="fold")
    for span in line:
        text.append(span.text, style=STYLES[span.style])
    return text


def _render(block: Block) -> RenderableType:
    match block:
        case Blank():
            return Text("")
        case Rule():
            return RichRule(style="dim", characters="─")
        case Paragraph(line=line, indent=indent, whole=whole):
            return to_text(line) if whole else Padding(to_text(line), (0, 0, 0, indent))
        case Spread(left=left, right=right):
            grid = RichTable.grid(expand=True, padding=(0, 1))
            grid.add_column(ratio=1)
            grid.add_column(justify="right", no_wrap=True)
            grid.add_row(to_text(left), to_text(right))
            return grid
        case Labelled(rows=rows, indent=indent):
            grid = RichTable.grid(padding=(0, 2, 0, 0))
            grid.add_column(no_wrap=True, style="dim")
            grid.add_column(ratio=1)
            for label, line in rows:
                grid.add_row(Text(label), to_text(line))
            return Padding(grid, (0, 0, 0, indent))
        case Table(headings=headings, rows=rows, right=right):
            return _table(headings, rows, right)


def _table(headings: tuple[str, ...], rows: tuple[tuple[Line, ...], ...], right: frozenset[int]) -> RenderableType:
    table = RichTable(
        box=box.SIMPLE_HEAD,
        expand=True,
        padding=(0, 1),
        header_style="dim",
        border_style="dim",
        pad_edge=False,
        show_edge=False,
    )
    widest = max((index for index in range(len(headings)) if index not in right), default=0)
    for index, heading in enumerate(headings):
        table.add_column(
            Text(heading),
            justify="right" if index in right else "left",
            no_wrap=index in right or index == 0,
            ratio=1 if index == widest else None,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(to_text(cell) for cell in row))
    return table

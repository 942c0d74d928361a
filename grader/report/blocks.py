"""What a report for people is made of: plain text with names of styles. Whoever paints them decides what a style looks like.

Meaning never rests on a style alone: every status stands in words too.
"""

from dataclasses import dataclass
from typing import Literal

Style = Literal["plain", "title", "good", "part", "bad", "quiet", "code", "label"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of printable text in one style."""

    text: str
    style: Style = "plain"


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line that may be wrapped, ``indent`` columns in; one that programs read by the line is kept ``whole``."""

    line: Line
    indent: int = 0
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """Two texts on one line, at its left and right edge; under each other where they do not fit."""

    left: Line
    right: Line


@dataclass(frozen=True, slots=True)
class Labelled:
    """Label and text, row by row; the texts are wrapped in a column of their own."""

    rows: tuple[tuple[str, Line], ...]
    indent: int = 2


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a heading row. ``right`` are the columns aligned to the right."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the page, before the next submission."""


@dataclass(frozen=True, slots=True)
class Blank:
    """An empty line."""


Block = Paragraph | Spread | Labelled | Table | Rule | Blank


def flatten(line: Line) -> str:
    """The text of a line without its styles."""
    return "".join(span.text for span in line)

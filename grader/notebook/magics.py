"""Lines of a cell that are not Python: magics, shell lines, bare ``pip install``, help with a question mark.

Everything here works on text alone and keeps line numbers: a line is replaced by a line, never removed.
"""

import ast
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

MAX_ANALYSED = 400_000
"""Characters of one cell up to which its text is analysed; a longer cell is executed as it is, unread."""

BODY_IS_PYTHON = frozenset({"capture", "memit", "prun", "time"})
"""Cell magics whose body is ordinary Python with ordinary effects on the notebook's names."""

STATEMENT_MAGICS = frozenset({"prun", "time"})
"""Line magics that run the Python statement written behind them, with its effects."""

MagicKind = Literal["cell", "line", "shell", "install", "help"]

_INSTALL = re.compile(r"(?:python3?\s+-m\s+)?(?:pip3?|conda|mamba|apt|apt-get)\s+-?\w+\b(?!\s*[=(.\[])")
_ASSIGNED = re.compile(r"([A-Za-z_][\w.,\s\[\]]*?)\s*=\s*([%!].*)", re.DOTALL)
_HELP = re.compile(r"\?{1,2}\s*[\w.*%]+\s*|[\w.*%]+\s*\?{1,2}\s*")
_NAME = re.compile(r"[%!]*\s*([\w.]*)\s*(.*)", re.DOTALL)
_SHELL_INSTALL = re.compile(r"(?:sudo\s+)?(?:python3?\s+-m\s+)?(?:pip3?|conda|mamba|apt|apt-get)\b")


@dataclass(frozen=True, slots=True)
class Magic:
    """One logical line that is not Python: lines ``start`` to ``end`` (exclusive) of the cell, both 0-based."""

    kind: MagicKind
    start: int
    end: int
    indent: str
    name: str
    rest: str
    target: str = ""
    """The name it is assigned to, as in ``files = !ls``."""

    @property
    def text(self) -> str:
        """The line as a person would quote it."""
        mark = {"cell": "%%", "line": "%", "shell": "!", "install": "", "help": ""}[self.kind]
        space = " " if self.rest else ""
        return f"{mark}{self.name}{space}{self.rest}".split("\n", 1)[0]


def _scan(line: str, depth: int, quote: str) -> tuple[int, str]:
    """Bracket depth and open triple quote after ``line``, given those before it."""
    position = 0
    while position < len(line):
        if quote:
            closing = line.find(quote, position)
            escaped = line.find("\\", position)
            if 0 <= escaped < closing or (closing < 0 <= escaped):
                position = escaped + 2
                continue
            if closing < 0:
                return depth, quote if len(quote) == 3 else ""  # noqa: PLR2004 - a triple quote goes on, a single one ends with its line
            position, quote = closing + len(quote), ""
            continue
        character = line[position]
        if character == "#":
            return depth, ""
        if character in "\"'":
            quote = character * 3 if line.startswith(character * 3, position) else character
            position += len(quote)
            continue
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth = max(0, depth - 1)
        position += 1
    return depth, quote if len(quote) == 3 else ""  # noqa: PLR2004 - as above


def _read(text: str, first: bool) -> tuple[MagicKind, str, str, str] | None:
    """Kind, name, rest and target of a logical line's text, or None where it may be Python."""
    target = ""
    if (assigned := _ASSIGNED.fullmatch(text)) is not None:
        target, text = assigned.groups()
    if text.startswith(("%", "!")):
        found = _NAME.fullmatch(text)
        name, rest = found.groups() if found is not None else ("", text)
        if text.startswith("%%"):
            return ("cell", name, rest, "") if first else None
        if text.startswith("!"):
            kind: MagicKind = "install" if _SHELL_INSTALL.match(text.lstrip("!").strip()) else "shell"
            return kind, name, rest, target
        return ("install" if name in {"pip", "conda", "mamba"} else "line"), name, rest, target
    if _INSTALL.match(text):
        name, _, rest = text.partition(" ")
        return "install", name, rest, ""
    if _HELP.fullmatch(text):
        return "help", text, "", ""
    return None


def find(source: str) -> tuple[Magic, ...]:
    """The logical lines of ``source`` that are not Python, in order. Empty where all of it parses as Python."""
    if len(source) > MAX_ANALYSED or _parses(source) is not None:
        return ()
    lines = source.split("\n")
    magics: list[Magic] = []
    depth, quote, number, first, continued = 0, "", 0, True, False
    while number < len(lines):
        start, line = number, lines[number]
        number += 1
        text = line.strip()
        if depth == 0 and not quote and not continued and text and not text.startswith("#"):
            read = _read(text.rstrip("\\").rstrip(), first)
            first = False
            if read is not None:
                while lines[number - 1].rstrip().endswith("\\") and number < len(lines):
                    number += 1
                kind, name, rest, target = read
                magics.append(Magic(kind, start, number, line[: len(line) - len(line.lstrip())], name, rest, target))
                if kind == "cell" and name not in BODY_IS_PYTHON:
                    break
                continue
        depth, quote = _scan(line, depth, quote)
        continued = line.endswith("\\") and not text.startswith("#")
    return tuple(magics)


def replace(source: str, magics: tuple[Magic, ...], replacement: Callable[[Magic], str | None]) -> str:
    """``source`` with each magic's lines replaced by one line, padded with empty ones; None keeps the magic."""
    lines = source.split("\n")
    for magic in magics:
        new = replacement(magic)
        if new is not None:
            lines[magic.start : magic.end] = [new] + [""] * (magic.end - magic.start - 1)
    return "\n".join(lines)


def as_python(magic: Magic) -> str:
    """A line of Python that binds what the magic binds, and does nothing else."""
    if magic.kind == "cell":
        return ""
    if magic.target:
        return f"{magic.indent}{magic.target} = None"
    if magic.kind == "line" and magic.name in STATEMENT_MAGICS and magic.rest and not magic.rest.startswith("-"):
        return f"{magic.indent}{magic.rest}"
    return f"{magic.indent}pass"


def plain(source: str) -> str:
    """``source`` as Python with the same line numbers: each magic gives way to what it binds."""
    magics = find(source)
    if magics and magics[0].kind == "cell" and magics[0].name not in BODY_IS_PYTHON:
        return ""
    return replace(source, magics, as_python)


def _parses(source: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in a student's string is no news of ours
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """Where a cell is not Python: line and column, both from 1."""

    line: int
    column: int
    message: str


def syntax_fault(source: str) -> SyntaxFault | None:
    """The first place where a cell, magics left out, is not Python; None where it is, or where nobody can say."""
    if len(source) > MAX_ANALYSED or parse(source) is not None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as in _parses
            ast.parse(plain(source))
    except SyntaxError as error:
        return SyntaxFault(error.lineno or 1, error.offset or 1, error.msg)
    except (ValueError, RecursionError, MemoryError):
        return None
    return None


@lru_cache(maxsize=512)
def parse(source: str) -> ast.Module | None:
    """The syntax tree of a cell, magics left out, or None where it is not Python (or too long to be read)."""
    if len(source) > MAX_ANALYSED:
        return None
    return _parses(source) or _parses(plain(source))

"""Text of a student's, made safe to show: one function for each place it can end in.

A notebook may hold escape sequences that rewrite the terminal, characters that turn the reading direction round, and bytes that XML
cannot carry. None of them is information for the reader of a report.
"""

import re
import unicodedata

_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movements
    r"|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC, DCS, SOS, PM, APC, to their terminator
    r"|[ -/]*[0-~])?"  # every other sequence, and a lone ESC
    r"|\x9b[0-?]*[ -/]*[@-~]?"  # CSI as one C1 character
)
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def clean(text: str) -> str:
    """``text`` without escape sequences, and with every control, format, surrogate or private character made visible as U+FFFD.

    Every kind of line end becomes a newline, a tab four spaces, so that what is left is printable text and newlines.
    """
    plain = _ESCAPES.sub("", text)
    plain = plain.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    if plain.isascii() and plain.replace("\n", "").isprintable():
        return plain
    return "".join(
        character if character == "\n" or unicodedata.category(character) not in _HIDDEN_CATEGORIES else REPLACEMENT
        for character in plain
    )


def clean_line(text: str, longest: int = 400) -> str:
    """``clean(text)`` on one line, cut to at most ``longest`` characters with an ellipsis that says so."""
    line = " ".join(clean(text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def clean_lines(text: str, longest: int = 2000) -> str:
    """``clean(text)`` with its lines kept, cut to at most ``longest`` characters with an ellipsis that says so."""
    lines = clean(text).strip()
    return lines if len(lines) <= longest else lines[: longest - 1] + "…"


def xml_text(text: str) -> str:
    """``text`` as XML 1.0 can carry it: escape sequences and characters that XML forbids are removed."""
    return _NOT_XML.sub("", _ESCAPES.sub("", text))

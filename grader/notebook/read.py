"""Read a notebook file that may be anything at all: from a stranger, cut off, or no notebook.

Read tolerantly where the meaning is plain (nbformat 2 to 4, sources as text or as lines, missing metadata), refused with
``UnreadableNotebook`` where it is not. A refusal names the value, the place and the remedy, and quotes nothing of the file.
"""

import json
import os
import re
import stat
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from grader.errors import UnreadableNotebook
from grader.limits import MIB, Limits
from grader.notebook.cells import Cell, CellKind, Notebook
from grader.verdict import Repair

MAX_PARTS = 3_000_000
"""Objects and lists in the file, counted by their opening brackets before parsing: parsed, each takes 60 bytes and more."""

_ASSIGNMENT_ID = re.compile(r"[a-z0-9-]{1,100}")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_PYTHON = frozenset({"", "python", "ipython", "python3", "python2", "cython"})
_SAVE_AGAIN = "open it in Jupyter, save it, and submit the saved file"

_NOT_NOTEBOOKS: tuple[tuple[bytes, str], ...] = (
    (b"<!doctype", "it is a web page; download the notebook itself (on GitHub: Raw, then save)"),
    (b"<html", "it is a web page; download the notebook itself (on GitHub: Raw, then save)"),
    (b"pk\x03\x04", "it is a zip archive; unpack it and submit the notebook inside"),
    (b"%pdf", "it is a PDF; submit the .ipynb file it was printed from"),
    (b"version https://git-lfs", "it is a Git LFS pointer; fetch the notebook itself with `git lfs pull`"),
    (b"\x1f\x8b", "it is a gzip archive; unpack it and submit the notebook inside"),
)


def read(source: Path | str | bytes, limits: Limits | None = None) -> Notebook:
    """Read a notebook from a path or from a file's bytes.

    Nothing is repaired for execution yet (see ``grader.notebook.repair``); what was tolerated stands in ``repairs``.
    Raises UnreadableNotebook where the file is not a notebook, or is over the limits' size or number of cells.
    """
    limits = limits or Limits()
    data = source if isinstance(source, bytes) else bytes_of(Path(source), limits)
    if len(data) > limits.notebook_mib * MIB:
        raise UnreadableNotebook(_too_large(limits))
    repairs: list[Repair] = []
    try:
        document = _document(_text(data, repairs), repairs)
        cells = _cells(document, limits, repairs)
    except MemoryError:
        raise UnreadableNotebook("the notebook does not fit into memory; clear its outputs and save it again") from None
    metadata = document.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    _say_kernel(metadata, repairs)
    return Notebook(
        sha256=sha256(data).hexdigest(),
        cells=cells,
        repairs=tuple(repairs),
        assignment=_assignment(metadata),
        metadata=metadata,
    )


def _too_large(limits: Limits) -> str:
    return (
        f"the file is larger than {limits.notebook_mib} MiB, the limit `notebook_mib`; "
        "clear the outputs (Kernel, Restart and Clear Output), save, and submit again"
    )


def bytes_of(path: Path, limits: Limits) -> bytes:
    """The bytes of a regular file, at most one more than the limit; never waits on a pipe or a device."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise UnreadableNotebook(f"the file cannot be opened: {error.strerror}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UnreadableNotebook("this is not a regular file; submit the notebook itself")
    with os.fdopen(descriptor, "rb") as file:
        try:
            return file.read(limits.notebook_mib * MIB + 1)
        except OSError as error:
            raise UnreadableNotebook(f"the file cannot be read: {error.strerror}") from None


def _text(data: bytes, repairs: list[Repair]) -> str:
    """The file's text; refused by name where it is another kind of file or another encoding than UTF-8."""
    if not data.strip():
        raise UnreadableNotebook("the file is empty; save the notebook and submit it again")
    head = data[:200].lstrip().lower()
    for start, words in _NOT_NOTEBOOKS:
        if head.startswith(start):
            raise UnreadableNotebook(f"the file is not a notebook: {words}")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:4]:
        raise UnreadableNotebook("the file is UTF-16 or UTF-32, a notebook is UTF-8; " + _SAVE_AGAIN)
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        repairs.append(Repair(cell=None, kind="byte-order-mark", text="A byte-order mark at the start was ignored."))
    if data.count(b"[") + data.count(b"{") > MAX_PARTS:
        raise UnreadableNotebook(f"the file has more than {MAX_PARTS:,} parts; clear the outputs and save it again")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableNotebook(f"the file is not UTF-8 (byte {error.start}, line {line}); {_SAVE_AGAIN}") from None


def _document(text: str, repairs: list[Repair]) -> dict[str, Any]:
    """The notebook's JSON object."""
    twice: set[str] = set()

    def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            names = [name for name, _ in pairs]
            twice.update(name for name in names if names.count(name) > 1) if len(names) < 100 else twice.add("…")  # noqa: PLR2004 - counting is quadratic
        return made

    try:
        document = json.loads(text, object_pairs_hook=distinct)
    except json.JSONDecodeError as error:
        raise UnreadableNotebook(_broken_json(text, error)) from None
    except RecursionError:
        raise UnreadableNotebook("the file is nested too deeply to be a notebook; " + _SAVE_AGAIN) from None
    except ValueError:  # an integer of more digits than Python converts
        raise UnreadableNotebook("the file holds a number that is too long; " + _SAVE_AGAIN) from None
    if not isinstance(document, dict):
        raise UnreadableNotebook(f"the file holds {_type(document)}, a notebook is a JSON object; {_SAVE_AGAIN}")
    if twice:
        names = ", ".join(sorted(f"`{_quoted(name)}`" for name in twice)[:5])
        text = f"The file gives {names} more than once in one object; the last one counts."
        repairs.append(Repair(cell=None, kind="duplicate-keys", text=text))
    return document


def _broken_json(text: str, error: json.JSONDecodeError) -> str:
    place = f"line {error.lineno}, column {error.colno}"
    conflict = re.search(r"^(?:<<<<<<<|>>>>>>>) ", text, re.MULTILINE)
    if conflict is not None:
        line = text.count("\n", 0, conflict.start()) + 1
        return f"the file holds an unresolved merge conflict (line {line}); resolve it and save the notebook again"
    if text.lstrip()[:1] != "{":
        return f"the file is not a notebook: it does not start as a JSON object ({place}); submit the .ipynb file"
    if error.pos >= len(text.rstrip()) or "Unterminated" in error.msg:
        return f"the file ends in the middle ({place}): the save or the upload was cut off; {_SAVE_AGAIN}"
    return f"the file is not valid JSON: {error.msg} ({place}); {_SAVE_AGAIN}"


def _cells(document: Mapping[str, Any], limits: Limits, repairs: list[Repair]) -> tuple[Cell, ...]:
    """The cells, whatever version the file has."""
    version = document.get("nbformat")
    if isinstance(version, int) and not isinstance(version, bool) and version > 4:  # noqa: PLR2004 - the newest format there is
        raise UnreadableNotebook(
            f"the file says nbformat {version}, which this grader does not know; save it as nbformat 4"
        )
    found: Any = document.get("cells")
    if found is None and "worksheets" in document:
        found = _worksheets(document["worksheets"])
        repairs.append(
            Repair(
                cell=None,
                kind="upgraded",
                text="The notebook has an old format (nbformat 3 or older) and was upgraded.",
            )
        )
    elif version is None and isinstance(found, list):
        repairs.append(
            Repair(cell=None, kind="format", text="The file does not say its nbformat; it was read as nbformat 4.")
        )
    if found is None:
        raise UnreadableNotebook("the file has no `cells`, so it is JSON but not a notebook; submit the .ipynb file")
    if not isinstance(found, list):
        raise UnreadableNotebook(f"`cells` is {_type(found)}, not a list; {_SAVE_AGAIN}")
    if len(found) > limits.cells:
        raise UnreadableNotebook(
            f"the notebook has {len(found):,} cells, more than {limits.cells:,}, the limit `cells`; remove cells that are not needed"
        )
    seen: set[str] = set()
    cells = tuple(_cell(index, raw, repairs, seen) for index, raw in enumerate(found))
    # Counted in characters: what is looked through before a cell runs grows with them.
    if sum(len(cell.source) for cell in cells if cell.kind == "code") > limits.source_kib * 1024:
        raise UnreadableNotebook(
            f"the code cells hold more than {limits.source_kib:,} KiB of text, the limit `source_kib`; "
            "read large data from a file instead of writing it into a cell"
        )
    return cells


def _worksheets(sheets: Any) -> list[Any]:
    if not isinstance(sheets, list):
        raise UnreadableNotebook(f"`worksheets` is {_type(sheets)}, not a list; {_SAVE_AGAIN}")
    cells: list[Any] = []
    for number, sheet in enumerate(sheets):
        inside = sheet.get("cells", []) if isinstance(sheet, dict) else None
        if not isinstance(inside, list):
            raise UnreadableNotebook(f"worksheet {number + 1} has no list of cells; {_SAVE_AGAIN}")
        cells.extend(inside)
    return cells


def _cell(index: int, raw: Any, repairs: list[Repair], seen: set[str]) -> Cell:
    """One cell. Refused where it is no object or its source is no text."""
    if not isinstance(raw, dict):
        raise UnreadableNotebook(f"cell {index + 1} is {_type(raw)}, not an object; {_SAVE_AGAIN}")
    declared = raw.get("cell_type", "code" if "input" in raw else None)
    kind: CellKind = "code" if declared == "code" else "raw" if declared == "raw" else "markdown"
    if not isinstance(declared, str):
        raise UnreadableNotebook(f"cell {index + 1} does not say its type (`cell_type`); {_SAVE_AGAIN}")
    text = _source(index, raw.get("source", raw.get("input")))
    if _LONE_SURROGATE.search(text):
        text = _LONE_SURROGATE.sub("\ufffd", text)
        repairs.append(
            Repair(
                cell=index, kind="text", text="Half characters (lone surrogates) in the cell were replaced by \ufffd."
            )
        )
    name = raw.get("id")
    if isinstance(name, str):
        if name in seen:
            repairs.append(
                Repair(cell=index, kind="duplicate-id", text="The cell has the id of an earlier cell; both were kept.")
            )
        seen.add(name)
    metadata = raw.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    tags = tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()
    return Cell(index=index, kind=kind, source=text, executed=text, tags=tags)


def _source(index: int, value: Any) -> str:
    """A cell's text with line ends as Python has them; ``value`` is text, a list of texts, or missing."""
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = "".join(value)
    if not isinstance(value, str):
        raise UnreadableNotebook(f"the source of cell {index + 1} is {_type(value)}, not text; {_SAVE_AGAIN}")
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _assignment(metadata: Mapping[str, Any]) -> str | None:
    """``metadata.grader.assignment`` where it is a well-formed id, never a path; else None."""
    ours = metadata.get("grader")
    name = ours.get("assignment") if isinstance(ours, dict) else None
    return name if isinstance(name, str) and _ASSIGNMENT_ID.fullmatch(name) else None


def _say_kernel(metadata: Mapping[str, Any], repairs: list[Repair]) -> None:
    """Say where the notebook asks for another kernel than the one it gets."""
    spec, info = metadata.get("kernelspec"), metadata.get("language_info")
    spec, info = spec if isinstance(spec, dict) else {}, info if isinstance(info, dict) else {}
    name = spec.get("name", "python3")
    language = spec.get("language", info.get("name", ""))
    if isinstance(language, str) and language.lower() not in _PYTHON:
        text = f"The notebook is written for {_quoted(language)}; it was run with Python."
        repairs.append(Repair(cell=None, kind="kernel", text=text))
    elif isinstance(name, str) and name not in {"python3", "python", ""}:
        text = f"The notebook asks for the kernel `{_quoted(name)}`; it was run with the grader's own Python kernel."
        repairs.append(Repair(cell=None, kind="kernel", text=text))


def _quoted(text: str) -> str:
    """Text of the file as it may stand in a message: printable, short, without backticks."""
    kept = "".join(character if character.isprintable() and character != "`" else "?" for character in text[:60])
    return kept if len(text) <= 60 else kept + "…"  # noqa: PLR2004 - the same 60


def _type(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "a truth value", int: "a number", float: "a number"}
    return "empty (null)" if value is None else names.get(type(value), "something else")

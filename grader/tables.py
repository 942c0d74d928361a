"""Read the tables of a TOML file into records, key by key: a fault in one hides no fault in another, and each has its line."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec

from grader.errors import Fault

_HEADER = re.compile(r"\s*\[\[?\s*([\w.-]+)\s*\]")


class Faults:
    """The faults of one file, each with the line on which its key stands, or else on which its table begins."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.found: list[Fault] = []
        self._lines = text.splitlines()

    def add(self, key: str, problem: str, remedy: str, table: str = "", index: int = 0) -> None:
        """Add the fault of a key: of the file's own, or of the ``index``-th ``table``."""
        self.found.append(Fault(self.path, self._line(key, table, index), problem, remedy))

    def elsewhere(self, path: Path, problem: str, remedy: str) -> None:
        """Add the fault of another file or folder."""
        self.found.append(Fault(path, None, problem, remedy))

    def in_order(self) -> tuple[Fault, ...]:
        """The faults as they stand in the file; those of other places last."""
        return tuple(sorted(self.found, key=lambda fault: (fault.path != self.path, fault.line or 0)))

    def _line(self, key: str, table: str, index: int) -> int | None:
        headers = [(number, match[1]) for number, line in enumerate(self._lines, 1) if (match := _HEADER.match(line))]
        begins = [number for number, name in headers if name == table]
        first = begins[index] if index < len(begins) else 0
        last = next((number - 1 for number, _ in headers if number > first), len(self._lines))
        if table and not begins:  # written in one line, `limits = { cell_s = 1 }` or `limits.cell_s = 1`
            key = table
        pattern = re.compile(rf"""\s*(\[+\s*)?["']?{re.escape(key)}["']?\s*[].=]""")
        hits = [number for number in range(first + 1, last + 1) if pattern.match(self._lines[number - 1])]
        hits += [number for number, name in headers if not table and name == key]
        return hits[0] if hits else first or None


def record(
    value: Any, kind: Any, faults: Faults, name: str, *, index: int = 0, sound: Mapping[str, Any] | None = None
) -> Any:
    """One table as a record of ``kind``. ``index`` tells the tables of an array apart.

    What is missing or cannot be converted is a fault, and stands as ``sound`` has it, or as its default, so that the rest can be
    looked at too.
    """
    stands_for = dict(sound or {})
    if not isinstance(value, dict):
        faults.add(name, f"{name} is not a table", f"write it as [{name}]", name, index)
        return kind(**stands_for)
    fields = {spec.name: spec for spec in msgspec.structs.fields(kind)}
    where = f" in [{name}]" if name else ""
    kept: dict[str, Any] = {}
    for key, item in value.items():
        if key not in fields:
            faults.add(key, f"unknown key {key!r}{where}", f"remove it; known are {', '.join(fields)}", name, index)
            continue
        try:
            kept[key] = msgspec.convert(item, fields[key].type)
        except msgspec.ValidationError as error:
            faults.add(key, f"{key} = {item!r}{where}: {error}", _remedy(fields[key].type), name, index)
    for key, spec in fields.items():
        if spec.required and key not in value:
            faults.add(key, f"{key} is missing{where}", f"add {key}", name, index)
    return kind(**(stands_for | kept))


def _remedy(kind: Any) -> str:
    """What to give where a value is not of this kind."""
    choices = get_args(kind) if get_origin(kind) is Literal else ()
    return f"give one of {', '.join(choices)}" if choices else "give a value of that type"

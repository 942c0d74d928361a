"""What a diagnosis says, from data files by id: read, checked, filled in with the evidence of a submission.

Each id has a table in ``texts/*.toml``: ``title``, ``explanation``, ``evidence`` (templates, the first whose values are all known is
used), ``hint``, ``page`` and ``repair`` (for instructors only). A course overrides single fields in its own files.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from grader.answers import Answer
from grader.diagnosis.demonstrations import Shown, call_text, demonstration, shows_it
from grader.diagnosis.evidence import Found
from grader.diagnosis.wording import clipped, filled, outcome_words, problems_of, shape_words
from grader.errors import AssignmentError, Fault
from grader.verdict import Audience, Diagnosis

HERE = Path(__file__).parent / "texts"
COMMON = "common"
MOST_WORDS = 80
LONGEST_VALUE = 12
"""Words of a value that comes from the student's work."""


@dataclass(frozen=True, slots=True)
class Text:
    """What is said about one id. ``evidence`` are alternatives, the most telling first."""

    title: str = ""
    explanation: str = ""
    evidence: tuple[str, ...] = ()
    hint: str = ""
    page: str = ""
    repair: str = ""


FIELDS = frozenset(field.name for field in fields(Text))


def _read(path: Path) -> tuple[dict[str, Mapping[str, Any]], list[Fault]]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")), []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, [Fault(path, None, f"cannot be read: {error}", "mend it as TOML in UTF-8")]


def _merged(text: Text, table: Mapping[str, Any]) -> Text:
    known = {key: value for key, value in table.items() if key in FIELDS}
    if "evidence" in known:
        known["evidence"] = (known["evidence"],) if isinstance(known["evidence"], str) else tuple(known["evidence"])
    return replace(text, **known)


def _table_faults(path: Path, ident: str, table: Any) -> list[Fault]:
    if not isinstance(table, Mapping):
        return [Fault(path, None, f"{ident} is not a table", f'write it under ["{ident}"]')]
    faults = [
        Fault(path, None, f"{ident} has an unknown field {key}", f"use {', '.join(sorted(FIELDS))}")
        for key in table
        if key not in FIELDS
    ]
    for key, value in table.items():
        good = isinstance(value, str) or (
            key == "evidence" and isinstance(value, list) and all(isinstance(one, str) for one in value)
        )
        if key in FIELDS and not good:
            faults.append(Fault(path, None, f"{key} of {ident} is not text", "write it in quotes"))
    return faults


class Texts:
    """All texts: the grader's own, with those of a course's folder (``texts/`` of an assignment) in their place."""

    def __init__(self, overrides: Path | None = None) -> None:
        """Read and check everything. Raises AssignmentError with every fault of the course's files."""
        self.common: dict[str, str] = {}
        self._texts: dict[str, Text] = {}
        faults = [fault for path in sorted(HERE.glob("*.toml")) for fault in self._take(path)]
        assert not faults, faults
        if overrides is not None and overrides.is_dir():
            faults = [fault for path in sorted(overrides.glob("*.toml")) for fault in self._take(path, check=True)]
        if faults:
            raise AssignmentError(tuple(faults))

    def _take(self, path: Path, *, check: bool = False) -> list[Fault]:
        tables, faults = _read(path)
        for ident, table in tables.items():
            if ident == COMMON:
                self.common.update({key: str(value) for key, value in table.items()})
                continue
            wrong = _table_faults(path, ident, table)
            faults += wrong
            if wrong:
                continue
            self._texts[ident] = _merged(self._texts.get(ident, Text()), table)
            if check:
                faults += [
                    Fault(path, None, f"{ident}: {problem}", "shorten or reword it") for problem in self.problems(ident)
                ]
        return faults

    def ids(self) -> tuple[str, ...]:
        """Every id that has a text, in the order of the files."""
        return tuple(self._texts)

    def text(self, ident: str) -> Text:
        """What is said about an id; for an unknown one, the words that fit any exercise."""
        known = self._texts.get(ident)
        if known is not None:
            return known
        common = self.common
        return Text(
            common["incorrect_title"],
            common["incorrect_explanation"],
            (common["incorrect_evidence"], common["evidence"]),
            common["incorrect_hint"],
        )

    def problems(self, ident: str) -> list[str]:
        """What the contract ("What a diagnosis says") forbids in this text: nothing, for all of ours."""
        text = self.text(ident)
        return problems_of(
            {
                "title": text.title,
                "explanation": text.explanation,
                "evidence": max(text.evidence, key=len, default=""),
                "hint": text.hint,
            }
        )

    def diagnosis(
        self, found: Found, answer: Answer | None, cell: int | None, *, detail: str = "full", shown: Shown | None = None
    ) -> Diagnosis:
        """The diagnosis of a mistake that was named, with ``answer`` to its demonstration as evidence.

        ``detail`` is ``full``, ``explanation`` (neither evidence nor hint) or ``outcome`` (the title alone). ``shown`` is the call that was
        asked; without it, the demonstration of the id.
        """
        text = self.text(found.id)
        call = shown or demonstration(found)
        values = self._values(found, call, answer)
        title = filled(text.title, values) or text.title
        if detail == "outcome":
            return Diagnosis(id=found.id, title=title, explanation="", evidence="", hint="", cell=cell)
        explanation = _first([text.explanation], values)
        if detail == "explanation":
            return Diagnosis(id=found.id, title=title, explanation=explanation, evidence="", hint="", cell=cell)
        hint = _first([text.hint], values)
        spent = sum(len(part.split()) for part in (title, explanation, hint))
        evidence = clipped(self._evidence(found, call, answer, text, values), MOST_WORDS - spent)
        return Diagnosis(id=found.id, title=title, explanation=explanation, evidence=evidence, hint=hint, cell=cell)

    def untouched(self, ident: str, name: str, cell: int | None, *, detail: str = "full") -> Diagnosis:
        """The diagnosis ``ident`` of an answer that is missing because nothing was filled in."""
        parts = {part: self.common[f"untouched_{part}"] for part in ("title", "explanation", "evidence", "hint")}
        words = {part: filled(text, {"name": name}) or "" for part, text in parts.items()}
        shown = {"outcome": ("title",), "explanation": ("title", "explanation")}.get(detail, tuple(words))
        return Diagnosis(id=ident, cell=cell, **{part: words[part] if part in shown else "" for part in words})

    def _values(self, found: Found, call: Shown | None, answer: Answer | None) -> dict[str, str]:
        values = {key: clipped(str(value), LONGEST_VALUE) for key, value in found.words.items() if value != ""}
        if "call" in found.words:
            values["call"] = found.words["call"]
        values |= {key: value if isinstance(value, str) else f"{value:.4g}" for key, value in found.parameters.items()}
        if call is not None:
            values["call"] = call_text(*call)
        if answer is not None:
            values |= shape_words(answer, self.common) | {"outcome": outcome_words(answer, self.common)}
        return values

    def _evidence(
        self, found: Found, call: Shown | None, answer: Answer | None, text: Text, values: Mapping[str, str]
    ) -> str:
        """The first template that can be filled in; none that quotes a call which does not show the mistake."""
        quotes = [template for template in text.evidence if "{call}" in template]
        if call is not None and quotes and (answer is None or not shows_it(found, call, answer)):
            plain = _first([template for template in text.evidence if template not in quotes], values)
            return plain or filled(self.common["not_shown"], values)
        return _first(text.evidence or [self.common["evidence"]], values)

    def page(self, ident: str, audience: Audience = "student") -> str:
        """The page of an id as plain text: the idea with other numbers, how to test oneself; the repair for instructors."""
        text = self.text(ident)
        title = text.title.replace("`{name}`", "The name")
        parts = [f"{title}\n{ident}", text.page.strip()]
        if audience == "instructor" and text.repair:
            parts.append(f"Repair: {text.repair}")
        return "\n\n".join(part for part in parts if part) + "\n"


def _first(templates: Sequence[str], values: Mapping[str, str]) -> str:
    return next((words for template in templates if (words := filled(template, values))), "")

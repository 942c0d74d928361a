"""What a diagnosis says, from data files by id: read, checked, filled in with the evidence of a submission.

Each id has a table in ``texts/*.toml``: ``title``, ``explanation``, ``evidence`` (templates, the first whose values are all known is
used), ``hint``, ``page`` and ``repair`` (for instructors only). A course overrides single fields in its own files, and writes tables for ids of
its own. ``*.raises`` and the like stand for ids that end so and have no table.
"""

import difflib
import re
import string
import tomllib
from collections.abc import Collection, Mapping, Sequence
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
ANY = "*"
"""Stands for every prefix."""
OURS = ("notebook", "softmax", "model", "predict", "binary")
"""Prefixes of ids that are the grader's: a course's own begin otherwise."""
MOST_WORDS = 80
LOGIT = re.compile(r"\blogits?\b")
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
NEEDED = ("title", "explanation", "hint")
"""Fields without which a report would say nothing."""
FILLED = ("title", "explanation", "evidence", "hint")
"""Fields that are templates."""
PLACEHOLDERS = frozenset({
    "call", "outcome", "shape", "dtype", "after", "name", "function", "type", "message", "exception", "limit",
})  # fmt: skip
"""What any text may speak of in braces; beside it, the parameters of its own misconception."""


def _merged(text: Text, table: Mapping[str, Any]) -> Text:
    known = {key: value for key, value in table.items() if key in FIELDS}
    if "evidence" in known:
        known["evidence"] = (known["evidence"],) if isinstance(known["evidence"], str) else tuple(known["evidence"])
    return replace(text, **known)


def _table_faults(path: Path, ident: str, table: Any, line: int | None) -> list[Fault]:
    if not isinstance(table, Mapping):
        return [Fault(path, line, f"{ident} is not a table", f'write it under ["{ident}"]')]
    faults = [
        Fault(path, line, f"{ident} has an unknown field {key}", f"use {', '.join(sorted(FIELDS))}")
        for key in table
        if key not in FIELDS
    ]
    for key, value in table.items():
        good = isinstance(value, str) or (
            key == "evidence" and isinstance(value, list) and all(isinstance(one, str) for one in value)
        )
        if key in FIELDS and not good:
            faults.append(Fault(path, line, f"{key} of {ident} is not text", "write it in quotes"))
    return faults


def placeholders(template: str) -> set[str] | None:
    """The names in braces of a template; None where its braces do not match."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    except ValueError:
        return None


class Texts:
    """All texts: the grader's own, with those of a course's folder (``texts/`` of an assignment) in their place."""

    def __init__(self, overrides: Path | None = None) -> None:
        """Read and check everything. Raises AssignmentError with every fault of the course's files."""
        self.common: dict[str, str] = {}
        self._texts: dict[str, Text] = {}
        self._forms: dict[str, Text] = {}
        self._places: dict[str, tuple[Path, int | None]] = {}
        for path in sorted(HERE.glob("*.toml")):
            for ident, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
                self._put(ident, table)
        ours = dict(self._texts)
        faults: list[Fault] = []
        if overrides is not None and overrides.is_dir():
            faults = [fault for path in sorted(overrides.glob("*.toml")) for fault in self._take(path, ours)]
        if faults:
            raise AssignmentError(tuple(faults))

    def _put(self, ident: str, table: Mapping[str, Any]) -> None:
        """Lay a table over what is known about its id."""
        prefix, _, last = ident.partition(".")
        if ident == COMMON:
            self.common.update(table)
        elif prefix == ANY:
            self._forms[last] = _merged(self._forms.get(last, Text()), table)
        else:
            self._texts[ident] = _merged(self._texts.get(ident) or self._forms.get(last, Text()), table)

    def _take(self, path: Path, ours: Mapping[str, Text]) -> list[Fault]:
        """Read a file of a course's; its faults."""
        try:
            text = path.read_text(encoding="utf-8")
            tables = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            line = re.search(r"at line (\d+)", str(error))
            return [Fault(path, int(line[1]) if line else None, f"cannot be read: {error}", "mend it as TOML in UTF-8")]
        faults = []
        for ident, table in tables.items():
            place = (path, _line(text, ident))
            wrong = (
                self._common_faults(*place, table) if ident == COMMON else _table_faults(path, ident, table, place[1])
            )
            if ident != COMMON and (problem := self._unknown(ident, ours)) is not None:
                wrong.append(Fault(*place, *problem))
            faults += wrong
            if wrong:
                continue
            self._put(ident, table)
            self._places[ident] = place
            if ident != COMMON:
                faults += [Fault(*place, f"{ident}: {one}", "shorten or reword it") for one in self.problems(ident)]
                faults += self._template_faults(ident, ours)
        return faults

    def _common_faults(self, path: Path, line: int | None, table: Any) -> list[Fault]:
        if not isinstance(table, Mapping):
            return [Fault(path, line, f"{COMMON} is not a table", f"write it under [{COMMON}]")]
        faults = []
        for key, value in table.items():
            if key not in self.common:
                problem, remedy = f"unknown key {key!r} in [{COMMON}]", f"use one of {', '.join(self.common)}"
                faults.append(Fault(path, line, problem, remedy))
            elif not isinstance(value, str):
                faults.append(Fault(path, line, f"{key} in [{COMMON}] is not text", "write it in quotes"))
            elif (wanted := placeholders(self.common[key])) != (found := placeholders(value)):
                said = "braces that do not match" if found is None else f"{_braces(found)}"
                remedy = f"keep {_braces(wanted or set())}, as in {self.common[key]!r}"
                faults.append(Fault(path, line, f"{key} in [{COMMON}] has {said}", remedy))
        return faults

    def _unknown(self, ident: str, ours: Mapping[str, Text]) -> tuple[str, str] | None:
        """Why an id can stand for nothing, and the remedy; None where it can."""
        prefix, dot, last = ident.partition(".")
        if not dot or not last:
            return f"{ident!r} is no id of a diagnosis", 'write it as ["course.name"], in quotes'
        if prefix == ANY and last not in self._forms:
            return f"no form of an answer is called {last!r}", f"use one of {', '.join(self._forms)}"
        if prefix in OURS and ident not in ours:
            near = difflib.get_close_matches(ident, ours, n=1)
            advice = f"write {near[0]}, or " if near else ""
            return f"no diagnosis is called {ident!r}", f"{advice}begin an id of your own with the course's name"
        return None

    def _template_faults(self, ident: str, ours: Mapping[str, Text]) -> list[Fault]:
        """Braces that do not match; of one of our ids, also those that nothing will fill."""
        faults = []
        known = PLACEHOLDERS | self.wanted(ours[ident]) if ident in ours else None
        for name, template in _templates(self.text(ident)):
            found = placeholders(template)
            if found is None:
                remedy = "write {name} for a value, {{ and }} for braces"
                faults.append(Fault(*self._places[ident], f"{ident}: {name} has braces that do not match", remedy))
            elif known is not None and (stray := found - known):
                problem = f"{ident}: nothing fills {_braces(stray)} of {name}"
                faults.append(Fault(*self._places[ident], problem, f"use {_braces(known)}"))
        return faults

    @staticmethod
    def wanted(text: Text) -> set[str]:
        """Every name in braces of a text."""
        return {name for _, template in _templates(text) for name in placeholders(template) or ()}

    def place(self, ident: str) -> tuple[Path, int | None] | None:
        """File and line of a course's table for an id."""
        return self._places.get(ident)

    def ids(self) -> tuple[str, ...]:
        """Every id that has a text, in the order of the files."""
        return tuple(self._texts)

    def known(self, ident: str) -> bool:
        """Whether there is a text for this id: its own, or one for the form that it ends in."""
        prefix, _, last = ident.partition(".")
        return ident in self._texts or (prefix not in OURS and last in self._forms)

    def text(self, ident: str) -> Text:
        """What is said about an id; for one without a table, the words that fit its form in any exercise."""
        last = ident.partition(".")[2]
        return self._texts.get(ident) or self._forms.get(last) or self._forms["incorrect"]

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
        """The first template that can be filled in; none that quotes a call which does not show the mistake.

        Where a call shows nothing that a template speaks of, that is said.
        """
        quotes = [template for template in text.evidence if "{call}" in template]
        if call is not None and quotes and (answer is None or not shows_it(found, call, answer)):
            plain = _first([template for template in text.evidence if template not in quotes], values)
            return plain or filled(self.common["not_asked" if answer is None else "not_shown"], values)
        plain = _first(text.evidence or [self.common["evidence"]], values)
        return plain or filled(self.common["not_shown"], values)

    def page(self, ident: str, audience: Audience = "student") -> str:
        """The page of an id as plain text: the idea with other numbers, how to test oneself; the repair for instructors.

        A page that speaks of logits begins with what a logit is.
        """
        text = self.text(ident)
        title = text.title.replace("`{name}`", "The name")
        meaning = self.common["logit"] if LOGIT.search(f"{title} {text.page}") else ""
        parts = [f"{title}\n{ident}", meaning, text.page.strip()]
        if audience == "instructor" and text.repair:
            parts.append(f"Repair: {text.repair}")
        return "\n\n".join(part for part in parts if part) + "\n"


def _templates(text: Text) -> list[tuple[str, str]]:
    """Every template of a text, with its field."""
    return [
        (name, template)
        for name in FILLED
        for template in (text.evidence if name == "evidence" else (getattr(text, name),))
    ]


def _braces(names: Collection[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "no braces"


def _line(text: str, ident: str) -> int | None:
    """The line on which the table of an id begins."""
    head = re.compile(rf"\s*\[\s*(['\"]?){re.escape(ident)}\1\s*\]")
    return next((number for number, line in enumerate(text.splitlines(), 1) if head.match(line)), None)


def _first(templates: Sequence[str], values: Mapping[str, str]) -> str:
    return next((words for template in templates if (words := filled(template, values))), "")

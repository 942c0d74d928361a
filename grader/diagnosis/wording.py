"""Words and numbers of a diagnosis: four significant digits, four numbers at most, and what must not be said."""

import re
import string
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.answers import Answer, Lost, Raised, Returned, TimedOut, Value

MOST_NUMBERS = 4
MOST_WORDS = 80
LONGEST_SENTENCE = 20
BANNED = re.compile(
    r"\b(just|simply|simple|obviously|clearly|easy|easily|trivial(ly)?|of course|merely|silly|stupid|careless|lazy|great|excellent|well done|good job"
    r"|raw output|scores?|unfortunately|sorry)\b",
    re.IGNORECASE,
)
PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")
SENTENCE = re.compile(r"(?<=[.!?])\s+")
TWO_ENDS = re.compile(r"(?<!\.)([.!?]|\.{3})\.(?=\s|$)")
"""The end of a sentence behind that of a value which was a sentence already."""


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with its values, or an empty text where one of them is not known."""
    wanted = {name for _, name, _, _ in string.Formatter().parse(template) if name}
    if any(not values.get(name) for name in wanted):
        return ""
    return TWO_ENDS.sub(r"\1", template.format_map(values))


def clipped(text: str, words: int) -> str:
    """At most so many words."""
    parts = text.split()
    return text if len(parts) <= words else " ".join(parts[: max(words - 1, 0)]) + " ..."


def number(value: Any) -> str:
    """Four significant digits."""
    return f"{float(value):.4g}"


def numbers(array: NDArray[Any]) -> str:
    """Nested brackets with at most four numbers in all."""
    if array.ndim == 0:
        return number(array)
    return "[" + ", ".join(numbers(row) for row in array) + "]"


def outcome_words(answer: Answer, common: Mapping[str, str]) -> str:
    """What a call did: returned these numbers, stopped with this exception."""
    words = common["returned_other"].format(value="unknown")
    match answer:
        case Raised(type_name=name):
            words = common["raised"].format(value=name)
        case TimedOut(limit_s=limit):
            words = common["timed_out"].format(value=f"{limit:g}")
        case Lost():
            words = common["lost"]
        case Returned(value=value):
            words = _returned(value, common)
    return words


def _returned(value: Value, common: Mapping[str, str]) -> str:
    array = value.array
    if value.kind == "none":
        return common["returned_none"]
    if array is None or array.dtype.kind not in "fiub":
        return common["returned_other"].format(value=value.type_name)
    if array.size <= MOST_NUMBERS:
        return common["returned"].format(value=numbers(array))
    rows = array.reshape(-1, array.shape[-1])
    if array.shape[-1] <= MOST_NUMBERS and bool(np.all(rows == rows[0])):
        return common["returned_rows"].format(value=numbers(rows[0]))
    if bool(np.all(array == array.ravel()[0])):
        return common["returned_same"].format(value=number(array.ravel()[0]))
    return common["returned_begins"].format(value=", ".join(number(one) for one in array.ravel()[:MOST_NUMBERS]))


def shape_words(answer: Answer, common: Mapping[str, str]) -> dict[str, str]:
    """Shape and type of the array that came back, and what became of the argument."""
    if not isinstance(answer, Returned):
        return {}
    words = {}
    if answer.value.array is not None:
        words = {
            "shape": common["shape"].format(value=answer.value.array.shape),
            "dtype": str(answer.value.array.dtype),
        }
    if answer.arguments_after and answer.arguments_after[0].size <= MOST_NUMBERS:
        words["after"] = numbers(answer.arguments_after[0])
    return words


def problems_of(parts: Mapping[str, str]) -> list[str]:
    """What is too long or must not be said, for each part; placeholders count as one word."""
    problems = []
    everything = " ".join(parts.values())
    count = len(everything.split())
    if count > MOST_WORDS:
        problems.append(f"{count} words in all; at most {MOST_WORDS}")
    for name, text in parts.items():
        lengths = [len(sentence.split()) for sentence in SENTENCE.split(text)]
        problems += [
            f"a sentence of {name} has {length} words; at most {LONGEST_SENTENCE}"
            for length in lengths
            if length > LONGEST_SENTENCE
        ]
        if banned := BANNED.search(text):
            problems.append(f"{name} says '{banned.group()}'")
        if PICTURES.search(text):
            problems.append(f"{name} holds a picture character")
    return problems

"""From what a student's function returned to the mistakes it is told: the examiner's way in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from grader.answers import NameInfo, Raised
from grader.diagnosis import predict, softmax
from grader.diagnosis.cases import Case, cases_of
from grader.diagnosis.demonstrations import call_text
from grader.diagnosis.evidence import Found, Observation
from grader.diagnosis.extras import explain_by_extras, rest_by_form
from grader.diagnosis.forms import absent, exception_words, form_id, hard_coded, limit_words, unwritten
from grader.diagnosis.matcher import Explained, Space, explain, told_parts
from grader.diagnosis.misconception import Misconception

GIVEN = {"softmax": "z", "predict": "logits"}
"""The input that an observation must name so that the mistakes of this prefix can be recognised."""
RIGHT_BUT_LARGE = ("clipped-logits", "unstable-overflow", "integer-truncation")
"""Mistakes that leave ordinary logits right."""


def explain_function(
    prefix: str,
    observations: Sequence[Observation],
    name: NameInfo,
    template_source: str = "",
    extra: Sequence[Misconception] = (),
) -> list[Found]:
    """Name what is wrong with one function, the most specific mistake first; nothing where nothing is wrong.

    ``observations`` are all calls of that function, right ones too: those of the checks and of the diagnostic probes. ``extra`` are the
    course's own misconceptions. ``template_source`` is the definition the template gives out, to recognise an answer left empty.
    """
    found = _explained(prefix, observations, name, template_source, extra)
    own = {"name": name.name, "function": name.name}
    shown = {one.id: call_text(name.name, one.demonstration) for one in extra if one.demonstration}
    calls = [{"call": shown[one.id]} if one.id in shown else {} for one in found]
    return [replace(one, words=own | call | dict(one.words)) for one, call in zip(found, calls, strict=True)]


def _explained(
    prefix: str,
    observations: Sequence[Observation],
    name: NameInfo,
    template_source: str,
    extra: Sequence[Misconception],
) -> list[Found]:
    missing = absent(prefix, name, observations)
    if missing is not None:
        return [missing]
    if unwritten(name.source, template_source):
        return [Found(f"{prefix}.not-implemented", words={"name": name.name})]
    if not observations:
        return []
    with np.errstate(all="ignore"):
        own = explain_by_extras(observations, [one for one in extra if one.function in {"", name.name}])
        if own is not None:
            return [own]
        needed = GIVEN.get(prefix)
        known = [one for one in observations if needed in one.given]
        found: list[Found] = []
        if known:
            found = _softmax(prefix, known) if prefix == "softmax" else predict.explain(known)
        return found or rest_by_form(prefix, [one for one in observations if needed not in one.given])


def explain_functions(
    prefix: str,
    observations: Sequence[Observation],
    names: Mapping[str, NameInfo],
    templates: Mapping[str, str] | None = None,
    extra: Sequence[Misconception] = (),
) -> list[Found]:
    """The mistakes of all functions of one exercise, each id once, in the order in which ``names`` lists the functions."""
    found: dict[str, Found] = {}
    for function, name in names.items():
        asked = [observation for observation in observations if observation.function == function]
        if found and prefix == predict.PREFIX and predict.follows(asked, observations):
            continue
        for one in explain_function(prefix, asked, name, (templates or {}).get(function, ""), extra):
            found.setdefault(one.id, one)
    empty = {f"{prefix}.not-implemented", f"{prefix}.returns-none"} & set(found)
    if empty:
        # A function that calls an empty one stops with an error: an effect, told once its cause is repaired.
        found.pop(f"{prefix}.raises", None)
    return list(found.values())


def _softmax(prefix: str, observations: Sequence[Observation]) -> list[Found]:
    """All mistakes of a softmax: of values, of form, and a changed input."""
    cases = cases_of(observations, "z")
    mutated = any(
        observation.changed_input() and not case.integer
        for observation, case in ((case.observation, case) for case in cases)
    )
    found: list[Found] = []
    if not all(case.right for case in cases):
        found = _by_values(prefix, cases, mutated=mutated)
    if mutated:
        found = [one for one in found if not one.id.endswith(".incorrect")]
        found.append(Found(f"{prefix}.mutates-input"))
    return found


def _by_values(prefix: str, cases: Sequence[Case], *, mutated: bool) -> list[Found]:
    if hard_coded(cases):
        return [Found(f"{prefix}.hard-coded")]
    explained = explain(Space(softmax.ORDER), cases)
    extra: list[str] = []
    if explained is None:
        explained, kind = _one_kind(cases)
        extra.append(kind)
    if explained is None:
        return [_by_form(prefix, cases)]
    return _named(prefix, explained, cases, extra, mutated=mutated)


def _by_form(prefix: str, cases: Sequence[Case]) -> Found:
    """Where no values are explained: the form of the answers, if that is what is wrong wherever there is more than one logit."""
    telling = [case for case in cases if not case.right and min(case.x.shape[-1], *case.x.shape) > 1]
    forms = [case for case in telling if case.form != "values"]
    if not forms or len(forms) < len(telling):
        return Found(f"{prefix}.incorrect")
    words = exception_words([case.observation for case in forms]) | limit_words([case.observation for case in forms])
    return Found(f"{prefix}.{form_id(forms, cases)}", words=words)


def _one_kind(cases: Sequence[Case]) -> tuple[Explained | None, str]:
    """Where no explanation fits all: all vectors, or all batches, are right, at least on small logits."""
    best: Explained | None = None
    kind = ""
    for ident, ndim in (("vector-only", 1), ("batch-only", 2)):
        some = [case for case in cases if case.x.ndim == ndim]
        other = [
            case for case in cases if case.x.ndim != ndim and case.quiet and min(case.x.shape) > 1 and not case.integer
        ]
        if not some or not other or any(case.right for case in other):
            continue
        held = explain(Space(RIGHT_BUT_LARGE), some)
        if held is None or held.left or held.reshaped or len(held.recipe.parts) > 1:
            continue
        if best is None or len(held.recipe.parts) < len(best.recipe.parts):
            best, kind = held, ident
    return best, kind


def _named(prefix: str, explained: Explained, cases: Sequence[Case], extra: list[str], *, mutated: bool) -> list[Found]:
    """The published ids for the parts of an explanation and for what it leaves."""
    found = [
        Found(f"{prefix}.{part.id}", dict(part.parameters), {"how": part.variant} if part.variant else {})
        for part in told_parts(explained, cases)
    ]
    left = [case for case in explained.left if not (mutated and case.integer and _cannot_store(case))]
    rest = [form_id(left, cases)] if left else []
    if explained.reshaped and not (rest == ["vector-only"] and _vectors_in_shape(cases)):
        extra.append("wrong-shape")
    extra += rest
    words = exception_words([case.observation for case in left]) | limit_words([case.observation for case in left])
    return found + [Found(f"{prefix}.{ident}", words=words) for ident in dict.fromkeys(extra)]


def _vectors_in_shape(cases: Sequence[Case]) -> bool:
    """Whether every vector was answered in its own shape."""
    return all(case.values is not None and case.values.shape == case.x.shape for case in cases if case.x.ndim == 1)


def _cannot_store(case: Case) -> bool:
    """Whether NumPy refused to store floats in the integer input: part of working in place."""
    return isinstance(case.observation.answer, Raised) and "ast" in case.observation.answer.message

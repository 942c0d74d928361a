"""Mistakes that show in the form of an answer rather than in its numbers: nothing there, nothing returned, the wrong shape."""

import ast
import textwrap
from collections import Counter
from collections.abc import Sequence

import numpy as np

from grader.answers import Missing, NameInfo, Raised, TimedOut
from grader.diagnosis.cases import Case, Form
from grader.diagnosis.evidence import Found, Observation
from grader.diagnosis.probes import LESSON

MODEL_PREFIX = "model"
SAME = 1e-6
ALIKE = 3
"""Answers that must be the same, whatever the input, before they count as written down beforehand."""


def absent(prefix: str, name: NameInfo, observations: Sequence[Observation]) -> Found | None:
    """``missing``: the name is not there after the last cell, or is bound to something that cannot be called."""
    answers = [observation.answer for observation in observations]
    if name.exists and name.callable and not any(isinstance(answer, Missing) for answer in answers):
        return None
    kind = name.type_name or next((answer.type_name for answer in answers if isinstance(answer, Missing)), "")
    return Found(f"{prefix}.missing", words={"name": name.name, "type": kind} if kind else {"name": name.name})


def _body(source: str) -> list[ast.stmt] | None:
    """The statements of the first function in ``source`` without its docstring, or None where there is none to read."""
    try:
        tree = ast.parse(textwrap.dedent(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            described = (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            )
            return node.body[1:] if described else node.body
    return None


def _does_nothing(statement: ast.stmt) -> bool:
    match statement:
        case (
            ast.Pass()
            | ast.Expr(value=ast.Constant())
            | ast.Return(value=None)
            | ast.Return(value=ast.Constant(value=None))
        ):
            return True
        case ast.Raise(exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
        case ast.Raise(exc=ast.Name(id="NotImplemented")):
            return True
    return False


def unwritten(source: str, template_source: str = "") -> bool:
    """Whether a definition's body does nothing, or is the template's: the one question asked of source text."""
    body = _body(source)
    if body is None:
        return False
    if all(_does_nothing(statement) for statement in body):
        return True
    template = _body(template_source) if template_source else None
    return template is not None and [ast.dump(statement) for statement in body] == [
        ast.dump(statement) for statement in template
    ]


def hard_coded(cases: Sequence[Case]) -> bool:
    """Whether the same numbers came back whatever was given, apart from the lesson's own example."""
    lesson = np.array(LESSON)
    others = [
        case
        for case in cases
        if not case.integer
        and case.x.shape[-1] > 1
        and not (case.x.shape == lesson.shape and np.array_equal(case.x, lesson))
    ]
    others = [case for case in others if np.ptp(case.x) > 0]
    if len(others) < ALIKE or any(case.right for case in others):
        return False
    vectors = [case for case in others if case.x.ndim == 1] or others
    example_right = any(
        case.right and case.x.shape == lesson.shape and np.array_equal(case.x, lesson) for case in cases
    )
    if example_right and all(case.form == "none" for case in vectors):
        return True
    groups: dict[tuple[int, ...], list[Case]] = {}
    for case in others:
        if case.values is not None:
            groups.setdefault(case.values.shape, []).append(case)
    alike = [group for group in groups.values() if len(group) > 1]
    if sum(len(group) for group in alike) < ALIKE:
        return False
    return all(_same(group[0], case) for group in alike for case in group[1:])


def _same(one: Case, other: Case) -> bool:
    """Whether two answers hold the same numbers, one of them perhaps in float32."""
    if one.values is None or other.values is None:
        return False
    return bool(np.allclose(one.values, other.values, rtol=SAME, atol=0.0, equal_nan=True))


def form_id(left: Sequence[Case], cases: Sequence[Case]) -> str:
    """The name for answers that no explanation of values accounts for (``left``, not empty)."""
    forms: Counter[Form] = Counter(case.form for case in left)
    right = [case for case in cases if case not in left]
    vectors, batches = [case for case in cases if case.x.ndim == 1], [case for case in cases if case.x.ndim > 1]
    if set(forms) <= {"timed-out", "lost"}:
        return "timeout" if "timed-out" in forms else "raises"
    if right and batches and vectors:
        if all(case.x.ndim > 1 for case in left) and _whole_kind(left, batches):
            return "vector-only"
        if all(case.x.ndim == 1 for case in left) and len(left) == len(vectors):
            return "batch-only"
    for form, ident in (
        ("none", "returns-none"),
        ("raised", "raises"),
        ("timed-out", "timeout"),
        ("shape", "wrong-shape"),
    ):
        if forms.most_common(1)[0][0] == form:
            return ident
    return "incorrect"


def _whole_kind(left: Sequence[Case], batches: Sequence[Case]) -> bool:
    """Whether all batches fail that are more than one row or one column."""
    full = [case for case in batches if min(case.x.shape) > 1]
    return all(case in left for case in full)


def exception_words(observations: Sequence[Observation]) -> dict[str, str]:
    """The exception that came up most, without its message: that may quote a probe."""
    names = Counter(
        observation.answer.type_name for observation in observations if isinstance(observation.answer, Raised)
    )
    return {"exception": names.most_common(1)[0][0]} if names else {}


def limit_words(observations: Sequence[Observation]) -> dict[str, str]:
    """The limit that a call ran into."""
    limits = [observation.answer.limit_s for observation in observations if isinstance(observation.answer, TimedOut)]
    return {"limit": f"{max(limits):g}"} if limits else {}

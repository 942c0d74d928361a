"""A misconception is one executable object: a published id, a wrong implementation, and how to recognise it.

``wrong`` is a self-contained function: it uses NumPy as ``np``, perhaps ``Any``, and nothing else of its module, so that its source text can stand in a
notebook in place of the student's function (``planted``). Its keyword parameters are those of a family (a base, a bound), with a usual value each.
"""

import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.diagnosis.evidence import Number, Observation

Fit = Callable[[Sequence[Observation]], Sequence[Mapping[str, Number]]]


@dataclass(frozen=True, slots=True)
class Misconception:
    """One way of being wrong about one function.

    ``fit`` proposes parameters for ``wrong`` from what came back, best first; without it there is nothing to fit. The matcher
    calls ``wrong(**given, **parameters)`` for every observation and compares. ``others`` are further ways in which the same
    mistake is written. ``demonstration`` are the public arguments on which the mistake is shown, ``more_demonstrations`` others, tried in
    turn where those before do not show it.
    """

    id: str
    function: str
    wrong: Callable[..., Any]
    fit: Fit | None = None
    demonstration: tuple[Any, ...] = ()
    others: tuple[Callable[..., Any], ...] = ()
    more_demonstrations: tuple[tuple[Any, ...], ...] = ()


def planted(misconception: Misconception, name: str) -> str:
    """Source text that binds ``name`` to the wrong implementation, a cell of its own."""
    source = textwrap.dedent(inspect.getsource(misconception.wrong))
    return f"from typing import Any\n\nimport numpy as np\n\n{source}\n{name} = {misconception.wrong.__name__}\n"

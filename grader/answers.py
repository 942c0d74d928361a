"""What came back from the student's kernel, as data that the trusted side has already checked.

Nothing here was unpickled: arrays were made from raw bytes with a declared dtype and shape, everything else from JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from numpy.typing import NDArray

Kind = Literal["none", "bool", "int", "float", "text", "array", "list", "mapping", "opaque"]
Container = Literal["ndarray", "tensor", "list", "number", "other"]


@dataclass(frozen=True, slots=True)
class Value:
    """One value returned by the student's code.

    ``kind`` says what it is. Arrays, tensors, NumPy scalars and rectangular (nested) lists or tuples of numbers all come
    as ``array`` with ``array`` set (read-only) and ``container`` telling them apart; a plain Python number is ``int`` or ``float`` and
    has a 0-dimensional ``array`` too. ``items`` holds the values of a ``list`` (a list or tuple that is not rectangular
    numbers) in order; ``entries`` those of a ``mapping``, by key; ``opaque`` is anything that cannot cross, of which
    only ``type_name`` is known.
    """

    kind: Kind
    type_name: str
    array: NDArray[Any] | None = None
    container: Container = "other"
    text: str = ""
    items: tuple["Value", ...] = ()
    entries: Mapping[str, "Value"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Returned:
    """The call returned. ``arguments_after`` are the array arguments as they stood afterwards, in order, where asked for."""

    value: Value
    seconds: float = 0.0
    arguments_after: tuple[NDArray[Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Raised:
    """The student's code raised. Places are in *their* notebook; ``cell`` is 0-based in the file as submitted."""

    type_name: str
    message: str
    cell: int | None = None
    line: int | None = None
    source_line: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The call did not return within ``limit_s`` seconds and was interrupted (or its kernel was killed)."""

    limit_s: float
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no such name in the notebook's namespace, or it is not callable (``type_name`` says what it is instead)."""

    name: str
    type_name: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """The kernel died while it worked on this call, or could not be asked any more. ``reason`` is words for a person."""

    reason: str
    out_of_memory: bool = False


@dataclass(frozen=True, slots=True)
class Unusable:
    """Something came back that does not fit what was asked for: over the size cap, a lying header, a broken frame."""

    reason: str


Answer = Returned | Raised | TimedOut | Missing | Lost | Unusable


@dataclass(frozen=True, slots=True)
class Ref:
    """An argument that is an object living in the kernel: a name of the notebook, or a handle from ``kernel`` (``probe:1``)."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """Call a function of the notebook. Arguments are arrays, numbers, text, (nested) lists of those, or ``Ref``."""

    function: str
    arguments: tuple[Any, ...] = ()
    return_arguments: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One of our own questions to the code in ``grader.inside`` (``operation`` names it), with arrays or JSON data.

    Its answer is ``Returned`` with a ``mapping``, whose ``entries`` are the facts asked for. Errors of the student's code (a model that raises
    when called) come back as ``Raised``.
    """

    operation: str
    parameters: dict[str, Any] = field(default_factory=dict)


Question = Call | Request


@dataclass(frozen=True, slots=True)
class NameInfo:
    """What a name of the notebook is bound to after the last cell."""

    name: str
    exists: bool
    callable: bool = False
    type_name: str = ""
    cell: int | None = None
    """The cell that holds the definition of the function or class it is bound to, if any."""
    line: int | None = None
    source: str = ""
    """Source text of that definition as it stands in the notebook (empty if unknown)."""
    bound_in: tuple[int, ...] = ()
    """Cells whose source binds the name at top level, in order: more than one means it was overwritten."""

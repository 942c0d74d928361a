"""Values between the grader and a student's kernel, this side: strict about what comes in.

Nothing that arrives is believed. A node is taken apart by exact type; an array's dtype must be one of ``DTYPES``, and its
shape times its item size must be the length of its buffer. Whatever does not fit raises ``Malformed``, which the session
turns into ``Unusable``. The nodes are described in ``grader.inside.values``.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.answers import Container, Ref, Value
from grader.inside.values import MAX_DEPTH, MAX_INT_BITS, MAX_ITEMS, MAX_NAME, MAX_TEXT

DTYPES: Mapping[str, np.dtype[Any]] = {
    np.dtype(name).newbyteorder("<").str: np.dtype(name).newbyteorder("<")
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64"),
    )
}
"""The dtypes that cross, by their text in a node."""
CONTAINERS: Mapping[str, Container] = {"ndarray": "ndarray", "tensor": "tensor", "list": "list", "number": "number"}

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_IMPORTED = re.compile(r"(cannot import name '[^']{1,200}' from '[^']{1,200}') \([^()]{1,1000}\)")
_FRAMES = re.compile(r"^(?:Detected at node [^\n]*|  File \"[^\n]*\", line \d+, in [^\n]*)\n+", re.MULTILINE)
_DECIMAL = re.compile(r"-?[0-9]{1,700}")
_HEXADECIMAL = re.compile(r"-?(?:0x[01](?:\.[0-9a-f]{1,16})?p[+-][0-9]{1,5}|inf)|nan")

MAX_GRAPH_ERROR = 100_000
"""Characters of an error's message that are looked through."""


class Malformed(Exception):  # noqa: N818 - the name says what is the case
    """What came back does not fit what was asked for; the message says how, without a word of the student's."""


def clean(text: Any, limit: int = MAX_TEXT) -> str:
    """Text of the student's, safe to keep: no escape sequences, control or direction characters, at most ``limit`` long.

    Anything but a ``str`` becomes the empty text.
    """
    if type(text) is not str:
        return ""
    # Cut before the search, so that a long text costs no more than a short one.
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", _ANSI.sub("", text[: 2 * limit].replace("\r\n", "\n")))[:limit]


def message(text: Any, limit: int) -> str:
    """An error's message, clean. The frames that TensorFlow lists in an error of its graph are left out.

    They are Keras's and ours, come first, and would push what the message tells beyond the limit. So is the file that an
    import was tried from: a place on the grader's machine.
    """
    return clean(_IMPORTED.sub(r"\1", _FRAMES.sub("", text[:MAX_GRAPH_ERROR])) if type(text) is str else "", limit)


def value(node: Any, buffers: Sequence[Any], cap: int) -> Value:
    """The value of a node whose arrays have at most ``cap`` bytes together. Raises Malformed, and nothing else."""
    return _Reader(buffers, cap).value(node, 0)


class _Reader:
    """Reads one answer; each buffer serves one array, and nodes and bytes are counted over all of it."""

    def __init__(self, buffers: Sequence[Any], cap: int) -> None:
        self._buffers = list(buffers)
        self._room = cap
        self._nodes = MAX_ITEMS

    def value(self, node: Any, depth: int) -> Value:  # noqa: C901, PLR0911 - one case a kind
        self._nodes -= 1
        if self._nodes < 0 or depth > MAX_DEPTH + 1:
            raise Malformed("more or deeper values than the grader takes")
        if type(node) is not dict:
            raise Malformed("a value that is not described")
        match node.get("kind"):
            case "none":
                return Value("none", "NoneType")
            case "bool" if type(flag := node.get("value")) is bool:
                return Value("bool", "bool", array=_scalar(np.bool_(flag)), container="number")
            case "int":
                return self._integer(node.get("value"))
            case "float":
                return self._float(node.get("value"))
            case "text" if type(text := node.get("value")) is str:
                return Value("text", "str", text=clean(text))
            case "array":
                return self._array(node)
            case "list" if type(items := node.get("items")) is list:
                name = clean(node.get("type_name"), MAX_NAME)
                return Value("list", name, items=tuple(self.value(item, depth + 1) for item in items))
            case "mapping" if type(entries := node.get("entries")) is dict:
                return Value(
                    "mapping", "dict", entries={clean(k): self.value(v, depth + 1) for k, v in entries.items()}
                )
            case "opaque":
                return Value("opaque", clean(node.get("type_name"), MAX_NAME) or "object")
        raise Malformed("a value of no known kind")

    def _integer(self, text: Any) -> Value:
        if type(text) is not str or not _DECIMAL.fullmatch(text) or (number := int(text)).bit_length() > MAX_INT_BITS:
            raise Malformed("an integer that is not one")
        fits = -(2**63) <= number < 2**63
        return Value(
            "int",
            "int",
            array=_scalar(np.int64(number) if fits else np.float64(_nearest(number))),
            container="number",
            text=text,
        )

    def _float(self, text: Any) -> Value:
        if type(text) is not str or not _HEXADECIMAL.fullmatch(text):
            raise Malformed("a float that is not one")
        try:
            number = float.fromhex(text)
        except OverflowError:
            raise Malformed("a float that is not one") from None
        return Value("float", "float", array=_scalar(np.float64(number)), container="number", text=repr(number))

    def _array(self, node: dict[str, Any]) -> Value:
        name, shape, index = node.get("dtype"), node.get("shape"), node.get("buffer")
        dtype = DTYPES.get(name) if type(name) is str else None
        container = node.get("container")
        if dtype is None or type(container) is not str or container not in CONTAINERS:
            raise Malformed("an array of a type that does not cross")
        if (
            type(shape) is not list
            or len(shape) > MAX_DEPTH
            or not all(type(n) is int and 0 <= n < 2**40 for n in shape)
        ):
            raise Malformed("an array whose shape is not one")
        if type(index) is not int or not 0 <= index < len(self._buffers) or self._buffers[index] is None:
            raise Malformed("an array without its bytes")
        data, self._buffers[index] = bytes(self._buffers[index]), None
        self._room -= len(data)
        if self._room < 0:
            raise Malformed("more bytes than the grader takes")
        if math.prod(shape) * dtype.itemsize != len(data):
            raise Malformed("an array whose shape does not fit its bytes")
        if dtype.kind == "b" and data.strip(b"\x00\x01"):
            raise Malformed("booleans that are neither true nor false")
        array = np.frombuffer(data, dtype=dtype).reshape(shape)
        return Value("array", clean(node.get("type_name"), MAX_NAME), array=array, container=CONTAINERS[container])


def _scalar(number: np.generic) -> NDArray[Any]:
    array = np.asarray(number)
    array.flags.writeable = False
    return array


def _nearest(number: int) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def plain(found: Value) -> Any:  # noqa: PLR0911 - one return a kind
    """A value as plain Python data: arrays as arrays, numbers as numbers, lists, dicts; None for none and opaque."""
    match found.kind:
        case "mapping":
            return {key: plain(item) for key, item in found.entries.items()}
        case "list":
            return [plain(item) for item in found.items]
        case "array":
            return found.array
        case "text":
            return found.text
        case "int":
            return int(found.text)
        case "bool" | "float":
            assert found.array is not None
            return found.array.item()
    return None


class Writer:
    """Encodes what the grader asks with; the arrays' bytes gather in ``buffers``."""

    def __init__(self) -> None:
        self.buffers: list[bytes] = []

    def node(self, item: Any) -> dict[str, Any]:  # noqa: PLR0911 - one return a kind
        """The node of an argument. Raises TypeError for what a rubric may not send: a fault of the rubric."""
        match item:
            case None:
                return {"kind": "none"}
            case Ref(name=name):
                return {"kind": "ref", "name": name}
            case bool():
                return {"kind": "bool", "value": item}
            case np.ndarray() | np.generic():
                return self._array(np.asarray(item))
            case int():
                return {"kind": "int", "value": str(item)}
            case float():
                return {"kind": "float", "value": item.hex()}
            case str():
                return {"kind": "text", "value": item}
            case list() | tuple():
                return {"kind": "list", "items": [self.node(part) for part in item], "type_name": type(item).__name__}
            case Mapping():
                return {"kind": "mapping", "entries": {str(key): self.node(part) for key, part in item.items()}}
        raise TypeError(f"a question cannot carry a {type(item).__name__}: {item!r:.100}")

    def _array(self, array: NDArray[Any]) -> dict[str, Any]:
        dtype = array.dtype.newbyteorder("<")
        if dtype.str not in DTYPES:
            raise TypeError(f"a question cannot carry an array of {array.dtype}")
        self.buffers.append(array.astype(dtype, copy=False).tobytes())
        return {"kind": "array", "dtype": dtype.str, "shape": list(array.shape), "buffer": len(self.buffers) - 1}

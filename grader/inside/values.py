"""Values of the student's process on their way to the grader and back: a JSON tree, and raw bytes for every array.

A node of the tree is an object with ``kind``: none, bool, int (decimal text), float (hexadecimal text), text, array
(dtype, shape, number of its buffer), list, mapping, opaque (only its type's name crosses) or, inwards only, ref.
Nothing is ever pickled. The other end, ``grader.kernel.values``, believes none of it.
"""

import builtins
import sys
from collections.abc import Callable, Sequence
from typing import Any

# Functions find the builtins through their module: with a copy, replacing one in `builtins` does not reach ours.
globals()["__builtins__"] = dict(vars(builtins))

MAX_TEXT = 10_000
"""Characters of a text that cross; the rest is cut."""
MAX_ITEMS = 10_000
"""Nodes of one answer; past it the answer is refused."""
MAX_DEPTH = 8
"""Levels of lists and mappings; what lies deeper is opaque."""
MAX_INT_BITS = 2048
"""Integers with more bits are opaque: their decimal text grows with the square."""
MAX_NAME = 200
"""Characters of a type's name."""

Node = dict[str, Any]


class TooLarge(Exception):  # noqa: N818 - the name says what is the case
    """The value is over the cap; the message says by how much."""


def type_name(kind: type) -> str:
    """A type's name with its module, without the parts a reader does not need (``builtins``)."""
    try:
        module = str(type.__getattribute__(kind, "__module__"))
        name = str(type.__getattribute__(kind, "__qualname__"))
    except Exception:  # noqa: BLE001 - a metaclass of the student's may raise anything
        return "object"
    return (name if module == "builtins" else f"{module}.{name}")[:MAX_NAME]


class Numbers:
    """The few functions of NumPy that are needed, as they were when first looked up (see ``load``)."""

    def __init__(self, numpy: Any) -> None:
        self.ndarray: type = numpy.ndarray
        self.generic: type = numpy.generic
        self.array: Callable[..., Any] = numpy.array
        self.asarray: Callable[..., Any] = numpy.asarray
        self.frombuffer: Callable[..., Any] = numpy.frombuffer


_loaded: list[Numbers] = []


def load() -> Numbers:
    """The student's own NumPy, imported on first use. Raises ImportError where there is none."""
    if not _loaded:
        # NumPy belongs to the student's process: a kernel that never computes need not have it.
        import numpy  # noqa: PLC0415, ICN001

        _loaded.append(Numbers(numpy))
    return _loaded[0]


class Writer:
    """Encodes values into nodes; the arrays' bytes gather in ``buffers``. ``room`` is what is left of the cap, in bytes."""

    def __init__(self, cap: int) -> None:
        self.buffers: list[bytes] = []
        self.room = cap
        self.nodes = MAX_ITEMS

    def node(self, value: Any, depth: int = 0) -> Node:  # noqa: PLR0911 - one return a kind
        """The node of any value. Raises TooLarge; and whatever the value's own code raises while it is read."""
        self.nodes -= 1
        if self.nodes < 0:
            raise TooLarge(f"more than {MAX_ITEMS} values")
        kind = type(value)
        if value is None:
            return {"kind": "none"}
        if kind is bool:
            return {"kind": "bool", "value": value}
        if kind is int:
            return self._integer(value)
        if kind is float:
            return {"kind": "float", "value": value.hex()}
        if kind is str:
            return {"kind": "text", "value": self._text(value)}
        if kind is list or kind is tuple:
            return self._sequence(value, depth)
        if kind is dict and depth < MAX_DEPTH and all(type(key) is str for key in value):
            entries = {self._text(key): self.node(item, depth + 1) for key, item in value.items()}
            return {"kind": "mapping", "entries": entries}
        return self._foreign(value, depth)

    def _integer(self, value: int) -> Node:
        if value.bit_length() > MAX_INT_BITS:
            return {"kind": "opaque", "type_name": "int"}
        return {"kind": "int", "value": str(value)}

    def _text(self, value: str) -> str:
        # Lone surrogates cannot be sent as UTF-8.
        return value[:MAX_TEXT].encode("utf-8", "backslashreplace").decode("utf-8")

    def _sequence(self, value: Sequence[Any], depth: int) -> Node:
        name = type_name(type(value))
        if depth >= MAX_DEPTH:
            return {"kind": "opaque", "type_name": name}
        if (array := rectangular(value)) is not None:
            return self.array(array, name, "list")
        items = [self.node(item, depth + 1) for item in value]
        return {"kind": "list", "items": items, "type_name": name}

    def _foreign(self, value: Any, depth: int) -> Node:
        """An array or what makes one of itself, a NumPy scalar, a tensor; a subclass of a plain type as that type; else opaque."""
        kind = type(value)
        name = type_name(kind)
        if "numpy" in sys.modules or _loaded:
            numbers = load()
            if issubclass(kind, numbers.ndarray):
                return self.array(value, name, "ndarray")
            if issubclass(kind, numbers.generic):
                return self.array(value, name, "number")
        array, container = from_tensor(value) if callable(getattr(kind, "numpy", None)) else None, "tensor"
        if array is None and callable(getattr(kind, "__array__", None)):
            array, container = from_array_like(value), "ndarray"
        if array is not None:
            return self.array(array, name, container)
        if issubclass(kind, str):
            return {"kind": "text", "value": self._text(str.__str__(value))}
        if issubclass(kind, list | tuple) and depth < MAX_DEPTH:
            return self._sequence(value, depth) | {"type_name": name}
        return {"kind": "opaque", "type_name": name}

    def array(self, value: Any, name: str, container: str) -> Node:
        """The node of an array of numbers; opaque for any other. Half-known types cross as the nearest usual one."""
        numbers = load()
        plain = numbers.asarray(value)
        dtype = plain.dtype
        if dtype.kind == "O":
            plain, name = _numbers_in_objects(plain), f"{name}[object]"[-MAX_NAME:]
        elif dtype.name == "bfloat16":
            plain, name = plain.astype("float32"), f"{name}[bfloat16]"[-MAX_NAME:]
        elif dtype.kind == "f" and dtype.itemsize > 8:  # noqa: PLR2004 - bytes of a float64
            plain = plain.astype("float64")
        if plain is None or plain.dtype.kind not in "biuf" or plain.ndim > MAX_DEPTH:
            return {"kind": "opaque", "type_name": name if dtype.kind == "O" else f"{name}[{dtype.name}]"[:MAX_NAME]}
        self.room -= plain.nbytes
        if self.room < 0:
            raise TooLarge(f"an array of {plain.nbytes} bytes")
        self.buffers.append(plain.astype(plain.dtype.newbyteorder("<"), copy=False).tobytes())
        return {
            "kind": "array",
            "dtype": plain.dtype.newbyteorder("<").str,
            "shape": list(plain.shape),
            "buffer": len(self.buffers) - 1,
            "container": container,
            "type_name": name,
        }


def rectangular(value: Sequence[Any]) -> Any | None:
    """A (nested) list or tuple of numbers, all rows alike, as an array of booleans, integers or floats; else None."""
    leaf: Any = value
    for _ in range(MAX_DEPTH):
        if not isinstance(leaf, list | tuple) or not leaf:
            break
        leaf = leaf[0]
    if leaf is None or isinstance(leaf, str | bytes | dict | set):
        return None  # NumPy would copy a long list of these for nothing
    try:
        array = load().array(value)
    except Exception:  # noqa: BLE001 - rows of unequal length, or items of the student's own that do not convert
        return None
    return array if array.dtype.kind in "biuf" else None


def from_tensor(value: Any) -> Any | None:
    """The array of a tensor of TensorFlow, Keras or PyTorch; None where it has no values or cannot give them."""
    try:
        if callable(detach := getattr(value, "detach", None)):
            value = detach().cpu()
        return load().asarray(value.numpy())
    except Exception:  # noqa: BLE001 - symbolic tensors have the method and raise from it
        return None


def from_array_like(value: Any) -> Any | None:
    """The array that an object of another library makes of itself; None where it cannot."""
    try:
        return load().asarray(value)
    except Exception:  # noqa: BLE001 - the conversion is the object's own code
        return None


def _numbers_in_objects(array: Any) -> Any | None:
    """An object array of plain numbers as float64; None for any other."""
    if array.size > MAX_ITEMS:
        return None
    try:
        return array.astype("float64") if all(_is_number(item) for item in array.flat) else None
    except Exception:  # noqa: BLE001 - an item of the student's own may raise anything
        return None


def _is_number(value: Any) -> bool:
    if isinstance(value, load().generic):
        scalar: Any = value
        return scalar.dtype.kind in "biuf"
    return isinstance(value, int | float)


def read(  # noqa: PLR0911 - one return a kind
    node: Node, buffers: Sequence[Any], resolve: Callable[[str], Any]
) -> Any:
    """The Python value of a node that the grader sent. Arrays are fresh and writable; ``ref`` goes through ``resolve``.

    Raises KeyError from ``resolve`` for a name that is not there.
    """
    kind = node["kind"]
    if kind == "array":
        numbers = load()
        flat = numbers.frombuffer(buffers[node["buffer"]], dtype=node["dtype"])
        return flat.reshape(node["shape"]).copy()
    if kind == "ref":
        return resolve(node["name"])
    if kind == "list":
        items = [read(item, buffers, resolve) for item in node["items"]]
        return tuple(items) if node.get("type_name") == "tuple" else items
    if kind == "mapping":
        return {key: read(item, buffers, resolve) for key, item in node["entries"].items()}
    if kind == "int":
        return int(node["value"])
    if kind == "float":
        return float.fromhex(node["value"])
    return node.get("value")

"""Values cross exactly, and whatever else arrives is refused without an exception of another kind."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from grader.answers import Ref, Value
from grader.inside import values as inside
from grader.kernel import values

CAP = 1 << 20
DTYPES = ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]


def crossed(item: Any, cap: int = CAP) -> Value:
    """A value of the student's process as it arrives on this side."""
    writer = inside.Writer(cap)
    node = writer.node(item)
    return values.value(node, writer.buffers, cap)


def sent(item: Any) -> Any:
    """A value of the grader's as it arrives in the student's process."""
    writer = values.Writer()
    return inside.read(writer.node(item), writer.buffers, lambda name: f"object of {name}")


def array_of(found: Value) -> NDArray[Any]:
    """The array of a value that has one."""
    assert found.array is not None
    return found.array


@examples(100)
@given(
    st.sampled_from(DTYPES).flatmap(
        lambda name: hnp.arrays(np.dtype(name), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0))
    )
)
def test_arrays_cross_bit_by_bit(array: NDArray[Any]) -> None:
    """Every array of numbers arrives with its dtype, shape and bytes, NaN payloads included, and cannot be written to."""
    found = crossed(array)
    got = array_of(found)
    assert (got.dtype, got.shape, got.tobytes()) == (array.dtype, array.shape, array.tobytes())
    assert (found.kind, found.container, got.flags.writeable) == ("array", "ndarray", False)


@examples(50)
@given(hnp.arrays(np.dtype("f8"), hnp.array_shapes()))
def test_arguments_arrive_exact_fresh_and_writable(array: NDArray[Any]) -> None:
    """An array that the grader sends is the student's own to write to."""
    got = sent(array)
    assert got.tobytes() == array.tobytes()
    assert got.shape == array.shape
    assert got.flags.writeable


@pytest.mark.parametrize(
    "item", [None, True, False, 0, -(2**70), 1.5, -0.0, math.inf, "text", [1, "a", None], (1, 2), {"a": [1.5]}]
)
def test_arguments_that_are_no_arrays_arrive_as_they_are(item: Any) -> None:
    """Plain data arrives equal and of the same type."""
    got = sent(item)
    assert got == item
    assert type(got) is type(item)


def test_references_are_resolved_in_the_kernel() -> None:
    """A Ref is looked up by name where it arrives, also within a list."""
    assert sent([Ref("model"), 1]) == ["object of model", 1]


def test_a_question_cannot_carry_an_object() -> None:
    """What cannot cross is refused before it is sent, as the rubric's fault."""
    with pytest.raises(TypeError, match="cannot carry a set"):
        sent([{1}])
    with pytest.raises(TypeError, match="cannot carry an array of object"):
        sent(np.array([None]))


@pytest.mark.parametrize(
    ("item", "kind", "container", "expected"),
    [
        ([1, 2, 3], "array", "list", [1, 2, 3]),
        ([[1.5, 2], (3, 4)], "array", "list", [[1.5, 2.0], [3.0, 4.0]]),
        ([np.float32(0.5), np.float32(1)], "array", "list", [0.5, 1.0]),
        ([np.arange(2), np.arange(2)], "array", "list", [[0, 1], [0, 1]]),
        ([], "array", "list", []),
        (np.float32(0.25), "array", "number", 0.25),
        (7, "int", "number", 7),
        (2.5, "float", "number", 2.5),
        (True, "bool", "number", True),
        (np.array([1.5, 2], dtype=object), "array", "ndarray", [1.5, 2.0]),
        (np.arange(4, dtype=">i4")[::2], "array", "ndarray", [0, 2]),
        (np.ma.array([1.0, 2.0], mask=[False, True]), "array", "ndarray", [1.0, 2.0]),
        (pd.Series([3, 1], index=[7, 9]), "array", "ndarray", [3, 1]),
        (pd.DataFrame({"a": [0.5, 1.0], "b": [2.0, 3.0]}), "array", "ndarray", [[0.5, 2.0], [1.0, 3.0]]),
    ],
)
def test_numbers_of_every_dress_arrive_as_arrays(item: Any, kind: str, container: str, expected: Any) -> None:
    """Lists, numbers, object arrays of numbers, tables of pandas: each is an array that says where it came from."""
    found = crossed(item)
    assert (found.kind, found.container) == (kind, container)
    assert array_of(found).tolist() == expected


def test_ragged_and_mixed_lists_arrive_item_by_item() -> None:
    """A list that is no table of numbers keeps its items."""
    found = crossed([[1, 2], [3], "a", None])
    assert found.kind == "list"
    assert [item.kind for item in found.items] == ["array", "array", "text", "none"]


@pytest.mark.parametrize(
    "item", [object(), 1 + 2j, {1: 2}, {1, 2}, range(3), np.array(["a"]), np.array([None]), 1 << 5000]
)
def test_what_cannot_cross_is_opaque(item: Any) -> None:
    """Only the type's name of anything else is known."""
    found = crossed(item)
    assert found.kind == "opaque"
    assert found.type_name.startswith(type(item).__qualname__.split(".")[-1]) or "ndarray" in found.type_name


def test_a_subclass_cannot_hide_its_numbers() -> None:
    """An ndarray subclass whose comparisons always succeed arrives as the plain array of its bytes."""

    class Liar(np.ndarray[Any, Any]):
        __hash__ = None

        def __eq__(self, other: object) -> Any:
            return True

        def __array__(self, *_: Any, **__: Any) -> Any:
            return np.ones(3)

    found = array_of(crossed(np.zeros(3).view(Liar)))
    assert type(found) is np.ndarray
    assert found.tolist() == [0, 0, 0]


def test_a_value_over_the_cap_is_refused_before_it_is_sent() -> None:
    """Too many bytes, in one array or in several, and too many items raise TooLarge inside the kernel."""
    with pytest.raises(inside.TooLarge):
        crossed(np.zeros(1000), cap=7999)
    with pytest.raises(inside.TooLarge):
        crossed([np.zeros(500), "x", np.zeros(501)], cap=8000)
    with pytest.raises(inside.TooLarge):
        crossed(["x"] * (inside.MAX_ITEMS + 1))


def test_lists_that_hold_themselves_end_as_opaque() -> None:
    """A cycle is cut at the depth that crosses."""
    cycle: list[Any] = ["x"]
    cycle.append(cycle)
    found = crossed(cycle)
    for _ in range(inside.MAX_DEPTH):
        assert found.kind == "list"
        found = found.items[1]
    assert found.kind == "opaque"


ARRAY: dict[str, Any] = {
    "kind": "array",
    "dtype": "<f8",
    "shape": [2],
    "buffer": 0,
    "container": "ndarray",
    "type_name": "x",
}


@pytest.mark.parametrize(
    "lie",
    [
        {"dtype": "|O"},
        {"dtype": "O"},
        {"dtype": "<U4"},
        {"dtype": ">f8"},
        {"dtype": "<f4"},
        {"dtype": ["<f8"]},
        {"shape": [3]},
        {"shape": [-1]},
        {"shape": [-2, -1]},
        {"shape": [2.0]},
        {"shape": [True, 2]},
        {"shape": [2**62, 2**62]},
        {"shape": [1] * 50 + [2]},
        {"shape": 2},
        {"buffer": 1},
        {"buffer": -1},
        {"buffer": None},
        {"buffer": True},
        {"container": "secret"},
        {"container": []},
        {"dtype": "|b1", "shape": [16]},
    ],
)
def test_a_lying_header_is_malformed(lie: dict[str, Any]) -> None:
    """A dtype, shape, buffer or container that does not fit is refused."""
    with pytest.raises(values.Malformed):
        values.value(ARRAY | lie, [b"\x07" * 16], CAP)


def test_one_buffer_cannot_serve_twice() -> None:
    """Two arrays of one buffer are refused: the cap counts every byte once."""
    with pytest.raises(values.Malformed):
        values.value({"kind": "list", "items": [ARRAY, ARRAY]}, [b"\x00" * 16], CAP)


def test_bytes_over_the_cap_are_refused_here_too() -> None:
    """The kernel's own cap is not believed."""
    with pytest.raises(values.Malformed):
        values.value(ARRAY, [b"\x00" * 16], 15)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(["kind", "value", "dtype", "shape", "buffer", "container", "type_name", "items", "entries"])
KINDS = st.sampled_from(["none", "bool", "int", "float", "text", "array", "list", "mapping", "opaque", "ref"])
NODES = st.recursive(
    st.dictionaries(KEYS, JSON, max_size=7).flatmap(lambda rest: KINDS.map(lambda kind: rest | {"kind": kind})),
    lambda inner: (
        st.fixed_dictionaries({"kind": st.just("list"), "items": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries(
            {"kind": st.just("mapping"), "entries": st.dictionaries(st.text(max_size=4), inner, max_size=3)}
        )
    ),
    max_leaves=6,
)


@examples(300)
@given(NODES | JSON, st.lists(st.binary(max_size=32), max_size=3))
def test_any_tree_is_a_value_or_malformed(node: Any, buffers: list[bytes]) -> None:
    """The decoder raises Malformed and nothing else, whatever it is given."""
    try:
        found = values.value(node, buffers, CAP)
    except values.Malformed:
        return
    values.plain(found)


@examples(300)
@given(st.text())
def test_cleaned_text_holds_nothing_that_steers_a_terminal(text: str) -> None:
    """No control or direction character and no lone surrogate is left; what is left can be written as UTF-8."""
    found = values.clean("\x1b[31m" + text + "\x9b2J\ud800\u202e\x07", 50)
    assert len(found) <= 50
    assert all(character in "\n\t" or character.isprintable() or ord(character) > 0x9F for character in found)
    found.encode("utf-8")


def test_escape_sequences_are_taken_out_whole() -> None:
    """Colours and window titles leave no rest behind."""
    assert values.clean("a\x1b[1;31mb\x1b]0;title\x07c\x1b(Bd") == "abcd"
    assert values.clean(b"bytes") == ""


def test_the_frames_of_a_graph_error_are_left_out() -> None:
    """What TensorFlow lists before it says what is wrong would hide it, and shows frames of ours."""
    frames = '  File "/usr/lib/app.py", line 3, in run\n\n' * 200
    raw = f"Graph execution error:\n\nDetected at node a/b defined at (most recent call last):\n{frames}A label of 4 is too large."
    assert values.message(raw, 100) == "Graph execution error:\n\nA label of 4 is too large."
    assert values.message(None, 100) == ""


def test_a_message_names_no_place_on_the_graders_machine() -> None:
    """Python says where the file of a module lies that has not what was asked; the rest of the message stays."""
    said = "cannot import name 'np_utils' from 'keras.utils' (/opt/grader/keras/utils/__init__.py)"
    assert values.message(said, 200) == "cannot import name 'np_utils' from 'keras.utils'"
    assert values.message("f (x) in 'a' (b)", 200) == "f (x) in 'a' (b)"

"""Whatever comes back, a diagnosis comes out: nothing of a student's answer breaks the grader."""

from typing import Any

import numpy as np
import pytest
from diagnosis_bench import Array, diagnose_prediction, diagnose_softmax
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from mistake_table import right

BOUNDED = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
TYPES = ["float64", "float32", "float16", "int64", "int8", "uint8", "bool", "complex64", "longdouble", "<U3", "object"]
SHAPES = [(), (0,), (1,), (4,), (0, 3), (2, 2), (4, 1), (2, 2, 2)]


@pytest.mark.parametrize("dtype", TYPES)
def test_every_type_of_answer_has_a_name(dtype: str) -> None:
    """Right numbers in another type, whether they survive it or not."""

    def cast(z: Array) -> Any:
        return right(z).astype(dtype)

    assert all(one.id for one in diagnose_softmax(cast))
    for function in ("predict_proba", "predict_class"):
        assert all(one.id for one in diagnose_prediction(function, lambda model, points: cast(model(points))))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("value", [0.0, -0.0, 1.0, np.nan, np.inf, -np.inf, 5e-324, 1e308])
def test_one_number_everywhere_is_wrong(shape: tuple[int, ...], value: float) -> None:
    """Never right, never an error."""
    assert diagnose_softmax(lambda _: np.full(shape, value))
    for function in ("predict_proba", "predict_class"):
        assert diagnose_prediction(function, lambda _, points: np.full(shape, value) + 0 * points.sum())


@BOUNDED
@given(st.data())
def test_random_answers_are_survived(data: st.DataObject) -> None:
    """Numbers of any size, NaN and infinities, in the right shape or in another."""
    numbers = hnp.arrays(np.float64, st.sampled_from([(3,), (2, 3), (3, 3), (1,)]), elements=st.floats(width=64))
    drawn = data.draw(st.lists(numbers, min_size=1, max_size=4))
    calls = iter(range(10_000))

    def answer(z: Array) -> Any:
        array = drawn[next(calls) % len(drawn)]
        return np.resize(array, z.shape) if z.size < 20 else array

    assert diagnose_softmax(answer)


@BOUNDED
@given(st.integers(0, 2**32 - 1), st.floats(0.0, 1.0))
def test_answers_that_differ_from_call_to_call_are_survived(seed: int, share: float) -> None:
    """Right at times, wrong, raising, nothing, or of another kind at others."""
    rng = np.random.default_rng(seed)

    def moody(z: Array) -> Any:
        if rng.random() < share:
            return right(z)
        kind = rng.integers(6)
        if kind == 0:
            raise ValueError
        return (None, "text", right(z)[..., None], right(z) * np.nan, [[1.0], [2.0, 3.0]])[kind - 1]

    for one in diagnose_softmax(moody):
        assert one.id.startswith("softmax.")

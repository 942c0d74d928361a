"""Reference values and tolerances hold against exact arithmetic and against every right way of computing."""

import mpmath
import numpy as np
import pytest
from diagnosis_bench import Array, Function
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from softmax_right import RIGHT

from grader.diagnosis.accuracy import allowed_classes, relative_bound, right_classes, softmax, tolerance, within
from grader.diagnosis.probes import softmax_probes

BOUNDED = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def exact(z: Array) -> list[float]:
    """The softmax of a vector with 60 decimal digits."""
    with mpmath.workdps(60):
        powers = [mpmath.exp(mpmath.mpf(float(v))) for v in z]
        total = mpmath.fsum(powers)
        return [float(power / total) for power in powers]


@BOUNDED
@given(st.lists(st.floats(-1e4, 1e4, allow_subnormal=False), min_size=1, max_size=12))
def test_reference_values_are_exact_to_float64(numbers: list[float]) -> None:
    """Extended precision rounded once agrees with 60 decimal digits."""
    z = np.array(numbers)
    assert np.allclose(softmax(z), exact(z), rtol=1e-14, atol=1e-300)


@BOUNDED
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 7, 100, 1500]), st.sampled_from([1.0, 30.0, 1e3, 1e4]))
def test_float32_work_stays_within_the_derived_bound(seed: int, n: int, size: float) -> None:
    """Shifted, as exp(z - lse) and with a sum that runs one by one, up to n = 1,500 and logits of 1e4."""
    z = np.random.default_rng(seed).uniform(-size, size, n)
    for name in (
        "textbook_float32",
        "by_log_sum_float32",
        "float32_running_sum",
        "by_tensorflow_manner",
        "float32_sum_downwards",
    ):
        assert within(np.asarray(RIGHT[name](z)), softmax(z), tolerance(z)), name


def test_results_that_a_library_flushes_to_zero_are_right() -> None:
    """TensorFlow's softmax returns 0 for what is below twice float32's smallest normal number."""
    for low in np.arange(-88.5, -86.0, 0.01):
        z = np.array([low, 0.0, -500.0])
        result = RIGHT["textbook_float32"](z)
        result[result < 2.0 * np.finfo(np.float32).tiny] = 0.0
        assert within(result, softmax(z), tolerance(z)), low


@pytest.mark.parametrize("shape", [(3,), (10,), (4, 5)])
def test_float16_work_fails_on_ordinary_logits(shape: tuple[int, ...]) -> None:
    """In the input, in the result, and throughout."""
    z = np.random.default_rng(1).normal(size=shape)
    half: dict[str, Function] = {
        "input": lambda x: softmax(x.astype(np.float16)),
        "result": lambda x: softmax(x).astype(np.float16),
        "all": lambda x: RIGHT["textbook"](x.astype(np.float16)),
    }
    for name, function in half.items():
        assert not within(np.asarray(function(z)), softmax(z), tolerance(z)), name


def test_the_bound_is_never_stricter_than_float32_and_tight_on_small_vectors() -> None:
    """A few units of 2**-24 for three small logits, a thousand times more for spread ones; the dtype of the input changes nothing."""
    small = np.array([0.5, -1.0, 2.0])
    assert 3 * 2.0**-24 < relative_bound(small)[0] < 64 * 2.0**-24
    assert relative_bound(np.array([0.0, 8192.0]))[0] > 16384 * 2.0**-24
    assert np.array_equal(tolerance(small), tolerance(small.astype(np.float32)))


def test_a_naive_softmax_is_right_on_every_ordinary_probe() -> None:
    """In float32 as in float64, so that overflow costs the large logits only."""
    for seed in range(20):
        probes = softmax_probes(np.random.default_rng(seed))
        for purpose in ("vectors", "batches", "integers", "integer-batches", "wide", "negative"):
            for z in probes[purpose]:
                for x in (z, z.astype(np.float32)):
                    powers = np.exp(x)
                    assert within(powers / powers.sum(axis=-1, keepdims=True), softmax(z), tolerance(z)), purpose


def test_probes_are_writable_and_of_every_dtype() -> None:
    """Float32, float64, int32 and int64; square and other batches, one row, one column; the largest size is asked."""
    probes = softmax_probes(np.random.default_rng(3))
    arrays = [z for purpose in probes.values() for z in purpose]
    assert all(z.flags.writeable and z.flags.c_contiguous for z in arrays)
    assert {z.dtype.name for z in arrays} == {"float32", "float64", "int32", "int64"}
    shapes = {z.shape for z in probes["batches"]}
    assert {(3, 3), (2, 3), (1, 5), (4, 1)} <= shapes
    assert all(np.abs(z).max() <= 1e4 and max(z.shape) <= 1500 for z in arrays)


def test_classes_are_asked_only_where_float32_tells_them_apart() -> None:
    """Ties allow each of their classes; two probabilities that float32 cannot tell apart allow any."""
    logits = np.array([[1.0, 2.0, 2.0, 0.0], [0.0, 1e-9, -5.0, -5.0], [3.0, 0.0, 0.0, 0.0]])
    assert allowed_classes(logits).tolist() == [[False, True, True, False], [True] * 4, [True, False, False, False]]
    assert right_classes(np.array([2, 3, 0]), allowed_classes(logits))
    assert not right_classes(np.array([2, 3, 1]), allowed_classes(logits))
    assert not right_classes(np.array([2.0, 3.0, 0.0]), allowed_classes(logits))
    assert not right_classes(np.array([2, 3, 4]), allowed_classes(logits))

"""Wrong softmaxes are told their own mistake, right ones nothing."""

from collections import Counter

import numpy as np
import pytest
import softmax_mistakes_forms  # noqa: F401 - registers its mistakes
import softmax_mistakes_pairs  # noqa: F401 - as above
import softmax_mistakes_range  # noqa: F401 - as above
import softmax_mistakes_values  # noqa: F401 - as above
from diagnosis_bench import Array, ask, diagnose_softmax, ids, name_of, observe_softmax
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mistake_table import MISTAKES
from softmax_right import RIGHT

from grader.answers import Returned, TimedOut
from grader.diagnosis.accuracy import softmax, tolerance
from grader.diagnosis.evidence import Observation
from grader.diagnosis.functions import explain_function
from grader.diagnosis.misconception import Misconception, planted
from grader.diagnosis.softmax import MISCONCEPTIONS, ORDER

BY_FORM = (
    "vector-only",
    "batch-only",
    "wrong-shape",
    "raises",
    "returns-none",
    "hard-coded",
    "mutates-input",
    "incorrect",
)
BOUNDED = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
FAMILIES = (
    "no_shift",
    "shift_by_mean",
    "clip_500",
    "columns",
    "euler_cut",
    "cooler",
    "three_digits",
    "like_input",
    "half_result",
    "epsilon_large",
)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_wrong_softmax_is_told_its_own_mistake(name: str) -> None:
    """However it is written, and nothing else is told."""
    function, told = MISTAKES[name]
    assert ids(diagnose_softmax(function, seed=len(name))) == list(told)


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_softmax_is_told_nothing(name: str) -> None:
    """Whatever its precision, its container and its way of writing."""
    for seed in range(2):
        assert diagnose_softmax(RIGHT[name], seed=seed) == []


def test_every_id_has_two_differently_written_wrong_softmaxes() -> None:
    """Besides the implementation that belongs to the misconception itself."""
    count = Counter(ident for _, told in MISTAKES.values() for ident in told)
    assert {ident for ident in (*ORDER, *BY_FORM) if count[ident] < 2} == set()
    assert len(RIGHT) >= 40


@pytest.mark.parametrize("misconception", MISCONCEPTIONS, ids=lambda one: one.id)
def test_a_misconception_explains_its_own_wrong_implementation(misconception: Misconception) -> None:
    """As it stands, and as the source text that is planted in a notebook."""
    space: dict[str, object] = {}
    exec(planted(misconception, "my_softmax"), space)
    assert [one.id for one in diagnose_softmax(space["my_softmax"])] == [misconception.id]  # type: ignore[arg-type]


@pytest.mark.parametrize("epsilon", [1e-5, 3e-6, 1e-3])
def test_nothing_that_needs_a_batch_is_told_where_only_vectors_are_asked(epsilon: float) -> None:
    """An axis shows in batches alone, however near the wrong numbers are to the right ones."""

    def added(z: Array) -> Array:
        powers = np.exp(z - z.max())
        return np.asarray(powers / (powers.sum() + epsilon))

    for seed in range(5):
        assert ids(diagnose_softmax(added, seed, batches=False)) == ["epsilon-denominator"]


def test_a_probability_rounded_up_to_1_stays_1_in_an_integer_array() -> None:
    """0.9996 rounded to three digits is whole before it is stored: two mistakes, whichever integers are drawn."""

    def stored(z: Array) -> Array:
        out = np.zeros_like(z)
        powers = np.exp(z - z.max(axis=-1, keepdims=True))
        out[...] = np.round(powers / powers.sum(axis=-1, keepdims=True), 3)
        return out

    integers = np.array([4, -4])
    assert stored(integers).tolist() == [1, 0]
    extra = Observation("my_softmax", {"z": integers}, ask(stored, integers), softmax(integers), tolerance(integers))
    found = explain_function("softmax", [*observe_softmax(stored), extra], name_of("my_softmax"))
    assert ids(found) == ["rounded", "integer-truncation"]


@pytest.mark.parametrize("name", FAMILIES)
@BOUNDED
@given(seed=st.integers(0, 2**32 - 1))
def test_the_probes_of_any_seed_tell_the_same(name: str, seed: int) -> None:
    """A diagnosis does not depend on the numbers that were drawn."""
    function, told = MISTAKES[name]
    assert ids(diagnose_softmax(function, seed=seed)) == list(told)


@pytest.mark.parametrize(
    "name", ["textbook_float32", "by_log_sum_float32", "float32_running_sum", "by_tensorflow_manner", "result_float32"]
)
@BOUNDED
@given(seed=st.integers(0, 2**32 - 1))
def test_the_probes_of_any_seed_accuse_no_float32_work(name: str, seed: int) -> None:
    """The tolerance follows from the rounding bound, and the bound holds."""
    assert diagnose_softmax(RIGHT[name], seed=seed) == []


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("base_three", {"base": 3.0}),
        ("euler_cut", {"base": 2.718}),
        ("cooler", {"temperature": 0.5}),
        ("by_tenth", {"temperature": 10.0}),
        ("clip_20_then_right", {"bound": 20.0}),
        ("clip_500", {"bound": 500.0}),
        ("clip_above", {"bound": 100.0}),
        ("clip_after_shift", {"bound": 30.0}),
        ("epsilon_large", {"epsilon": 1e-3}),
        ("epsilon_one", {"epsilon": 1.0}),
        ("three_digits", {"digits": 3}),
        ("half_input", {"precision": 11}),
    ],
)
def test_parameters_are_read_off_the_answers(name: str, parameters: dict[str, float]) -> None:
    """Base, temperature, bound, epsilon, digits and precision come back as they were written."""
    (found,) = diagnose_softmax(MISTAKES[name][0])
    assert dict(found.parameters) == pytest.approx(parameters)


def test_vectors_alone_suffice_to_name_a_mistake() -> None:
    """An assignment that asks for vectors only never speaks of axes."""
    for name in ("no_shift", "base_two", "three_digits", "relu_first", "vectors_no_shift"):
        told = [ident for ident in MISTAKES[name][1] if ident != "vector-only"]
        assert ids(diagnose_softmax(MISTAKES[name][0], batches=False)) == told
    for name in ("everything", "columns", "no_keepdims", "vectors_by_math"):
        assert diagnose_softmax(MISTAKES[name][0], batches=False) == []


def _slow(observation: Observation) -> Observation:
    if np.size(observation.given["z"]) < 500:
        return observation
    return Observation(
        observation.function, observation.given, TimedOut(10.0), observation.expected, observation.tolerance
    )


def test_calls_that_time_out_are_told_beside_what_the_others_show() -> None:
    """A right function that is too slow on long inputs is slow; a wrong one is wrong as well."""
    for name, told in (("no_shift", ["unstable-overflow", "timeout"]), ("base_three", ["wrong-base", "timeout"])):
        observations = [_slow(one) for one in observe_softmax(MISTAKES[name][0])]
        assert ids(explain_function("softmax", observations, name_of("my_softmax"))) == told
    observations = [_slow(one) for one in observe_softmax(RIGHT["textbook"])]
    assert ids(explain_function("softmax", observations, name_of("my_softmax"))) == ["timeout"]
    never = [Observation("my_softmax", one.given, TimedOut(10.0), one.expected) for one in observations]
    assert ids(explain_function("softmax", never, name_of("my_softmax"))) == ["timeout"]


def test_a_probe_that_nobody_changed_is_not_taken_for_changed() -> None:
    """Only floating-point input that is different afterwards accuses of changing it."""
    observations = observe_softmax(RIGHT["textbook"])
    assert not any(one.changed_input() for one in observations)
    assert all(isinstance(one.answer, Returned) for one in observations)

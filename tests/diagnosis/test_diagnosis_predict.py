"""Wrong predictions are told their own mistake, right ones nothing."""

from collections import Counter

import pytest
from diagnosis_bench import Array, Model, diagnose_prediction, ids
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prediction_cases import CASES

from grader.diagnosis.misconception import Misconception
from grader.diagnosis.predict import MISCONCEPTIONS
from grader.diagnosis.probes import predict_probes

BOUNDED = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", CASES)
def test_a_prediction_is_told_what_is_wrong_with_it(name: str) -> None:
    """And nothing else; right ones are told nothing."""
    function, prediction, told = CASES[name]
    for seed in (1, len(name)):
        assert ids(diagnose_prediction(function, prediction, seed)) == list(told)


@pytest.mark.parametrize(
    "name", ["proba_right", "class_right", "proba_plain", "class_plain", "class_above_half", "class_relu"]
)
@BOUNDED
@given(seed=st.integers(0, 2**32 - 1))
def test_any_seed_tells_the_same(name: str, seed: int) -> None:
    """A diagnosis does not depend on the numbers that were drawn."""
    function, prediction, told = CASES[name]
    assert ids(diagnose_prediction(function, prediction, seed)) == list(told)


@pytest.mark.parametrize("misconception", MISCONCEPTIONS, ids=lambda one: f"{one.function}-{one.id}")
def test_a_misconception_explains_its_own_wrong_prediction(misconception: Misconception) -> None:
    """Planted in a notebook it gets its own name and no other."""

    def wrong(model: Model, points: Array) -> object:
        return misconception.wrong(model, points)

    assert [one.id for one in diagnose_prediction(misconception.function, wrong)] == [misconception.id]


def test_the_ids_of_a_prediction_occur_in_the_cases() -> None:
    """Each id that explains values has two differently written ones; sigmoid classes and one-hot probabilities count together."""
    count = Counter(ident for _, _, told in CASES.values() for ident in told)
    once = {ident for ident, number in count.items() if number < 2}
    assert once == set()


@BOUNDED
@given(seed=st.integers(0, 2**32 - 1))
def test_probe_tables_can_be_made_by_a_network(seed: int) -> None:
    """Multiples of 1/16, at most 1e4 in size, at most 16 rows, and never as many rows as classes."""
    import numpy as np  # noqa: PLC0415 - drawn here only

    for tables in predict_probes(np.random.default_rng(seed)).values():
        for table in tables:
            assert table.shape[1] == 4
            assert table.shape[0] <= 16
            assert table.shape[0] != 4
            assert np.all(table * 16 == np.rint(table * 16))
            assert np.abs(table).max() <= 1e4

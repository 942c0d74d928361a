"""Wrong predictions are told their own mistake, right ones nothing."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from diagnosis_bench import Array, Model, diagnose_prediction, ids, name_of, observe_prediction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prediction_cases import CASES, Prediction

from grader.answers import Missing, NameInfo, Raised, Returned, Value
from grader.diagnosis.accuracy import allowed_classes, softmax
from grader.diagnosis.evidence import Observation
from grader.diagnosis.functions import explain_functions
from grader.diagnosis.misconception import Misconception
from grader.diagnosis.predict import MISCONCEPTIONS, explain
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
    for tables in predict_probes(np.random.default_rng(seed)).values():
        for table in tables:
            assert table.shape[1] == 4
            assert table.shape[0] <= 16
            assert table.shape[0] != 4
            assert np.all(table * 16 == np.rint(table * 16))
            assert np.abs(table).max() <= 1e4


@pytest.mark.parametrize("name", ["predict_proba", "predict_class"])
def test_the_model_given_asked_about_other_points_ignores_an_argument(name: str) -> None:
    """Two models answer differently, and each as if it were asked about the first of the same points, however many were given."""
    observations = []
    for model, seed in (("probe:1", 1), ("probe:2", 2)):
        training = np.random.default_rng(seed).normal(size=(40, 4))
        for rows in (9, 13):
            logits = np.random.default_rng(rows + seed).normal(size=(rows, 4))
            table = softmax(training[:rows])
            answer = Returned(Value("array", "ndarray", table if name == "predict_proba" else table.argmax(axis=1)))
            expected = softmax(logits) if name == "predict_proba" else allowed_classes(logits)
            observations.append(Observation(name, {"logits": logits, "own": None}, answer, expected, 1e-6, model))
    assert ids(explain(observations)) == ["ignores-arguments"]


@pytest.mark.parametrize("kind", ["numpy.ndarray[str96]", "numpy.ndarray[object]", "numpy.ndarray[complex128]"])
def test_an_array_of_something_else_than_real_numbers_is_of_another_type(kind: str) -> None:
    """Not of another shape: that did not cross."""
    for name in ("predict_proba", "predict_class"):
        observations = [
            replace(one, answer=Returned(Value("opaque", kind))) for one in observe_prediction(name, _nothing)
        ]
        assert ids(explain(observations)) == ["wrong-dtype"]


def _nothing(model: Model, points: Array) -> None:
    """Return nothing."""


WRONG_PROBABILITIES = [name for name, (function, _, told) in CASES.items() if function == "predict_proba" and told]


def _told(probabilities: Prediction, classes: Prediction) -> list[str]:
    """What both functions together are told."""
    functions = {"predict_proba": probabilities, "predict_class": classes}
    seen = [one for name, function in functions.items() for one in observe_prediction(name, function)]
    return ids(explain_functions("predict", seen, {name: name_of(name) for name in functions}))


@pytest.mark.parametrize("name", WRONG_PROBABILITIES)
def test_classes_taken_from_wrong_probabilities_are_no_second_mistake(name: str) -> None:
    """Whatever an argmax makes of them: another class, another shape, an error."""
    _, probabilities, told = CASES[name]
    assert _told(probabilities, lambda model, points: np.argmax(probabilities(model, points), axis=1)) == list(told)


@pytest.mark.parametrize("name", WRONG_PROBABILITIES)
def test_classes_with_a_mistake_of_their_own_are_told_it(name: str) -> None:
    """Also where the probabilities are wrong: the positions counted from one."""
    _, probabilities, told = CASES[name]
    assert _told(probabilities, lambda model, points: model(points).argmax(axis=1) + 1) == [*told, "off-by-one"]


def test_classes_that_lean_on_probabilities_which_are_missing_are_no_second_mistake() -> None:
    """The error of the call is an effect."""
    missing = [replace(one, answer=Missing("predict_proba")) for one in observe_prediction("predict_proba", _nothing)]
    classes = [
        replace(one, answer=Raised("NameError", "name 'predict_proba' is not defined"))
        for one in observe_prediction("predict_class", _nothing)
    ]
    names = {"predict_proba": NameInfo("predict_proba", exists=False), "predict_class": name_of("predict_class")}
    assert ids(explain_functions("predict", [*missing, *classes], names)) == ["missing"]

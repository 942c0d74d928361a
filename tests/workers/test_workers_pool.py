import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.assignment import Assignment, load
from grader.errors import GraderFault, UsageError
from grader.verdict import Diagnosis, SubmissionResult
from grader.workers import pool as pool_module
from grader.workers.pool import Finished, Heard, Pool
from grader.workers.protocol import Work

HERE = Path(__file__).parent
SOFTMAX = HERE.parents[1] / "assignments" / "softmax"
LIMIT = Diagnosis(id="notebook.output-limit", title="Too much output", explanation="e", evidence="", hint="h")

OpenPool = Callable[..., Pool]


@pytest.fixture(scope="module")
def softmax() -> Assignment:
    """The assignment, for its exercises and limits."""
    return load(SOFTMAX)


@pytest.fixture
def open_pool(softmax: Assignment, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenPool]:
    """Pools of conductors that follow a script instead of grading; closed at the end."""
    opened: list[Pool] = []

    def make(*flags: str, size: int = 1, hear: Callable[[Heard], None] = lambda _: None) -> Pool:
        def interpreter(_: str, *arguments: str) -> list[str]:
            return [sys.executable, "-P", str(HERE / "scripted_conductor.py"), *arguments, *flags]

        monkeypatch.setattr(pool_module, "interpreter", interpreter)
        opened.append(Pool(softmax, "/nowhere", "auto", size, explain=lambda: LIMIT, hear=hear))
        return opened[-1]

    yield make
    for pool in opened:
        pool.close(at_once=True)


def work(*ids: str, file: bytes = b"/nowhere") -> list[Work]:
    """Work whose ids say what the conductor does with it."""
    return [Work(name, f"{name}.ipynb", file) for name in ids]


def by_id(finished: Iterator[Finished]) -> dict[str, SubmissionResult]:
    """Results by submission."""
    return {one.result.id: one.result for one in finished}


def test_every_submission_comes_back_once_with_its_index(open_pool: OpenPool) -> None:
    """Whatever the number of conductors, each result lands under the index of its work, with words for its cells."""
    pool = open_pool(size=3)
    found = list(pool.grade(work(*(f"fine:{number}" for number in range(8)))))
    assert sorted(one.index for one in found) == list(range(8))
    assert all(one.result.id == f"fine:{one.index}" and one.places == {0: "code cell 1"} for one in found)


def test_a_warm_pool_grades_again(open_pool: OpenPool) -> None:
    """The same conductors take more work later."""
    pool = open_pool()
    assert by_id(pool.grade(work("fine")))["fine"].score == 10.0
    assert by_id(pool.grade(work("fine")))["fine"].score == 10.0


@pytest.mark.parametrize("how", ["memory", "abort", "kill"])
def test_a_conductor_exhausted_by_a_kernel_is_a_verdict_about_the_submission(open_pool: OpenPool, how: str) -> None:
    """Graded: decided checks stay, the others fail, the notebook has the diagnosis; the neighbours keep their grades."""
    results = by_id(open_pool().grade(work("fine:1", how, "fine:2")))
    lost = results[how]
    assert lost.status == "graded"
    assert lost.score == 4.0
    assert lost.max_score == 10.0
    assert [check.outcome for exercise in lost.exercises for check in exercise.checks] == ["passed", "failed", "failed"]
    assert lost.notebook.diagnoses == (LIMIT,)
    assert [[item.id for item in exercise.diagnoses] for exercise in lost.exercises] == [
        [],
        ["model.missing"],
        ["predict.missing"],
    ]
    assert lost.exercises[1].checks[0].because == LIMIT.id
    assert results["fine:1"].score == results["fine:2"].score == 10.0


@pytest.mark.parametrize("how", ["kill-once", "abort-once", "memory-once"])
def test_dying_once_costs_nothing(open_pool: OpenPool, tmp_path: Path, how: str) -> None:
    """One death (a signal from outside, a library's abort, the memory of many notebooks before) is no evidence: tried again."""
    marker = os.fsencode(tmp_path / "died")
    assert by_id(open_pool().grade(work(how, file=marker)))[how].score == 10.0


@pytest.mark.parametrize("how", ["raise", "early-memory", "early-kill", "garbage", "huge", "other"])
def test_any_other_death_is_the_graders_own_fault(open_pool: OpenPool, how: str) -> None:
    """An exception of ours, a death before the kernel was heard, a message that is none: no score, after a second try."""
    lost = by_id(open_pool().grade(work(how)))[how]
    assert lost.status == "grader_error"
    assert lost.score is None
    assert lost.error
    kept = [check.outcome for exercise in lost.exercises for check in exercise.checks]
    assert kept == ([] if how.startswith("early") else ["passed"])


def test_a_conductor_that_never_ends_is_killed(
    open_pool: OpenPool, monkeypatch: pytest.MonkeyPatch, softmax: Assignment
) -> None:
    """The wall-clock guard holds whatever happens; with a kernel heard, twice, it is a verdict."""
    monkeypatch.setattr(pool_module, "SLACK_S", 0.3 - 2 * softmax.limits.submission_s)
    results = by_id(open_pool().grade(work("hang", "early-hang")))
    assert results["hang"].notebook.diagnoses == (LIMIT,)
    assert results["early-hang"].status == "grader_error"


def test_a_refusal_is_a_usage_error(open_pool: OpenPool) -> None:
    """A broken rubric is found before any grading."""
    with pytest.raises(UsageError, match="the rubric is broken"):
        list(open_pool("refuse").grade(work("fine")))


def test_conductors_that_do_not_start_are_our_fault(open_pool: OpenPool) -> None:
    """After two tries it is said why, from the conductor's last words."""
    with pytest.raises(GraderFault, match="no module named nothing"):
        list(open_pool("broken-start").grade(work("fine")))


def test_progress_is_heard_with_the_index(open_pool: OpenPool) -> None:
    """What runs now, for which submission."""
    heard: list[Heard] = []
    list(open_pool(hear=heard.append).grade(work("fine:1", "fine:2")))
    assert heard == [Heard(0, "code cell", 1, 2), Heard(1, "code cell", 1, 2)]


def test_an_interrupt_leaves_no_conductor_behind(open_pool: OpenPool) -> None:
    """Ctrl-C in the middle: the pool closes at once and every process of it is gone."""
    pool = open_pool()
    processes: list[int] = []

    def interrupt() -> None:
        os.kill(os.getpid(), signal.SIGINT)

    def grade() -> None:
        with pool:
            processes.extend(conductor.process.pid for conductor in pool._conductors)
            threading.Timer(0.5, interrupt).start()
            list(pool.grade(work("hang")))

    with pytest.raises(KeyboardInterrupt):
        grade()
    assert processes
    for pid in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

"""Points: summed exactly, and only where there is evidence."""

from collections.abc import Iterable

from grader.verdict import EARNS_POINTS, CheckResult, ExerciseResult, Outcome, SubmissionResult

QUARTER = 0.25


def is_exact(points: float) -> bool:
    """Whether ``points`` is a positive multiple of 0.25, which binary floats add without rounding."""
    return points > 0 and float(points / QUARTER).is_integer()


def earned(outcome: Outcome, maximum: float) -> float:
    """The points of a check with this outcome: all of them or none (fail-closed for outcomes not listed)."""
    return maximum if outcome in EARNS_POINTS else 0.0


def total(parts: Iterable[CheckResult] | Iterable[ExerciseResult]) -> tuple[float, float]:
    """Sum of ``score`` and of ``max_score`` over checks or exercises."""
    pairs = [(part.score, part.max_score) for part in parts]
    return sum(score for score, _ in pairs), sum(maximum for _, maximum in pairs)


def percent(submission: SubmissionResult) -> float | None:
    """Score in percent of the maximum, or None where there is no score."""
    if submission.score is None or submission.max_score <= 0:
        return None
    return 100.0 * submission.score / submission.max_score

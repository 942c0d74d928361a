"""Exit statuses, as the contract lists them. Precedence: 2, 3, 1, 0."""

from grader.score import percent
from grader.verdict import RunDocument

REACHED = 0
BELOW = 1
USAGE = 2
NO_GRADE = 3
INTERRUPTED = 130


def exit_status(document: RunDocument, fail_under: float, *, exit_zero: bool) -> int:
    """The status of a run that was carried out. ``fail_under`` is in per cent of each submission's points."""
    if any(submission.status != "graded" for submission in document.submissions):
        return NO_GRADE
    scores = [percent(submission) for submission in document.submissions]
    below = any(score is not None and score < fail_under for score in scores)
    return BELOW if below and not exit_zero else REACHED

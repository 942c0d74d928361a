"""What each reader may see. Every report is made from a document that went through here first.

``student``, the default, because logs of course CI are read by students: of a hidden check only title, outcome, points and diagnosis.
The check's ``id`` stays, as the key that programs join on. ``instructor`` sees everything.
"""

import re
from collections.abc import Sequence

import msgspec

from grader.verdict import Audience, CheckResult, Diagnosis, ExerciseResult, RunDocument, SubmissionResult

HIDDEN_MESSAGE = "(a hidden check)"
"""Stands in a diagnosis where the message of a hidden check stood."""
TELLING_WORDS = 4
"""The least number of a hidden message's first words that are taken out where they are quoted without the rest."""
GRADER_ERROR = (
    "The grader itself failed here, not the notebook, so there is no grade. `--audience instructor` shows why."
)


def for_audience(document: RunDocument, audience: Audience) -> RunDocument:
    """The document as ``audience`` may read it; its ``audience`` field says so."""
    if audience == "instructor":
        return msgspec.structs.replace(document, audience=audience)
    submissions = tuple(submission_for_student(submission) for submission in document.submissions)
    return msgspec.structs.replace(document, audience=audience, submissions=submissions)


def submission_for_student(submission: SubmissionResult) -> SubmissionResult:
    """One submission without what its student may not see.

    The text of a grader's error is replaced too: it may name the test that failed by its own fault, and where it stands.
    """
    return msgspec.structs.replace(
        submission,
        exercises=tuple(_exercise(exercise) for exercise in submission.exercises),
        error=GRADER_ERROR if submission.status == "grader_error" else submission.error,
    )


def _exercise(exercise: ExerciseResult) -> ExerciseResult:
    if not any(check.hidden for check in exercise.checks):
        return exercise
    shown = {check.message for check in exercise.checks if not check.hidden}
    secret = sorted({check.message for check in exercise.checks if check.hidden} - shown - {""}, key=len, reverse=True)
    return msgspec.structs.replace(
        exercise,
        checks=tuple(_check(check) for check in exercise.checks),
        diagnoses=tuple(_without(diagnosis, secret) for diagnosis in exercise.diagnoses),
    )


def _check(check: CheckResult) -> CheckResult:
    if not check.hidden:
        return check
    return msgspec.structs.replace(check, message="", because=None, duration_s=0.0)


def _without(diagnosis: Diagnosis, secret: Sequence[str]) -> Diagnosis:
    """The diagnosis with the messages of hidden checks taken out (``<prefix>.incorrect`` quotes the check's message, cut short)."""
    fields = {
        "title": diagnosis.title,
        "explanation": diagnosis.explanation,
        "evidence": diagnosis.evidence,
        "hint": diagnosis.hint,
    }
    for message in secret:
        fields = {name: _redacted(text, message) for name, text in fields.items()}
    return msgspec.structs.replace(diagnosis, **fields)


def _redacted(text: str, message: str) -> str:
    """``text`` without ``message``, also where only its beginning is quoted, from ``TELLING_WORDS`` words on."""
    if message in text:
        return text.replace(message, HIDDEN_MESSAGE)
    words = message.split()
    for count in range(len(words), min(TELLING_WORDS, len(words)) - 1, -1):
        beginning = r"\s+".join(re.escape(word) for word in words[:count])
        found, times = re.subn(beginning, HIDDEN_MESSAGE, text)
        if times:
            return found
    return text

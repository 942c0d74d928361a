"""GitHub Actions: annotations (workflow commands) and the job summary (Markdown), within the limits of both.

A runner reads workflow commands from every line of a step's output, so text of a student's is cleaned and escaped before it is
put into one, and ``inert`` takes the power from lines that are meant for people. In the summary every punctuation character that
is not our own is a numeric character reference, which Markdown never takes for markup.
"""

import re
from collections.abc import Iterable, Sequence

from grader.report.safe import clean, clean_line
from grader.verdict import CheckResult, Diagnosis, ExerciseResult, RunDocument, SubmissionResult

PER_TYPE = 10
"""Annotations of one type that a step may have; the runner drops the rest in silence."""
LONGEST_MESSAGE = 3000
SUMMARY_BYTES = 1024 * 1024
"""The size of a step's summary above which the runner refuses all of it."""
_MORE_ROOM = 512
_CODE = re.compile(r"`([^`\n]+)`")
OUTCOME_WORDS = {"timed_out": "timed out", "carried_forward": "carried forward"}


def escape_data(text: str) -> str:
    """``text`` as the message of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """``text`` as a property (``file``, ``title``) of a workflow command."""
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")


def inert(text: str) -> str:
    """Lines for people, in which the runner finds no workflow command (``::`` at the start, ``##[`` anywhere)."""
    return re.sub(r"(?m)^(\s*):(?=:)", r"\1: ", text.replace("##[", "# #["))


def annotation(level: str, path: str, title: str, message: str) -> str:
    """One workflow command that shows ``message`` at the file. ``level`` is error, warning or notice."""
    properties = f"title={escape_property(clean_line(title, 120))}"
    if path:
        properties = f"file={escape_property(clean_line(path))},{properties}"
    return inert_message(f"::{level} {properties}::", clean(message)[:LONGEST_MESSAGE])


def inert_message(head: str, message: str) -> str:
    """A command with its message; ``##[`` in the message is defused as in ``inert``."""
    return head.replace("##[", "# #[") + escape_data(message.replace("##[", "# #["))


def annotations(document: RunDocument) -> list[str]:
    """At most ten errors, ten warnings and ten notices: what has no grade, the mistakes found, and the points.

    Where there are more, the last of its type says how many were left out. The document must already be cut to its audience.
    """
    errors, warnings, notices = [], [], []
    for submission in document.submissions:
        if submission.status != "graded":
            errors.append(annotation("error", submission.path, f"No grade for {submission.id}", submission.error or ""))
            continue
        for diagnosis in _diagnoses(submission):
            text = "\n".join(part for part in (diagnosis.explanation, diagnosis.evidence, diagnosis.hint) if part)
            warnings.append(annotation("warning", submission.path, f"{diagnosis.title} ({diagnosis.id})", text))
        notices.append(
            annotation("notice", submission.path, f"{submission.id}: {points(submission)}", _lost(submission))
        )
    return [*_first(errors, "error"), *_first(warnings, "warning"), *_first(notices, "notice")]


def points(submission: SubmissionResult) -> str:
    """``7 of 10 points``, or ``no grade``."""
    if submission.score is None:
        return "no grade"
    return f"{submission.score:g} of {submission.max_score:g} points"


def _lost(submission: SubmissionResult) -> str:
    parts = [f"{exercise.title}: {exercise.score:g} of {exercise.max_score:g}" for exercise in submission.exercises]
    return "\n".join(parts) or points(submission)


def _diagnoses(submission: SubmissionResult) -> Iterable[Diagnosis]:
    yield from submission.notebook.diagnoses
    for exercise in submission.exercises:
        yield from exercise.diagnoses


def _first(commands: Sequence[str], level: str) -> list[str]:
    if len(commands) <= PER_TYPE:
        return list(commands)
    left_out = len(commands) - PER_TYPE + 1
    last = annotation(
        level, "", f"{left_out} more", f"{left_out} more are in the job summary and in the log of this step."
    )
    return [*commands[: PER_TYPE - 1], last]


def markdown(text: str) -> str:
    """``text`` as Markdown that shows it literally, on one line, except that inline code in backticks stays code."""
    line = " ".join(clean(text).split())
    pieces = _CODE.split(line)
    return "".join(
        f"<code>{_literal(piece)}</code>" if index % 2 else _literal(piece) for index, piece in enumerate(pieces)
    )


def _literal(text: str) -> str:
    """Every ASCII punctuation character as a numeric reference; after ``@`` a zero-width space, so that nobody is mentioned."""
    safe = re.sub(r"[!-/:-@\[-`{-~]", lambda match: f"&#{ord(match[0])};", text)
    return safe.replace("&#64;", "&#64;&#8203;")


def summary(document: RunDocument, room: int = SUMMARY_BYTES) -> str:
    """The job summary as Markdown of at most ``room`` bytes; submissions that do not fit are counted at its end."""
    assignment = document.assignment
    origin = (
        f"Assignment <code>{_literal(assignment.id)}</code>, version {markdown(assignment.version)}, "
        f"rubric <code>{_literal(assignment.sha256[:12])}</code>, view for the {document.audience}."
    )
    head = [
        f"## {markdown(assignment.title or 'Grading')}",
        "",
        origin,
        "",
    ]
    text = "\n".join(head)
    used = len(text.encode())
    blocks = [_submission_block(submission) for submission in document.submissions]
    kept = [text]
    for index, block in enumerate(blocks):
        size = len(block.encode())
        if used + size > room - _MORE_ROOM:
            kept.append(
                f"\n{len(blocks) - index} more submissions did not fit here: they are in the run document (`--json`).\n"
            )
            break
        used += size
        kept.append(block)
    return "".join(kept)


def _submission_block(submission: SubmissionResult) -> str:
    lines = ["", f"### {markdown(submission.id)}: {points(submission)}", ""]
    if submission.status != "graded":
        lines += [f"**{submission.status.replace('_', ' ')}**: {markdown(submission.error or '')}", ""]
    for diagnosis in submission.notebook.diagnoses:
        lines += _diagnosis_lines(diagnosis)
    for exercise in submission.exercises:
        lines += _exercise_lines(exercise)
    remarks = [f"- {markdown(repair.text)}" for repair in submission.notebook.repairs]
    remarks += [f"- {markdown(note.text)}" for note in submission.notes]
    if remarks:
        lines += ["**Repaired or worth knowing**", "", *remarks, ""]
    return "\n".join(lines) + "\n"


def _exercise_lines(exercise: ExerciseResult) -> list[str]:
    lines = [
        f"**{markdown(exercise.title)}**: {exercise.score:g} of {exercise.max_score:g} points",
        "",
        "| result | check | points |",
        "| --- | --- | ---: |",
    ]
    lines += [_check_row(check) for check in exercise.checks]
    lines.append("")
    for diagnosis in exercise.diagnoses:
        lines += _diagnosis_lines(diagnosis)
    return lines


def _check_row(check: CheckResult) -> str:
    words = OUTCOME_WORDS.get(check.outcome, check.outcome)
    title = markdown(check.title) + (" (hidden)" if check.hidden else "")
    return f"| {markdown(words)} | {title} | {check.score:g} / {check.max_score:g} |"


def _diagnosis_lines(diagnosis: Diagnosis) -> list[str]:
    lines = [f"> **{markdown(diagnosis.title)}** (<code>{_literal(diagnosis.id)}</code>)"]
    for text in (diagnosis.explanation, diagnosis.evidence, diagnosis.hint):
        if text:
            lines += [">", f"> {markdown(text)}"]
    return [*lines, ""]

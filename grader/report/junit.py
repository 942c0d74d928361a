"""JUnit XML (the ``xunit2`` family that pytest writes), which GitHub's and GitLab's readers take; points are properties.

A suite is a submission, a test case a check. ``failed`` and ``timed_out`` are failures, ``skipped`` and what is not decided are
skipped, ``carried_forward`` is a pass with a property, ``unreadable`` and ``grader_error`` are errors.
"""

from xml.etree import ElementTree as ET

from grader.report.safe import xml_text
from grader.verdict import CheckResult, Diagnosis, ExerciseResult, RunDocument, SubmissionResult

FAILURES = frozenset({"failed", "timed_out"})
PASSES = frozenset({"passed", "carried_forward"})


def to_junit(document: RunDocument) -> bytes:
    """The document as a UTF-8 XML file. The document must already be cut to its audience."""
    root = ET.Element("testsuites", name="grade")
    for submission in document.submissions:
        root.append(_suite(document, submission))
    for key in ("tests", "errors", "failures", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _suite(document: RunDocument, submission: SubmissionResult) -> ET.Element:
    suite = ET.Element("testsuite", name=xml_text(submission.id))
    assignment = document.assignment
    properties: dict[str, object] = {
        "assignment": assignment.id,
        "assignment_version": assignment.version,
        "assignment_sha256": assignment.sha256,
        "audience": document.audience,
        "path": submission.path,
        "sha256": submission.sha256,
        "status": submission.status,
        "max_points": _points(submission.max_score),
    }
    if submission.score is not None:
        properties["points"] = _points(submission.score)
    _add_properties(suite, properties)
    for exercise in submission.exercises:
        told: set[str] = set()
        for check in exercise.checks:
            suite.append(_case(submission, exercise, check, told))
    if submission.status != "graded":
        suite.append(_error_case(submission))
    cases = suite.findall("testcase")
    counts = {
        "tests": len(cases),
        "errors": len(suite.findall("testcase/error")),
        "failures": len(suite.findall("testcase/failure")),
        "skipped": len(suite.findall("testcase/skipped")),
    }
    for key, count in counts.items():
        suite.set(key, str(count))
    suite.set("time", f"{submission.duration_s:.3f}")
    suite.set("timestamp", document.graded_at.removesuffix("Z"))
    if text := _notebook_text(submission):
        ET.SubElement(suite, "system-out").text = xml_text(text)
    return suite


def _case(submission: SubmissionResult, exercise: ExerciseResult, check: CheckResult, told: set[str]) -> ET.Element:
    case = ET.Element(
        "testcase",
        classname=xml_text(f"{submission.id}.{exercise.name}"),
        name=xml_text(check.title),
        time=f"{check.duration_s:.3f}",
    )
    properties: dict[str, object] = {
        "check": check.id,
        "points": _points(check.score),
        "max_points": _points(check.max_score),
        "outcome": check.outcome,
    }
    if check.hidden:
        properties["hidden"] = "true"
    if check.because is not None:
        properties["because"] = check.because
    _add_properties(case, properties)
    if check.outcome in FAILURES:
        message = check.message or ("did not end in time" if check.outcome == "timed_out" else "failed")
        failure = ET.SubElement(case, "failure", message=xml_text(message), type=check.outcome)
        failure.text = xml_text(_failure_text(exercise, check, told))
    elif check.outcome not in PASSES:
        ET.SubElement(case, "skipped", type=xml_text(check.outcome), message=xml_text(check.message or check.outcome))
    return case


def _failure_text(exercise: ExerciseResult, check: CheckResult, told: set[str]) -> str:
    """The message, and the diagnoses that explain it: the one the check names, else all that no earlier check has told."""
    named = [diagnosis for diagnosis in exercise.diagnoses if diagnosis.id == check.because]
    diagnoses = named or [diagnosis for diagnosis in exercise.diagnoses if diagnosis.id not in told]
    told.update(diagnosis.id for diagnosis in diagnoses)
    return "\n\n".join(part for part in (check.message, *map(_diagnosis_text, diagnoses)) if part)


def _diagnosis_text(diagnosis: Diagnosis) -> str:
    lines = (f"{diagnosis.id}: {diagnosis.title}", diagnosis.explanation, diagnosis.evidence, diagnosis.hint)
    return "\n".join(line for line in lines if line)


def _error_case(submission: SubmissionResult) -> ET.Element:
    case = ET.Element("testcase", classname=xml_text(submission.id), name="The notebook can be graded", time="0.000")
    reason = submission.error or submission.status
    error = ET.SubElement(case, "error", message=xml_text(reason), type=submission.status)
    error.text = xml_text(reason)
    return case


def _notebook_text(submission: SubmissionResult) -> str:
    notebook = submission.notebook
    parts = [_diagnosis_text(diagnosis) for diagnosis in notebook.diagnoses]
    parts += [f"repaired: {repair.text}" for repair in notebook.repairs]
    parts += [f"note: {note.text}" for note in submission.notes]
    return "\n\n".join(parts)


def _add_properties(parent: ET.Element, properties: dict[str, object]) -> None:
    if not properties:
        return
    element = ET.SubElement(parent, "properties")
    for name, value in properties.items():
        ET.SubElement(element, "property", name=name, value=xml_text(str(value)))


def _points(points: float) -> str:
    return f"{points:g}"

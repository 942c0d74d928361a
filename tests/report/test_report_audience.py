import msgspec
from report_samples import SECRET, everything, run_document, submission

from grader.report.audience import HIDDEN_MESSAGE, for_audience
from grader.report.document import to_json
from grader.report.github import annotations, summary
from grader.report.junit import to_junit
from grader.verdict import CheckResult


def test_a_student_sees_of_a_hidden_check_its_title_outcome_and_points_only() -> None:
    """Every other field of a hidden check is as if nothing had been said."""
    (shown,) = for_audience(run_document(submission()), "student").submissions
    hidden = shown.exercises[0].checks[2]
    assert hidden == CheckResult(
        id="softmax/wide",
        title="Widely spread logits stay accurate",
        outcome="failed",
        score=0.0,
        max_score=1.0,
        hidden=True,
    )


def test_a_diagnosis_is_shown_without_the_hidden_message_it_quotes() -> None:
    """``<prefix>.incorrect`` carries the check's message: of a hidden check it does not."""
    (shown,) = for_audience(run_document(submission()), "student").submissions
    first, second = shown.exercises[0].diagnoses
    assert "nan" in first.evidence
    assert second.evidence == HIDDEN_MESSAGE


def test_a_hidden_message_is_not_shown_cut_short_either() -> None:
    """A diagnosis may quote the first words of a message only; those are secret too."""
    whole = submission()
    exercise = whole.exercises[0]
    cut = msgspec.structs.replace(
        exercise.diagnoses[1], evidence=f"The check says: {' '.join(SECRET.split()[:6])} ...."
    )
    whole = msgspec.structs.replace(whole, exercises=(msgspec.structs.replace(exercise, diagnoses=(cut,)),))
    (shown,) = for_audience(run_document(whole), "student").submissions
    assert shown.exercises[0].diagnoses[0].evidence == f"The check says: {HIDDEN_MESSAGE} ...."


def test_a_message_that_an_open_check_shows_too_is_not_secret() -> None:
    """Only what nobody else says is taken out of a diagnosis."""
    whole = submission()
    exercise = whole.exercises[0]
    checks = (msgspec.structs.replace(exercise.checks[0], outcome="failed", message=SECRET), *exercise.checks[1:])
    whole = msgspec.structs.replace(whole, exercises=(msgspec.structs.replace(exercise, checks=checks),))
    (shown,) = for_audience(run_document(whole), "student").submissions
    assert shown.exercises[0].diagnoses[1].evidence == SECRET


def test_no_output_for_students_holds_the_secret() -> None:
    """JSON, JUnit, annotations and summary are all made from the cut document; the rubric's own fault is secret too."""
    shown = for_audience(everything(), "student")
    assert shown.audience == "student"
    outputs = [to_json(shown).decode(), to_junit(shown).decode(), "\n".join(annotations(shown)), summary(shown)]
    assert not [output for output in outputs if "0.2500" in output or "0&#46;2500" in output]


def test_the_instructor_sees_everything() -> None:
    """Nothing but the audience is changed in the document."""
    whole = everything()
    assert for_audience(whole, "instructor") == whole


def test_grades_are_the_same_for_both_audiences() -> None:
    """An audience changes what is said, never a score or an outcome."""
    whole = everything()
    for before, after in zip(whole.submissions, for_audience(whole, "student").submissions, strict=True):
        assert (before.score, before.max_score, before.status) == (after.score, after.max_score, after.status)
        for left, right in zip(before.exercises, after.exercises, strict=True):
            assert [check.outcome for check in left.checks] == [check.outcome for check in right.checks]

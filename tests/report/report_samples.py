"""Results to report on, as plain data."""

from grader.verdict import (
    AssignmentInfo,
    CellError,
    CheckResult,
    Diagnosis,
    ExerciseResult,
    GraderInfo,
    Isolation,
    Note,
    NotebookResult,
    Repair,
    RunDocument,
    SubmissionResult,
)

SECRET = "expected 0.2500 on the hidden probe [9, 9, 9, 9]"
HOSTILE = "\x1b[31mred\x1b]0;title\x07 ::error::forged ##[add-mask]x \u202egnp.exe <script>alert(1)</script> [x](javascript:y) | `a`\r\n::stop"


def diagnosis(
    name: str = "softmax.unstable-overflow", evidence: str = "`my_softmax([1000, 0])` returned `[nan, 0]`"
) -> Diagnosis:
    """A diagnosis with something in every field."""
    return Diagnosis(
        id=name,
        title="Overflows on large logits",
        explanation="Right on small logits. On large ones the exponentials overflow.",
        evidence=evidence,
        hint="Adding one number to every logit does not change the softmax. Which number would help?",
        cell=2,
    )


def submission(name: str = "ada") -> SubmissionResult:
    """A submission that lost points in one exercise, one check of it hidden, and had one carried forward."""
    checks = (
        CheckResult(
            id="softmax/vectors", title="Right on vectors", outcome="passed", score=1.0, max_score=1.0, duration_s=0.01
        ),
        CheckResult(
            id="softmax/large-logits",
            title="Large logits stay finite",
            outcome="failed",
            score=0.0,
            max_score=1.0,
            message="`my_softmax` returned other values than the ones asked for",
            because="softmax.unstable-overflow",
            duration_s=0.02,
        ),
        CheckResult(
            id="softmax/wide",
            title="Widely spread logits stay accurate",
            outcome="failed",
            score=0.0,
            max_score=1.0,
            hidden=True,
            message=SECRET,
            because="softmax.unstable-overflow",
            duration_s=0.03,
        ),
    )
    carried = CheckResult(
        id="prediction/classes",
        title="Classes of ordinary logits",
        outcome="carried_forward",
        score=1.0,
        max_score=1.0,
        because="softmax",
    )
    late = CheckResult(
        id="prediction/huge",
        title="Huge logits",
        outcome="timed_out",
        score=0.0,
        max_score=0.5,
        message="did not return within 10 s",
    )
    skipped = CheckResult(
        id="prediction/ties", title="Ties", outcome="skipped", score=0.0, max_score=0.5, message="not asked"
    )
    return SubmissionResult(
        id=name,
        path=f"{name}.ipynb",
        sha256="ab" * 32,
        status="graded",
        score=2.0,
        max_score=5.0,
        exercises=(
            ExerciseResult(
                name="softmax",
                title="A stable softmax",
                score=1.0,
                max_score=3.0,
                checks=checks,
                diagnoses=(diagnosis(), diagnosis("softmax.incorrect", SECRET)),
            ),
            ExerciseResult(
                name="prediction",
                title="Predictions",
                score=1.0,
                max_score=2.0,
                checks=(carried, late, skipped),
                diagnoses=(),
            ),
        ),
        notebook=NotebookResult(
            cells=9,
            errors=(CellError(cell=7, name="ZeroDivisionError", message="division by zero"),),
            repairs=(Repair(cell=1, kind="shell", text="A shell line was left out."),),
        ),
        notes=(Note(kind="carried-forward", cell=None, text="The prediction was tried with a right softmax."),),
        isolation=Isolation(mode="confined", layers=("network",), missing=()),
        duration_s=1.9,
        seed="00ff",
    )


def without_grade(name: str, status: str, error: str) -> SubmissionResult:
    """A submission without a grade."""
    assert status in ("unreadable", "grader_error")
    return SubmissionResult(
        id=name,
        path=f"{name}.ipynb",
        sha256="cd" * 32,
        status="unreadable" if status == "unreadable" else "grader_error",
        error=error,
        max_score=5.0,
    )


def hostile() -> SubmissionResult:
    """A submission that carries hostile text wherever a student's text can come through."""
    check = CheckResult(
        id="softmax/vectors", title="Right on vectors", outcome="failed", score=0.0, max_score=1.0, message=HOSTILE
    )
    return SubmissionResult(
        id=HOSTILE,
        path=HOSTILE,
        sha256="ef" * 32,
        status="graded",
        score=0.0,
        max_score=1.0,
        exercises=(
            ExerciseResult(
                name="softmax",
                title="A stable softmax",
                score=0.0,
                max_score=1.0,
                checks=(check,),
                diagnoses=(
                    Diagnosis(
                        id="softmax.raises", title=HOSTILE, explanation=HOSTILE, evidence=HOSTILE, hint=HOSTILE, cell=0
                    ),
                ),
            ),
        ),
        notebook=NotebookResult(
            cells=1,
            errors=(CellError(cell=0, name=HOSTILE, message=HOSTILE),),
            diagnoses=(
                Diagnosis(id="notebook.timeout", title=HOSTILE, explanation=HOSTILE, evidence=HOSTILE, hint=HOSTILE),
            ),
            repairs=(Repair(cell=0, kind="x", text=HOSTILE),),
        ),
        notes=(Note(kind="x", cell=0, text=HOSTILE),),
    )


def run_document(*submissions: SubmissionResult) -> RunDocument:
    """A run over these submissions, uncut."""
    return RunDocument(
        grader=GraderInfo(version="0.1.0"),
        audience="instructor",
        graded_at="2026-11-23T10:00:00Z",
        assignment=AssignmentInfo(
            id="softmax", title="Softmax, logits and the last layer", version="1", sha256="12" * 32
        ),
        submissions=submissions,
    )


def everything() -> RunDocument:
    """A run with a submission of every status, and a hostile one."""
    return run_document(
        submission(),
        without_grade("bob", "unreadable", "the file is not UTF-8"),
        without_grade("eve", "grader_error", f"the check softmax/wide failed by its own fault: {SECRET}"),
        hostile(),
    )

"""What a rubric's tests decide, and what happens when they fail by their own fault.

A small course of its own, without TensorFlow: two exercises, the second leaning on the first.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import nbformat
import pytest

from grader.answers import Answer, NameInfo, Question, Raised, Request, Returned, Value
from grader.assignment import Assignment, load
from grader.errors import AssignmentError, GraderFault
from grader.grade import Job, serve
from grader.kernel.session import Session
from grader.rubric.collect import open_rubric
from grader.rubric.outcomes import Failure
from grader.rubric.prediction import PredictionExam
from grader.rubric.student import Student
from grader.sandbox.connect import connect
from grader.sandbox.launch import ServerHandle
from grader.verdict import CheckResult, SubmissionResult

CONFIG = """\
id = "doubling"
title = "Twice and twice again"
version = "1"
salt = "s"
notebook = "doubling.ipynb"

[limits]
cell_s = 5
call_s = 2

[[exercises]]
name = "double"
title = "Double"
points = 2
names = ["double"]
stands_in = ["double"]

[[exercises]]
name = "quadruple"
title = "Quadruple"
points = 1
names = ["quadruple"]
"""
RUBRIC = '''\
"""Twice and four times."""

import numpy as np
import pytest


@pytest.mark.points(1, exercise="double", title="Doubles a vector")
def test_vector(student):
    x = student.rng("vector").normal(size=4)
    student.expect("double", x, value=2 * x, tolerance=1e-12, x=x)


@pytest.mark.points(1, exercise="double", title="Doubles a number", hidden=True)
def test_number(student):
    assert student.call("double", 21.0, shape=()) == 42


@pytest.mark.points(1, exercise="quadruple", title="Four times a vector")
def test_four_times(student):
    x = student.rng("four").normal(size=3)
    student.expect("quadruple", x, value=4 * x, tolerance=1e-12, x=x)
'''
STAND_INS = '"""Right answers."""\n\n\ndef double(x):\n    """Twice x."""\n    return 2 * x\n'

ONE_MORE = """from grader.diagnosis.misconception import Misconception


def one_more(x):
    return 4 * x + 1


MISCONCEPTIONS = (Misconception("doubling.one-more", "quadruple", one_more, demonstration=(1.0,)),)
"""

ONE_MORE_TEXT = """["doubling.one-more"]
title = "One is added"
explanation = "The numbers are multiplied as asked. Then one is added to each."
hint = "What should zero become?"
"""

RIGHT = ["def double(x):\n    return 2 * x", "def quadruple(x):\n    return double(double(x))"]

Grade = Callable[..., SubmissionResult]


def write_notebook(path: Path, cells: list[str]) -> Path:
    """A notebook file with these code cells."""
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells]), path)
    return path


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The folder of the assignment ``doubling``, which a test may change before it is loaded."""
    folder = tmp_path / "assignments" / "doubling"
    (folder / "rubric").mkdir(parents=True)
    (folder / "assignment.toml").write_text(CONFIG)
    (folder / "rubric" / "test_doubling.py").write_text(RUBRIC)
    (folder / "rubric" / "stand_ins.py").write_text(STAND_INS)
    write_notebook(folder / "doubling.ipynb", ["def double(x):\n    ...", "def quadruple(x):\n    ..."])
    return folder


@pytest.fixture
def grade(course: Path, fork_server: ServerHandle, tmp_path: Path) -> Iterator[Grade]:
    """Grade a list of code cells as one submission of the course."""
    sandbox = connect(fork_server.address, "auto")

    def run(cells: list[str]) -> SubmissionResult:
        assignment: Assignment = load(course)
        results: list[SubmissionResult] = []
        file = write_notebook(tmp_path / "submission.ipynb", cells)
        serve(assignment, sandbox, [Job("submission", "submission.ipynb", file)], results.append)
        return results[0]

    yield run
    sandbox.close()


def checks(result: SubmissionResult) -> dict[str, CheckResult]:
    """The checks of a result by id."""
    return {check.id: check for exercise in result.exercises for check in exercise.checks}


def ids(result: SubmissionResult) -> list[str]:
    """The diagnoses of all exercises, in order."""
    return [diagnosis.id for exercise in result.exercises for diagnosis in exercise.diagnoses]


def rewrite(course: Path, old: str, new: str) -> None:
    """Change the rubric's text."""
    path = course / "rubric" / "test_doubling.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_right_submission_earns_everything_and_is_told_nothing(grade: Grade) -> None:
    """Full marks, no diagnosis, no note."""
    result = grade(RIGHT)
    assert (result.status, result.score, result.max_score) == ("graded", 3.0, 3.0)
    assert ids(result) == []
    assert result.notes == ()


def test_one_fault_is_charged_once(grade: Grade) -> None:
    """An exercise that fails only because it leans on a wrong one earns its points, and says whose fault it was."""
    result = grade(["def double(x):\n    return 3 * x", RIGHT[1]])
    found = checks(result)
    assert result.score == 1.0
    assert found["quadruple/four-times"].outcome == "carried_forward"
    assert found["quadruple/four-times"].because == "double"
    assert ids(result) == ["double.incorrect"]
    assert [note.kind for note in result.notes] == ["carried-forward"]


def test_an_exercise_that_is_wrong_by_itself_is_not_carried(grade: Grade) -> None:
    """With a right stand-in in place it still fails: two faults, both charged."""
    result = grade(["def double(x):\n    return 3 * x", "def quadruple(x):\n    return double(double(x)) + 1"])
    assert result.score == 0.0
    assert ids(result) == ["double.incorrect", "quadruple.incorrect"]


def test_a_mistake_behind_another_exercise_s_fault_is_named(course: Path, grade: Grade) -> None:
    """What both make together nothing explains; with the other exercise put right, the mistake shows."""
    (course / "misconceptions").mkdir()
    (course / "misconceptions" / "more.py").write_text(ONE_MORE)
    (course / "texts").mkdir()
    (course / "texts" / "more.toml").write_text(ONE_MORE_TEXT)
    result = grade(["def double(x):\n    return 3 * x", "def quadruple(x):\n    return double(double(x)) + 1"])
    assert result.score == 0.0
    assert ids(result) == ["double.incorrect", "doubling.one-more"]
    result = grade(["def quadruple(x):\n    return double(double(x)) + 1"])
    assert ids(result) == ["double.missing", "doubling.one-more"]


def test_a_mistake_left_is_shown_by_what_the_check_says_then(grade: Grade) -> None:
    """Not by what it said beside the other fault: that a call never returned is no sign of a wrong shape."""
    result = grade(["def double(x):\n    while True: pass", "def quadruple(x):\n    return double(x)[:1]"])
    assert ids(result) == ["double.timeout", "quadruple.wrong-shape"]
    (left,) = result.exercises[1].diagnoses
    assert "did not return" not in left.evidence
    assert "shape" in left.evidence


def test_a_missing_name_is_missing_and_costs_only_its_exercise(grade: Grade) -> None:
    """Nothing is asked of a name that is not there."""
    result = grade(["def twice(x):\n    return 2 * x", "def quadruple(x):\n    return 4 * x"])
    assert result.score == 1.0
    assert ids(result) == ["double.missing"]


def test_a_call_that_never_ends_is_timed_out_and_the_rest_is_asked(grade: Grade) -> None:
    """The hanging function costs its own checks only."""
    result = grade(["def double(x):\n    while True: pass", "def quadruple(x):\n    return 4 * x"])
    found = checks(result)
    assert found["double/vector"].outcome == "timed_out"
    assert found["quadruple/four-times"].outcome == "passed"
    assert ids(result) == ["double.timeout"]


def test_a_syntax_error_where_the_name_would_be_bound_is_the_cause(grade: Grade) -> None:
    """The exercise lists ``missing``, the check says because of what, and the notebook's diagnosis stands once."""
    result = grade(["def double(x)\n    return 2 * x", "def quadruple(x):\n    return 4 * x"])
    assert result.score == 1.0
    assert ids(result) == ["double.missing"]
    assert checks(result)["double/vector"].because == "notebook.syntax-error"
    assert [diagnosis.id for diagnosis in result.notebook.diagnoses] == ["notebook.syntax-error"]
    assert result.notebook.diagnoses[0].cell == 0


def test_a_name_that_is_bound_again_is_graded_as_it_stands_and_said(grade: Grade) -> None:
    """The later cell counts, and the reader is told of it."""
    result = grade([*RIGHT, "def double(x):\n    return 5 * x"])
    assert result.score == 1.0
    assert [(note.kind, note.cell) for note in result.notes if note.kind == "overwritten"] == [("overwritten", 2)]


@pytest.mark.parametrize(
    "fault",
    [
        "raise ValueError('mine')",
        "raise SystemExit(0)",
        "pytest.exit('enough')",
        "raise KeyboardInterrupt",
        "undefined_name",
    ],
)
def test_a_check_that_fails_by_its_own_fault_is_a_grader_error(grade: Grade, course: Path, fault: str) -> None:
    """Never a lost point: no score at all, what was decided before is kept, and the error names the check's place."""
    rewrite(course, '    assert student.call("double", 21.0, shape=()) == 42', f"    {fault}")
    result = grade(RIGHT)
    assert (result.status, result.score) == ("grader_error", None)
    assert result.error is not None
    assert "double/number" in result.error
    assert "test_doubling.py" in result.error
    assert checks(result)["double/vector"].outcome == "passed"


def test_a_plain_assert_fails_the_student(grade: Grade) -> None:
    """A rubric may use pytest's own assert."""
    result = grade(["def double(x):\n    return x + x if hasattr(x, 'shape') else 7.0", RIGHT[1]])
    assert checks(result)["double/number"].outcome == "failed"


def test_an_assertion_of_the_graders_own_fails_nobody(grade: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not hold on our side of the question road is no wrong answer, though pytest reports both alike."""

    def ask(*_: object, **__: object) -> None:
        raise AssertionError("a line that is not there")

    monkeypatch.setattr(Session, "ask", ask)
    monkeypatch.setattr(Session, "names", lambda _, names: {name: NameInfo(name, exists=True) for name in names})
    result = grade(RIGHT)
    assert result.status == "grader_error"
    assert result.score is None
    assert "a line that is not there" in (result.error or "")


class WithoutModels:
    """A submission in whose kernel no model can be built; ``elsewhere`` is what a kernel without it answers."""

    def __init__(self, elsewhere: Answer) -> None:
        self.elsewhere = elsewhere

    def ask(self, *questions: Question, timeout_s: float | None = None) -> list[Answer]:
        """Refuse to build, and never be asked anything that needs a model."""
        assert timeout_s is None or timeout_s > 0
        assert all(isinstance(one, Request) and one.operation == "probe_model" for one in questions)
        return [Raised("TypeError", "'NoneType' object is not callable") for _ in questions]

    def ask_untouched(self, question: Question, *, timeout_s: float) -> Answer:
        """What a fresh kernel says."""
        assert isinstance(question, Request)
        assert timeout_s > 0
        return self.elsewhere

    def names(self, names: Sequence[str]) -> dict[str, NameInfo]:
        """Both functions are there, and no model."""
        return {name: NameInfo(name, exists=name != "model") for name in names}


def test_a_notebook_that_breaks_keras_loses_the_points_that_need_it() -> None:
    """It must not buy a result without a score; the words say what happened."""
    student = Student(WithoutModels(Returned(Value("mapping", "dict"))), 1, {})
    exam = PredictionExam(student)
    with pytest.raises(Failure, match=r"no Keras model can be built.*NoneType"):
        exam.check_probabilities("ordinary")
    with pytest.raises(Failure, match="no Keras model can be built"):
        exam.check_classes("huge")


def test_a_machine_without_keras_costs_nobody_a_point() -> None:
    """Where a model cannot be built without the notebook either, the fault is the grader's."""
    student = Student(WithoutModels(Raised("ModuleNotFoundError", "No module named 'keras'")), 1, {})
    with pytest.raises(GraderFault, match="no probe model could be built"):
        PredictionExam(student)


def test_the_same_submission_gets_the_same_probes_and_another_gets_others(grade: Grade) -> None:
    """The seed follows from the code cells alone."""
    assert grade(RIGHT).seed == grade(RIGHT).seed
    assert grade(RIGHT).seed != grade([*RIGHT, "pass"]).seed


def test_a_broken_rubric_says_every_fault_with_its_line(course: Path) -> None:
    """Unknown exercise, inexact points and a repeated title are reported together, before anything runs."""
    rewrite(course, 'points(1, exercise="quadruple"', 'points(1.1, exercise="quadruple"')
    rewrite(course, 'title="Doubles a number"', 'title="Doubles a vector"')
    ran: list[object] = []
    with pytest.raises(AssignmentError) as caught:
        open_rubric(load(course), ran.append)
    problems = " ".join(fault.problem for fault in caught.value.faults)
    assert "1.1" in problems
    assert "Doubles a vector" in problems
    assert all(fault.path.name == "test_doubling.py" and fault.line for fault in caught.value.faults)
    assert ran == []


def test_a_check_that_another_replaces_is_a_fault(course: Path) -> None:
    """Of two tests of one name Python keeps the second: that the first would never run is said, with both lines."""
    rewrite(course, "def test_number(", "def test_vector(")
    with pytest.raises(AssignmentError, match=r"test_doubling\.py:\d+: test_vector replaces the test .* in line \d+"):
        open_rubric(load(course), lambda _: None)


def test_a_rubric_that_cannot_be_imported_is_a_broken_assignment(course: Path) -> None:
    """A slip in the rubric's own file is the instructor's to mend, with file and line."""
    (course / "rubric" / "test_doubling.py").write_text(RUBRIC + "\nimport no_such_module\n")
    with pytest.raises(AssignmentError, match=r"test_doubling\.py:23: ModuleNotFoundError: .*no_such_module"):
        open_rubric(load(course), lambda _: None)


@pytest.mark.parametrize(
    ("last", "words"),
    [
        ("def broken(:", r"test_doubling\.py:23: SyntaxError: "),
        ("raise ValueError('boom')", r"test_doubling\.py:23: ValueError: boom"),
        ("raise SystemExit(0)", r"test_doubling\.py:23: SystemExit: 0"),
        ("raise KeyboardInterrupt", r"test_doubling\.py:23: KeyboardInterrupt;"),
        ("pytest.exit('enough')", r"test_doubling\.py:23: Exit: enough"),
    ],
)
def test_however_a_rubric_stops_its_import_it_is_a_broken_assignment(course: Path, last: str, words: str) -> None:
    """Never a pytest that ends in silence: the file and its line are named, before any submission is taken."""
    (course / "rubric" / "test_doubling.py").write_text(f"{RUBRIC}\n{last}\n")
    with pytest.raises(AssignmentError, match=words):
        open_rubric(load(course), lambda _: None)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("def test_vector(student)", "def test_vector(student, nothing)", "asks for nothing, which is no fixture"),
        ("def test_vector(student)", "async def test_vector(student)", "is no plain function"),
        ("hidden=True", 'hidden="no"', "hidden = 'no'"),
        ('points(1, exercise="quadruple"', 'points(True, exercise="quadruple"', "points = True"),
        ('points(1, exercise="quadruple"', 'points(1, "quadruple"', "2 values without a name"),
    ],
)
def test_a_check_that_cannot_be_carried_out_is_found_before_any_grading(
    course: Path, before: str, after: str, words: str
) -> None:
    """Not on the first submission: nobody is left without a grade by a slip that shows at collection."""
    rewrite(course, before, after)
    with pytest.raises(AssignmentError, match=words):
        open_rubric(load(course), lambda _: None)


def test_every_fault_of_one_marker_is_said(course: Path) -> None:
    """One does not hide the next."""
    rewrite(
        course, 'points(1, exercise="quadruple", title="', 'points(0.3, exercise="triple", colour=1, title="" and "'
    )
    with pytest.raises(AssignmentError) as caught:
        open_rubric(load(course), lambda _: None)
    problems = [fault.problem.split(" ")[0] for fault in caught.value.faults]
    assert problems == ["points", "exercise", "title", "unknown"]


def test_a_template_that_is_no_notebook_is_a_broken_assignment(course: Path, fork_server: ServerHandle) -> None:
    """Found before the first submission is taken, not with each of them."""
    (course / "doubling.ipynb").write_text("{")
    with (
        contextlib.closing(connect(fork_server.address, "auto")) as sandbox,
        pytest.raises(AssignmentError, match=r"doubling\.ipynb: the file ends in the middle"),
    ):
        serve(load(course), sandbox, [], lambda _: None)


def test_a_check_may_fail_the_student_by_name(grade: Grade, course: Path) -> None:
    """``pytest.fail`` in a rubric is a ruling, like an assert, and its words are the message."""
    rewrite(course, 'assert student.call("double", 21.0, shape=()) == 42', 'pytest.fail("21 is not doubled")')
    number = checks(grade(RIGHT))["double/number"]
    assert (number.outcome, number.message) == ("failed", "21 is not doubled")


def test_points_that_do_not_add_up_are_a_broken_assignment(course: Path) -> None:
    """Markers and totals are compared at collection."""
    rewrite(course, 'points(1, exercise="quadruple"', 'points(0.5, exercise="quadruple"')
    with pytest.raises(AssignmentError, match=r"'quadruple' has 1 points, its checks add up to 0.5"):
        open_rubric(load(course), lambda _: None)


TRIPLED = """\
import numpy as np

from grader.diagnosis.misconception import Misconception


def tripled(x):
    return 3 * x


MISCONCEPTIONS = (
    Misconception(id="course.tripled", function="double", wrong=tripled, demonstration=(np.array([5.0]),)),
)
"""
TEXT = """\
["course.tripled"]
title = "Three times instead of twice"
explanation = "Each number is multiplied, as it should be. Behaves like three times each number."
evidence = ["`{call}` {outcome}."]
hint = "What is twice 5?"
"""


def write_misconception(course: Path, code: str = TRIPLED, text: str = TEXT) -> None:
    """A misconception of the course's own, with its text."""
    for name, content in (("misconceptions/own.py", code), ("texts/own.toml", text)):
        (course / name).parent.mkdir(exist_ok=True)
        (course / name).write_text(content)


def test_a_course_s_own_mistake_is_named_with_what_it_returned(grade: Grade, course: Path) -> None:
    """Without an examination of ours, too, the function is called on the demonstration input, and the evidence quotes it."""
    write_misconception(course)
    result = grade(["import numpy as np\ndef double(x):\n    return np.array(x) * 6 / 2", RIGHT[1]])
    (diagnosis,) = result.exercises[0].diagnoses
    assert diagnosis.id == "course.tripled"
    assert diagnosis.evidence == "`double(np.array([5.0]))` returned `[15]`."


@pytest.mark.parametrize(
    ("body", "form", "evidence"),
    [
        ("return None if x is None else print()", "returns-none", "The check says: `double` returned None."),
        ("return sum(x)", "wrong-shape", "The check says: `double` returned an array of shape (), where (4,) was expected."),
        ("return x / nothing", "raises", "Some calls stopped with NameError."),
        ("return 5 * x", "incorrect", "The check says: `double` returned other values than the ones asked for."),
    ],
)  # fmt: skip
def test_without_a_misconception_the_form_of_the_answer_is_told(
    grade: Grade, body: str, form: str, evidence: str
) -> None:
    """An exercise of a course's own needs no texts: what came back is said in words that fit it, with evidence."""
    (diagnosis,) = grade([f"def double(x):\n    {body}", RIGHT[1]]).exercises[0].diagnoses
    assert diagnosis.id == f"double.{form}"
    assert diagnosis.evidence == evidence


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        (TRIPLED.replace("course.tripled", "softmax.tripled"), TEXT, "begin it with the course's name"),
        (TRIPLED.replace('function="double"', 'function="duble"'), TEXT, "'duble' of course.tripled is graded in no exercise"),
        (TRIPLED.replace("wrong=tripled", "wrong=lambda x: 3 * x"), TEXT, "write it with def, at the top of the file"),
        (TRIPLED, "", "the misconception course.tripled has no text"),
        (TRIPLED, TEXT.replace("hint", "page"), "course.tripled has no hint"),
        (TRIPLED, TEXT.replace("{outcome}", "{outcom}"), "nothing fills {outcom}"),
    ],
)  # fmt: skip
def test_a_misconception_that_could_not_be_named_is_a_broken_assignment(
    grade: Grade, course: Path, code: str, text: str, words: str
) -> None:
    """Found before anything is graded, with the place and the remedy; not when a student makes that mistake."""
    write_misconception(course, code, text)
    with pytest.raises(AssignmentError) as caught:
        grade(RIGHT)
    assert words in str(caught.value)
    assert all(fault.path.is_relative_to(course) for fault in caught.value.faults)


def test_a_check_that_names_no_input_is_a_fault_with_its_remedy(grade: Grade, course: Path) -> None:
    """Mistakes could not be told apart by it: said with the check's place, whatever was submitted."""
    rewrite(course, "tolerance=1e-12, x=x)", "tolerance=1e-12)")
    result = grade(RIGHT)
    assert result.status == "grader_error"
    assert result.error is not None
    assert "names no input: add each as misconceptions take it, such as z=z" in result.error


def examine(course: Path, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the rubric as plain pytest."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", str(course / "rubric"), *arguments],
        cwd=cwd or course,
        env={"PATH": os.environ["PATH"], "HOME": str(course), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_plain_pytest_says_what_the_student_would_read(course: Path, tmp_path: Path) -> None:
    """From any folder: status 1, a line for each failure, hidden checks too, and no frame of the grader's; 0 where all is right."""
    wrong = write_notebook(tmp_path / "wrong.ipynb", ["def double(x):\n    return 3 * x", RIGHT[1]])
    done = examine(course, "--submission", str(wrong), cwd=tmp_path)
    assert done.returncode == 1
    assert "Doubles a vector: `double` returned other values than the ones asked for" in done.stdout
    assert "test_number" in done.stdout
    assert "grader/" not in done.stdout
    right = write_notebook(course / "right.ipynb", RIGHT)
    done = examine(course, "--submission", right.name, cwd=course)
    assert (done.returncode, done.stderr) == (0, "")


def test_plain_pytest_refuses_what_it_cannot_examine(course: Path, tmp_path: Path) -> None:
    """No such notebook, one cut short, a broken assignment: one line, pytest's status for a usage error, no traceback."""
    (tmp_path / "cut.ipynb").write_text("{")
    for name, words in (("none.ipynb", "the file cannot be opened"), ("cut.ipynb", "the file ends in the middle")):
        done = examine(course, "--submission", name, cwd=tmp_path)
        assert done.returncode == pytest.ExitCode.USAGE_ERROR
        assert f"ERROR: --submission {name}: {words}" in done.stderr
        assert "Traceback" not in done.stdout + done.stderr
    right = write_notebook(tmp_path / "right.ipynb", RIGHT)
    (course / "assignment.toml").write_text(CONFIG.replace('salt = "s"', "salt = 3"))
    done = examine(course, "--submission", str(right))
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "salt = 3" in done.stderr


def test_plain_pytest_without_a_notebook_examines_nothing(course: Path) -> None:
    """A rubric among other tests is skipped, and says what to give."""
    done = examine(course, "-rs")
    assert done.returncode == 0
    assert "give --submission NOTEBOOK" in done.stdout

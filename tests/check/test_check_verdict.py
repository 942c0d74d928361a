"""The verdict on a rubric, from what was said about its solutions."""

from typing import Any

import msgspec
import pytest

from grader.check.cases import Answer, Case, CheckInfo, Expected, Graded, Matrix
from grader.check.show import report
from grader.check.verdict import Finding, survivors, verdict, warnings, without
from grader.report.blocks import Labelled, Paragraph, Table, flatten

CHECKS = (
    CheckInfo("f/values", "f", "Values", 1.0),
    CheckInfo("f/large", "f", "Large", 1.0),
    CheckInfo("g/all", "g", "All", 2.0),
)


def graded(case: str, lost: str = "", *, run: int = 0, f: str = "", g: str = "", only: str = "", **more: Any) -> Graded:
    """What was said about a case: the checks it lost, and the ids for each exercise."""
    told = {name: tuple(ids.split()) for name, ids in (("f", f), ("g", g)) if ids}
    answers = {
        check.id: Answer("failed", 0.0) if check.id in lost.split() else Answer("passed", check.points)
        for check in CHECKS
        if only in ("", check.exercise)
    }
    return Graded(case=case, run=run, checks=answers, diagnoses=told, **more)


SMALL = Case(name="small", kind="wrong", exercise="f", expected={"f": Expected(("f.small",), 1.0)})
LARGE = Case(name="large", kind="wrong", exercise="f", expected={"f": Expected(("f.large",), 1.0)})
OTHER = Case(name="other", kind="planted", exercise="g", expected={"g": Expected(("g.other",))})
REFERENCE = Case(name="reference", kind="reference")
SOUND = Matrix(
    assignment="a",
    checks=CHECKS,
    cases=(REFERENCE, SMALL, LARGE, OTHER),
    graded=(
        graded("reference"),
        graded("reference", run=1),
        graded("small", "f/values", f="f.small", only="f"),
        graded("large", "f/large", f="f.large", only="f"),
        graded("other", "g/all", g="g.other", only="g"),
    ),
)


def replaced(*said: Graded, cases: tuple[Case, ...] = ()) -> Matrix:
    """The sound matrix with other words about some cases, or with more cases."""
    new = {(one.case, one.run): one for one in said}
    kept = [one for one in SOUND.graded if (one.case, one.run) not in new]
    return msgspec.structs.replace(SOUND, cases=SOUND.cases + cases, graded=(*kept, *new.values()))


def reasons(matrix: Matrix) -> set[tuple[str, str]]:
    """Why a rubric fails, and where."""
    return {(finding.why, finding.where) for finding in verdict(matrix)}


def test_a_sound_rubric_holds() -> None:
    """Nothing is found where right ones keep their points and each wrong one is told its own name."""
    assert verdict(SOUND) == ()


@pytest.mark.parametrize("check", [check.id for check in CHECKS])
def test_each_check_is_missed(check: str) -> None:
    """Without any one check, and with points to match, the verdict is another."""
    assert verdict(without(SOUND, check))


def test_a_right_one_that_loses_a_point_is_found() -> None:
    """A lost point is a finding, and so is a diagnosis without one."""
    assert ("right-loses", "reference") in reasons(replaced(graded("reference", "f/large")))
    assert ("right-loses", "reference") in reasons(replaced(graded("reference", g="g.other")))


def test_a_wrong_one_that_keeps_its_points_is_found() -> None:
    """A wrong solution with every point is a finding; the check that alone noticed it fails for none."""
    assert reasons(replaced(graded("large", only="f"))) >= {("wrong-keeps", "large"), ("never-fails", "f/large")}


def test_another_name_is_found() -> None:
    """The ids must be the expected ones, in order, and no other beside them."""
    assert reasons(replaced(graded("small", "f/values", f="f.large", only="f"))) == {("other-name", "small")}
    assert reasons(replaced(graded("small", "f/values", f="f.small f.large", only="f"))) == {("other-name", "small")}


def test_other_points_are_found() -> None:
    """A wrong solution earns what it states, and nothing is lost in an exercise that it does not name."""
    assert ("other-points", "small") in reasons(replaced(graded("small", "f/values f/large", f="f.small", only="f")))
    assert ("other-points", "small") in reasons(replaced(graded("small", "f/values g/all", f="f.small", g="g.other")))


def test_a_check_that_could_be_removed_is_found() -> None:
    """A check that no case states points for, and that no wrong solution fails alone, is not held in place."""
    extra = CheckInfo("g/more", "g", "More", 1.0)
    lost = {"g/all": Answer("failed", 0.0), "g/more": Answer("failed", 0.0)}
    matrix = msgspec.structs.replace(
        replaced(Graded(case="other", checks=lost, diagnoses={"g": ("g.other",)})), checks=(*CHECKS, extra)
    )
    assert reasons(matrix) == {("not-needed", "g/all"), ("not-needed", "g/more")}


def test_other_salts_must_agree() -> None:
    """Another outcome, another name or no grade under another salt is a finding."""
    assert ("salt", "reference") in reasons(replaced(graded("reference", "f/large", run=1)))
    assert ("salt", "small") in reasons(replaced(graded("small", "f/values", run=2, f="f.large", only="f")))
    assert ("salt", "reference") in reasons(replaced(graded("reference", run=1, status="grader_error")))


def test_what_could_not_be_graded_is_found() -> None:
    """A case without a grade is a finding with the reason, and nothing else is concluded from it."""
    found = verdict(replaced(Graded(case="reference", status="grader_error", error="the check f/values failed")))
    assert Finding("no-grade", "reference", "a grade", "grader_error: the check f/values failed") in found
    assert not any(finding.why == "right-loses" for finding in found)


def test_whole_notebooks_are_compared_with_their_own_diagnoses() -> None:
    """What is said of the notebook itself must be what the case expects; of a part of a notebook it is not asked."""
    died = Case(
        name="died", kind="wrong", expected={"f": Expected(("f.missing",), 0.0)}, notebook_ids=("notebook.kernel-died",)
    )
    said = graded("died", "f/values f/large", f="f.missing", notebook=("notebook.kernel-died",))
    assert verdict(replaced(said, cases=(died,))) == ()
    assert reasons(replaced(msgspec.structs.replace(said, notebook=()), cases=(died,))) == {("other-name", "died")}


def test_an_excused_mistake_must_not_be_told() -> None:
    """What the assignment does not ask about may keep its points or lose them otherwise; told after all, the entry is out of date."""
    excused = Case(name="planted/f.wide", kind="planted", exercise="f", excused="f.wide")
    assert verdict(replaced(graded("planted/f.wide", only="f"), cases=(excused,))) == ()
    lost = graded("planted/f.wide", "f/large", f="f.wide", only="f")
    assert ("other-name", "planted/f.wide") in reasons(replaced(lost, cases=(excused,)))


def test_survivors_and_warnings_are_listed_and_fail_nothing() -> None:
    """A mutant that keeps its points is a survivor; a check that zeros pass is a warning."""
    mutant = Case(name="mutant/f-1", kind="mutant", exercise="f", note="axis=-1 becomes axis=0 (line 2)")
    killed = Case(name="mutant/f-2", kind="mutant", exercise="f", note="another")
    blank = Case(name="blank/f: zeros", kind="blank", exercise="f", note="zeros")
    matrix = replaced(
        graded("mutant/f-1", only="f"),
        graded("mutant/f-2", "f/values", f="f.incorrect", only="f"),
        graded("blank/f: zeros", "f/values", f="f.incorrect", only="f"),
        cases=(mutant, killed, blank),
    )
    assert verdict(matrix) == ()
    assert survivors(matrix) == (mutant,)
    assert warnings(matrix) == ((blank, CHECKS[1]),)


def test_the_report_holds_the_matrix_and_the_verdict() -> None:
    """Every case has a row with every check of its exercise; findings say where, what was expected, and what came."""
    blocks = report(replaced(graded("large", only="f")))
    tables = [block for block in blocks if isinstance(block, Table)]
    assert [len(table.rows) for table in tables] == [2, 1, 1]
    assert tables[0].headings == ("solution", "ab", "points", "told")
    text = "\n".join(flatten(block.line) for block in blocks if isinstance(block, Paragraph))
    labelled = [flatten(line) for block in blocks if isinstance(block, Labelled) for _, line in block.rows]
    assert "A wrong solution keeps its points" in text
    assert "f loses points by f.large" in labelled
    assert "The rubric of a fails" in text
    assert not any(isinstance(block, Table) for block in report(SOUND, quiet=True))

import re

import msgspec
from lxml import etree
from report_samples import everything, run_document, submission

from grader.report.junit import to_junit
from grader.verdict import CheckResult, RunDocument


def parse(document: RunDocument) -> etree._Element:
    """The document as JUnit, parsed."""
    return etree.fromstring(to_junit(document))


def test_outcomes_are_told_as_the_contract_says() -> None:
    """Failed and timed out are failures, skipped is skipped, carried forward passes with a property."""
    suite = parse(run_document(submission())).find("testsuite")
    kinds = {
        case.get("name"): [child.tag for child in case if child.tag != "properties"] for case in suite.iter("testcase")
    }
    assert kinds == {
        "Right on vectors": [],
        "Large logits stay finite": ["failure"],
        "Widely spread logits stay accurate": ["failure"],
        "Classes of ordinary logits": [],
        "Huge logits": ["failure"],
        "Ties": ["skipped"],
    }
    assert (
        suite.xpath("string(testcase[@name='Classes of ordinary logits']/properties/property[@name='because']/@value)")
        == "softmax"
    )
    counts = {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "6", "failures": "3", "errors": "0", "skipped": "1"}


def test_an_outcome_that_is_not_known_is_undecided() -> None:
    """``pending`` is neither a pass nor a failure."""
    whole = submission()
    check = CheckResult(id="softmax/essay", title="Essay", outcome="pending", score=0.0, max_score=1.0)
    exercise = msgspec.structs.replace(whole.exercises[0], checks=(check,))
    suite = parse(run_document(msgspec.structs.replace(whole, exercises=(exercise,)))).find("testsuite")
    assert suite.find("testcase/skipped") is not None


def test_points_are_properties() -> None:
    """Each case carries its points; the suite the sum."""
    suite = parse(run_document(submission())).find("testsuite")
    assert suite.xpath("string(properties/property[@name='points']/@value)") == "2"
    assert suite.xpath("string(testcase[1]/properties/property[@name='max_points']/@value)") == "1"


def test_submissions_without_a_grade_are_errors_without_points() -> None:
    """Unreadable and grader_error are errors of a case; the suite has no points property."""
    for suite in parse(everything()).findall("testsuite")[1:3]:
        assert suite.get("errors") == "1"
        assert suite.find("testcase/error") is not None
        assert not suite.xpath("properties/property[@name='points']")


def test_hostile_text_is_carried_as_text() -> None:
    """What XML forbids is gone, what is markup is escaped, and the file parses."""
    text = to_junit(everything()).decode()
    assert "<script>" not in text
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", text)
    assert len(parse(everything()).findall("testsuite")) == 4


def test_attributes_stand_as_pytest_writes_them() -> None:
    """xunit2: no ``file`` or ``line`` at a case, properties first, the totals at the root."""
    root = parse(everything())
    assert root.tag == "testsuites"
    assert root.get("tests") == str(len(root.findall("testsuite/testcase")))
    for case in root.iter("testcase"):
        assert set(case.keys()) == {"classname", "name", "time"}
        assert "properties" not in [child.tag for child in case][1:]

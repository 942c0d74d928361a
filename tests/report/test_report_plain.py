from collections.abc import Iterable

import msgspec
from report_samples import everything, hostile, run_document, submission, without_grade

from grader.report import plain
from grader.report.blocks import Block, Labelled, Line, Paragraph, Spread, Table, flatten
from grader.verdict import Isolation


def lines(blocks: Iterable[Block]) -> list[str]:
    """Every text of the blocks."""
    found: list[str] = []
    for block in blocks:
        match block:
            case Paragraph(line=line):
                found.append(flatten(line))
            case Spread(left=left, right=right):
                found.append(f"{flatten(left)} … {flatten(right)}")
            case Labelled(rows=rows):
                found += [f"{label}: {flatten(line)}" for label, line in rows]
            case Table(headings=headings, rows=rows):
                found += [" | ".join(headings), *(" | ".join(map(flatten, row)) for row in rows)]
    return found


def place(_: str, cell: int) -> str:
    """Words for a cell."""
    return f"code cell {cell} (`def my_softmax(z):`)"


def test_a_diagnosis_says_what_was_checked_what_came_back_what_that_suggests_and_where_to_look() -> None:
    """Four labelled texts, the checks by title, the cell by number and first line."""
    text = lines(plain.submission(submission(), place))
    start = text.index("Overflows on large logits  softmax.unstable-overflow")
    assert text[start + 1 : start + 5] == [
        "checked: Large logits stay finite; Widely spread logits stay accurate",
        "came back: `my_softmax([1000, 0])` returned `[nan, 0]`",
        "suggests: Right on small logits. On large ones the exponentials overflow.",
        "look at: Code cell 2 (`def my_softmax(z):`). Adding one number to every logit does not change the softmax. Which number would help?",
    ]


def test_every_status_stands_in_words() -> None:
    """Without colour the outcome of each check, and its points, can be read."""
    text = "\n".join(lines(plain.submission(submission())))
    for words in (
        "passed | Right on vectors | 1 / 1",
        "failed | Large",
        "timed out | Huge",
        "skipped | Ties",
        "carried forward | Classes",
    ):
        assert words in text
    assert "A stable softmax … 1 of 3 points" in text
    assert "The fault is in softmax: it is charged there, not here." in text


def test_cells_repairs_and_notes_are_told() -> None:
    """Errors of cells with their place, repairs, notes, and the command to read more."""
    text = "\n".join(lines(plain.submission(submission(), place)))
    assert "code cell 7: ZeroDivisionError: division by zero (the cell begins `def my_softmax(z):`)" in text
    assert "Code cell 1 (`def my_softmax(z):`): A shell line was left out." in text
    assert "The prediction was tried with a right softmax." in text
    assert "grader explain softmax.unstable-overflow" in text


def test_no_grade_is_not_zero_points() -> None:
    """An unreadable file, and our own fault, have words and no number."""
    for status in ("unreadable", "grader_error"):
        text = "\n".join(lines(plain.submission(without_grade("bob", status, "the reason"))))
        assert "no grade" in text
        assert "the reason" in text
        assert "0 of" not in text


def test_no_control_character_comes_through() -> None:
    """Escape sequences and reading-order marks of the student's are gone from every text."""
    for text in [
        *lines(plain.submission(hostile())),
        *lines(plain.class_report(everything())),
        *lines([Paragraph(plain.quiet(hostile()))]),
    ]:
        assert text.replace("\n", "").isprintable()
        assert "title" not in text


def test_missing_isolation_is_said_once_for_a_class() -> None:
    """One warning a run, not one a submission."""
    weak = msgspec.structs.replace(
        submission(), isolation=Isolation(mode="partly-confined", missing=("network: refused",))
    )
    text = "\n".join(lines(plain.class_report(run_document(weak, weak))))
    assert text.count("Missing on this machine: network: refused.") == 1


def test_a_class_is_one_table_and_what_it_got_wrong_most_often() -> None:
    """A row a submission, points by exercise, ids, and shared mistakes counted."""
    text = lines(
        plain.class_report(
            run_document(submission("ada"), submission("bob"), without_grade("eve", "unreadable", "cut off"))
        )
    )
    assert text[0] == "Submission | Points | softmax | prediction | Mistakes found"
    assert text[1] == "ada | 2 / 5 | 1 / 3 | 1 / 2 | softmax.unstable-overflow\nsoftmax.incorrect"
    assert "2 of 3: softmax.unstable-overflow" in text
    assert "cut off" in text


def test_the_quiet_form_is_one_line() -> None:
    """Path, points and ids."""
    line: Line = plain.quiet(submission())
    assert flatten(line) == "ada.ipynb: 2 of 5 points (softmax.unstable-overflow, softmax.incorrect)"

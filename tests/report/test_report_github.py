import re
from html import unescape

import msgspec
from report_samples import HOSTILE, diagnosis, everything, hostile, run_document, submission, without_grade

from grader.report.github import PER_TYPE, SUMMARY_BYTES, annotation, annotations, inert, markdown, summary

COMMAND = re.compile(r"::(error|warning|notice) (file=[^,:\r\n]*,)?title=[^,:\r\n]*::[^\r\n]*")


def test_a_command_is_one_line_with_nothing_but_ours_in_it() -> None:
    """Whatever the student wrote, each annotation is one well-formed command."""
    for command in annotations(everything()):
        assert COMMAND.fullmatch(command), command
        assert "##[" not in command


def test_text_comes_through_escaped() -> None:
    """Percent signs, newlines, colons and commas come back as they were."""
    command = annotation("error", "a,b:c.ipynb", "50%", "one\ntwo: 100%")
    assert command == "::error file=a%2Cb%3Ac.ipynb,title=50%25::one%0Atwo: 100%25"


def test_at_most_ten_of_each_type_and_the_last_says_how_many_more() -> None:
    """The runner drops the eleventh in silence, so there is none."""
    whole = run_document(
        *(submission(f"s{number}") for number in range(30)),
        *(without_grade(f"u{n}", "unreadable", "x") for n in range(11)),
    )
    commands = annotations(whole)
    for level, left_out in (("error", 2), ("warning", 51), ("notice", 21)):
        own = [command for command in commands if command.startswith(f"::{level} ")]
        assert len(own) == PER_TYPE
        assert own[-1].startswith(f"::{level} title={left_out} more::")


def test_lines_for_people_hold_no_command() -> None:
    """The runner trims a line before it looks for ``::``, and finds ``##[`` anywhere."""
    lines = inert("  ::error::x\n::stop\nfine :: here\na ##[add-mask]b").split("\n")
    assert not [line for line in lines if line.strip().startswith("::") or "##[" in line]
    assert lines[2] == "fine :: here"


def test_markdown_shows_hostile_text_literally() -> None:
    """No character of the student's is markup; read as Markdown reads references, the text is there."""
    text = markdown("<b> *x* [a](b) | # @someone http://a.b `code <i>`")
    assert re.sub(r"</?code>|&#\d+;", "", text).isascii()
    assert not re.search(r"[^\w\s]", re.sub(r"</?code>|&#\d+;", "", text))
    assert (
        unescape(re.sub(r"</?code>", "", text)).replace("\u200b", "")
        == "<b> *x* [a](b) | # @someone http://a.b code <i>"
    )


def test_the_summary_of_hostile_text_has_only_our_markup() -> None:
    """Tags are ours alone, and no line begins a command."""
    text = summary(run_document(hostile()))
    assert set(re.findall(r"<[^>]*>", text)) <= {"<code>", "</code>"}
    assert "##[" not in text
    assert "\x1b" not in text
    assert HOSTILE not in text


def test_the_summary_stays_below_its_limit() -> None:
    """A thousand submissions with long diagnoses fit by leaving some out, and it says how many."""
    long = diagnosis(evidence="`" + "9, " * 2000 + "`")
    one = submission()
    exercise = msgspec.structs.replace(one.exercises[0], diagnoses=(long,))
    one = msgspec.structs.replace(one, exercises=(exercise,))
    text = summary(run_document(*[one] * 1000))
    assert len(text.encode()) <= SUMMARY_BYTES
    assert re.search(r"\d+ more submissions did not fit", text)

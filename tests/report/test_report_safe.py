import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from grader.report.safe import clean, clean_line, clean_lines, xml_text


@given(st.text(st.characters(codec=None)))
def test_clean_text_is_printable_lines(text: str) -> None:
    """Whatever comes in, what goes out holds no control, format or surrogate character but the newline."""
    for character in clean(text):
        assert character == "\n" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(st.text(st.characters(codec=None)))
def test_xml_text_can_be_carried(text: str) -> None:
    """An XML parser takes every cleaned text as it is."""
    element = etree.Element("a")
    element.text = xml_text(text)
    assert etree.fromstring(etree.tostring(element)).text == (xml_text(text) or None)


def test_escape_sequences_leave_nothing_behind() -> None:
    """Colours, titles, links and cursor movements vanish whole."""
    assert (
        clean("\x1b[1;31mred\x1b[0m \x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ \x1b7\x9b2J.")
        == "red link ."
    )


def test_reading_order_cannot_be_turned_round() -> None:
    """Bidirectional controls become visible."""
    assert clean("a\u202egnp.exe") == "a\N{REPLACEMENT CHARACTER}gnp.exe"


def test_ordinary_text_stays_as_it_is() -> None:
    """Accents, symbols and other scripts are not touched."""
    assert clean("Grüße, 数学 ∑ \N{GREEK SMALL LETTER ALPHA}") == "Grüße, 数学 ∑ \N{GREEK SMALL LETTER ALPHA}"


def test_long_text_is_cut_and_says_so() -> None:
    """An ellipsis stands where text was cut."""
    assert clean_line("a\nb" * 400, 10) == "a ba ba b…"
    assert clean_lines("x" * 3000).endswith("…")

"""What a diagnosis says keeps to the contract: short, plain, with evidence from a public call, and never the repair."""

import re
from pathlib import Path

import numpy as np
import pytest
import softmax_mistakes_values  # noqa: F401 - registers its mistakes
from diagnosis_bench import Function, ask, diagnose_prediction, diagnose_softmax, value_of
from mistake_table import MISTAKES, plain, right

from grader.answers import Raised, Returned, TimedOut
from grader.diagnosis.demonstrations import call_text, demonstration, demonstrations, shows_it
from grader.diagnosis.evidence import Found
from grader.diagnosis.softmax import MISCONCEPTIONS
from grader.diagnosis.texts import Texts
from grader.diagnosis.wording import filled
from grader.errors import AssignmentError
from grader.verdict import Diagnosis

TEXTS = Texts()
CONTRACT = {
    "notebook": "syntax-error timeout kernel-died out-of-memory template-untouched",
    "softmax": "missing not-implemented returns-none timeout unstable-overflow clipped-logits global-max one-sided-shift divided-by-max wrong-axis"
    " missing-keepdims epsilon-denominator unnormalised sum-normalised sigmoid log-softmax negated hardmax wrong-base temperature relu-logits rounded"
    " integer-truncation half-precision mutates-input hard-coded vector-only batch-only wrong-shape raises incorrect",
    "model": "missing not-implemented not-a-model not-compiled raises timeout label-mismatch diverged wrong-units wrong-hidden-units no-hidden"
    " linear-hidden softmax-output double-softmax sigmoid-output relu-output tanh-output wrong-axis from-logits-missing wrong-loss not-trained"
    " chance-level incorrect",
    "predict": "missing not-implemented returns-none timeout logits-as-probabilities double-softmax sigmoid wrong-axis unstable-overflow unnormalised"
    " relu-logits rounded max-not-argmax argmin off-by-one one-hot threshold wrong-dtype ignores-arguments wrong-shape raises incorrect",
}
IDS = [f"{prefix}.{ident}" for prefix, idents in CONTRACT.items() for ident in idents.split()]
REPAIRS = re.compile(r"keepdims ?= ?True|from_logits ?= ?True|axis ?= ?-?\d|z ?- ?(np\.)?max|\.max\(|np\.max|argmax\(")
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[-+]?\d+)?|nan|inf")


@pytest.mark.parametrize("ident", IDS)
def test_every_published_id_has_a_whole_text(ident: str) -> None:
    """Title, explanation, evidence, hint, page and repair, within the limits of length and tone."""
    text = TEXTS.text(ident)
    assert ident in TEXTS.ids()
    assert all((text.title, text.explanation, text.evidence, text.hint, text.page, text.repair))
    assert TEXTS.problems(ident) == []


@pytest.mark.parametrize("ident", IDS)
def test_what_a_student_sees_holds_no_repair(ident: str) -> None:
    """No missing argument with its value, no corrected code: neither in the text nor on the page."""
    text = TEXTS.text(ident)
    seen = " ".join((text.title, text.explanation, *text.evidence, text.hint, TEXTS.page(ident)))
    assert REPAIRS.search(seen) is None
    assert text.repair not in seen
    assert text.repair in TEXTS.page(ident, "instructor")


@pytest.mark.parametrize("ident", IDS)
def test_a_page_says_what_a_logit_is_before_it_speaks_of_one(ident: str) -> None:
    """The one term of the subject is defined at its first use; a page that does not need it does not explain it."""
    title, _, rest = TEXTS.page(ident).partition(f"\n{ident}\n")
    body = rest.replace(TEXTS.common["logit"], "", 1)
    assert ("logit" in title + body) == (rest.strip().startswith(TEXTS.common["logit"]))


LONGEST = " ".join(["word"] * 12)


@pytest.mark.parametrize("ident", IDS)
def test_filled_in_texts_keep_to_the_limits_too(ident: str) -> None:
    """With the longest values that can come from a submission: 80 words in all, every brace filled, and no code span cut open."""
    names = TEXTS.wanted(TEXTS.text(ident))
    words = dict.fromkeys(names - {"call", "outcome", "shape", "dtype", "after"}, LONGEST) | {"function": "my_softmax"}
    call = demonstration(Found(ident, words=words))
    array = np.array([[0.123456, 1.0, 2.0], [3.0, 4.0, 5.0]])
    for answer in (Returned(value_of(array)), Raised("ResourceExhaustedError", "m"), TimedOut(10.0), None):
        told = TEXTS.diagnosis(Found(ident, words=words), answer, 2, shown=call)
        parts = (told.title, told.explanation, told.evidence, told.hint)
        assert sum(len(part.split()) for part in parts) <= 80
        assert all(part and part.count("`") % 2 == 0 and "{" not in part for part in parts)


def _told(found: Found, answer: object) -> Diagnosis:
    return TEXTS.diagnosis(found, answer, 2)  # type: ignore[arg-type]


def test_evidence_is_the_call_and_what_it_returned() -> None:
    """One call that can be pasted, four significant digits."""
    (found,) = diagnose_softmax(plain)
    shown = demonstration(found)
    assert shown is not None
    told = _told(found, ask(plain, *shown[1]))
    assert told.evidence == "`my_softmax(np.array([0.0, 2000.0]))` returned `[0, nan]`."
    assert told.id == "softmax.unstable-overflow"
    assert told.cell == 2


@pytest.mark.parametrize("misconception", MISCONCEPTIONS, ids=lambda one: one.id)
def test_evidence_has_at_most_four_numbers(misconception: object) -> None:
    """In what came back; and the whole of it stays below 80 words."""
    wrong = misconception.wrong  # type: ignore[attr-defined]
    (found,) = diagnose_softmax(wrong)
    shown = demonstration(found)
    assert shown is not None
    told = _told(found, ask(wrong, *shown[1]))
    assert told.evidence
    assert "does not show" not in told.evidence
    returned = told.evidence.split("` ", 1)[1]
    assert len(NUMBER.findall(returned)) <= 4
    assert sum(len(part.split()) for part in (told.title, told.explanation, told.evidence, told.hint)) <= 80


@pytest.mark.parametrize("name", [name for name, (_, ids) in MISTAKES.items() if ids == ("unnormalised",)])
def test_every_way_of_not_normalising_shows_on_the_example(name: str) -> None:
    """Divided by the number of classes, by the largest exponential, by the sum of the logits: three logits tell them all from a softmax."""
    wrong = MISTAKES[name][0]
    (found,) = diagnose_softmax(wrong)
    shown = demonstration(found)
    assert shown is not None
    assert "returned" in _told(found, ask(wrong, *shown[1])).evidence


def test_the_pasted_call_means_what_was_asked() -> None:
    """The text of a call, evaluated, has the arguments that the examiner used."""
    for misconception in MISCONCEPTIONS:
        every = demonstrations(Found(misconception.id, words={"function": "f"}))
        assert every
        for shown in every:
            given = eval(call_text(*shown), {"np": np, "f": lambda z: z})
            assert np.array_equal(given, shown[1][0])
            assert given.dtype == shown[1][0].dtype


def _shown_by(function: Function) -> list[str]:
    """The calls that show the first mistake of a softmax, as they are written."""
    found = diagnose_softmax(function)[0]
    return [call_text(*shown) for shown in demonstrations(found) if shows_it(found, shown, ask(function, *shown[1]))]


@pytest.mark.parametrize(
    "function",
    [
        lambda z: plain(z - z[..., -1:]),
        lambda z: plain(z - z[..., :1]),
        lambda z: plain(z - np.abs(z).max(axis=-1, keepdims=True)),
        lambda z: plain(z - np.maximum(z.max(axis=-1, keepdims=True), 0)),
        lambda z: np.where(np.isnan(plain(z)), 1.0, plain(z)),
        lambda z: right(np.maximum(z, -30.0)),
        lambda z: right(np.asarray(np.round(z))),
        lambda z: right(z).ravel(),
        lambda z: np.squeeze(right(z)),
        lambda z: right(z) / (1 + 1e-4 / np.exp(z - z.max(axis=-1, keepdims=True)).sum(axis=-1, keepdims=True)),
        lambda z: right(z * np.log(2.7183)),
        lambda z: right(np.abs(z)),
        lambda z: np.sort(right(z), axis=-1),
    ],
)
def test_a_mistake_that_one_public_call_does_not_show_is_shown_by_another(function: Function) -> None:
    """The examiner asks them in turn, so that the student sees numbers."""
    assert _shown_by(function)


def test_numbers_that_look_right_as_they_are_written_are_no_evidence() -> None:
    """A probability of 0.4999975 is written 0.5."""
    found = Found("softmax.epsilon-denominator", {"epsilon": 1e-5}, {"function": "my_softmax"})
    told = _told(found, ask(lambda z: right(z) / (1 + 5e-6), np.array([2.0, 2.0])))
    assert "does not show this mistake" in told.evidence


def test_a_demonstration_that_does_not_show_the_mistake_says_so_without_numbers() -> None:
    """A right answer is no evidence."""
    found = Found("softmax.unstable-overflow", words={"function": "my_softmax"})
    told = _told(found, ask(right, np.array([0.0, 2000.0])))
    assert "does not show this mistake" in told.evidence
    assert "returned" not in told.evidence


def test_exceptions_and_time_are_told_without_the_student_s_message() -> None:
    """The name of the exception stands in the evidence, its message does not: it may quote a probe."""
    found = Found("softmax.raises", words={"function": "my_softmax"})
    told = _told(found, Raised("ValueError", "shapes (1500,) (7,) of a secret probe"))
    assert told.evidence == "`my_softmax(np.array([1.0, 1.0]))` stopped with ValueError."
    slow = _told(Found("softmax.timeout", words={"function": "my_softmax"}), TimedOut(10.0))
    assert "10 seconds" in slow.evidence


def test_predictions_are_shown_on_a_model_that_returns_what_it_is_given() -> None:
    """The call names a model that can be pasted, and the answer's numbers."""
    (found,) = diagnose_prediction("predict_class", lambda model, points: model(points).argmin(axis=1))
    shown = demonstration(found)
    assert shown is not None
    told = _told(found, ask(lambda table: table.argmin(axis=1), shown[1][0]))
    call = "predict_class(keras.Sequential([keras.layers.Identity()]), np.array([[0.0, 2.0, 1.0, 3.0]]))"
    assert told.evidence == f"`{call}` returned `[0]`."


def test_detail_hides_what_the_assignment_does_not_want_told() -> None:
    """`explanation` keeps evidence and hint back, `outcome` all but the title."""
    found = Found("softmax.wrong-base", {"base": 2.0}, {"function": "my_softmax"})
    full, middle, least = (
        TEXTS.diagnosis(found, None, None, detail=detail) for detail in ("full", "explanation", "outcome")
    )
    assert full.hint
    assert "base 2" in middle.explanation
    assert (middle.evidence, middle.hint) == ("", "")
    assert (least.explanation, least.evidence, least.hint) == ("", "", "")
    assert least.title == full.title


def test_an_assignment_overrides_single_fields(tmp_path: Path) -> None:
    """A course's hint stands in place of ours; the rest stays; its own ids get its own texts."""
    (tmp_path / "course.toml").write_text(
        '["softmax.negated"]\nhint = "Look at slide 7."\n["lab1.own"]\ntitle = "Own"\nexplanation = "Ours."\nhint = "Why?"\n',
        encoding="utf-8",
    )
    texts = Texts(tmp_path)
    assert texts.text("softmax.negated").hint == "Look at slide 7."
    assert texts.text("softmax.negated").title == TEXTS.text("softmax.negated").title
    assert texts.diagnosis(Found("lab1.own"), None, 1).explanation == "Ours."


def test_faults_of_a_course_s_texts_are_told_all_at_once(tmp_path: Path) -> None:
    """Unknown fields, long sentences, tone, and files that are no TOML: each with its file."""
    long = " ".join(["word"] * 25)
    (tmp_path / "a.toml").write_text(
        f'["lab1.a"]\ntitle = "A"\nhint = "Obviously wrong."\nexplanation = "{long}."\ntone = "x"\n', encoding="utf-8"
    )
    (tmp_path / "b.toml").write_text("[[[", encoding="utf-8")
    (tmp_path / "c.toml").write_text(
        f'["lab1.c"]\nexplanation = "{long}."\nhint = "Obviously wrong."\n', encoding="utf-8"
    )
    with pytest.raises(AssignmentError) as raised:
        Texts(tmp_path)
    told = str(raised.value)
    assert all(part in told for part in ("unknown field tone", "cannot be read", "25 words", "Obviously"))
    assert {fault.path.name for fault in raised.value.faults} == {"a.toml", "b.toml", "c.toml"}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('["softmax.unstable-overflw"]\nhint = "Why?"', "write softmax.unstable-overflow, or begin an id of your own"),
        ('["*.negated"]\nhint = "Why?"', "no form of an answer is called 'negated'"),
        ('[squares]\nhint = "Why?"', "'squares' is no id of a diagnosis"),
        ('["softmax.negated"]\nhint = "See {slide}."', "nothing fills {slide} of hint"),
        ('["softmax.negated"]\nhint = "See {."', "hint has braces that do not match"),
        ('[common]\nreturnd = "ergab `{value}`"', "unknown key 'returnd' in [common]"),
        ('[common]\nreturned = "ergab `{wert}`"', "keep {value}, as in 'returned `{value}`'"),
        ("[common]\nreturned = 3", "returned in [common] is not text"),
    ],
)
def test_a_text_that_could_not_be_said_is_a_fault_with_its_line(tmp_path: Path, table: str, words: str) -> None:
    """An id that nothing has, braces that nothing fills: known when the assignment is loaded, not when a student makes the mistake."""
    (tmp_path / "a.toml").write_text(f"# A translation.\n\n{table}\n", encoding="utf-8")
    with pytest.raises(AssignmentError) as raised:
        Texts(tmp_path)
    (fault,) = raised.value.faults
    assert fault.line == 3
    assert words in str(fault)


def test_a_course_may_translate_what_is_said_of_any_form(tmp_path: Path) -> None:
    """A table for `*` stands for all ids that end so and have none; one for a single id takes the rest from it."""
    (tmp_path / "de.toml").write_text(
        '["*.returns-none"]\ntitle = "Nichts kommt an"\n["lab1.returns-none"]\nhint = "Folie 7?"\n', encoding="utf-8"
    )
    texts = Texts(tmp_path)
    assert texts.text("lab2.returns-none").title == "Nichts kommt an"
    assert texts.text("lab1.returns-none").title == "Nichts kommt an"
    assert texts.text("lab1.returns-none").hint == "Folie 7?"
    assert texts.text("softmax.returns-none").title == TEXTS.text("softmax.returns-none").title


@pytest.mark.parametrize(
    "form", ["missing", "not-implemented", "returns-none", "timeout", "wrong-shape", "raises", "incorrect"]
)
def test_every_form_of_an_answer_has_words_for_any_exercise(form: str) -> None:
    """An exercise of a course's own needs no texts to be told what came back, in a whole text within the limits."""
    ident = f"lab1.{form}"
    text = TEXTS.text(ident)
    assert TEXTS.known(ident)
    assert ident not in TEXTS.ids()
    assert all((text.title, text.explanation, text.evidence, text.hint, text.page, text.repair))
    assert TEXTS.problems(ident) == []
    assert form == "incorrect" or text != TEXTS.text("lab1.incorrect")


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("it is not there", "The check says: it is not there."),
        ("It is not implemented.", "The check says: It is not implemented."),
        ("one two ...", "The check says: one two ..."),
        ("see ../data", "The check says: see ../data."),
    ],
)
def test_a_sentence_that_is_filled_in_ends_once(message: str, said: str) -> None:
    """What an exception says may be a whole sentence, or may have been cut short."""
    assert filled("The check says: {message}.", {"message": message}) == said


def test_an_unknown_id_still_gets_a_sensible_text() -> None:
    """A course's exercise without texts of its own is told what its check says."""
    told = TEXTS.diagnosis(Found("lab1.incorrect", words={"message": "row 2 sums to 0.9"}), None, 4)
    assert told.evidence == "The check says: row 2 sums to 0.9."
    assert told.hint

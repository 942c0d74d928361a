"""The report for people, as blocks of plain text with style names: one submission in full, a class as one table, or a line each.

Everything a student wrote is cleaned here (``grader.report.safe``), so that whoever paints the blocks shows no control character.
"""

from collections import Counter
from collections.abc import Callable, Iterator

from grader.report.blocks import Blank, Block, Labelled, Line, Paragraph, Rule, Span, Spread, Style, Table
from grader.report.safe import clean_line, clean_lines
from grader.verdict import (
    AssignmentInfo,
    Diagnosis,
    ExerciseResult,
    NotebookResult,
    RunDocument,
    SubmissionResult,
)

Place = Callable[[str, int], str]
"""Words for a cell of a submission, by the submission's id: ``code cell 3 (`def my_softmax(z):`)``."""

OUTCOME_WORDS = {"timed_out": "timed out", "carried_forward": "carried forward"}
OUTCOME_STYLES: dict[str, Style] = {"passed": "good", "carried_forward": "good", "failed": "bad", "timed_out": "bad"}
STATUS_WORDS = {"unreadable": "unreadable", "grader_error": "grader error"}
MOST_COMMON = 8
MOST_TITLES = 3
WEAK = frozenset({"partly-confined", "unconfined"})
"""The modes of isolation that break a promise: network, files, processes or memory."""
ROOT_CAUSE = "root-cause"
"""The kind of a note that tells which cell failed first, and which ones because of it."""


def numbered_place(_: str, cell: int) -> str:
    """A cell's place where nothing but its index is known."""
    return f"cell {cell + 1} of the file"


def header(assignment: AssignmentInfo, folder: str) -> list[Block]:
    """Which assignment this is, where it lies, and the hash of all that decides a grade."""
    if not assignment.id:
        return []
    title = f"{clean_line(assignment.title)} "
    origin = f"version {clean_line(assignment.version)}, rubric {assignment.sha256[:12]} in {clean_line(folder)}"
    return [
        Paragraph((Span(title, "title"), Span(f"({clean_line(assignment.id)})", "quiet"))),
        Paragraph((Span(origin, "quiet"),)),
    ]


def submission(result: SubmissionResult, place: Place = numbered_place) -> list[Block]:
    """Everything about one submission: points, notebook, exercise by exercise, repairs and notes."""
    blocks: list[Block] = [Rule(), Spread((Span(clean_line(result.path), "title"),), score_line(result))]
    if result.status != "graded":
        blocks += [Blank(), *_no_grade(result)]
    blocks += _notebook(result, place)
    for exercise in result.exercises:
        blocks += [Blank(), *_exercise(result.id, exercise, place)]
    blocks += _remarks(result, place)
    blocks += isolation(result)
    blocks += _further(result)
    return blocks


def points(score: float, maximum: float) -> str:
    """``7 of 10 points``."""
    return f"{score:g} of {maximum:g} {'point' if maximum == 1 else 'points'}"


def score_line(result: SubmissionResult) -> Line:
    """The points of a submission, or that it has none."""
    if result.score is None:
        return (Span(f"no grade ({STATUS_WORDS.get(result.status, result.status)})", "bad"),)
    return (Span(points(result.score, result.max_score), _score_style(result.score, result.max_score)),)


def _score_style(score: float, maximum: float) -> Style:
    if score >= maximum:
        return "good"
    return "part" if score > 0 else "bad"


def _no_grade(result: SubmissionResult) -> Iterator[Block]:
    if result.status == "unreadable":
        yield Paragraph((Span("This file could not be read as a notebook, so there is no grade.", "bad"),), indent=2)
    else:
        yield Paragraph(
            (Span("The grader itself failed, so there is no grade. This costs no points.", "bad"),), indent=2
        )
    for line in clean_lines(result.error or "no reason was given").splitlines():
        yield Paragraph(code(line), indent=2)
    if result.status == "grader_error":
        advice = "Run it again. If it fails again, the instructor should see this."
        yield Paragraph((Span(advice, "quiet"),), indent=2)


def _notebook(result: SubmissionResult, place: Place) -> Iterator[Block]:
    notebook = result.notebook
    causes = [note for note in result.notes if note.kind == ROOT_CAUSE]
    if not (notebook.diagnoses or notebook.errors or causes):
        return
    yield Blank()
    yield Paragraph((Span("The notebook", "title"),))
    for diagnosis in notebook.diagnoses:
        yield from _diagnosis(result.id, diagnosis, _leaning(result, diagnosis), place)
    if not (notebook.errors or causes):
        return
    yield Blank()
    costs = " (an error costs nothing by itself)"
    yield Paragraph((Span("Cells that stopped with an error"), Span(costs, "quiet")), indent=2)
    if causes:  # they name every cell that stopped, the first of each chain first
        yield Labelled(tuple(("-", code(clean_lines(note.text))) for note in causes), indent=4)
    else:
        yield Labelled(_error_rows(result.id, notebook, place), indent=4)


def _error_rows(key: str, notebook: NotebookResult, place: Place) -> tuple[tuple[str, Line], ...]:
    rows = []
    for error in notebook.errors:
        where = clean_line(place(key, error.cell))
        number, _, first_line = where.partition(" (")
        text = clean_line(error.name, 80)
        if error.message:
            text = f"{text}: {clean_line(error.message)}"
        begins = f" (the cell begins {first_line}" if first_line else ""
        rows.append((number, (*code(text), *code(begins, "quiet"))))
    return tuple(rows)


def _leaning(result: SubmissionResult, diagnosis: Diagnosis) -> str:
    """The titles of the exercises that lost points by a diagnosis of the whole notebook."""
    hit = [
        exercise.title
        for exercise in result.exercises
        if any(check.because == diagnosis.id for check in exercise.checks)
    ]
    return "; ".join(hit)


def _exercise(key: str, exercise: ExerciseResult, place: Place) -> Iterator[Block]:
    style = _score_style(exercise.score, exercise.max_score)
    yield Spread(
        (Span(clean_line(exercise.title), "title"),), (Span(points(exercise.score, exercise.max_score), style),)
    )
    yield Table(("Result", "Check", "Points"), tuple(_check_rows(exercise)), frozenset({2}))
    for diagnosis in exercise.diagnoses:
        yield from _diagnosis(key, diagnosis, _checked(exercise, diagnosis), place)


def _check_rows(exercise: ExerciseResult) -> Iterator[tuple[Line, ...]]:
    """A row a check. A message that the row above has already is not repeated."""
    above = ""
    for check in exercise.checks:
        words = OUTCOME_WORDS.get(check.outcome, clean_line(check.outcome))
        title: Line = (Span(clean_line(check.title)),)
        if check.hidden:
            title = (*title, Span(" (hidden)", "quiet"))
        if check.outcome == "carried_forward":
            cause = f"in {clean_line(check.because)}" if check.because else "in another exercise"
            title = (*title, Span(f"\nThe fault is {cause}: it is charged there, not here.", "quiet"))
        elif check.message and check.outcome != "passed" and check.message != above:
            title = (*title, Span("\n"), *code(_sentence(clean_line(check.message)), "quiet"))
        above = check.message
        outcome = Span(words, OUTCOME_STYLES.get(check.outcome, "part"))
        yield (outcome,), title, (Span(f"{check.score:g} / {check.max_score:g}"),)


def _sentence(words: str) -> str:
    """``words`` with a capital at their beginning."""
    return f"{words[:1].upper()}{words[1:]}"


def _checked(exercise: ExerciseResult, diagnosis: Diagnosis) -> str:
    """The titles of the failing checks that a diagnosis explains: those that name it, else all that name no other."""
    failing = [check for check in exercise.checks if check.outcome in ("failed", "timed_out")]
    named = [check for check in failing if check.because == diagnosis.id]
    known = {one.id for one in exercise.diagnoses}
    titles = [check.title for check in named or [check for check in failing if check.because not in known]]
    if len(titles) > MOST_TITLES:
        return f"{'; '.join(titles[: MOST_TITLES - 1])}; and {len(titles) - MOST_TITLES + 1} more"
    return "; ".join(titles)


def _diagnosis(key: str, diagnosis: Diagnosis, checked: str, place: Place) -> Iterator[Block]:
    """One mistake: what was checked, what came back, what that suggests, where to look."""
    yield Blank()
    yield Paragraph(
        (*code(clean_line(diagnosis.title), "label"), Span(f"  {clean_line(diagnosis.id)}", "quiet")), indent=2
    )
    look: Line = code(clean_lines(diagnosis.hint))
    if diagnosis.cell is not None:
        where = clean_line(place(key, diagnosis.cell))
        look = (*code(f"{_sentence(where)}."), Span(" "), *look) if look else code(f"{_sentence(where)}.")
    rows: list[tuple[str, Line]] = [
        ("checked", code(clean_line(checked))),
        ("came back", code(clean_lines(diagnosis.evidence))),
        ("suggests", code(clean_lines(diagnosis.explanation))),
        ("look at", look),
    ]
    yield Labelled(tuple((label, line) for label, line in rows if line))


def code(text: str, style: Style = "plain") -> Line:
    """``text`` with what stands in backticks in the style of code, its backticks kept: they say it without colour."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return (Span(text, style),)
    spans = (Span(f"`{piece}`", "code") if index % 2 else Span(piece, style) for index, piece in enumerate(pieces))
    return tuple(span for span in spans if span.text)


def _remarks(result: SubmissionResult, place: Place) -> Iterator[Block]:
    rows = [(repair.cell, repair.text) for repair in result.notebook.repairs]
    notes = [(note.cell, note.text) for note in result.notes if note.kind != ROOT_CAUSE]
    for heading, remarks in (("Repaired or skipped so that the notebook could run", rows), ("Worth knowing", notes)):
        if not remarks:
            continue
        yield Blank()
        yield Paragraph((Span(heading, "title"),))
        for cell, text in remarks:
            where = "" if cell is None else clean_line(place(result.id, cell))
            prefix = "" if not where or where.casefold() in text.casefold() else f"{_sentence(where)}: "
            words = f"{prefix}{clean_lines(text)}"
            yield Labelled((("-", code(_sentence(words))),))


def isolation(result: SubmissionResult) -> list[Block]:
    """A warning where network, files, processes or memory were not isolated, a quiet line where a spare layer was missing."""
    confinement = result.isolation
    missing = "; ".join(clean_line(one) for one in confinement.missing)
    if confinement.mode == "unconfined":
        text = "no isolation. The notebook ran with all the rights of the person who started the grader."
    elif confinement.mode == "partly-confined":
        text = f"less isolation than usual. Missing on this machine: {missing}. `grader doctor` says what to do."
    elif missing:
        text = f"Isolated, without these spare layers: {missing}. `grader doctor` says more."
        return [Blank(), Paragraph((Span(text, "quiet"),))]
    else:
        return []
    return [Blank(), Paragraph((Span("Warning: ", "bad"), *code(text)))]


def _further(result: SubmissionResult) -> Iterator[Block]:
    found = [*result.notebook.diagnoses, *(item for exercise in result.exercises for item in exercise.diagnoses)]
    if found:
        yield Blank()
        command = f"grader explain {clean_line(found[0].id)}"
        yield Paragraph((Span("Read more about a mistake: ", "quiet"), Span(f"`{command}`", "code")))


def quiet(result: SubmissionResult) -> Line:
    """One line: the path, the points, and the ids of the mistakes found."""
    found = [*result.notebook.diagnoses, *(item for exercise in result.exercises for item in exercise.diagnoses)]
    ids = ", ".join(dict.fromkeys(clean_line(diagnosis.id) for diagnosis in found))
    tail = f" ({ids})" if ids else ""
    if result.status != "graded":
        tail = f": {clean_line(result.error or '')}"
    return (Span(f"{clean_line(result.path)}: "), *score_line(result), Span(tail))


def class_report(document: RunDocument) -> list[Block]:
    """A run over several submissions: a row each, what has no grade in words, and the mistakes found most often."""
    exercises = next((one.exercises for one in document.submissions if one.exercises), ())
    headings = ("Submission", "Points", *(clean_line(exercise.name) for exercise in exercises), "Mistakes found")
    rows = tuple(_class_row(one, [exercise.name for exercise in exercises]) for one in document.submissions)
    blocks: list[Block] = [Blank(), Table(headings, rows, frozenset(range(1, len(exercises) + 2)))]
    for one in document.submissions:
        if one.status != "graded":
            blocks += [Blank(), Paragraph((Span(clean_line(one.path), "title"),)), *_no_grade(one)]
    blocks += _common(document)
    warned = next((one for one in document.submissions if isolation(one)), None)
    if warned is not None:
        blocks += isolation(warned)
    if any(one.score != one.max_score for one in document.submissions if one.status == "graded"):
        blocks += [
            Blank(),
            Paragraph((Span("Grade one submission alone to read its feedback in full, or use `--json`.", "quiet"),)),
        ]
    return blocks


def _class_row(one: SubmissionResult, names: list[str]) -> tuple[Line, ...]:
    found = [*one.notebook.diagnoses, *(item for exercise in one.exercises for item in exercise.diagnoses)]
    ids = "\n".join(dict.fromkeys(clean_line(diagnosis.id) for diagnosis in found))
    by_name = {exercise.name: exercise for exercise in one.exercises}
    cells: list[Line] = [
        (Span(f"{exercise.score:g} / {exercise.max_score:g}", _score_style(exercise.score, exercise.max_score)),)
        if (exercise := by_name.get(name)) is not None
        else (Span("-"),)
        for name in names
    ]
    if one.score is None:
        score: Line = (Span(STATUS_WORDS.get(one.status, one.status), "bad"),)
    else:
        score = (Span(f"{one.score:g} / {one.max_score:g}", _score_style(one.score, one.max_score)),)
    return ((Span(clean_line(one.id, 60)),), score, *cells, (Span(ids),))


def _common(document: RunDocument) -> Iterator[Block]:
    """The mistakes that several submissions share, the most frequent first: what to teach again."""
    counts: Counter[str] = Counter()
    for one in document.submissions:
        found = [*one.notebook.diagnoses, *(item for exercise in one.exercises for item in exercise.diagnoses)]
        counts.update({clean_line(diagnosis.id) for diagnosis in found})
    shared = [(name, count) for name, count in counts.most_common(MOST_COMMON) if count > 1]
    if not shared:
        return
    yield Blank()
    yield Paragraph((Span("Found most often", "title"),))
    total = len(document.submissions)
    yield Labelled(tuple((f"{count} of {total}", (Span(name),)) for name, count in shared))

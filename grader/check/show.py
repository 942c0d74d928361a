"""What ``grader check`` says, as blocks of text: the matrix of checks by solutions, survivors, warnings and findings."""

from collections.abc import Iterator, Sequence
from itertools import cycle, groupby
from string import ascii_letters

from grader.check.cases import RIGHT, Case, CheckInfo, Graded, Matrix
from grader.check.verdict import WORDS, Finding, survivors, verdict, warnings
from grader.report.blocks import Blank, Block, Labelled, Line, Paragraph, Span, Style, Table
from grader.report.safe import clean_line

OUTCOMES = {"passed": "·", "failed": "F", "timed_out": "T", "carried_forward": "c", "skipped": "s", "pending": "p"}
LEGEND = "· passed   F failed   T timed out   c carried forward (earns its points)   s skipped"


def report(matrix: Matrix, *, quiet: bool = False) -> list[Block]:
    """The whole report; ``quiet`` leaves out the matrix."""
    findings = verdict(matrix)
    blocks: list[Block] = []
    if not quiet:
        blocks += _matrix(matrix)
        blocks += _survivors(matrix)
    blocks += _warnings(matrix)
    blocks += _findings(findings)
    blocks += [Blank(), Paragraph(_summary(matrix, findings))]
    return blocks


def _matrix(matrix: Matrix) -> Iterator[Block]:
    """A table for each exercise, and one for whole notebooks: a letter a check, explained above."""
    cases = {case.name: case for case in matrix.cases}
    first = [(cases[graded.case], graded) for graded in matrix.graded if graded.run == 0]
    for exercise, checks in groupby(matrix.checks, key=lambda check: check.exercise):
        yield from _table(exercise, list(checks), [row for row in first if row[0].exercise == exercise])
    yield from _table("whole notebooks", matrix.checks, [row for row in first if not row[0].exercise])


def _table(title: str, checks: Sequence[CheckInfo], rows: Sequence[tuple[Case, Graded]]) -> Iterator[Block]:
    if not rows:
        return
    yield Blank()
    yield Paragraph((Span(clean_line(title), "title"),))
    letters = "".join(letter for letter, _ in zip(cycle(ascii_letters), checks, strict=False))
    yield Labelled(
        tuple(
            (one, (Span(clean_line(f"{check.id}: {check.title}")),)) for one, check in zip(letters, checks, strict=True)
        )
    )
    yield Paragraph((Span(LEGEND, "quiet"),), 2)
    yield Table(
        headings=("solution", letters, "points", "told"),
        rows=tuple(_row(case, graded, checks) for case, graded in rows),
        right=frozenset({1, 2}),
    )


def _row(case: Case, graded: Graded, checks: Sequence[CheckInfo]) -> tuple[Line, ...]:
    answers = [graded.checks.get(check.id) for check in checks]
    outcomes = "".join("-" if answer is None else OUTCOMES[answer.outcome] for answer in answers)
    told = [*graded.notebook, *(one for ids in graded.diagnoses.values() for one in ids)]
    words = ", ".join(told) if graded.status == "graded" else graded.status
    points = sum(answer.score for answer in graded.checks.values())
    style: Style = "bad" if case.kind in RIGHT and words else "plain"
    return (Span(clean_line(case.name)),), (Span(outcomes),), (Span(f"{points:g}"),), (Span(clean_line(words), style),)


def _name(case: Case) -> str:
    return f"{case.name}: {case.note}"


def _survivors(matrix: Matrix) -> Iterator[Block]:
    living = survivors(matrix)
    mutants = sum(case.kind == "mutant" for case in matrix.cases)
    if mutants:
        yield Blank()
        text = f"{len(living)} of {mutants} generic mutants of the reference keep every point. Are they right?"
        yield Paragraph((Span(text, "label"),))
        yield from (Paragraph((Span(clean_line(_name(case))),), 2) for case in living)


def _warnings(matrix: Matrix) -> Iterator[Block]:
    found = warnings(matrix)
    if found:
        yield Blank()
        yield Paragraph((Span("Warning: answers without work in them pass a check", "part"),))
        for case, check in found:
            yield Paragraph((Span(clean_line(f"{check.id} is passed by {case.note}: ask for right values too")),), 2)


def _findings(findings: Sequence[Finding]) -> Iterator[Block]:
    for why, group in groupby(findings, key=lambda finding: finding.why):
        yield Blank()
        yield Paragraph((Span(WORDS[why], "bad"),))
        for finding in group:
            yield Paragraph((Span(clean_line(finding.where), "code"),), 2)
            yield Labelled(
                (
                    ("expected", (Span(clean_line(finding.expected)),)),
                    ("got", (Span(clean_line(finding.got)),)),
                ),
                4,
            )


def _summary(matrix: Matrix, findings: Sequence[Finding]) -> Line:
    size = f"{len(matrix.checks)} checks, {len(matrix.cases)} solutions, {len(matrix.graded)} runs"
    if findings:
        count = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
        return (Span(f"The rubric of {matrix.assignment} fails", "bad"), Span(f" ({count}; {size})."))
    return (Span(f"The rubric of {matrix.assignment} holds", "good"), Span(f" ({size})."))

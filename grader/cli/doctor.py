"""``grader doctor``: try each layer of isolation on this machine, and print what mends what is missing."""

import sys

from grader.cli.paint import Painter
from grader.cli.statuses import BELOW, REACHED
from grader.report.blocks import Blank, Block, Labelled, Line, Paragraph, Span, Table
from grader.report.plain import code
from grader.report.safe import clean_line
from grader.sandbox.doctor import Finding, Report, diagnose


def run() -> int:
    """Print what holds; 1 where network, files, processes or memory are not isolated, so that ``--sandbox strict`` refuses."""
    painter = Painter(sys.stdout)
    painter.show(
        [Paragraph((Span("Trying to break out of each layer of isolation. This takes some seconds.", "quiet"),))]
    )
    found = diagnose()
    painter.show([Blank(), *_layers(found), *_mending(found), *_summary(found)])
    return BELOW if found.broken else REACHED


def _layers(found: Report) -> list[Block]:
    rows = tuple(_row(finding) for finding in found.findings)
    return [Table(("Layer", "Result", "What it gives, and what the attack said"), rows)]


def _row(finding: Finding) -> tuple[Line, ...]:
    result = Span("holds", "good") if finding.holds else Span("missing", "bad")
    said = Span(f"\n{clean_line(finding.evidence)}", "quiet") if finding.evidence else Span("")
    return (Span(finding.layer),), (result,), (Span(finding.what), said)


def _mending(found: Report) -> list[Block]:
    rows = [
        (finding.layer, code(clean_line(finding.mend)))
        for finding in found.findings
        if finding.mend and not finding.holds
    ]
    if not rows:
        return []
    return [Blank(), Paragraph((Span("What mends it", "title"),)), Labelled(tuple(rows))]


def _summary(found: Report) -> list[Block]:
    if found.broken:
        promises = ", ".join(found.broken)
        words: Line = (
            Span("Not isolated here: ", "bad"),
            Span(f"{promises}. "),
            *code("`--sandbox strict` refuses to grade on this machine; `auto` grades with what there is."),
        )
    else:
        words = (
            Span("Network, files, processes and memory are isolated. ", "good"),
            *code("`--sandbox strict` grades on this machine."),
        )
    return [Blank(), Paragraph(words)]

"""``grader explain``: the page of one diagnosis, or the list of all."""

import difflib
import sys
from pathlib import Path

from grader.assignment import available, find
from grader.cli import options as values
from grader.cli.paint import Painter
from grader.cli.statuses import REACHED
from grader.diagnosis.texts import OURS, Texts
from grader.errors import AssignmentError, UsageError
from grader.report.blocks import Blank, Block, Labelled, Paragraph, Span
from grader.report.plain import code


def run(name: str, audience: str, assignment: str | None) -> int:
    """Print a page, or every id with its title. Raises UsageError for an id that has no text."""
    reader = values.audience(audience)
    texts = _texts(name, assignment, values.current_folder())
    painter = Painter(sys.stdout)
    if not name:
        painter.show(_listed(texts))
        return REACHED
    if not texts.known(name):
        near = difflib.get_close_matches(name, texts.ids(), n=3)
        advice = f"did you mean {', '.join(near)}?" if near else "`grader explain` alone lists them all"
        if assignment is None and name.partition(".")[0] not in OURS:
            advice += "; one of a course's own needs --assignment ID|DIR"
        raise UsageError(f"no diagnosis is called {name!r}: {advice}")
    painter.show(_page(texts.page(name, reader)))
    return REACHED


def _texts(name: str, assignment: str | None, cwd: Path) -> Texts:
    """The texts of the assignment that is named; else ours, or those of the first assignment at hand that has a text for this id."""
    if assignment is not None:
        return Texts(find(assignment, cwd).folder / "texts")
    if name and name.partition(".")[0] not in OURS:
        for folder in available(cwd).values():
            try:
                texts = Texts(folder / "texts")
            except AssignmentError:
                continue
            if name in texts.ids():
                return texts
    return Texts()


def _listed(texts: Texts) -> list[Block]:
    blocks: list[Block] = []
    groups: dict[str, list[str]] = {}
    for name in texts.ids():
        groups.setdefault(name.partition(".")[0], []).append(name)
    for group, names in groups.items():
        blocks += [Paragraph((Span(group, "title"),))]
        blocks += [Labelled(tuple((name, code(texts.page(name).partition("\n")[0])) for name in names)), Blank()]
    return blocks


def _page(page: str) -> list[Block]:
    """Paragraphs with their lines joined, so that they are wrapped to the reader's terminal; the title above its id."""
    title, name, *rest = page.split("\n", 2)
    blocks: list[Block] = [Paragraph(code(title, "title")), Paragraph((Span(name, "quiet"),))]
    for paragraph in "".join(rest).strip().split("\n\n"):
        blocks += [Blank(), Paragraph(code(" ".join(paragraph.split())))]
    return blocks

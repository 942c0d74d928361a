"""The pages of all diagnoses as Markdown files for ``docs/diagnoses/``: what ``grader explain`` prints for students."""

import re
from collections.abc import Mapping

from grader.diagnosis.texts import Texts

INDEX = "README.md"
HEAD = """# Diagnoses

One page for each diagnosis that a report can name: the idea, with other numbers, and how to test oneself. `grader explain ID` prints the same
page. These files are made from the texts in `grader/diagnosis/texts/` by `python docs/make_diagnoses.py`.
"""
GROUPS: Mapping[str, str] = {
    "notebook": "The notebook itself",
    "softmax": "A softmax",
    "model": "A model",
    "predict": "Predictions",
}


def pages(texts: Texts) -> dict[str, str]:
    """The content of every file, by its name: one for each id, and an index in the order of the texts."""
    made = {f"{ident}.md": _page(texts.page(ident)) for ident in texts.ids()}
    lines = [HEAD]
    group = ""
    for ident in texts.ids():
        name = ident.partition(".")[0]
        if name != group:
            group = name
            lines += (
                ["", f"## {GROUPS.get(group, group)}", ""] if len(lines) > 1 else [f"## {GROUPS.get(group, group)}", ""]
            )
        title = texts.page(ident).partition("\n")[0]
        lines.append(f"- [`{ident}`]({ident}.md): {_markdown(title)}")
    return made | {INDEX: "\n".join(lines) + "\n"}


def _page(text: str) -> str:
    """A page as ``Texts.page`` gives it: the title, the id, and paragraphs, whose lines are joined."""
    title, ident, *rest = text.split("\n", 2)
    paragraphs = [" ".join(paragraph.split()) for paragraph in "".join(rest).strip().split("\n\n")]
    return "\n\n".join([f"# {_markdown(title)}", f"`{ident}`", *map(_markdown, filter(None, paragraphs))]) + "\n"


def _markdown(text: str) -> str:
    """Plain text with code in backticks as Markdown: nothing outside the backticks is taken for markup."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else re.sub(r"([\\*_<])", r"\\\1", part) for part in parts)

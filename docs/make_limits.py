"""Write docs/limits.md from the facts in ``grader.limits``: ``python docs/make_limits.py``."""

from pathlib import Path

from grader.limits import FACTS, Limits

HEAD = """\
# Limits

Each limit is five facts. They are set in `assignment.toml` under `[limits]`; `grader.limits` holds this table, and a test keeps this
page the same as it. What is decided before a limit is reached stays decided.

"""


def page() -> str:
    """The page, as Markdown."""
    defaults = Limits()
    sections = []
    for fact in FACTS:
        default = getattr(defaults, fact.name)
        rows = [
            f"## `{fact.name}`",
            "",
            f"- Unit: {fact.unit}",
            f"- Counted: {fact.counted}",
            f"- Default: {default:g}",
            f"- At the edge: {fact.at_the_edge}",
            f"- Not covered: {fact.not_covered}",
        ]
        sections.append("\n".join(rows))
    return HEAD + "\n\n".join(sections) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name("limits.md").write_text(page(), encoding="utf-8")

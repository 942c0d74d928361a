"""Limits are documented as five facts each, and the page says what the code does."""

import runpy
from pathlib import Path

import msgspec

from grader.limits import FACTS, Limits

DOCS = Path(__file__).parents[1] / "docs"


def test_every_limit_has_its_five_facts() -> None:
    """No limit without its facts, no facts without a limit, in the same order."""
    assert [fact.name for fact in FACTS] == [field.name for field in msgspec.structs.fields(Limits)]
    assert all(all((fact.unit, fact.counted, fact.at_the_edge, fact.not_covered)) for fact in FACTS)


def test_the_page_of_limits_is_fresh() -> None:
    """``docs/limits.md`` is what ``docs/make_limits.py`` writes."""
    made = runpy.run_path(str(DOCS / "make_limits.py"))["page"]()
    assert (DOCS / "limits.md").read_text(encoding="utf-8") == made

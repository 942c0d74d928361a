"""The pages under ``docs/diagnoses/`` are what the texts say today."""

import re
from pathlib import Path

import pytest

from grader.check.pages import INDEX, pages
from grader.diagnosis.texts import Texts

FOLDER = Path(__file__).parents[2] / "docs" / "diagnoses"
MADE = pages(Texts())


def test_every_page_is_there_and_no_other() -> None:
    """One file for each id, and the index."""
    assert {path.name for path in FOLDER.glob("*.md")} == set(MADE)


@pytest.mark.parametrize("name", sorted(MADE))
def test_a_page_is_fresh(name: str) -> None:
    """A page that differs from its text was not made anew: run ``python docs/make_diagnoses.py``."""
    assert (FOLDER / name).read_text(encoding="utf-8") == MADE[name]


def test_the_index_links_to_every_page() -> None:
    """Each id stands in the index once, as a link to a file that is there."""
    linked = re.findall(r"\]\(([^)]+)\)", MADE[INDEX])
    assert sorted(linked) == sorted(name for name in MADE if name != INDEX)


def test_pages_hold_no_repair() -> None:
    """The repair is for instructors: no page that students read holds it."""
    texts = Texts()
    for ident in texts.ids():
        repair = texts.text(ident).repair
        assert not repair or repair not in MADE[f"{ident}.md"]

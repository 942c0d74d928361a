"""Write ``docs/diagnoses/`` anew: one page for each diagnosis, and the index."""

from pathlib import Path

from grader.check.pages import pages
from grader.diagnosis.texts import Texts

FOLDER = Path(__file__).with_name("diagnoses")


def main() -> None:
    """Write every page, and remove those of ids that are no more."""
    FOLDER.mkdir(exist_ok=True)
    made = pages(Texts())
    for old in FOLDER.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

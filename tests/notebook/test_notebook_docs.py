"""The page about real notebooks names every kind of repair."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_every_kind_of_repair_is_documented() -> None:
    """The kinds in the table are those that the corpus and the code know, no more and no fewer."""
    page = (ROOT / "docs" / "real-notebooks.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE))
    code = "".join(path.read_text("utf-8") for path in (ROOT / "grader" / "notebook").glob("*.py"))
    assert documented == {kind for kind in documented if f'"{kind}"' in code}
    met = set()
    for expect in (ROOT / "tests" / "corpus").glob("*/expect.toml"):
        line = re.search(r"^repairs = \[(.*)\]$", expect.read_text("utf-8"), re.MULTILINE)
        met |= set(re.findall(r'"([a-z-]+)"', line.group(1))) if line else set()
    assert met <= documented
    assert documented - met <= {"format"}

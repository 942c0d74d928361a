"""The page on threats speaks of attacks and tests that exist, and of every layer."""

import re
from pathlib import Path

from sandbox_attacks import EVERYTHING

from grader.sandbox.doctor import ATTACKS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "threat-model.md").read_text()


def test_every_attack_named_on_the_page_exists() -> None:
    """Each proof is a folder of the corpus, an attack of the conformance suite, or a file."""
    notebooks = set(re.findall(r"`attacks/([a-z0-9-]+)`", PAGE))
    assert len(notebooks) >= 40
    assert {name for name in notebooks if not (ROOT / "tests" / "attacks" / name).is_dir()} == set()
    tried = set(re.findall(r"`sandbox: ([^`]+)`", PAGE)) - {"NAME"}
    assert tried <= set(EVERYTHING)
    assert {name for name in re.findall(r"`(tests/[\w/.]+)`", PAGE) if not (ROOT / name).exists()} == set()


def test_every_layer_is_on_the_page() -> None:
    """Each layer has its row: what it does, and the attack it stops alone."""
    assert {layer for layer in ATTACKS if f"| `{layer}` |" not in PAGE} == set()

"""How long a property is searched for a counterexample: briefly in every run of the suite, and longer by this script.

    python tests/fuzzing.py [FACTOR]

runs every test that is given random input, with FACTOR (20) times as many examples.
"""

import os
import subprocess
import sys
from pathlib import Path

from hypothesis import settings

FACTOR = int(os.environ.get("FUZZ_FACTOR", "1"))


def examples(count: int) -> settings:
    """The settings of a property that is tried on ``count`` examples, or FUZZ_FACTOR times as many."""
    return settings(max_examples=count * FACTOR, deadline=None)


def main() -> int:
    """Search longer; the exit status is pytest's."""
    factor = sys.argv[1] if len(sys.argv) > 1 else "20"
    command = [sys.executable, "-m", "pytest", "-m", "hypothesis", str(Path(__file__).parent)]
    return subprocess.run(command, env=os.environ | {"FUZZ_FACTOR": factor}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

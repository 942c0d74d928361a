"""The command and the environment in which a process of ours is started: nothing of the current folder, and no more than it needs."""

import os
import sys
from collections.abc import Mapping

KEPT = frozenset(
    {
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "LANG",
        "LANGUAGE",
        "TZ",
        "TMPDIR",
        "LD_LIBRARY_PATH",
        "SSL_CERT_FILE",
        "GRADER_SALT",
    }
)
"""Variables that are handed on, besides ``LC_*``. All others (tokens of a CI job, ``PYTHONPATH``, ``PYTEST_ADDOPTS``) are not."""


def interpreter(module: str, *arguments: str) -> list[str]:
    """The command line that runs ``module`` of the grader in this interpreter, with nothing added to its search path."""
    return [sys.executable, "-P", "-m", module, *arguments]


def environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a process of ours: what it needs of ``variables`` (by default, ours), and pytest without plugins."""
    given = os.environ if variables is None else variables
    kept = {name: value for name, value in given.items() if name in KEPT or name.startswith("LC_")}
    return kept | {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "JUPYTER_PLATFORM_DIRS": "1",
        "IPYTHONDIR": os.devnull,
    }

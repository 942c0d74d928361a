"""The current folder is the student's: nothing in it may be imported by a process of ours. Standard library only."""

import os
import sys
from pathlib import Path


def clean_process() -> None:
    """Take the current folder and ``PYTHONPATH`` off the search path, and tests' options of others out of the environment.

    The folder that this very package was imported from stays: it is where our own code is.
    """
    ours = Path(__file__).resolve().parents[2]
    foreign = {"", *os.environ.get("PYTHONPATH", "").split(os.pathsep)}
    sys.path[:] = [entry for entry in sys.path if _same(entry, ours) or not _is_foreign(entry, foreign)]
    for name in ("PYTHONPATH", "PYTHONSTARTUP", "PYTHONHOME", "PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)


def open_streams() -> None:
    """Give the process a standard output and a standard error that lead nowhere, where it was started without (``>&-``)."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - open for as long as the process lives


def _is_foreign(entry: str, foreign: set[str]) -> bool:
    return entry in foreign or _same(entry, Path())


def _same(entry: str, folder: Path) -> bool:
    try:
        return Path(entry).resolve() == folder.resolve()
    except OSError:
        return False

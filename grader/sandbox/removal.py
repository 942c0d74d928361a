"""Removes a folder that a student's code has written in, whatever it holds. Standard library only.

A tree may be nested deeper than a path can name or a recursion can follow, and its folders may have been made without
any permission. So nothing recurses: each folder met is moved up to the top, made accessible, and emptied there. Links
are removed, never followed.
"""

import contextlib
import os
import shutil
import stat
from pathlib import Path


def remove_tree(folder: Path) -> None:
    """Remove ``folder`` and everything in it. What cannot be removed is left, without an error."""
    with contextlib.suppress(OSError, RecursionError):
        shutil.rmtree(folder)
    if os.path.lexists(folder):
        with contextlib.suppress(OSError):
            _empty(folder)
        with contextlib.suppress(OSError):
            folder.rmdir()


def _empty(top: Path) -> None:
    """Remove everything in ``top`` without ever descending more than one level."""
    waiting = [top]
    number = 0
    while waiting:
        here = waiting.pop()
        with contextlib.suppress(OSError):
            here.chmod(0o700)
        for entry in _entries(here):
            if stat.S_ISDIR(entry.lstat().st_mode):
                number += 1
                moved = top / f".removing-{number}"
                with contextlib.suppress(OSError):
                    entry.chmod(0o700)
                    entry.rename(moved)
                    waiting.append(moved)
            else:
                with contextlib.suppress(OSError):
                    entry.unlink()
        if here != top:
            with contextlib.suppress(OSError):
                here.rmdir()


def _entries(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if not path.name.startswith(".removing-")]
    except OSError:
        return []

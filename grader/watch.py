"""Tell when a file was saved.

The file is looked at (``stat``) every 50 ms, which costs nothing that can be measured and works on every file system; notices of the
kernel do not cross the mounts that containers and course servers use. A save counts once it has stood still for one look, so that
a file that is being written is not read too early.
"""

import time
from collections.abc import Callable
from pathlib import Path

LOOK_S = 0.05

Seen = tuple[int, int, int] | None


def look(file: Path) -> Seen:
    """What tells one state of the file from another; None while there is no file (in the middle of a save)."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def next_save(file: Path, before: Seen, pause: Callable[[float], None] = time.sleep) -> Seen:
    """Wait until the file is there, differs from ``before`` and has stood still for one look; what it looks like then."""
    last = look(file)
    while True:
        pause(LOOK_S)
        now = look(file)
        if now is not None and now != before and now == last:
            return now
        last = now

"""Run a command as an ordinary user, also where the interpreter lies in a folder that only root may enter.

Root's own folder is often closed to others, and an interpreter in it with it. In a mount namespace of its own, the
command sees each closed folder empty but for what it needs.
"""

import shlex
import subprocess
from collections.abc import Iterable
from pathlib import Path

USER = 65534
BECOME = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups")


def is_closed(folder: Path) -> bool:
    """Whether other users may not pass through a folder."""
    return not folder.stat().st_mode & 0o001


def prefix(places: Iterable[Path]) -> tuple[str, ...] | None:
    """What to put before a command so that an ordinary user runs it and reaches ``places``; None where root cannot."""
    needed: dict[Path, set[str]] = {}
    for place in places:
        ways = [(above, below) for below, above in zip((place, *place.parents), place.parents, strict=False)]
        for closed, below in reversed(ways):
            if is_closed(closed):
                needed.setdefault(closed, set()).add(below.name)
                break
    if not needed:
        return BECOME
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
        return None
    lines = ["set -e", *(line for closed, names in needed.items() for line in _opened(closed, names)), 'exec "$@"']
    return ("unshare", "--mount", "sh", "-c", "\n".join(lines), "sh", *BECOME)


def _opened(closed: Path, names: Iterable[str]) -> Iterable[str]:
    """The shell's lines that lay an open folder, with only these entries, over a closed one."""
    yield f"kept=$(mktemp -d) && mount --bind {shlex.quote(str(closed))} $kept"
    yield f"mount -t tmpfs -o mode=755 none {shlex.quote(str(closed))}"
    for name in names:
        entry = shlex.quote(str(closed / name))
        yield f"mkdir {entry} && mount --bind $kept/{shlex.quote(name)} {entry}"
    yield "umount $kept && rmdir $kept"

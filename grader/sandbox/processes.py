"""Trees of processes: who belongs to one, what it used, and how all of it is ended. Standard library only."""

import contextlib
import ctypes
import os
import signal
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_libc = ctypes.CDLL(None, use_errno=True)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, so that none escapes the tree."""
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def open_files() -> list[int]:
    """Return the numbers of this process's open files."""
    return [int(path.name) for path in Path("/proc/self/fd").iterdir()]


def cpu_seconds(pid: int) -> float:
    """Processor seconds used by a living process and the children it has waited for; 0 when it has gone."""
    fields = _stat(pid)
    return sum(int(value) for value in fields[11:15]) / _TICKS if fields else 0.0


def children_of(pid: int) -> list[int]:
    """Return the processes whose parent is ``pid`` now."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                found += [int(word) for word in (thread / "children").read_text().split()]
    return found


def descendants(*roots: int) -> list[int]:
    """Return ``roots`` and everything below them, parents first."""
    found = list(roots)
    for pid in found:
        found += [child for child in children_of(pid) if child not in found]
    return found


def kill_tree(pidfd: int) -> None:
    """Kill a kernel and everything below this process.

    A tree that forks while it is being killed is stopped first, process by process, until a look finds no new one.
    """
    me = os.getpid()
    stopped: set[int] = set()
    while new := [one for one in descendants(me)[1:] if one not in stopped]:
        for one in new:
            stopped.add(one)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(one, signal.SIGSTOP)
    for one in stopped:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(one, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)


def kill_user(uid: int) -> None:
    """Kill every process of a user id that belongs to one kernel alone, until a look finds none."""
    while found := [pid for pid in _all() if _owner(pid) == uid]:
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def tasks_of_user(uid: int) -> int:
    """Count the processes and threads of a user, as the system does for its limit on them."""
    count = 0
    for pid in _all():
        if _owner(pid) == uid:
            with contextlib.suppress(OSError):
                count += sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())
    return count


def _all() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _owner(pid: int) -> int:
    """Return the user id a process really has; -1 when it has gone, or is dead and not yet reaped by its parent."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("State:") and line.split()[1] in "ZX":
                return -1
            if line.startswith("Uid:"):
                return int(line.split()[1])
    return -1


def _stat(pid: int) -> list[str]:
    """Return the fields of ``/proc/PID/stat`` after the name; an empty list when the process has gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []

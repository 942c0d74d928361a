"""The watch over the private memory of a kernel and of everything it starts. Standard library only.

Counted is what a process holds alone (``RssAnon`` and ``RssShmem``), above what it started with: a forked process is
born with its parent's pages, which cost nothing until they are written. ``smaps`` would be exact, at a hundred times
the price.
"""

import contextlib
from pathlib import Path

from grader.sandbox import processes

_PAGE_KIB = 1024


class MemoryWatch:
    """Sums the private memory of a process tree, look by look."""

    def __init__(self, root: int, *more_roots: int) -> None:
        self._roots = (root, *more_roots)
        self._last: dict[int, int] = {root: resident(root)}
        self._born_with: dict[int, int] = dict(self._last)
        self.peak = 0
        self.processes = 0
        """How many processes the tree had at the last look."""

    def look(self) -> int:
        """Return the bytes the tree holds now above what it started with; ``peak`` keeps the largest."""
        now: dict[int, int] = {}
        born_with: dict[int, int] = {}
        parent_of: dict[int, int] = {}
        found = list(self._roots)
        for pid in found:
            for child in processes.children_of(pid):
                if child not in parent_of and child not in self._roots:
                    parent_of[child] = pid
                    found.append(child)
        total = 0
        for pid in found:
            held = resident(pid)
            # A new process may have inherited as much as its parent held; what it gives back, by exec, it never had.
            inherited = self._born_with.get(pid, self._last.get(parent_of.get(pid, 0), 0))
            now[pid], born_with[pid] = held, min(inherited, held)
            total += held - born_with[pid]
        self._last, self._born_with = now, born_with
        self.processes = len(found)
        self.peak = max(self.peak, total)
        return total


def resident(pid: int) -> int:
    """Bytes of anonymous and shared memory that are resident in one process; 0 when it has gone."""
    total = 0
    with contextlib.suppress(OSError, ValueError), Path(f"/proc/{pid}/status").open() as status:
        for line in status:
            if line.startswith(("RssAnon:", "RssShmem:")):
                total += int(line.split()[1]) * _PAGE_KIB
            elif line.startswith("VmData:"):
                break
    return total

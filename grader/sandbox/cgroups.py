"""A control group for one kernel's memory, version 1 or 2, where this process may make one. Standard library only.

It is the exact and last edge for the memory of all processes together; the limit on each process and the watch come
first, because they leave the student an error in a cell, or words.
"""

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024
_OLD_S = 600.0


@dataclass(frozen=True)
class Home:
    """A folder of the control-group file system in which groups can be made, and its version."""

    folder: str
    version: int


@dataclass
class Group:
    """One kernel's group."""

    folder: Path
    version: int

    @classmethod
    def make(cls, home: Home, name: str) -> "Group":
        """Make the group. Raises OSError where it may not be made."""
        folder = Path(home.folder) / name
        folder.mkdir()
        return cls(folder, home.version)

    def add(self, pid: int) -> None:
        """Move a process in; what it allocates from now on is counted here."""
        (self.folder / "cgroup.procs").write_text(str(pid))

    def limit(self, extra: int) -> None:
        """Allow ``extra`` bytes above what the group holds now; swap does not add to it."""
        name = "memory.usage_in_bytes" if self.version == 1 else "memory.current"
        most = int((self.folder / name).read_text()) + extra
        if self.version == 1:
            (self.folder / "memory.limit_in_bytes").write_text(str(most))
            with contextlib.suppress(OSError):
                (self.folder / "memory.memsw.limit_in_bytes").write_text(str(most))
        else:
            (self.folder / "memory.max").write_text(str(most))
            for rest, value in (("memory.swap.max", "0"), ("memory.oom.group", "1")):
                with contextlib.suppress(OSError):
                    (self.folder / rest).write_text(value)

    def killed(self) -> bool:
        """Whether the system killed a process here because the limit was reached."""
        name = "memory.oom_control" if self.version == 1 else "memory.events"
        with contextlib.suppress(OSError):
            for line in (self.folder / name).read_text().splitlines():
                if line.startswith("oom_kill "):
                    return int(line.split()[1]) > 0
        return False

    def remove(self) -> None:
        """Remove the group, whose processes have all ended."""
        with contextlib.suppress(OSError):
            self.folder.rmdir()


def find() -> Home | None:
    """Return where a group for memory might be made: below this process's own, or beside it."""
    own = _own_groups()
    for line in _lines("/proc/self/mountinfo"):
        fields = line.split()
        rest = fields[fields.index("-") + 1 :]
        root, point, kind = fields[3], fields[4], rest[0]
        version = 1 if kind == "cgroup" and "memory" in rest[2].split(",") else 2 if kind == "cgroup2" else 0
        path = own.get("memory" if version == 1 else "")
        if not version or path is None:
            continue
        here = Path(point) / os.path.relpath(path, root) if path.startswith(root) else Path(point)
        for folder in (here, here.parent) if version == 2 else (here,):  # noqa: PLR2004 - the version
            if _usable(folder, version):
                return Home(str(folder), version)
    return None


def _usable(folder: Path, version: int) -> bool:
    """Whether groups for memory can be made in ``folder``, as far as its files tell."""
    if not os.access(folder, os.W_OK):
        return False
    if version == 1:
        return (folder / "memory.limit_in_bytes").exists()
    return "memory" in " ".join(_lines(str(folder / "cgroup.subtree_control"))).split()


def _own_groups() -> dict[str, str]:
    """Return this process's groups: controller to path ("" is version 2)."""
    groups = {}
    for line in _lines("/proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        groups.update(dict.fromkeys(controllers.split(","), path))
    return groups


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def attempt(home: Home) -> None:
    """Make a group, go in and set a limit: for a child that is thrown away. Raises OSError where any of it fails."""
    group = Group.make(home, f"grader-trial-{os.getpid()}")
    outside = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            group.add(os.getpid())
            group.limit(64 * MIB)
        except OSError as problem:
            os._exit(problem.errno or 1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    group.remove()
    if status:
        raise OSError(os.waitstatus_to_exitcode(status), f"a control group cannot be entered (from {outside})")


def sweep(home: Home | None) -> None:
    """Remove old groups without processes: those of runs that were killed. One that is in use cannot be removed."""
    if home is None:
        return
    for folder in Path(home.folder).glob("grader-run-*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > _OLD_S:
                folder.rmdir()

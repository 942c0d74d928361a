"""The kernel's own root: a small tree in memory with what it may see, read-only, and its scratch folders.

Built by the process that will run the student's code, in its own mount namespace, and entered with ``pivot_root``: the
machine's other files are not forbidden there, they do not exist. Standard library only.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from grader.sandbox import syscalls, visible

HOME = "/home/student"
_SMALL = "size=2m,nr_inodes=8k,mode=0755"
_INODES = 20_000
_DEVICES = ("null", "full", "random", "urandom")
_LINKS = {
    "dev/fd": "/proc/self/fd",
    "dev/stdin": "/proc/self/fd/0",
    "dev/stdout": "/proc/self/fd/1",
    "dev/stderr": "/proc/self/fd/2",
    "dev/ptmx": "pts/ptmx",
}


def build_and_enter(base: Path, uid: int, gid: int, scratch_mib: int, *, own_proc: bool) -> None:
    """Build the root at the empty folder ``base`` and make it this process's.

    ``own_proc``: this process is in a process namespace, so ``/proc`` may be mounted anew. Scratch folders (the home,
    ``/tmp``, ``/dev/shm``) hold ``scratch_mib`` each and belong to ``uid``.

    Raises:
        OSError: the machine refuses a step.

    """
    syscalls.unshare(syscalls.CLONE_NEWNS)
    syscalls.mount(None, "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)
    quiet = syscalls.MS_NOSUID | syscalls.MS_NODEV
    syscalls.mount("grader", str(base), "tmpfs", quiet, _SMALL)
    scratch = f"size={scratch_mib}m,nr_inodes={_INODES},uid={uid},gid={gid}"
    # Before what may be seen: an environment under /tmp is shown there, on top of the kernel's own.
    for name, mode in ((HOME, "0700"), ("/tmp", "1777"), ("/dev/shm", "1777")):  # noqa: S108 - the kernel's own
        syscalls.mount("scratch", str(_made(base, name)), "tmpfs", quiet, f"{scratch},mode={mode}")
    _bind_visible(base, visible.readable())
    _make_proc(base, own_proc=own_proc)
    _make_dev(base)
    _make_etc(base, uid, gid)
    _made(base, "/var")
    (base / "var/tmp").symlink_to("/tmp")  # noqa: S108 - the kernel's own
    syscalls.restrict_mount(str(base), "rdonly", recursive=False)
    os.chdir(base)
    syscalls.pivot_root(".", ".")
    syscalls.detach(".")
    os.chdir("/")


def _made(base: Path, name: str) -> Path:
    """Make the folder ``name`` under ``base``."""
    target = base / name.lstrip("/")
    target.mkdir(mode=0o755, parents=True, exist_ok=True)
    return target


def _bind(base: Path, source: Path) -> Path:
    """Show ``source``, a file or folder of the machine, at its own place under ``base``, read-only."""
    target = base / str(source).lstrip("/")
    if source.is_dir():
        target.mkdir(mode=0o755, parents=True, exist_ok=True)
    else:
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        target.touch(exist_ok=True)
    syscalls.mount(str(source), str(target), None, syscalls.MS_BIND | syscalls.MS_REC)
    syscalls.restrict_mount(str(target), "rdonly", "nosuid", "nodev")
    return target


def _bind_visible(base: Path, paths: Iterable[Path]) -> None:
    """Show what may be seen, and of the grader's own package only what the kernel runs."""
    shown = list(paths)
    for path in shown:
        if path.is_symlink():
            link = base / str(path).lstrip("/")
            link.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            link.symlink_to(path.readlink())
        else:
            _bind(base, path)
    covered = [base / str(path).lstrip("/") for path in visible.hidden_in(shown)]
    for target in covered:
        syscalls.mount("grader", str(target), "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, _SMALL)
    for own in visible.OWN:
        _bind(base, own)
    for target in covered:
        syscalls.restrict_mount(str(target), "rdonly", recursive=False)


def _make_proc(base: Path, *, own_proc: bool) -> None:
    """Mount the namespace's own ``/proc``, or show the machine's, which Landlock then narrows to this process."""
    target = _made(base, "/proc")
    flags = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC
    if own_proc:
        syscalls.mount("proc", str(target), "proc", flags | syscalls.MS_RDONLY)
    else:
        syscalls.mount("/proc", str(target), None, syscalls.MS_BIND | syscalls.MS_REC)
        syscalls.restrict_mount(str(target), "rdonly", "nosuid", "nodev", "noexec")


def _make_dev(base: Path) -> None:
    """Make the few devices that programs need; ``/dev/zero`` is not one: memory shared through it is not counted."""
    for name in _DEVICES:
        target = base / "dev" / name
        target.parent.mkdir(mode=0o755, exist_ok=True)
        target.touch()
        syscalls.mount(f"/dev/{name}", str(target), None, syscalls.MS_BIND)
    terminals = _made(base, "/dev/pts")
    options = "newinstance,ptmxmode=0666,mode=0620,max=32"
    syscalls.mount("devpts", str(terminals), "devpts", syscalls.MS_NOSUID | syscalls.MS_NOEXEC, options)
    for name, target_of_link in _LINKS.items():
        (base / name).symlink_to(target_of_link)
    _made(base, "/dev/shm")  # noqa: S108 - the kernel's own


def _make_etc(base: Path, uid: int, gid: int) -> None:
    """Write the few settings that name users and hosts; none of them is the machine's."""
    settings = _made(base, "/etc")
    (settings / "passwd").write_text(
        f"root:x:0:0::/:/usr/sbin/nologin\nstudent:x:{uid}:{gid}::{HOME}:/bin/sh\n"
        if uid
        else f"student:x:0:0::{HOME}:/bin/sh\n"
    )
    (settings / "group").write_text(f"student:x:{gid}:\n")
    (settings / "hosts").write_text("127.0.0.1 localhost\n")
    (settings / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files\n")

"""Landlock: rules for files, TCP and signals that a process puts itself under, for good. Standard library only.

The rules can only allow; what they govern and no rule allows is refused. They hold for this process and all it starts.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from grader.sandbox import syscalls

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_CHAR, MAKE_DIR, MAKE_REG, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK, MAKE_SYM = (
    1 << number for number in range(4, 13)
)
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
BIND_TCP, CONNECT_TCP = 1, 2
SCOPE_ABSTRACT_SOCKET, SCOPE_SIGNAL = 1, 2

READ = EXECUTE | READ_FILE | READ_DIR
WRITE = WRITE_FILE | TRUNCATE
OWN = READ | WRITE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SOCK | MAKE_FIFO | MAKE_SYM | REFER
TERMINAL = READ_FILE | READ_DIR | WRITE | IOCTL_DEV

_OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
_SINCE = {REFER: 2, TRUNCATE: 3, IOCTL_DEV: 5}
SIGNALS_SINCE = 6
"""The version from which a process under rules can signal only its own kind."""


def governed(version: int) -> int:
    """Return the accesses to files that this version of Landlock governs."""
    every = (1 << 13) - 1
    return every | sum(access for access, since in _SINCE.items() if version >= since)


def restrict(version: int, rules: Iterable[tuple[Path, int]]) -> None:
    """Put this process under ``rules`` (a path and what is allowed beneath it); missing paths are left out.

    Raises OSError where the system refuses. Needs ``no_new_privs``.
    """
    files = governed(version)
    net = BIND_TCP | CONNECT_TCP if version >= 4 else 0  # noqa: PLR2004 - the version that brought it
    scoped = SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL if version >= SIGNALS_SINCE else 0
    size = 8 if version < 4 else 16 if version < SIGNALS_SINCE else 24  # noqa: PLR2004 - as the structure grew
    ruleset = syscalls.landlock_ruleset(files, net, scoped, size)
    try:
        for path, allowed in rules:
            _allow(ruleset, path, allowed & files)
        syscalls.landlock_restrict(ruleset)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, allowed: int) -> None:
    """Add one rule; a path that cannot be opened needs none."""
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        is_folder = stat.S_ISDIR(os.fstat(parent).st_mode)
        syscalls.landlock_allow(ruleset, parent, allowed if is_folder else allowed & _OF_A_FILE)
    finally:
        os.close(parent)

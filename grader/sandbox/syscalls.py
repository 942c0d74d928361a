"""The few system calls of Linux that confinement needs and Python does not offer. Standard library only.

Numbers are those of the kernel's ``unistd`` tables; structures are laid out as its headers say. Every call raises
OSError with the call's name when the system refuses.
"""

import ctypes
import os
import platform
from typing import Any

MACHINE = platform.machine()

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

_CAPABILITIES = 64
_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_MOUNT_ATTR = {"rdonly": 1, "nosuid": 2, "nodev": 4, "noexec": 8}

# By name, on x86_64 and on aarch64:
_NUMBERS = {"pivot_root": (155, 41), "capset": (126, 91), "seccomp": (317, 277)}
# The same on every machine.
_MOUNT_SETATTR = 442
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(name: str, result: int) -> int:
    """Return ``result``, or raise what the system said."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return int(result)


def _syscall(name: str, number: int, *arguments: Any) -> int:
    """Make one system call; integers are passed as long."""
    passed = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return _checked(name, _libc.syscall(ctypes.c_long(number), *passed))


def number_of(name: str) -> int:
    """Return the number of one of ``_NUMBERS`` on this machine. Raises OSError on a machine that is not in the table."""
    column = {"x86_64": 0, "aarch64": 1}.get(MACHINE)
    if column is None:
        raise OSError(f"{name}: no number is known for {MACHINE}")
    return _NUMBERS[name][column]


def unshare(flags: int) -> None:
    """Leave the namespaces in ``flags`` for new ones."""
    _checked("unshare", _libc.unshare(ctypes.c_int(flags)))


def mount(source: str | None, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Mount ``source`` at ``target``."""
    words = [value.encode() if value is not None else None for value in (source, target, kind, options)]
    result = _libc.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3])
    try:
        _checked("mount", result)
    except OSError as problem:
        raise OSError(problem.errno, f"{problem.strerror} ({source} at {target})") from None


def detach(target: str) -> None:
    """Unmount ``target`` and everything below it."""
    _checked("umount2", _libc.umount2(target.encode(), ctypes.c_int(MNT_DETACH)))


def pivot_root(new: str, old: str) -> None:
    """Make ``new`` the root and put the old one at ``old``."""
    _syscall("pivot_root", number_of("pivot_root"), new.encode(), old.encode())


class _MountAttributes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "userns_fd")]


def restrict_mount(target: str, *names: str, recursive: bool = True) -> None:
    """Set ``rdonly``, ``nosuid``, ``nodev`` or ``noexec`` on the mount at ``target``, and on all below it."""
    attributes = _MountAttributes(sum(_MOUNT_ATTR[name] for name in names), 0, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    _syscall(
        "mount_setattr",
        _MOUNT_SETATTR,
        _AT_FDCWD,
        target.encode(),
        flags,
        ctypes.byref(attributes),
        ctypes.sizeof(attributes),
    )


def prctl(option: int, *arguments: Any) -> int:
    """Set an attribute of this process."""
    padded = [ctypes.c_ulong(value) if isinstance(value, int) else value for value in (*arguments, 0, 0, 0, 0)[:4]]
    return _checked("prctl", _libc.prctl(ctypes.c_int(option), *padded))


def sethostname(name: str) -> None:
    """Set the host name of this namespace."""
    encoded = name.encode()
    _checked("sethostname", _libc.sethostname(encoded, ctypes.c_size_t(len(encoded))))


class _CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


def drop_bounding_capabilities() -> None:
    """Make sure that no program run from here ever gains a capability. Does nothing without CAP_SETPCAP."""
    for number in range(_CAPABILITIES):
        if _libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(number), 0, 0, 0) < 0:
            return


def drop_capabilities() -> None:
    """Give up every capability, for good."""
    _libc.prctl(PR_CAP_AMBIENT, ctypes.c_ulong(PR_CAP_AMBIENT_CLEAR_ALL), 0, 0, 0)
    header = _CapabilityHeader(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    _syscall("capset", number_of("capset"), ctypes.byref(header), ctypes.byref(data))


class _LandlockRules(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _LandlockPath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def landlock_version() -> int:
    """Return the version of Landlock's interface; 0 where there is none."""
    try:
        return _syscall("landlock", _LANDLOCK_CREATE, None, 0, 1)
    except OSError:
        return 0


def landlock_ruleset(fs: int, net: int, scoped: int, size: int) -> int:
    """Make a set of rules that governs these accesses; returns its descriptor."""
    rules = _LandlockRules(fs, net, scoped)
    return _syscall("landlock_create_ruleset", _LANDLOCK_CREATE, ctypes.byref(rules), size, 0)


def landlock_allow(ruleset: int, parent: int, allowed: int) -> None:
    """Allow accesses beneath the open file ``parent``."""
    rule = _LandlockPath(allowed, parent)
    _syscall("landlock_add_rule", _LANDLOCK_ADD, ruleset, 1, ctypes.byref(rule), 0)


def landlock_restrict(ruleset: int) -> None:
    """Put this thread and all its children under the rules."""
    _syscall("landlock_restrict_self", _LANDLOCK_RESTRICT, ruleset, 0)


class _FilterInstruction(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint16), ("jt", ctypes.c_uint8), ("jf", ctypes.c_uint8), ("k", ctypes.c_uint32)]


class _FilterProgram(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.POINTER(_FilterInstruction))]


def install_filter(instructions: list[tuple[int, int, int, int]]) -> None:
    """Install a filter of system calls on this thread and all its children. Needs ``no_new_privs``."""
    body = (_FilterInstruction * len(instructions))(*(_FilterInstruction(*one) for one in instructions))
    program = _FilterProgram(len(instructions), body)
    prctl(PR_SET_SECCOMP, 2, ctypes.byref(program))
